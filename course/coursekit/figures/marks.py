"""What stands in a figure: lines, bars, dots, pictures, words. Each knows its data and its SVG.

A mark draws itself into a View, which turns data into pixels, and may have a key for the legend.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from coursekit.figures.colours import Shades
from coursekit.figures.scale import Scale
from coursekit.palette import BLUE, GREY

PX = 100 / 72  # pixels in a point
DASHES = {"--": "6 4", ":": "1.5 3", "-.": "7 3 1.5 3", "dashed": "6 4", "dotted": "1.5 3"}
SHAPES = {
    "s": "M-1-1H1V1H-1Z",
    "D": "M0-1.3L1.3 0 0 1.3-1.3 0Z",
    "^": "M0-1.2L1.2 1H-1.2Z",
    "v": "M0 1.2L1.2-1H-1.2Z",
    "x": "M-1-1L1 1M-1 1L1-1",
    "+": "M-1.2 0H1.2M0-1.2V1.2",
}
DRAWN_OPEN = ("x", "+")


@dataclass(frozen=True)
class View:
    """The rectangle of one axes in pixels, and the scales of its two directions."""

    x: Scale
    y: Scale
    width: float
    height: float

    def across(self, values: Any) -> Any:
        return self.x.share(values) * self.width

    def down(self, values: Any) -> Any:
        return (1 - self.y.share(values)) * self.height


@dataclass(eq=False)
class Mark:
    """What all marks have. label: for the legend, '' for none; depth: what is larger is in front;
    clips: whether it ends at the frame."""

    label: str = ""
    colour: str = BLUE
    depth: float = 2
    opacity: float = 1
    clips: bool = True

    def svg(self, view: View) -> str:
        raise NotImplementedError(f"{type(self).__name__} does not draw itself")

    def key(self) -> str:
        """The sign in the legend, 24 by 10 pixels around (12, 0)."""
        return f'<rect y="-5" width="24" height="10" fill="{self.colour}"/>'


@dataclass(eq=False)
class Line(Mark):
    """A line through places, with or without a sign at each."""

    x: np.ndarray = field(default_factory=lambda: np.empty(0))
    y: np.ndarray = field(default_factory=lambda: np.empty(0))
    dashes: str = "-"
    width: float = 1.8
    sign: str = ""
    size: float = 6
    hollow: bool = False

    def svg(self, view: View) -> str:
        across, down = view.across(self.x), view.down(self.y)
        path = "".join(_runs(across, down)) if self.dashes else ""
        places = zip(across, down, strict=True) if self.sign else ()
        finite_places = [(a, d) for a, d in places if np.isfinite(a) and np.isfinite(d)]
        return stroke(path, self) + "".join(self._sign(a, d) for a, d in finite_places)

    def key(self) -> str:
        line = stroke("M0 0H24", self) if self.dashes else ""
        return line + (self._sign(12, 0) if self.sign else "")

    def _sign(self, across: float, down: float) -> str:
        return sign(self.sign, across, down, self.size * PX / 2, self.colour, self.hollow)


@dataclass(eq=False)
class Dots(Mark):
    """Signs at places, each with its colour and size (the area, in square points)."""

    x: np.ndarray = field(default_factory=lambda: np.empty(0))
    y: np.ndarray = field(default_factory=lambda: np.empty(0))
    colours: Sequence[str] = ()
    sizes: Sequence[float] = ()
    sign: str = "o"
    edge: str = ""

    def svg(self, view: View) -> str:
        places = zip(view.across(self.x), view.down(self.y), strict=True)
        rows = zip(places, self.colours, self.sizes, strict=True)
        body = "".join(
            sign(self.sign, a, d, size**0.5 * PX / 2, colour, False, self.edge)
            for (a, d), colour, size in rows
            if np.isfinite(a) and np.isfinite(d)
        )
        return f'<g opacity="{self.opacity}">{body}</g>'

    def key(self) -> str:
        return sign(self.sign, 12, 0, 4, self.colours[0] if self.colours else self.colour)


@dataclass(eq=False)
class Rule(Mark):
    """A line from end to end. kind: 'across' at a height, 'up' at a place, 'slant' through two."""

    kind: str = "across"
    at: tuple[float, ...] = (0.0,)
    dashes: str = "-"
    width: float = 1.8

    def svg(self, view: View) -> str:
        if self.kind == "across":
            down = float(view.down(self.at[0]))
            return stroke(f"M0 {down:.1f}H{view.width:.1f}", self)
        if self.kind == "up":
            return stroke(f"M{float(view.across(self.at[0])):.1f} 0V{view.height:.1f}", self)
        (a, c), (b, d) = view.across(np.array(self.at[::2])), view.down(np.array(self.at[1::2]))
        reach = 4 * (view.width + view.height) / max(float(np.hypot(c - a, d - b)), 1e-9)
        x, y = (c - a) * reach, (d - b) * reach
        return stroke(f"M{a - x:.1f} {b - y:.1f}L{a + x:.1f} {b + y:.1f}", self)

    def key(self) -> str:
        return stroke("M0 0H24", self)


@dataclass(eq=False)
class Boxes(Mark):
    """Rectangles between two corners each: bars, and bands from end to end (infinite edges)."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    colours: Sequence[str] = ()
    hatch: bool = False

    def svg(self, view: View) -> str:
        body = "".join(
            _box(_corners(box, view), colour, self.hatch)
            for box, colour in zip(self.boxes, self.colours, strict=True)
        )
        return f'<g opacity="{self.opacity}">{body}</g>'

    def key(self) -> str:
        return _box((0, -5, 24, 5), self.colours[0] if self.colours else self.colour, self.hatch)


