"""What a mark of `autograder review` was given for, in lines that its student reads.

A line is an item of the rubric that applies, as it reads now, with its points. There are none for
a draft, nor where the lines would not come to the points of the mark, since somebody gave others in
formgrader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from autograder.model import Assignment, Course, Mark
from autograder.reporting.html_page import number

if TYPE_CHECKING:
    from autograder.gradebook.review_marks import ReviewMark
    from autograder.gradebook.rubrics import Rubric

ROUNDING = 1e-6  # of points in the gradebook


class Line(NamedTuple):
    """Points as '+3' or '−0.5', and what they are for."""

    points: str
    text: str


class Reasons(NamedTuple):
    """The items of a rubric that were applied, as (points, text), and what was added to them.
    from_full: the mark began at full points. marked_by: who added it."""

    items: tuple[tuple[float, str], ...]
    from_full: bool
    adjustment: float
    marked_by: str = ""

    def total(self, out_of: float) -> float:
        start = out_of if self.from_full else 0.0
        return start + self.adjustment + sum(points for points, _ in self.items)


ReasonsByCell = Mapping[tuple[str, str, str], Reasons]  # by student, notebook and cell
NO_REASONS: ReasonsByCell = MappingProxyType({})


def read_reasons(course: Course, assignment: Assignment) -> ReasonsByCell:
    """The reasons of every mark in the gradebook that `autograder review` left there. Of a student
    who is in a group now, an earlier mark of the student's own counts no more. Raises CourseError
    where the gradebook cannot be read."""
    from autograder.gradebook.connection import has_table, transaction
    from autograder.gradebook.manual_marks import graded_cells
    from autograder.gradebook.review_marks import marked_cells, read_marks
    from autograder.gradebook.review_tables import MARK, QuestionKey
    from autograder.gradebook.rubrics import read_rubric
    from autograder.roster.groups import group_finder, hand_ins

    group_of = group_finder(course, assignment)
    reasons: dict[tuple[str, str, str], Reasons] = {}
    with transaction(course, writing=False) as connection:
        cells = marked_cells(connection, assignment.id) if has_table(connection, MARK) else set()
        for notebook, cell in sorted(cells):
            key = QuestionKey(assignment.id, notebook, cell)
            rubric = read_rubric(connection, key)
            marks = {m.student: m for m in read_marks(connection, key) if m.done and not m.marker}
            graded = graded_cells(connection, assignment.id, notebook, cell)
            for first, group in hand_ins({one.student for one in graded}, group_of):
                mark = marks.get(first)
                if mark is not None:
                    marked = [student for student in group if student in mark.gradebook_entry]
                    reasons.update({(s, notebook, cell): _reasons(mark, rubric) for s in marked})
    return reasons


def _reasons(mark: ReviewMark, rubric: Rubric) -> Reasons:
    items = tuple((item.points, item.text) for item in rubric.items if item.id in mark.items)
    return Reasons(items, rubric.from_full, mark.adjustment, mark.marked_by)


def rubric_lines(mark: Mark, reasons: Reasons | None, has_asked: bool = False) -> list[Line]:
    """The lines of a mark; none where no item applies, it waits for a person, or its points are
    not those of the lines. has_asked: the student sent a request about it."""
    if reasons is None or not reasons.items or mark.needs_review:
        return []
    points = min(mark.out_of, max(0.0, reasons.total(mark.out_of)))
    agrees = abs(mark.points - mark.extra_credit - points) <= ROUNDING
    return list(_lines(mark.out_of, reasons, has_asked)) if agrees else []


def _lines(out_of: float, reasons: Reasons, has_asked: bool) -> Iterator[Line]:
    if reasons.from_full:
        yield Line(number(out_of), "to begin with")
    for points, text in reasons.items:
        yield Line(_signed(points), text)
    if reasons.adjustment:
        yield Line(_signed(reasons.adjustment), _adjustment(reasons, has_asked))
    total = reasons.total(out_of)
    if total > out_of + ROUNDING:
        yield Line(
            f"= {number(total)}", f"of which {number(out_of)} count, as the question has no more"
        )
    elif total < -ROUNDING:
        yield Line(f"= {_signed(total)}", "which counts as 0")


def _adjustment(reasons: Reasons, has_asked: bool) -> str:
    """Who added points to those of the items, or took some off. Points that were given later, in an
    answer or in formgrader, may hold an earlier adjustment, so these are neither."""
    from autograder.gradebook.review_marks import FORMGRADER, REQUEST

    if reasons.marked_by == REQUEST:
        request_text = "your request" if has_asked else "a request of your group"
        return f"adjusted in the answer to {request_text}"
    if reasons.marked_by == FORMGRADER:
        return "adjusted by the course's staff"
    return f"{'added' if reasons.adjustment > 0 else 'taken off'} by the marker"


def _signed(points: float) -> str:
    return f"{'+' if points >= 0 else '−'}{number(abs(points))}"
