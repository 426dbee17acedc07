"""Points that a person gives outside of formgrader, stored where formgrader stores them."""

from __future__ import annotations

from nbgrader.api import MissingEntry

from autograder.gradebook.open_gradebook import gradebook
from autograder.model import Assignment, Course, CourseError


def give_points(
    course: Course, assignment: Assignment, student: str, notebook: str, cell: str, points: float
) -> None:
    """Make `points` a person's mark of a graded cell, which nobody has to look at any more. Raises
    CourseError where there is no such mark or the points do not fit.
    """
    with gradebook(course) as book:
        try:
            grade = book.find_grade(cell, notebook, assignment.id, student)
        except MissingEntry as fault:
            raise CourseError(
                f"the gradebook has no mark of {student} for '{cell}' of '{assignment.id}'. Grade "
                f"the hand-in first: autograder grade {assignment.id}"
            ) from fault
        if not 0 <= points <= grade.max_score:
            raise CourseError(
                f"'{cell}' is worth {grade.max_score:g} points, so {points:g} cannot be given. "
                f"Name 0 to {grade.max_score:g}; more is extra credit, in formgrader."
            )
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()
