"""Pictures as strings: dark on light, told apart by colour-blind people, with words for a reader.

An SVG string in an HTML widget is redrawn in well under a millisecond, where a new figure takes a
second. Colours are those of Okabe and Ito (2008); none carries a meaning alone, each bar and cell
also says its word.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

INK, PAPER, FAINT = "#1a1a1a", "#ffffff", "#d9d9d9"
BLUE, GREEN, VERMILION = "#0072b2", "#009e73", "#d55e00"
SKY, PURPLE, ORANGE, GREY = "#56b4e9", "#cc79a7", "#e69f00", "#bdbdbd"

Scale = Callable[[float], float]
FONT = "font-family='system-ui, sans-serif' font-size='13'"


@dataclass(frozen=True)
class Bar:
    """A share of what is there: 1 is exactly all of it. None: unknown, drawn as a word."""

    label: str
    share: float | None
    says: str
    colour: str = BLUE


@dataclass(frozen=True)
class Point:
    """A place in a log-log plot."""

    x: float
    y: float
    label: str
    colour: str = VERMILION


def svg(width: int, height: int, body: str, alt: str) -> str:
    """A whole picture; `alt` is what a screen reader says."""
    text = escape(alt, quote=True)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img' "
        f'aria-label="{text}" style="width:100%;max-width:{width}px;background:{PAPER}" {FONT}>'
        f"<title>{text}</title>{body}</svg>"
    )


def bars(rows: Sequence[Bar], alt: str, full: str = "all there is") -> str:
    """Horizontal bars on a logarithmic axis; what passes the line at 1 is too much.

    The axis spans the shares, at least from a thousandth to ten.
    """
    left, width, row_height, top = 190, 720, 40, 26
    low, high = _decades([bar.share for bar in rows if bar.share] or [1.0], at_least=(-3, 1))
    height = top + row_height * len(rows) + 30

    def x(share: float) -> float:
        return left + (width - left - 30) * (math.log10(share) - low) / (high - low)

    axis = _axis(x, low, high, top - 6, height - 26)
    drawn = "".join(_bar(bar, top + k * row_height, left, x) for k, bar in enumerate(rows))
    line = (
        f"<line x1='{x(1):.1f}' x2='{x(1):.1f}' y1='14' y2='{height - 26}' stroke='{INK}' "
        f"stroke-width='2'/>{_text(x(1), 11, full, anchor='middle')}"
    )
    return svg(width, height, axis + drawn + line, alt)


def _bar(bar: Bar, y: float, left: float, x: Scale) -> str:
    label = _text(left - 10, y + 20, bar.label, anchor="end")
    if not bar.share:
        return label + _text(left + 6, y + 20, bar.says, colour="#595959")
    end = max(x(bar.share), left + 2)
    edge = f" stroke='{INK}' stroke-width='2' stroke-dasharray='5 3'" if bar.share > 1 else ""
    rect = (
        f"<rect x='{left}' y='{y + 3}' width='{end - left:.1f}' height='22' "
        f"fill='{bar.colour}' fill-opacity='0.85'{edge}/>"
    )
    return label + rect + _text(left + 6, y + 37, bar.says, size=11, colour="#404040")


def _axis(x: Scale, low: int, high: int, top: float, bottom: float) -> str:
    every = max(1, (high - low) // 8)
    parts = []
    for power in range(low, high + 1, every):
        at = x(10.0**power)
        parts.append(
            f"<line x1='{at:.1f}' x2='{at:.1f}' y1='{top}' y2='{bottom}' stroke='{FAINT}'/>"
            + _text(at, bottom + 16, _power(power), anchor="middle", size=11)
        )
    return "".join(parts)


def roofline(peak: float, bandwidth: float, points: Sequence[Point], alt: str) -> str:
    """Operations/s over operations per byte: the roof of a device and points under it."""
    width, height, left, top, bottom = 720, 320, 70, 20, 280
    ridge = peak / bandwidth
    xs = _decades([ridge, *(p.x for p in points)], at_least=(-1, 3))
    ys = _decades([peak, peak / 1000, *(p.y for p in points)], at_least=None)

    def x(value: float) -> float:
        return left + (width - left - 30) * (math.log10(value) - xs[0]) / (xs[1] - xs[0])

    def y(value: float) -> float:
        share = (math.log10(value) - ys[0]) / (ys[1] - ys[0])
        return bottom - (bottom - top) * min(max(share, 0.0), 1.0)

    start = max(10.0 ** xs[0], 10.0 ** ys[0] / bandwidth)
    roof = " ".join(
        f"{x(a):.1f},{y(b):.1f}"
        for a, b in [(start, start * bandwidth), (ridge, peak), (10.0 ** xs[1], peak)]
    )
    marks = "".join(
        f"<circle cx='{x(p.x):.1f}' cy='{y(p.y):.1f}' r='6' fill='{p.colour}' stroke='{INK}'/>"
        + _text(x(p.x) + 10, y(p.y) + 16, p.label, size=12)
        for p in points
    )
    levels = "".join(
        f"<line x1='{left}' x2='{width - 30}' y1='{y(10.0**k):.1f}' y2='{y(10.0**k):.1f}' "
        f"stroke='{FAINT}'/>" + _text(left - 8, y(10.0**k) + 4, _power(k), anchor="end", size=11)
        for k in range(ys[0], ys[1] + 1)
    )
    body = (
        _axis(x, xs[0], xs[1], top, bottom)
        + levels
        + f"<polyline points='{roof}' fill='none' stroke='{BLUE}' stroke-width='3'/>"
        + marks
        + _text(width / 2, height - 4, "operations per byte", anchor="middle", size=12)
        + _text(left - 60, top - 6, "operations per second", size=12)
    )
    return svg(width, height, body, alt)


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], str],
    colours: Mapping[str, str],
    alt: str,
) -> str:
    """A table of words, one colour a word: cells[row, column] is the word."""
    left, top, wide, high = 130, 24, 88, 20
    width, height = left + wide * len(columns) + 6, top + high * len(rows) + 6
    parts = [
        _text(left + wide * (k + 0.5), 16, name, anchor="middle", size=11)
        for k, name in enumerate(columns)
    ]
    for r, row in enumerate(rows):
        y = top + high * r
        parts.append(_text(left - 8, y + 14, row, anchor="end", size=11))
        parts += [
            _cell(left + wide * c, y, wide, high, cells.get((row, column), ""), colours)
            for c, column in enumerate(columns)
        ]
    return svg(width, height, "".join(parts), alt)


def _cell(
    x: float, y: float, wide: float, high: float, word: str, colours: Mapping[str, str]
) -> str:
    return (
        f"<rect x='{x}' y='{y}' width='{wide - 2}' height='{high - 2}' "
        f"fill='{colours.get(word, PAPER)}' fill-opacity='0.45'/>"
        + _text(x + wide / 2 - 1, y + 13, word, anchor="middle", size=11)
    )


def table(rows: Sequence[tuple[str, str]], caption: str) -> str:
    """The exact values under a picture: one row a quantity."""
    lines = "".join(
        f"<tr><th scope='row' style='text-align:left;padding:1px 18px 1px 0'>{escape(name)}</th>"
        f"<td style='text-align:right;font-variant-numeric:tabular-nums'>{escape(value)}</td></tr>"
        for name, value in rows
    )
    return (
        f"<table style='color:{INK};background:{PAPER};border-collapse:collapse;font-size:13px'>"
        f"<caption style='text-align:left;font-weight:600'>{escape(caption)}</caption>"
        f"<tbody>{lines}</tbody></table>"
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", size: int = 13, colour: str = INK
) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' "
        f"fill='{colour}'>{escape(text)}</text>"
    )


def _decades(values: Sequence[float], at_least: tuple[int, int] | None) -> tuple[int, int]:
    """The powers of ten around positive values, and at least those given."""
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))
    if at_least:
        return min(low, at_least[0]), max(high, at_least[1])
    return low, max(high, low + 1)


def _power(exponent: int) -> str:
    return str(10**exponent) if 0 <= exponent <= 3 else f"1e{exponent}"
