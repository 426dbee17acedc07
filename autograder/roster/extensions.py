"""More time for a student or a section: extensions.csv in the course root.

    assignment,student,section,until,reason

A row is for one student or for one section. A student's own extension goes before the section's; of
several the latest counts. It never shortens the time that everybody has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from autograder.collecting.submitted import place
from autograder.files import exclusive_lock
from autograder.gradebook.read_marks import due_time
from autograder.model import Assignment, Course, CourseError
from autograder.roster.csv_file import Line, append_line, read_lines
from autograder.roster.deadlines import parse_deadline, written_time
from autograder.roster.groups import groups
from autograder.roster.people import everybody, sections

FILE = "extensions.csv"
COLUMNS = ("assignment", "student", "section", "until", "reason")


@dataclass(frozen=True)
class Extension:
    """A row of the file. One of student and section is ''. until: with a time zone."""

    assignment: str
    student: str
    section: str
    until: datetime
    reason: str = ""

    @property
    def owner_text(self) -> str:
        return "their own" if self.student else f"of section '{self.section}'"


def extensions(course: Course, assignment: Assignment) -> tuple[Extension, ...]:
    """The rows of an assignment, in the file's order. Raises CourseError, which names the line,
    where a row cannot be used."""
    return tuple(row for row in _rows(course) if row.assignment == assignment.id)


def extension_of(course: Course, assignment: Assignment, student: str) -> Extension | None:
    """The extension that counts for the student, None where there is none."""
    return extension_finder(course, assignment)(student)


def extension_finder(course: Course, assignment: Assignment) -> Callable[[str], Extension | None]:
    """`extension_of` as a function of the student, for a whole class: the files are read once."""
    rows = extensions(course, assignment)
    listed = everybody(course) if any(row.section for row in rows) else ()
    sections_of = {person.id: person.sections for person in listed}

    def find(student: str) -> Extension | None:
        own_rows = [row for row in rows if row.student == student]
        shared = [row for row in rows if row.section in sections_of.get(student, ())]
        return max(own_rows or shared, key=lambda row: row.until, default=None)

    return find


def add_extension(
    course: Course, assignment: Assignment, student: str, section: str, until: str, reason: str
) -> Extension:
    """Add a row to extensions.csv, and return it.

    Raises CourseError where it names nobody of the class, both or neither, or a time that is none
    or is not after the due time, nor after that of an earlier row; the file stays as it was.
    """
    with exclusive_lock(course.root / ".autograder" / "extensions.lock"):
        earlier_rows = extensions(course, assignment)
        row = _checked(course, assignment, student, section, until, reason)
        _refuse_without_effect(course, assignment, row, earlier_rows)
        values = {"assignment": assignment.id, "student": student, "section": section}
        values |= {"until": until.strip(), "reason": reason}
        append_line(course.root / FILE, COLUMNS, values)
    return row


def _checked(
    course: Course, assignment: Assignment, student: str, section: str, until: str, reason: str
) -> Extension:
    if bool(student) == bool(section):
        raise CourseError("an extension is for --student ID or for --section NAME: name one.")
    roster_ids = {person.id for person in everybody(course)}
    if student and roster_ids and student not in roster_ids:
        raise CourseError(f"'{student}' is not in roster.csv. List it: autograder roster")
    if student and not roster_ids and not _is_heard_of(course, assignment, student):
        raise CourseError(
            f"nobody called '{student}' has handed anything in or is in groups.csv, and there is "
            f"no roster.csv. Import one: autograder roster import FILE"
        )
    if section and section not in sections(course):
        names = ", ".join(f"'{name}'" for name in sections(course)) or "no section"
        raise CourseError(f"'{section}' is no section of roster.csv, which has {names}.")
    return Extension(
        assignment.id, student, section, parse_deadline(until, course.time_zone), reason
    )


def _refuse_without_effect(
    course: Course, assignment: Assignment, row: Extension, earlier_rows: Iterable[Extension]
) -> None:
    """Raise CourseError where the row would give nobody more time than they have."""
    until = written_time(row.until, course.time_zone)
    due = due_time(course, assignment)
    if due and row.until <= due:
        raise CourseError(
            f"{until} is not after the due time of '{assignment.id}', "
            f"{written_time(due, course.time_zone)}."
        )
    owner = (row.student, row.section)
    same_owner = [
        earlier for earlier in earlier_rows if (earlier.student, earlier.section) == owner
    ]
    latest = max(same_owner, key=lambda earlier: earlier.until, default=None)
    if latest and row.until <= latest.until:
        raise CourseError(
            f"{until} is not after {written_time(latest.until, course.time_zone)}, which "
            f"{FILE} gives already, and of several rows the latest counts. To take time back, "
            f"change that row."
        )


def _is_heard_of(course: Course, assignment: Assignment, student: str) -> bool:
    """Whether the student has handed something in, or is in a group of the assignment."""
    if place(course, assignment, student).folder.parent.is_dir():
        return True
    return any(student in group.members for group in groups(course, assignment))


def _rows(course: Course) -> Iterator[Extension]:
    ids = {assignment.id for assignment in course.assignments}
    for line in read_lines(course.root / FILE, COLUMNS[:4], COLUMNS[4:]):
        try:
            yield _extension(course, line, ids)
        except CourseError as fault:
            raise CourseError(f"{FILE}, line {line.number}: {fault}") from fault


def _extension(course: Course, line: Line, ids: set[str]) -> Extension:
    values = line.values
    if values["assignment"] not in ids:
        raise CourseError(f"the course has no assignment '{values['assignment']}'.")
    if bool(values["student"]) == bool(values["section"]):
        raise CourseError("the row is for a student or for a section: one of the two was needed.")
    until = parse_deadline(values["until"], course.time_zone)
    return Extension(
        values["assignment"], values["student"], values["section"], until, values.get("reason", "")
    )
