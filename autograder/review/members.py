"""Whose work one answer is: a student alone. The one place that knows."""

from __future__ import annotations

from autograder.model import Assignment, Course


def members(course: Course, assignment: Assignment, student: str) -> tuple[str, ...]:
    """The students who handed this in together, `student` among them: the student alone."""
    return (student,)
