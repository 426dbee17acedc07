"""Pictures as SVG strings: bars and points on logarithmic axes, and the exact table under them.

A string is redrawn in well under a millisecond, where a figure takes a second. A picture has no
background, and its words have the colour of the words around it, so that it reads in a light theme
and in a dark one. What failed is also dashed and says so. A screen reader reads `alt`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from coursekit.palette import BLUE, FAINT, INK, VERMILION

WIDTH, LABEL_WIDTH, RIGHT = 720, 180, 40  # the labels of bars stand in the left margin
LETTER = 7  # about the width of one in a label, in pixels
PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}


@dataclass(frozen=True)
class Bar:
    """One quantity. value: positive, or None where it is unknown; text: the words beside it."""

    label: str
    value: float | None
    text: str = ""
    colour: str = BLUE
    failed: bool = False


@dataclass(frozen=True)
class Point:
    """A place in a plot with two logarithmic axes; both numbers are positive."""

    x: float
    y: float
    label: str = ""
    colour: str = VERMILION


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis: the powers of ten it spans, and the pixels where they stand."""

    low: int
    high: int
    start: float
    end: float
    unit: str = ""

    def at(self, value: float) -> float:
        """The pixel of a positive value; what lies beyond an end stands at that end."""
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Pixel and words of the powers of ten, at most nine of them."""
        step = next(step for step in (1, 2, 3, 6, 9, 99) if (self.high - self.low) / step <= 8)
        powers = range(self.low, self.high + 1, step)
        return [(self.at(10.0**power), amount(10.0**power, self.unit)) for power in powers]


def amount(value: float, unit: str = "") -> str:
    """A number with three digits and the prefix of its size: amount(262144, "B") == '262 kB'.

    A number below one that has no unit has no prefix either: amount(0.01) == '0.01'.
    """
    if not value:
        return f"0 {unit}".rstrip()
    if not unit and abs(value) < 1:
        return f"{value:.3g}"
    power = 3 * math.floor(math.log10(abs(value)) / 3 + 1e-12)
    power = min(max(power, min(PREFIXES)), max(PREFIXES))
    digits = f"{value / 10.0**power:.3g}"
    return f"{digits} {PREFIXES[power]}{unit}".rstrip()


def bars(
    rows: Sequence[Bar],
    alt: str,
    unit: str = "",
    limit: float = 0,
    of: str = "",
    span: tuple[float, ...] = (),
) -> str:
    """Horizontal bars on a logarithmic axis. limit: where the upright line named `of` stands.

    span: values that the axis reaches whatever is drawn, so that pictures can be compared.
    """
    values = [row.value for row in rows if row.value] + ([limit] if limit else [])
    low, high = decades([*values, *span, *(value / 2 for value in values)], least=2)
    axis = Axis(low, high, LABEL_WIDTH, WIDTH - RIGHT, unit)
    height = 30 + 40 * len(rows) + 30
    body = _upright(axis, 24, height - 28)
    body += "".join(_bar(row, 30 + 40 * number, axis) for number, row in enumerate(rows))
    return picture(WIDTH, height, body + _limit(axis, limit, of, height - 28), alt)


def scatter(
    points: Sequence[Point],
    alt: str,
    x_label: str,
    y_label: str,
    line: Sequence[tuple[float, float]] = (),
) -> str:
    """Points on two logarithmic axes, and a line through the places `line`."""
    height, margin = 360, 80
    x = Axis(*decades([v for v, _ in line] + [p.x for p in points], 2), margin, WIDTH - RIGHT)
    y = Axis(*decades([v for _, v in line] + [p.y for p in points], 2), height - 60, 34)
    path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in line)
    body = _upright(x, 34, height - 60) + _level(y, margin, WIDTH - RIGHT)
    body += f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="3"/>'
    body += "".join(_points(points, x, y))
    body += _words((margin + WIDTH - RIGHT) / 2, height - 16, x_label, "middle")
    return picture(WIDTH, height, body + _words(8, 18, y_label), alt)


def roofline(peak: float, bandwidth: float, points: Sequence[Point], alt: str) -> str:
    """The roof of a device and points under it (Williams, Waterman and Patterson 2009).

    peak: operations/s; bandwidth: bytes/s. A point's x is operations per byte, its y operations/s.
    """
    ridge = peak / bandwidth
    low, high = decades([ridge, *(point.x for point in points)], least=2)
    first, last = 10.0 ** min(low, math.floor(math.log10(ridge)) - 1), 10.0**high
    roof = [(first, first * bandwidth), (ridge, peak), (max(last, 10 * ridge), peak)]
    return scatter(points, alt, "operations per byte", "operations per second", roof)


def table(rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """The exact values under a picture. The first entry of each row is its name."""
    lines = "".join(f"<tr>{_cells([str(entry) for entry in row])}</tr>" for row in rows)
    title = (
        f'<caption style="text-align:left;white-space:nowrap">{escape(caption)}</caption>'
        if caption
        else ""
    )
    style = "color:inherit;background:none;border-collapse:collapse;font-size:13px"
    return f'<table style="{style}">{title}<tbody>{lines}</tbody></table>'


def picture(width: float, height: float, body: str, alt: str) -> str:
    """A whole SVG around `body`; it shrinks with the window and never grows."""
    words = escape(alt)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{words}" style="width:100%;max-width:{width}px" fill="{INK}" '
        f'font-family="system-ui, sans-serif"><title>{words}</title>{body}</svg>'
    )


def decades(values: Sequence[float], least: int = 1) -> tuple[int, int]:
    """The powers of ten around positive values, at least `least` of them apart."""
    positive = [value for value in values if value > 0 and math.isfinite(value)] or [1.0]
    low = math.floor(math.log10(min(positive)) + 1e-12)
    return low, max(math.ceil(math.log10(max(positive)) - 1e-12), low + least)


def _bar(row: Bar, top: float, axis: Axis) -> str:
    label = _words(LABEL_WIDTH - 10, top + 16, row.label, "end", 14)
    text = row.text or (amount(row.value, axis.unit) if row.value else "unknown")
    words = _words(LABEL_WIDTH + 4, top + 34, text)
    if not row.value:
        return label + words
    colour = VERMILION if row.failed else row.colour
    edge = f' stroke="{INK}" stroke-width="2" stroke-dasharray="5 3"' if row.failed else ""
    wide = max(axis.at(row.value) - LABEL_WIDTH, 2)
    box = (
        f'<rect x="{LABEL_WIDTH}" y="{top}" width="{wide:.1f}" height="20" fill="{colour}"{edge}/>'
    )
    return label + box + words


def _limit(axis: Axis, limit: float, of: str, bottom: float) -> str:
    if not limit:
        return ""
    at = axis.at(limit)
    anchor = "end" if at > WIDTH * 0.7 else "start"
    return (
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="20" y2="{bottom}" stroke="{INK}" '
        f'stroke-width="2"/>' + _words(at, 14, of, anchor)
    )


def _points(points: Sequence[Point], x: Axis, y: Axis) -> Iterable[str]:
    """The points, and their labels pushed down where they would cover a point or another label; a
    thin line then leads from the point to its label."""
    places = [(x.at(point.x), y.at(point.y)) for point in points]
    spans = [(across - 7, across + 7, down + 5) for across, down in places]
    for point, (across, down) in sorted(zip(points, places, strict=True), key=lambda p: p[1][1]):
        is_right = across > WIDTH * 0.7
        start = across - 9 - LETTER * len(point.label) if is_right else across + 9
        end = start + LETTER * len(point.label)
        lower = down + 18
        while any(abs(lower - v) < 15 and start < right and left < end for left, right, v in spans):
            lower += 15
        spans.append((start, end, lower))
        if lower > down + 18:
            yield _line(across, across, down, lower - 4, INK)
        yield (
            f'<circle cx="{across:.1f}" cy="{down:.1f}" r="6" fill="{point.colour}" '
            f'stroke="{INK}"/>'
        )
        side = (-9, "end") if is_right else (9, "start")
        yield _words(across + side[0], lower, point.label, side[1])


def _line(x1: float, x2: float, y1: float, y2: float, colour: str = FAINT) -> str:
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _upright(axis: Axis, top: float, bottom: float) -> str:
    return "".join(
        _line(at, at, top, bottom) + _words(at, bottom + 18, text, "middle")
        for at, text in axis.ticks()
    )


def _level(axis: Axis, start: float, end: float) -> str:
    return "".join(
        _line(start, end, at, at) + _words(start - 8, at + 4, text, "end")
        for at, text in axis.ticks()
    )


def _words(
    x: float, y: float, text: str, anchor: str = "start", size: int = 13, colour: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}">{escape(text)}</text>'
    )


def _cells(row: Sequence[str]) -> str:
    name = f'<th scope="row" style="text-align:left;padding:2px 18px 2px 0">{escape(row[0])}</th>'
    style = "text-align:right;padding:2px 0 2px 18px;font-variant-numeric:tabular-nums"
    return name + "".join(f'<td style="{style}">{escape(entry)}</td>' for entry in row[1:])
