"""The items of a rubric that apply, and an adjustment, become points between 0 and the maximum."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from autograder.gradebook.rubrics import Rubric
from autograder.reporting.html_page import number


@dataclass(frozen=True)
class Score:
    """Points that count. sentence: why they are not the sum of the items, '' where they are."""

    points: float
    sentence: str = ""


def item_sum(rubric: Rubric, items: Collection[str], out_of: float) -> float:
    """What the items alone come to, from where the rubric begins."""
    start = out_of if rubric.from_full else 0.0
    return start + sum(item.points for item in rubric.items if item.id in items)


def score(rubric: Rubric, items: Collection[str], adjustment: float, out_of: float) -> Score:
    """The points for an answer to which these items apply, out of `out_of`."""
    total = round(item_sum(rubric, items, out_of) + adjustment, 6)
    if total > out_of:
        most = number(out_of)
        return Score(out_of, f"The items come to {number(total)}. The question has {most}: {most}.")
    if total < 0:
        return Score(0.0, f"The items come to {number(total)}. No answer has less than 0: 0.")
    return Score(total)
