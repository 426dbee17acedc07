"""A line chart as a string of SVG: fast enough to redraw twenty times a second in an HTML widget.

It carries its own description (role="img", aria-label). It has no background, and its words have
the colour of the words around it, so that it reads in a light theme and in a dark one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 640, 220
LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 56, 12, 28, 34
INK, GRID, LINE, GAP = "currentColor", "#8a8a8a66", "#0072b2", "#d55e00"


def nice_step(span: float, steps: int = 4) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts `span` into about `steps` parts."""
    raw = max(span, 1e-12) / steps
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= raw)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` to `high`."""
    step = nice_step(high - low)
    first = -(-low // step)
    return [step * (first + k) for k in range(int(high // step - first) + 1)]


def line_chart(
    x: Sequence[float], y: Sequence[float], title: str, x_label: str, y_label: str
) -> str:
    """A chart of y over x as SVG. A step in x larger than the usual one is drawn as a gap."""
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} numbers and y has {len(y)}.")
    if not x:
        return _frame(title, f"{title}: nothing received yet", _note("waiting for samples"))
    bounds = (min(x), max(max(x), min(x) + 1)), _padded(min(y), max(y))
    gaps = _gaps(x)
    summary = f"{title}: {len(x)} points, {y_label} from {min(y):g} to {max(y):g}, {len(gaps)} gaps"
    parts = [_grid(bounds), *_lines(x, y, gaps, bounds), _labels(x_label, y_label)]
    return _frame(title, summary, "".join(parts))


Bounds = tuple[tuple[float, float], tuple[float, float]]


def _padded(low: float, high: float) -> tuple[float, float]:
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _gaps(x: Sequence[float]) -> list[int]:
    """Positions k where something is missing between x[k - 1] and x[k]."""
    steps = [b - a for a, b in pairwise(x)]
    usual = min(steps, default=0)
    return [k + 1 for k, step in enumerate(steps) if step > 1.5 * usual]


def _place(x: float, y: float, bounds: Bounds) -> tuple[float, float]:
    (x0, x1), (y0, y1) = bounds
    across = (x - x0) / (x1 - x0) * (WIDTH - LEFT_MARGIN - RIGHT_MARGIN)
    down = (y1 - y) / (y1 - y0) * (HEIGHT - TOP_MARGIN - BOTTOM_MARGIN)
    return LEFT_MARGIN + across, TOP_MARGIN + down


def _lines(x: Sequence[float], y: Sequence[float], gaps: list[int], bounds: Bounds) -> list[str]:
    places = [_place(a, b, bounds) for a, b in zip(x, y, strict=True)]
    ends = [0, *gaps, len(places)]
    runs = [places[a:b] for a, b in pairwise(ends)]
    drawn = [
        f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in run)}" fill="none" '
        f'stroke="{LINE}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>'
        for run in runs
    ]
    marks = [
        f'<line x1="{places[k][0]:.1f}" x2="{places[k][0]:.1f}" y1="{TOP_MARGIN}" '
        f'y2="{TOP_MARGIN + 8}" '
        f'stroke="{GAP}" stroke-width="1.6"/>'
        for k in gaps
    ]
    return drawn + marks


def _grid(bounds: Bounds) -> str:
    parts = []
    for value in ticks(*bounds[1]):
        _, at = _place(bounds[0][0], value, bounds)
        ends = f'x1="{LEFT_MARGIN}" x2="{WIDTH - RIGHT_MARGIN}" y1="{at:.1f}" y2="{at:.1f}"'
        parts.append(f'<line {ends} stroke="{GRID}"/>')
        parts.append(_text(LEFT_MARGIN - 6, at + 4, f"{value:g}", "end"))
    for value in ticks(*bounds[0]):
        at, _ = _place(value, bounds[1][0], bounds)
        parts.append(_text(at, HEIGHT - BOTTOM_MARGIN + 15, f"{value:g}", "middle"))
    return "".join(parts)


def _labels(x_label: str, y_label: str) -> str:
    return _text(WIDTH - RIGHT_MARGIN, HEIGHT - 4, x_label, "end") + _text(
        LEFT_MARGIN, TOP_MARGIN - 8, y_label, "start"
    )


def _note(text: str) -> str:
    return _text(WIDTH / 2, HEIGHT / 2, text, "middle")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{escape(text)}</text>'
    )


def _frame(title: str, summary: str, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(summary, quote=True)}" xmlns="http://www.w3.org/2000/svg" '
        'style="max-width:100%;font:11px sans-serif">'
        f'<text x="{WIDTH - RIGHT_MARGIN}" y="{TOP_MARGIN - 10}" text-anchor="end" fill="{INK}" '
        f'font-size="13">{escape(title)}</text>{inside}</svg>'
    )
