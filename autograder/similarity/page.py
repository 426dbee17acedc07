"""The page of an assignment's similar answers, for staff alone: ranked pairs, side by side.

One file without script. What students wrote is text in it, whatever it contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from autograder.model import Course
from autograder.reporting.html_page import Markup
from autograder.similarity.compare import Comparison, Similarity, marked_by_pair
from autograder.similarity.drawings import distribution, render
from autograder.similarity.fingerprints import MAX_CHARACTERS, text_lines
from autograder.similarity.overlap import COMMON
from autograder.similarity.pairs import Answer, Pair
from autograder.similarity.threshold import EXPECTED, LEAST_BITS, LEAST_SHARED

MOST_SIDES = 60  # pairs of a question that are shown side by side
RARE = 0.10  # of the class at most have it


@dataclass(frozen=True)
class Side:
    """One of two answers: whose, and its lines, each with '', 'shared' or 'rare' for what the other
    has in common with it."""

    student: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sides:
    """A pair as the page shows it. anchor: the name that the table links to."""

    pair: Pair
    anchor: str
    one: Side
    other: Side


@dataclass(frozen=True)
class Section:
    """A question on the page. unlisted: pairs that stand out and are only in the table."""

    comparison: Comparison
    figure: Markup
    sides: tuple[Sides, ...]
    unlisted: int


def page(course: Course, result: Similarity) -> str:
    """One HTML page over all questions of `result`."""
    repeated = {pair: q for pair, q in marked_by_pair(result).items() if len(q) > 1}
    return render(
        "similarity.html",
        title=f"{course.name}: similar answers to {result.assignment.id}",
        assignment=result.assignment,
        sections=[_section(number, c) for number, c in enumerate(result.comparisons)],
        repeated=sorted(repeated.items(), key=lambda item: (-len(item[1]), item[0])),
        unread=result.unread,
        least_shared=LEAST_SHARED,
        least_bits=LEAST_BITS,
        expected=EXPECTED,
        common=round(100 * COMMON),
        rare=round(100 * RARE),
    )


def _section(number: int, comparison: Comparison) -> Section:
    pairs = comparison.pairs[:MOST_SIDES]
    sides = tuple(_sides(f"pair-{number}-{place}", pair) for place, pair in enumerate(pairs))
    unlisted = max(0, len(comparison.marked) - len(pairs))
    return Section(comparison, distribution(comparison.ranking.threshold), sides, unlisted)


def _sides(anchor: str, pair: Pair) -> Sides:
    one, other = (_side(a, n) for a, n in zip((pair.one, pair.other), pair.lines, strict=True))
    return Sides(pair, anchor, one, other)


def _side(answer: Answer, shared: Mapping[int, float]) -> Side:
    lines = enumerate(text_lines(answer.kind, answer.text[:MAX_CHARACTERS]), start=1)
    return Side(answer.student, tuple((line, _kind(shared.get(n))) for n, line in lines))


def _kind(bits: float | None) -> str:
    if bits is None:
        return ""
    return "rare" if bits >= log2(1 / RARE) else "shared"
