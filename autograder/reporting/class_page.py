"""The page of a graded class: how the scores lie, which question is hard, and a row per student.

It shows only what was graded; one file without script, with links to the pages of feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from typing import Any

from autograder.model import Assignment, Course, Grade
from autograder.reporting.html_page import Markup, counted, render

BINS = 10
WIDTH, HEIGHT, LEFT_MARGIN, BOTTOM_MARGIN, TOP_MARGIN = 480, 200, 44, 42, 16


@dataclass(frozen=True)
class Step:
    """A stage of the road of a submission: the command, what it did, and a file that came of it.

    link: its URL, relative to the page, '' for none.
    """

    name: str
    command: str
    sentence: str
    link: str = ""


@dataclass(frozen=True)
class Question:
    """A graded cell over a class: points earned and possible among the submissions that ran."""

    notebook: str
    cell: str
    earned: float
    possible: float
    submissions: int

    @property
    def share(self) -> float:
        return self.earned / self.possible if self.possible else 0.0


@dataclass(frozen=True)
class Row:
    """A student's line of the table. link: '' where there is no page of feedback.
    questions_with_loss: those at which points were lost."""

    grade: Grade
    link: str
    questions_with_loss: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """An assignment on the page. histogram: a drawing as HTML, '' where nothing was graded."""

    assignment: Assignment
    summary: str
    histogram: Markup
    questions: list[Question]
    rows: list[Row]


def page(
    course: Course,
    results: Sequence[tuple[Assignment, list[Grade]]],
    link: Callable[[Grade], str],
    steps: Sequence[Step] = (),
) -> str:
    """One HTML page over the assignments of `results`.

    link: the URL of a grade's page of feedback, relative to this page. steps: the road that the
    submissions took, shown first.
    """
    return render(
        "class.html",
        title=f"{course.name}: graded submissions",
        total=sum(len(_handed_in(grades)) for _, grades in results),
        steps=steps,
        sections=[_section(assignment, grades, link) for assignment, grades in results],
    )


def _handed_in(grades: Iterable[Grade]) -> list[Grade]:
    return [grade for grade in grades if grade.status != "no hand-in"]


def _section(assignment: Assignment, grades: list[Grade], link: Callable[[Grade], str]) -> Section:
    ran = [grade for grade in _handed_in(grades) if grade.status != "not graded"]
    rows = [
        Row(
            grade,
            link(grade) if grade.status != "no hand-in" else "",
            tuple(_questions_with_loss(grade)),
        )
        for grade in grades
    ]
    drawing = histogram(ran) if ran else Markup()
    return Section(assignment, _summary(grades, ran), drawing, hardest(ran), rows)


def _questions_with_loss(grade: Grade) -> Iterator[str]:
    for mark in grade.marks:
        if mark.points < mark.out_of and not mark.needs_review:
            yield mark.cell


def _summary(grades: list[Grade], ran: list[Grade]) -> str:
    waiting = sum(grade.status == "needs review" for grade in grades)
    handed_in = len(_handed_in(grades))
    phrases = [f"{counted(handed_in, 'submission')}, {len(ran)} graded"]
    if len(ran) < handed_in:
        phrases.append(f"{handed_in - len(ran)} could not be graded")
    if handed_in < len(grades):
        phrases.append(f"{len(grades) - handed_in} of the class handed nothing in")
    if waiting:
        phrases.append(f"{waiting} with an answer that waits for a person")
    levels = sorted({grade.isolation for grade in ran if grade.isolation})
    if levels:
        phrases.append(f"isolation: {', '.join(levels)}")
    return "; ".join(phrases)


def shares(grades: Iterable[Grade]) -> list[float]:
    """Each score as a share of the maximum, 0 to 1."""
    return [grade.score / grade.max_score for grade in grades if grade.max_score]


def bins(values: Iterable[float]) -> list[int]:
    """How many of the shares lie in each tenth; full marks count to the last."""
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, max(0, int(value * BINS + 1e-9)))] += 1
    return counts


def histogram(ran: list[Grade]) -> Markup:
    """The distribution of scores as an inline SVG with labelled axes."""
    values = sorted(shares(ran))
    counts = bins(values)
    median = f"median {100 * _median(values):.0f} %" if values else ""
    return Markup(
        render(
            "histogram.html",
            words=f"Scores of {counted(len(values), 'graded submission')}, {median}",
            width=WIDTH,
            height=HEIGHT,
            left=LEFT_MARGIN,
            right=_x(1),
            middle=_y(0.5),
            floor=_y(0),
            lines=list(_lines(max(counts))),
            bars=list(_bars(counts)),
            labels=[{"x": _x(percent / 100), "percent": percent} for percent in range(0, 101, 20)],
        )
    )


def _median(values: list[float]) -> float:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _x(share: float) -> float:
    return round(LEFT_MARGIN + share * (WIDTH - LEFT_MARGIN - 12), 2)


def _y(height: float) -> float:
    """Where a bar of `height` (0 to 1 of the tallest) ends."""
    return round(HEIGHT - BOTTOM_MARGIN - height * (HEIGHT - BOTTOM_MARGIN - TOP_MARGIN), 2)


def _lines(top: int) -> Iterator[dict[str, Any]]:
    """The lines behind the bars: at most five, at whole numbers of submissions."""
    steps = (digit * 10**zeros for zeros in count_from(0) for digit in (1, 2, 5))
    for count in range(0, top + 1, next(step for step in steps if top <= 4 * step)):
        yield {"y": _y(count / top if top else 0), "count": count}


def _bars(counts: list[int]) -> Iterator[dict[str, float]]:
    for place, count in enumerate(counts):
        if count:
            y = _y(count / max(counts))
            width, height = round(_x(1 / BINS) - _x(0) - 2, 2), round(_y(0) - y, 2)
            yield {"x": _x(place / BINS) + 1, "y": y, "width": width, "height": height}


def hardest(ran: Iterable[Grade]) -> list[Question]:
    """Every graded cell with its share of earned points, the lowest share first.

    Marks that wait for a person do not count, nor does extra credit.
    """
    totals: dict[tuple[str, str], tuple[float, float, int]] = {}
    for mark in (mark for grade in ran for mark in grade.marks if not mark.needs_review):
        earned, possible, n = totals.get((mark.notebook, mark.cell), (0.0, 0.0, 0))
        points = mark.points - mark.extra_credit
        totals[mark.notebook, mark.cell] = (earned + points, possible + mark.out_of, n + 1)
    questions = [
        Question(notebook, cell, earned, possible, n)
        for (notebook, cell), (earned, possible, n) in totals.items()
        if possible
    ]
    return sorted(questions, key=lambda question: question.share)
