"""Who works together: groups.csv in the course root.

    assignment,group,student

A row holds for one assignment, or for all of them where the assignment is `*`. One hand-in of any
member stands for all members, and each member has the mark. Without the file everybody works alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.model import Assignment, Course, CourseError
from autograder.roster.csv_file import Line, read_lines
from autograder.roster.people import everybody, is_student_id

FILE = "groups.csv"
COLUMNS = ("assignment", "group", "student")
EVERY_ASSIGNMENT = "*"


@dataclass(frozen=True)
class Group:
    """The people who hand in one work together. members: sorted ids of students."""

    name: str
    members: tuple[str, ...]


def groups(course: Course, assignment: Assignment) -> tuple[Group, ...]:
    """The groups of an assignment by name, () where everybody works alone.

    Raises CourseError where a person is in two of them, with both lines; and where a row lacks a
    cell, or names an assignment that the course does not have.
    """
    members: dict[str, dict[str, None]] = {}
    place: dict[str, tuple[str, int]] = {}
    for line in _lines(course):
        group, student = line.values["group"], line.values["student"]
        if line.values["assignment"] not in (EVERY_ASSIGNMENT, assignment.id):
            continue
        earlier, number = place.setdefault(student, (group, line.number))
        if earlier != group:
            raise CourseError(
                f"{FILE}: '{student}' is in two groups of '{assignment.id}', in '{earlier}' (line "
                f"{number}) and in '{group}' (line {line.number}). Take one of the two lines out."
            )
        members.setdefault(group, {})[student] = None
    return tuple(Group(name, tuple(sorted(members[name]))) for name in sorted(members))


def known_groups(
    course: Course, assignment: Assignment, handed_in: Collection[str]
) -> tuple[Group, ...]:
    """The groups without members whom neither roster.csv nor a hand-in knows: a mistyped id gets no
    mark. Without a roster.csv all members stay. handed_in: the ids with a hand-in of their own."""
    listed = {person.id for person in everybody(course)}
    if not listed:
        return groups(course, assignment)
    known_ids = listed | set(handed_in)
    return tuple(
        replace(group, members=tuple(member for member in group.members if member in known_ids))
        for group in groups(course, assignment)
    )


def group_of(course: Course, assignment: Assignment, student: str) -> tuple[str, ...]:
    """The ids of everybody whose work for the assignment is one with the student's, sorted, with
    the student; (student,) for who works alone."""
    return group_finder(course, assignment)(student)


def group_finder(course: Course, assignment: Assignment) -> Callable[[str], tuple[str, ...]]:
    """`group_of` as a function of the student, for a whole class: the file is read once."""
    members_of = {
        member: group.members for group in groups(course, assignment) for member in group.members
    }
    return lambda student: members_of.get(student, (student,))


def hand_ins(
    students: Iterable[str], group_of: Callable[[str], tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(student, everybody whose work it is, that student first), each hand-in once: it is called by
    the first of those members, in order of ids, who are among `students`."""
    present, grouped_students = set(students), set[str]()
    for student in sorted(present):
        if student not in grouped_students:
            group = (student, *(m for m in group_of(student) if m != student and m in present))
            grouped_students.update(group)
            yield student, group


def unknown_members(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each member of a group who is not in the roster; [] without a roster.csv."""
    roster_ids = {person.id for person in everybody(course)}
    if not roster_ids:
        return []
    groups(course, assignment)  # for its complaints
    return [
        f"{FILE}, line {line.number}: '{line.values['student']}' of group "
        f"'{line.values['group']}' is not in roster.csv."
        for line in _lines(course)
        if line.values["assignment"] in (EVERY_ASSIGNMENT, assignment.id)
        and line.values["student"] not in roster_ids
    ]


def _lines(course: Course) -> Iterator[Line]:
    ids = {assignment.id for assignment in course.assignments}
    for line in read_lines(course.root / FILE, COLUMNS):
        for name in COLUMNS:
            if not line.values[name]:
                raise CourseError(f"{FILE}, line {line.number}: the row has no {name}.")
        if not is_student_id(line.values["student"]):
            raise CourseError(
                f"{FILE}, line {line.number}: {line.values['student']!a} cannot be the id of a "
                f"student. Write it as 'autograder roster' shows it."
            )
        named = line.values["assignment"]
        if named != EVERY_ASSIGNMENT and named not in ids:
            raise CourseError(
                f"{FILE}, line {line.number}: the course has no assignment '{named}'. It has: "
                f"{', '.join(sorted(ids)) or 'none'}. For all of them write {EVERY_ASSIGNMENT}."
            )
        yield line
