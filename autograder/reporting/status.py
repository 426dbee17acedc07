"""The course at a glance: one row per assignment, counted from what lies on disk; or one row per
person for one assignment."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.collecting.rejected import rejected_files
from autograder.collecting.submitted import stamp_faults, submitted_folders
from autograder.grading.read_grades import class_grades, grades
from autograder.model import Assignment, Course, Grade
from autograder.roster.attendance import attendance, stranger_sentence
from autograder.roster.groups import unknown_members
from autograder.roster.people import Person, everybody


@dataclass(frozen=True)
class Row:
    """One assignment: is it released, and how many submissions stand where.

    absent: how many of roster.csv have handed nothing in, None where there is no roster.csv. notes:
    a sentence for each person who is in a hand-in or a group and not in the roster, and for what is
    wrong with a timestamp.txt.
    """

    assignment: str
    title: str
    released: bool
    collected: int
    graded: int
    needs_review: int
    set_aside: int
    absent: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonRow:
    """One person and an assignment. person: as the roster has them, else the id alone; state: the
    status of the grade, 'collected' for work that is not graded yet."""

    person: Person
    state: str
    grade: Grade | None


def status(course: Course) -> list[Row]:
    """A row per assignment of the course, in the syllabus' order."""
    has_roster = bool(everybody(course))
    return [_row(course, assignment, has_roster) for assignment in course.assignments]


def _row(course: Course, assignment: Assignment, has_roster: bool) -> Row:
    collected = submitted_folders(course, assignment)
    states = [grade.status for grade in grades(course, assignment)] if collected else []
    present = attendance(course, assignment)
    strangers = [f"{assignment.id}: {stranger_sentence(course, s)}" for s in present.strangers]
    return Row(
        assignment=assignment.id,
        title=assignment.title,
        released=any((course.release / assignment.id).glob("*.ipynb")),
        collected=len(collected),
        graded=states.count("graded") + states.count("needs review"),
        needs_review=states.count("needs review"),
        set_aside=len(rejected_files(course, assignment)),
        absent=len(present.absent) if has_roster else None,
        notes=(*strangers, *unknown_members(course, assignment), *stamp_faults(course, assignment)),
    )


def class_status(course: Course, assignment: Assignment) -> list[PersonRow]:
    """A row per person: everybody of roster.csv who is in the class, and everybody who has handed
    something in, in order of ids."""
    listed = {person.id: person for person in everybody(course)}
    graded = {grade.student: grade for grade in class_grades(course, assignment)}
    present = set(attendance(course, assignment).present)
    return [
        _person_row(listed.get(student, Person(student)), graded.get(student))
        for student in sorted(graded.keys() | present)
    ]


def _person_row(person: Person, grade: Grade | None) -> PersonRow:
    return PersonRow(person, grade.status if grade else "collected", grade)
