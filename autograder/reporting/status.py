"""The course at a glance: one row per assignment, counted from what lies on disk."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.collecting.rejected import rejected_files
from autograder.collecting.submitted import submitted_folders
from autograder.grading.read_grades import grades
from autograder.model import Assignment, Course


@dataclass(frozen=True)
class Row:
    """One assignment: is it released, and how many submissions stand where."""

    assignment: str
    title: str
    released: bool
    collected: int
    graded: int
    needs_review: int
    set_aside: int


def status(course: Course) -> list[Row]:
    """A row per assignment of the course, in the syllabus' order."""
    return [_row(course, assignment) for assignment in course.assignments]


def _row(course: Course, assignment: Assignment) -> Row:
    collected = submitted_folders(course, assignment)
    states = [grade.status for grade in grades(course, assignment)] if collected else []
    return Row(
        assignment=assignment.id,
        title=assignment.title,
        released=any((course.release / assignment.id).glob("*.ipynb")),
        collected=len(collected),
        graded=states.count("graded") + states.count("needs review"),
        needs_review=states.count("needs review"),
        set_aside=len(rejected_files(course, assignment)),
    )
