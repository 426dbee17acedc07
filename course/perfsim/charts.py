"""Pictures as SVG text: a roofline with points under it, and predicted beside measured values.

Plain strings with two logarithmic axes: no library, the same bytes for the same numbers, and grey
lines that read on a light and on a dark page. Colours are those of Okabe and Ito 2008.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from perfsim.errors import PerfsimError

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MOST_MARKS = 2 * len(COLOURS)
GREY = "#767676"
WIDTH, HEIGHT = 640, 440
LEFT, RIGHT, TOP, BOTTOM = 76, 16, 34, 56


@dataclass(frozen=True)
class Marks:
    """Points of one colour and their name in the legend."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis from `low` to `high`, both above 0, between two places in pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Powers of ten on the axis, not more than eight; with fewer than two 1, 2 and 5."""
        first, last = (
            math.ceil(math.log10(self.low) - 1e-9),
            math.floor(math.log10(self.high) + 1e-9),
        )
        if last <= first:
            powers = [10.0**power for power in range(first - 1, last + 2)]
            fine = [digit * power for power in powers for digit in (1, 2, 5)]
            return [value for value in fine if self.low <= value <= self.high]
        step = max(1, math.ceil((last - first + 1) / 8))
        return [10.0**power for power in range(first, last + 1, step)]


def roofline_svg(peak: float, bandwidth: float, marks: Sequence[Marks], title: str) -> str:
    """The roof min(peak, bandwidth * intensity) and points (operations/byte, operations/s)."""
    xs = [x for mark in marks for x, _ in mark.points] + [peak / bandwidth]
    ys = [y for mark in marks for _, y in mark.points] + [peak]
    x, y = _axes(xs, ys)
    corner = min(max(peak / bandwidth, x.low), x.high)
    roof = [(x.low, bandwidth * x.low), (corner, peak), (x.high, peak)]
    text = [(a, max(b, y.low)) for a, b in roof]
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in text)
    line = f'<polyline points="{path}" fill="none" stroke="{GREY}" stroke-width="2"/>'
    return _picture(x, y, title, "operations per byte", "operations per second", [line], marks)


def scatter_svg(marks: Sequence[Marks], title: str, unit: str, bands: Iterable[float] = ()) -> str:
    """Points (measured, predicted) with the line on which both are equal; bands: ratios."""
    values = [v for mark in marks for point in mark.points for v in point]
    x, y = _axes(values, values)
    lines = [_diagonal(x, y, 1.0, "")]
    for ratio in bands:
        lines += [_diagonal(x, y, ratio, "4 4"), _diagonal(x, y, 1 / ratio, "4 4")]
    return _picture(x, y, title, f"measured, {unit}", f"predicted, {unit}", lines, marks)


def _axes(xs: Sequence[float], ys: Sequence[float]) -> tuple[Axis, Axis]:
    x_low, x_high, y_low, y_high = min(xs) / 2, max(xs) * 2, min(ys) / 2, max(ys) * 2
    return (
        Axis(x_low, x_high, LEFT, WIDTH - RIGHT),
        Axis(y_low, y_high, HEIGHT - BOTTOM, TOP),
    )


def _diagonal(x: Axis, y: Axis, ratio: float, dashes: str) -> str:
    low, high = max(x.low, y.low / ratio), min(x.high, y.high / ratio)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x(low):.1f}" y1="{y(low * ratio):.1f}" x2="{x(high):.1f}" '
        f'y2="{y(high * ratio):.1f}" stroke="{GREY}"{dashed}/>'
    )


def _picture(
    x: Axis, y: Axis, title: str, x_name: str, y_name: str, lines: list[str], marks: Sequence[Marks]
) -> str:
    if len(marks) > MOST_MARKS:
        raise PerfsimError(
            f"a picture has room for {MOST_MARKS} kinds of points, not {len(marks)}."
        )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12" fill="{GREY}">',
        _text(LEFT, 18, title, "start"),
        *_grid(x, y),
        *lines,
        *(dot for place, mark in enumerate(marks) for dot in _dots(x, y, mark, place)),
        *_legend(marks),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_name),
        f'<g transform="translate(16 {middle:.0f}) rotate(-90)">{_text(0, 0, y_name)}</g>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'


def _grid(x: Axis, y: Axis) -> list[str]:
    frame = (
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="{GREY}"/>'
    )
    below = [_text(x(v), HEIGHT - BOTTOM + 18, _power(v)) for v in x.ticks()]
    margin = [_text(LEFT - 8, y(v) + 4, _power(v), "end") for v in y.ticks()]
    return [frame, *below, *margin]


def _power(value: float) -> str:
    exponent = math.floor(math.log10(value) + 1e-9)
    small = -3 <= exponent <= 4
    return f"{value:g}" if small else f"{value / 10.0**exponent:.0f}e{exponent}"


def _dots(x: Axis, y: Axis, mark: Marks, place: int) -> list[str]:
    style = _style(place)
    return [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="2.5" {style}/>' for a, b in mark.points]


def _style(place: int) -> str:
    """A colour of its own for the first marks, and a ring of that colour for those after them."""
    colour = COLOURS[place % len(COLOURS)]
    if place < len(COLOURS):
        return f'fill="{colour}" fill-opacity="0.7"'
    return f'fill="none" stroke="{colour}"'


def _legend(marks: Sequence[Marks]) -> list[str]:
    parts = []
    for place, mark in enumerate(marks):
        top = TOP + 16 + 18 * place
        parts.append(f'<circle cx="{LEFT + 14}" cy="{top - 4}" r="4" {_style(place)}/>')
        parts.append(_text(LEFT + 24, top, mark.name, "start"))
    return parts
