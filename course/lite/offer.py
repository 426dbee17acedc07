"""Which assignments the site offers, and why not the others.

An assignment is offered where its notebook runs to its end in the browser, and where each chapter
that it builds on is either offered too or comes ready in the wheel.
"""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.chapters import built_on
from coursekit.syllabus import Assignment

from lite.folder import Published
from lite.trials import Trial


@dataclass(frozen=True)
class Offer:
    """The assignments of the site in the syllabus' order, and a sentence for each of the others."""

    offered: tuple[Assignment, ...]
    refused: dict[str, str]


def offer(published: Published, trials: dict[str, Trial]) -> Offer:
    """Decides for each released assignment, in the order of the syllabus."""
    offered: list[Assignment] = []
    refused: dict[str, str] = {}
    for name in published.space.assignments:
        row = published.syllabus.assignment(name)
        sentence = _refusal(row, published, trials, {one.id for one in offered})
        if sentence:
            refused[name] = sentence
        else:
            offered.append(row)
    return Offer(tuple(offered), refused)


def _refusal(
    row: Assignment, published: Published, trials: dict[str, Trial], offered: set[str]
) -> str:
    """Why an assignment is not offered, '' where it is."""
    trial = trials.get(row.id)
    if trial is None:
        return "It was never tried in the browser."
    if not trial.runs:
        return trial.reason
    absent = [
        chapter.id
        for chapter in built_on(published.syllabus, row.id)
        if chapter.id not in offered and chapter.exports not in published.wheel
    ]
    unwritten = [name for name in absent if name not in trials or not trials[name].runs]
    if not absent:
        return ""
    return f"It builds on {', '.join(unwritten or absent)}, which cannot be written here."