@dataclass(eq=False)
class Picture(Mark):
    """Numbers as shades, from low to high. extent: left, right, bottom and top, in data."""

    numbers: np.ndarray = field(default_factory=lambda: np.zeros((1, 1)))
    extent: tuple[float, float, float, float] = (0, 1, 0, 1)
    shading: Shades = field(default_factory=lambda: Shades(("#000000", "#ffffff")))
    low: float = 0
    high: float = 1
    only: np.ndarray | None = None  # where it covers what is behind it
    depth: float = 0

    def svg(self, view: View) -> str:
        left, right, bottom, top = self.extent
        (x0, x1), (y0, y1) = (
            view.across(np.array([left, right])),
            view.down(np.array([top, bottom])),
        )
        rows = self.pixels()
        rows = rows[:, ::-1] if x1 < x0 else rows
        rows = rows[::-1] if y1 < y0 else rows
        return (
            f'<image x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}" width="{abs(x1 - x0):.1f}" '
            f'height="{abs(y1 - y0):.1f}" preserveAspectRatio="none" '
            f'style="image-rendering:pixelated" href="{png(rows)}"/>'
        )

    def pixels(self) -> np.ndarray:
        """The picture as rows of red, green, blue and opacity, the top row first."""
        if self.numbers.ndim == 3:
            rgb = self.numbers * (255 if self.numbers.dtype.kind == "f" else 1)
        else:
            rgb = self.shading.rgb((self.numbers - self.low) / ((self.high - self.low) or 1))
        covered = np.ones(rgb.shape[:2]) if self.only is None else self.only
        return np.dstack([rgb[..., :3], 255 * covered]).round().astype(np.uint8)


@dataclass(eq=False)
class Words(Mark):
    """Text at a place. shift: from there, in points; way: how the place is read ('data', 'axes',
    or 'xaxis': across in data, up as a share). arrow: from the words to this place, in data."""

    text: str = ""
    at: tuple[float, float] = (0, 0)
    shift: tuple[float, float] = (0, 0)
    way: str = "data"
    across: str = "left"
    up: str = "baseline"
    size: float = 10
    weight: str = "normal"
    paper: str = ""
    edge: str = ""
    arrow: tuple[float, float] | None = None
    depth: float = 3
    clips: bool = False

    def svg(self, view: View) -> str:
        x, y = self._place(view)
        if not (np.isfinite(x) and np.isfinite(y)):
            return ""
        x, y = x + self.shift[0] * PX, y - self.shift[1] * PX
        pointer = self._arrow(view, x, y) if self.arrow else ""
        return (
            pointer
            + self._paper(x, y)
            + words(x, y, self.text, self.across, self.up, self.size, self.colour, self.weight)
        )

    def _place(self, view: View) -> tuple[float, float]:
        is_data = (self.way in ("data", "xaxis"), self.way == "data")
        x = float(view.across(self.at[0])) if is_data[0] else self.at[0] * view.width
        y = float(view.down(self.at[1])) if is_data[1] else (1 - self.at[1]) * view.height
        return x, y

    def _paper(self, x: float, y: float) -> str:
        if not self.paper and not self.edge:
            return ""
        lines = self.text.split("\n")
        wide = max(map(len, lines)) * 0.58 * self.size * PX + 10
        high = len(lines) * 1.3 * self.size * PX + 8
        left = x - {"left": 0, "center": wide / 2, "right": wide}[self.across]
        top = y - {"top": 0, "center": high / 2}.get(self.up, high)
        return (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="4" '
            f'fill="{self.paper or "none"}" stroke="{self.edge or "none"}"/>'
        )

    def _arrow(self, view: View, x: float, y: float) -> str:
        assert self.arrow is not None
        to = np.array([float(view.across(self.arrow[0])), float(view.down(self.arrow[1]))])
        way = to - np.array([x, y])
        length = max(float(np.hypot(*way)), 1e-9)
        unit, side = way / length, np.array([-way[1], way[0]]) / length
        gap = min(0.3 * length, 40 * PX) if not self.text else 0
        start, end = np.array([x, y]) + gap * unit, to - gap * unit
        (a, b), (c, d) = end - 9 * unit + 4 * side, end - 9 * unit - 4 * side
        return (
            f'<path d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" '
            f'stroke="{self.colour}" fill="none"/><path d="M{end[0]:.1f} {end[1]:.1f}'
            f'L{a:.1f} {b:.1f}L{c:.1f} {d:.1f}Z" fill="{self.colour}"/>'
        )


