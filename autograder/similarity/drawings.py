"""The distribution of all pairs of a class as inline SVG, with the line from where on one stands
out. Counts are drawn on a logarithmic axis: a handful of pairs is what one looks for."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10
from typing import Any

from autograder.reporting.html_page import Markup, counted, renderer
from autograder.reporting.plot_scale import Scale, percent_ticks
from autograder.similarity.threshold import BINS, Threshold

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 76, 16, 34, 56
ACROSS = Scale(0, 1, LEFT, WIDTH - RIGHT)
LEAST_COUNT = 10 ** (-1 / 6)  # where the bars begin, so that one pair is a sixth of a decade high
render = renderer("autograder.similarity")


def distribution(limit: Threshold) -> Markup:
    """The pairs by similarity, those above the threshold in another colour; '' for no pair."""
    if not limit.pairs:
        return Markup()
    decades = max(1, ceil(log10(max(limit.bins) + 1)))
    up = Scale(LEAST_COUNT, 10.0**decades, HEIGHT - BOTTOM, TOP, log=True)
    shown_limit = limit.similarity if limit.similarity <= 1 else None
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
            lines=[(up(10**n), 10**n) for n in range(decades + 1)],
            bars=list(_bars(limit, up)),
            labels=percent_ticks(ACROSS),
            limit=None if shown_limit is None else ACROSS(shown_limit),
            limit_percent=round(100 * (shown_limit or 0)),
        )
    )


def _bars(limit: Threshold, up: Scale) -> Iterator[dict[str, Any]]:
    for place, count in enumerate(limit.bins):
        if count:
            y = up(count)
            yield {
                "x": ACROSS(place / BINS) + 1,
                "y": y,
                "width": round(ACROSS(1 / BINS) - ACROSS(0) - 2, 1),
                "height": round(HEIGHT - BOTTOM - y, 1),
                "strong": (place + 0.5) / BINS >= limit.similarity,
                "count": count,
            }
