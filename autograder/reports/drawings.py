"""The plots of a report as inline SVG: questions by difficulty and discrimination, assignments by
their quartiles. Each has its words for those who hear it, and its numbers stand in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograder.reporting.html_page import Markup, counted, renderer
from autograder.reporting.plot_scale import Box, Scale, overlap, percent_ticks
from autograder.reports.item_statistics import Item
from autograder.reports.report import AssignmentReport

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 720, 76, 24, 20, 56
ITEMS_HEIGHT = 340
WEAK = 0.2  # below it, a question hardly tells strong work from weak (Ebel and Frisbie 1991)
LOWEST = -0.4  # of the axis of discrimination
ROW = 34
NAMES = 200  # the left margin for names of assignments
LETTER = 12  # about the width of one at 22 px, as on a telephone
LABEL = 22  # the height of a name beside a dot
ACROSS = Scale(0, 1, LEFT, WIDTH - RIGHT)
UP = Scale(LOWEST, 1, ITEMS_HEIGHT - BOTTOM, TOP)
SCORES = Scale(0, 1, NAMES, WIDTH - RIGHT)
render = renderer("autograder.reports")


def item_plot(items: Sequence[Item]) -> Markup:
    """Difficulty across, discrimination upwards, a numbered dot for each question; '' where no
    question has both."""
    numbered_items = [(i, item) for i, item in enumerate(items, 1) if item.correlation is not None]
    if not numbered_items:
        return Markup()
    dots = list(_dots(numbered_items))
    weak = sum(dot["weak"] for dot in dots)
    return Markup(
        render(
            "items.svg",
            words=f"{counted(len(dots), 'question')} by difficulty and discrimination, "
            f"{weak} with a discrimination below {WEAK}",
            width=WIDTH,
            height=ITEMS_HEIGHT,
            left=LEFT,
            right=WIDTH - RIGHT,
            top=TOP,
            floor=ITEMS_HEIGHT - BOTTOM,
            zone=UP(WEAK),
            across=percent_ticks(ACROSS),
            up=[(UP(tenth / 10), tenth / 10) for tenth in range(-4, 11, 2)],
            dots=dots,
        )
    )


def _dots(items: Sequence[tuple[int, Item]]) -> Iterator[dict[str, Any]]:
    occupied_boxes: list[Box] = []
    for number, item in items:
        x, y = ACROSS.inside(item.difficulty or 0), UP.inside(item.correlation or 0)
        place = _free_place(x, y, str(number), occupied_boxes)
        yield {
            "x": x,
            "y": y,
            "name": str(number),
            "name_x": place[0],
            "name_y": place[1],
            "title": f"{item.cell}: {100 * (item.difficulty or 0):.0f} %, {item.correlation:.2f}",
            "weak": (item.correlation or 0) < WEAK,
        }


def _free_place(x: float, y: float, text: str, occupied_boxes: list[Box]) -> tuple[float, float]:
    """Where the number of a dot hides no other one: right, left, above, below, else right."""
    wide = LETTER * len(text)
    places = [(x + 8, y + 5), (x - 8 - wide, y + 5), (x - wide / 2, y - 9), (x - wide / 2, y + 21)]
    boxes = [(a, b - LABEL + 4, a + wide, b) for a, b in places]
    free = (
        i for i, box in enumerate(boxes) if not any(overlap(box, other) for other in occupied_boxes)
    )
    chosen = next(free, 0)
    occupied_boxes += [boxes[chosen], (x - 6, y - 6, x + 6, y + 6)]
    return round(places[chosen][0], 1), round(places[chosen][1], 1)


def quartile_plot(reports: Sequence[AssignmentReport]) -> Markup:
    """A row for each assignment: the middle half of its scores, and the median; '' for none."""
    shown_reports = [report for report in reports if report.scores.middle is not None]
    if not shown_reports:
        return Markup()
    rows = [
        {
            "name": _short(report.assignment.id),
            "y": TOP + ROW * place,
            "start": SCORES.inside(report.scores.low or 0),
            "end": SCORES.inside(report.scores.high or 0),
            "middle": SCORES.inside(report.scores.middle or 0),
            "title": f"{report.assignment.id}: median {100 * (report.scores.middle or 0):.0f} %",
        }
        for place, report in enumerate(shown_reports)
    ]
    floor = TOP + ROW * len(shown_reports)
    return Markup(
        render(
            "quartiles.svg",
            words=f"The middle half of the scores of {counted(len(shown_reports), 'assignment')}",
            width=WIDTH,
            height=floor + BOTTOM,
            left=NAMES,
            right=WIDTH - RIGHT,
            top=TOP,
            floor=floor,
            row=ROW,
            across=percent_ticks(SCORES),
            rows=rows,
        )
    )


def _short(name: str) -> str:
    most = int(NAMES / LETTER) - 1
    return name if len(name) <= most else name[: most - 1] + "…"