def stroke(path: str, line: Line | Rule) -> str:
    """A path in the colour, the width and the dashes of a line."""
    dashes = f' stroke-dasharray="{DASHES[line.dashes]}"' if line.dashes in DASHES else ""
    return (
        f'<path d="{path}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{line.width * PX:.1f}" stroke-linejoin="round"{dashes}/>'
    )


def sign(
    name: str, x: float, y: float, radius: float, colour: str, hollow: bool = False, edge: str = ""
) -> str:
    """One marker of Matplotlib's letters; a letter that is not known is a disc."""
    inside = "none" if hollow or name in DRAWN_OPEN else colour
    outline = edge or (colour if hollow or name in DRAWN_OPEN else "none")
    if name in SHAPES:
        turn = f"translate({x:.1f} {y:.1f}) scale({radius:.2f})"
        return (
            f'<path d="{SHAPES[name]}" transform="{turn}" fill="{inside}" stroke="{outline}" '
            f'stroke-width="1.6" vector-effect="non-scaling-stroke"/>'
        )
    small = radius / 2 if name == "." else radius
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{small:.1f}" fill="{inside}" '
        f'stroke="{outline}" stroke-width="1.6"/>'
    )


def words(
    x: float,
    y: float,
    text: str,
    across: str = "left",
    up: str = "baseline",
    size: float = 10,
    colour: str = GREY,
    weight: str = "normal",
    turn: float = 0,
) -> str:
    """Text with its lines below each other. size: in points; turn: in degrees, to the left."""
    lines = text.split("\n")
    line = 1.25 * size * PX
    lift = {"top": 0.8 * line, "center": 0.3 * line - (len(lines) - 1) * line / 2}
    first = y + lift.get(up, -(len(lines) - 1) * line)
    anchor = {"center": "middle", "right": "end"}.get(across, "start")
    spans = "".join(
        f'<tspan x="{x:.1f}" dy="{line if number else 0:.1f}">{escape(part)}</tspan>'
        for number, part in enumerate(lines)
    )
    turned = f' transform="rotate({-turn:g} {x:.1f} {y:.1f})"' if turn else ""
    bold = ' font-weight="bold"' if weight == "bold" else ""
    return (
        f'<text x="{x:.1f}" y="{first:.1f}" text-anchor="{anchor}" font-size="{size * PX:.1f}" '
        f'fill="{colour}"{bold}{turned}>{spans}</text>'
    )


def png(pixels: np.ndarray) -> str:
    """A picture of bytes (rows, columns, red green blue opacity) as a data address."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _runs(across: np.ndarray, down: np.ndarray) -> Iterator[str]:
    """A path, lifted where a number is missing."""
    is_down = False
    for a, d in zip(across, down, strict=True):
        finite = bool(np.isfinite(a) and np.isfinite(d))
        if finite:
            yield f"{'L' if is_down else 'M'}{a:.1f} {d:.1f}"
        is_down = finite


def _corners(box: tuple[float, float, float, float], view: View) -> tuple[float, ...]:
    """Left, top, right and bottom in pixels; an infinite edge, and 0 on a logarithmic scale, is
    where the frame ends."""
    x = np.nan_to_num(view.across(np.array(box[::2])), nan=-1.0, posinf=view.width, neginf=0.0)
    y = view.down(np.array(box[1::2]))
    y = np.where(np.isnan(y), view.height, np.clip(y, -1.0, view.height + 1))
    x = np.where(np.isinf(np.array(box[::2])), [0, view.width], x)
    y = np.where(np.isinf(np.array(box[1::2])), [view.height, 0], y)
    return float(min(x)), float(min(y)), float(max(x)), float(max(y))


def _box(corners: tuple[float, ...], colour: str, hatch: bool) -> str:
    left, top, right, bottom = corners
    place = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    strokes = f'<rect {place} fill="url(#hatch)"/>' if hatch else ""
    return f'<rect {place} fill="{colour}"/>{strokes}'
