"""The marks of one assignment beside each other: what nbgrader gave a cell, and what we gave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from two_tools import REFERENCE

from autograder.grading.read_grades import grades
from autograder.model import Assignment, Course, Grade, Mark

SMALLEST = 1e-6  # a difference of points that counts
Key = tuple[str, str, str]  # student, notebook, cell


@dataclass(frozen=True)
class MarkPair:
    """One graded cell of one student; points are None where a tool gave no mark.

    forked: ours ran the test beside the student's code.
    """

    assignment: str
    student: str
    notebook: str
    cell: str
    out_of: float
    stock: float | None
    ours: float | None
    stock_review: bool = False
    our_review: bool = False
    forked: bool = False
    message: str = ""

    @property
    def verdict(self) -> str:
        """How our mark compares: equal, better, worse, or 'review' where only one of the tools
        asks a person."""
        stock, ours = (-1.0 if points is None else points for points in (self.stock, self.ours))
        if abs(ours - stock) > SMALLEST:
            return "better" if ours > stock else "worse"
        return "equal" if self.stock_review == self.our_review else "review"

    @property
    def is_reference_loss(self) -> bool:
        return self.student == REFERENCE and self.verdict == "worse"


def mark_pairs(stock: Course, ours: Course, assignment: Assignment) -> list[MarkPair]:
    """Every cell that either tool gave a mark, by student, notebook and cell."""
    our_grades = grades(ours, assignment)
    stock_marks, our_marks = _stock_marks(stock, assignment), _our_marks(our_grades)
    reasons = {grade.student: grade.message for grade in our_grades}
    return [
        _pair(assignment, key, stock_marks.get(key), our_marks.get(key), reasons.get(key[0], ""))
        for key in dict.fromkeys([*stock_marks, *our_marks])
    ]


def _pair(
    assignment: Assignment, key: Key, stock: Mark | None, ours: Mark | None, reason: str
) -> MarkPair:
    return MarkPair(
        assignment.id,
        *key,
        out_of=next(mark.out_of for mark in (stock, ours) if mark),
        stock=stock.points if stock else None,
        ours=ours.points if ours else None,
        stock_review=bool(stock and stock.needs_review),
        our_review=bool(ours and ours.needs_review),
        forked=bool(ours and ours.forked),
        message="; ".join(text for text in (ours.message if ours else "", reason) if text),
    )


def _stock_marks(course: Course, assignment: Assignment) -> dict[Key, Mark]:
    """From nbgrader's own interface to its gradebook; nothing where it has none yet."""
    from nbgrader.api import Gradebook

    if not (course.root / "gradebook.db").is_file():
        return {}
    with Gradebook(course.db_url) as book:
        return {
            (submission.student.id, notebook.name, grade.name): _stock_mark(notebook.name, grade)
            for submission in book.assignment_submissions(assignment.id)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def _stock_mark(notebook: str, grade: Any) -> Mark:
    no_score = grade.auto_score is None and grade.manual_score is None
    review = bool(grade.needs_manual_grade or no_score)
    return Mark(notebook, grade.name, grade.score, grade.max_score, needs_review=review)


def _our_marks(our_grades: Iterable[Grade]) -> dict[Key, Mark]:
    return {
        (grade.student, mark.notebook, mark.cell): mark
        for grade in our_grades
        for mark in grade.marks
    }


def as_row(pair: MarkPair) -> dict[str, Any]:
    """What a file of results keeps of a pair."""
    return {**asdict(pair), "verdict": pair.verdict}
