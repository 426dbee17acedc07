"""How much room the words around each axes take, and the rectangles that are left for the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from coursekit.figures.axes import Axes, Side
from coursekit.figures.marks import PX

LETTER = 0.56  # width of a letter, in sizes of the font
EDGE = 8.0
BAR_WIDTH = 12.0


@dataclass(frozen=True)
class Room:
    """Pixels that are needed around the data."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Frame:
    """The rectangle of an axes in the figure, in pixels."""

    left: float
    top: float
    width: float
    height: float


def text_width(text: str, size: float) -> float:
    """About the width of words in pixels; size: in points."""
    return max(map(len, text.split("\n"))) * LETTER * size * PX


def room(axes: Axes) -> Room:
    """What an axes needs around its data for ticks, labels, title, legend and colour bar."""
    title = _lines(axes.title) * 1.3 * axes.title_size * PX
    if axes.is_hidden:
        return Room(EDGE / 2, EDGE / 2, title + EDGE / 2, EDGE / 2)
    right, bottom = legend_room(axes)
    left = _widest(axes.yaxis) + 22 * bool(axes.yaxis.label) + EDGE
    below = _deepest(axes.xaxis) + 21 * _lines(axes.xaxis.label) + EDGE
    return Room(left, EDGE + right + bar_room(axes), title + EDGE, below + bottom)


def legend_size(axes: Axes) -> tuple[float, float]:
    """Width and height of the legend; 0 without one."""
    box = axes.legend_box
    rows = legend_rows(axes)
    if box is None or not rows:
        return 0.0, 0.0
    columns = min(box.columns, len(rows))
    longest = max(text_width(mark.label, box.size) for mark in rows)
    high = math.ceil(len(rows) / columns) + bool(box.title)
    title = text_width(box.title, box.size) + 12 if box.title else 0.0
    return max(columns * (longest + 44), title), high * 1.4 * box.size * PX + 6


def legend_rows(axes: Axes) -> list:
    """The marks that the legend names: of several with one label, the first."""
    marks = axes.legend_box.rows if axes.legend_box and axes.legend_box.rows else axes.marks
    by_label = {mark.label: mark for mark in reversed(marks) if mark.label}
    return list(by_label.values())[::-1]


def legend_room(axes: Axes) -> tuple[float, float]:
    """Pixels that a legend outside takes on the right and below."""
    outside = axes.legend_box.outside if axes.legend_box else ()
    width, height = legend_size(axes)
    if outside and outside[0] >= 1:
        return width + EDGE, 0.0
    return 0.0, (height + EDGE if outside and outside[1] < 0 else 0.0)


def bar_room(axes: Axes) -> float:
    if axes.scale_bar is None:
        return 0.0
    return BAR_WIDTH + 50 + 20 * bool(axes.scale_bar[1])


def frames(
    grid: Sequence[Sequence[Axes]],
    width: float,
    height: float,
    top: float,
    ratios: Sequence[float] = (),
) -> list[list[Frame]]:
    """A rectangle for each axes of a grid; columns are equally wide, rows as `ratios` says."""
    rooms = [[room(axes) for axes in row] for row in grid]
    columns = list(zip(*rooms, strict=True))
    lefts = [max(r.left for r in column) for column in columns]
    rights = [max(r.right for r in column) for column in columns]
    tops = [max(r.top for r in row) for row in rooms]
    bottoms = [max(r.bottom for r in row) for row in rooms]
    wide = max((width - sum(lefts) - sum(rights)) / len(columns), 20.0)
    free = max(height - top - sum(tops) - sum(bottoms), 20.0 * len(rooms))
    shares = [share / sum(ratios or [1.0] * len(rooms)) for share in ratios or [1.0] * len(rooms)]
    result, down = [], top
    for row, share, above, below in zip(grid, shares, tops, bottoms, strict=True):
        across, line = 0.0, []
        for axes, before, after in zip(row, lefts, rights, strict=True):
            frame = Frame(across + before, down + above, wide, free * share)
            line.append(_squared(axes, frame))
            across += before + wide + after
        result.append(line)
        down += above + free * share + below
    return result


def _squared(axes: Axes, frame: Frame) -> Frame:
    """The frame, smaller in one direction where a unit has to be as wide as it is high."""
    if not axes.is_square:
        return frame
    (left, right), (low, high) = axes.xaxis.scale.span(), axes.yaxis.scale.span()
    wide, tall = abs(right - left), abs(high - low)
    unit = min(frame.width / wide, frame.height / tall)
    width, height = unit * wide, unit * tall
    across, down = (frame.width - width) / 2, (frame.height - height) / 2
    return Frame(frame.left + across, frame.top + down, width, height)


def _widest(side: Side) -> float:
    if not side.has_words:
        return 0.0
    return max((text_width(text, side.size) for _, text in side.scale.marks()), default=0.0) + 6


def _deepest(side: Side) -> float:
    if not side.has_words:
        return 0.0
    names = [text for _, text in side.scale.marks()]
    longest = max((text_width(text, side.size) for text in names), default=0.0)
    turned = longest * math.sin(math.radians(side.turn))
    lines = max((text.count("\n") + 1 for text in names), default=0)
    return turned + lines * 1.25 * side.size * PX + 4


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0
