"""The distribution of all pairs of a class as inline SVG, with the line from where on one stands
out. Counts are drawn on a logarithmic axis: a handful of pairs is what one looks for."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10
from typing import Any

from autograder.reporting.html_page import Markup, counted, renderer
from autograder.similarity.threshold import BINS, Threshold

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 76, 16, 34, 56
render = renderer("autograder.similarity")


def distribution(limit: Threshold) -> Markup:
    """The pairs by similarity, those above the threshold in another colour; '' for no pair."""
    if not limit.pairs:
        return Markup()
    decades = max(1, ceil(log10(max(limit.bins) + 1)))
    shown = limit.similarity if limit.similarity <= 1 else None
    words = f"Similarity of {counted(limit.pairs, 'pair')}, median {100 * limit.median:.0f} %"
    return Markup(
        render(
            "distribution.svg",
            words=words,
            width=WIDTH,
            height=HEIGHT,
            left=LEFT,
            right=WIDTH - RIGHT,
            top=TOP,
            floor=HEIGHT - BOTTOM,
            lines=[(_y(10**n, decades), 10**n) for n in range(decades + 1)],
            bars=list(_bars(limit, decades)),
            labels=[(_x(percent / 100), percent) for percent in range(0, 101, 20)],
            limit=None if shown is None else _x(shown),
            limit_percent=round(100 * (shown or 0)),
        )
    )


def _x(similarity: float) -> float:
    return round(LEFT + similarity * (WIDTH - LEFT - RIGHT), 1)


def _y(count: float, decades: int) -> float:
    """Where a bar of `count` pairs ends; one pair is a sixth of a decade high."""
    height = 0.0 if count <= 0 else (log10(count) + 1 / 6) / (decades + 1 / 6)
    return round(HEIGHT - BOTTOM - height * (HEIGHT - BOTTOM - TOP), 1)


def _bars(limit: Threshold, decades: int) -> Iterator[dict[str, Any]]:
    for place, count in enumerate(limit.bins):
        if count:
            y = _y(count, decades)
            yield {
                "x": _x(place / BINS) + 1,
                "y": y,
                "width": round(_x(1 / BINS) - _x(0) - 2, 1),
                "height": round(HEIGHT - BOTTOM - y, 1),
                "strong": (place + 0.5) / BINS >= limit.similarity,
                "count": count,
            }
