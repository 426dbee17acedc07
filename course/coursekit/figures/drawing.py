"""Figures where Matplotlib is missing: `subplots()` and `show()`, drawn as SVG.

The notebooks call Matplotlib. In a browser, where it does not exist, these stand in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from coursekit.figures.axes import Axes, Legend
from coursekit.figures.layout import (
    BAR_WIDTH,
    EDGE,
    Frame,
    frames,
    legend_rows,
    legend_size,
    text_width,
)
from coursekit.figures.marks import PX, Mark, Picture, View, words
from coursekit.figures.scale import Scale, plain_texts, steps
from coursekit.palette import FAINT, GREY
from coursekit.svg import picture

PIXELS = 100  # for an inch
HATCH = (
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V8" stroke="#000000" stroke-width="1.6"/>'
    "</pattern></defs>"
)
CORNERS = ("upper right", "upper left", "lower left", "lower right")


class Figure:
    """A grid of axes, its title, and how large it is."""

    def __init__(
        self,
        grid: Sequence[Sequence[Axes]],
        figsize: tuple[float, float] = (6.4, 4.8),
        ratios: Sequence[float] = (),
    ) -> None:
        self.grid, self.size, self.ratios = grid, figsize, ratios
        self.title = self.label_below = self.label_left = ""

    @property
    def axes(self) -> list[Axes]:
        return [axes for row in self.grid for axes in row]

    def suptitle(self, text: str, **options: Any) -> None:
        self.title = str(text)

    def supxlabel(self, text: str, **options: Any) -> None:
        self.label_below = str(text)

    def supylabel(self, text: str, **options: Any) -> None:
        self.label_left = str(text)

    def colorbar(self, image: Picture, ax: Any = None, label: str = "", **options: Any) -> None:
        """The shades of a picture with their numbers, on the right of the last of `ax`."""
        owner = next((axes for axes in self.axes if image in axes.marks), self.axes[-1])
        beside = owner if ax is None else [*np.ravel(np.array(ax, dtype=object))][-1]
        beside.scale_bar = (image, label)

    def legend(self, loc: str = "", fontsize: float = 9, **options: Any) -> None:
        """One legend for all axes, on the right of the first row."""
        rows = [mark for axes in self.axes for mark in axes.marks]
        self.grid[0][-1].legend_box = Legend("upper left", (1.0, 1.0), size=fontsize, rows=rows)

    @property
    def missing(self) -> list[str]:
        """The names of what was asked for and is not drawn."""
        return list(dict.fromkeys(name for axes in self.axes for name in axes.missing))

    def svg(self) -> str:
        width, height = (inches * PIXELS for inches in self.size)
        top = 26.0 * (self.title.count("\n") + 1) if self.title else 0.0
        left, below = 24.0 * bool(self.label_left), 24.0 * bool(self.label_below)
        places = frames(self.grid, width - left, height - below, top, self.ratios)
        body = HATCH + words(width / 2, 16, self.title, "center", size=11)
        body += words(width / 2, height - 6, self.label_below, "center", size=9.5)
        body += words(14, height / 2, self.label_left, "center", size=9.5, turn=90)
        inside = "".join(
            _axes_svg(axes, frame)
            for row, line in zip(self.grid, places, strict=True)
            for axes, frame in zip(row, line, strict=True)
        )
        body += f'<g transform="translate({left:g} 0)">{inside}</g>'
        return picture(width, height, body, self._alt())

    def _repr_html_(self) -> str:
        note = ""
        if self.missing:
            note = (
                f"<p>Not drawn in the browser: {escape(', '.join(self.missing))}. "
                "To see it, run this notebook in JupyterLab.</p>"
            )
        return f"<div>{self.svg()}{note}</div>"

    def _alt(self) -> str:
        titles = [self.title, *(axes.title for axes in self.axes)]
        labels = [f"{a.yaxis.label} over {a.xaxis.label}" for a in self.axes if a.yaxis.label]
        return "; ".join(dict.fromkeys(text for text in [*titles, *labels] if text)) or "A figure"


_shown_later: list[Figure] = []


def subplots(
    nrows: int = 1,
    ncols: int = 1,
    figsize: tuple[float, float] = (6.4, 4.8),
    sharex: bool = False,
    sharey: bool = False,
    height_ratios: Sequence[float] = (),
    **options: Any,
) -> tuple[Figure, Any]:
    """A figure and its axes: one, an array of one row or column, or an array of both."""
    x, y = (Scale() if share else None for share in (sharex, sharey))
    grid = [[Axes(x, y) for _ in range(ncols)] for _ in range(nrows)]
    for number, row in enumerate(grid):
        for column, axes in enumerate(row):
            axes.xaxis.has_words = not sharex or number == nrows - 1
            axes.yaxis.has_words = not sharey or column == 0
    figure = Figure(grid, figsize, height_ratios)
    _shown_later.append(figure)
    array = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(array.shape):
        array[place] = grid[place[0]][place[1]]
    squeezed = array.squeeze()
    return figure, squeezed.item() if squeezed.ndim == 0 else squeezed


def show() -> None:
    """Shows the figures that were made since the last time."""
    from IPython.display import HTML, display

    waiting, _shown_later[:] = list(_shown_later), []
    for figure in waiting:
        display(HTML(figure._repr_html_()))


def close(figure: Any = None) -> None:
    """Forgets the figures that are not shown yet."""
    _shown_later.clear()


def _axes_svg(axes: Axes, frame: Frame) -> str:
    view = View(axes.xaxis.scale, axes.yaxis.scale, frame.width, frame.height)
    marks = sorted(axes.marks, key=lambda mark: mark.depth)
    inside = "".join(mark.svg(view) for mark in marks if mark.clips)
    outside = "".join(mark.svg(view) for mark in marks if not mark.clips)
    sides = "" if axes.is_hidden else _across(axes, view) + _up(axes, view)
    size = f'width="{frame.width:.1f}" height="{frame.height:.1f}"'
    clipped = f'<svg {size} overflow="hidden">{inside}</svg>'
    body = sides + clipped + outside + _title(axes, view) + _bar(axes, view) + _legend(axes, view)
    return f'<g transform="translate({frame.left:.1f} {frame.top:.1f})">{body}</g>'


def _across(axes: Axes, view: View) -> str:
    """Ticks, grid, words and label of the side below."""
    side, bottom = axes.xaxis, view.height
    body = _stroke(0, bottom, view.width, bottom, GREY)
    for value, text in side.scale.marks(max(2, int(view.width / 55))):
        at = float(view.across(value))
        body += _stroke(at, 0, at, bottom, FAINT) if side.has_grid else ""
        body += _stroke(at, bottom, at, bottom + 4, GREY) if side.has_ticks else ""
        if side.has_words:
            way = "right" if side.turn else "center"
            body += words(at, bottom + 5, text, way, "top", side.size, turn=side.turn)
    depth = max((t.count("\n") + 1 for _, t in side.scale.marks()), default=1) * side.has_words
    turned = max((text_width(t, side.size) for _, t in side.scale.marks()), default=0.0)
    down = 10 + depth * 1.25 * side.size * PX + (0.6 * turned if side.turn else 0)
    return body + words(view.width / 2, bottom + down, side.label, "center", "top", 10)


def _up(axes: Axes, view: View) -> str:
    """The same of the side on the left."""
    side = axes.yaxis
    body, longest = _stroke(0, 0, 0, view.height, GREY), 0.0
    for value, text in side.scale.marks(max(2, int(view.height / 32))):
        at = float(view.down(value))
        body += _stroke(0, at, view.width, at, FAINT) if side.has_grid else ""
        body += _stroke(-4, at, 0, at, GREY) if side.has_ticks else ""
        if side.has_words:
            body += words(-7, at, text, "right", "center", side.size)
            longest = max(longest, text_width(text, side.size))
    return body + words(-longest - 18, view.height / 2, side.label, "center", size=10, turn=90)


def _title(axes: Axes, view: View) -> str:
    size, colour = axes.title_size, axes.title_colour
    return words(view.width / 2, -7, axes.title, "center", size=size, colour=colour)


def _bar(axes: Axes, view: View) -> str:
    """The colour bar: shades from low to high, and what they stand for."""
    if axes.scale_bar is None:
        return ""
    image, label = axes.scale_bar
    strip = Picture(numbers=np.linspace(image.high, image.low, 128)[:, None], shading=image.shading)
    strip.low, strip.high = image.low, image.high
    x, y = Scale(), Scale()
    x.limits, y.limits = [0, 1], [0, 1]
    body = strip.svg(View(x, y, BAR_WIDTH, view.height))
    wide = (image.high - image.low) or 1
    values = steps(image.low, image.high, max(2, int(view.height / 40))) if wide > 0 else []
    for value, text in zip(values, plain_texts(values), strict=True):
        at = (1 - (value - image.low) / wide) * view.height
        body += words(BAR_WIDTH + 5, at, text, "left", "center", 9)
    body += words(BAR_WIDTH + 52, view.height / 2, label, "center", size=9.5, turn=90)
    return f'<g transform="translate({view.width + EDGE:.1f} 0)">{body}</g>'


def _legend(axes: Axes, view: View) -> str:
    box, rows = axes.legend_box, legend_rows(axes)
    width, height = legend_size(axes)
    if box is None or not rows:
        return ""
    left, top = _legend_corner(axes, view, width, height)
    columns, line = min(box.columns, len(rows)), 1.4 * box.size * PX
    down, body = line * 0.7 + 3, ""
    if box.title:
        body += words(width / 2, down, box.title, "center", "center", box.size)
        down += line
    deep = -(-len(rows) // columns)
    for number, mark in enumerate(rows):
        across, below = (number // deep) * width / columns + 4, down + (number % deep) * line
        key = f'<g opacity="{mark.opacity}">{mark.key()}</g>'
        body += f'<g transform="translate({across:.1f} {below:.1f})">{key}</g>'
        body += words(across + 31, below, mark.label, "left", "center", box.size)
    return f'<g transform="translate({left:.1f} {top:.1f})">{body}</g>'


def _legend_corner(axes: Axes, view: View, width: float, height: float) -> tuple[float, float]:
    """Left and top of the legend in pixels."""
    box = axes.legend_box
    assert box is not None
    if not isinstance(box.loc, str):
        return box.loc[0] * view.width, (1 - box.loc[1]) * view.height - height
    loc = box.loc
    if loc == "best":
        places = _mark_places(axes.marks, view)
        loc = min(CORNERS, key=lambda name: _covered(name, places, view, width, height))
    x, y = (*box.outside, 0.0)[:2] if box.outside else (_share(loc, 0), _share(loc, 1))
    gap = 6.0
    left = x * view.width - _share(loc, 0) * (width + 2 * gap) + gap
    return left, (1 - y) * view.height - (1 - _share(loc, 1)) * (height + 2 * gap) + gap


def _share(loc: str, way: int) -> float:
    """Where a legend's place lies, 0 to 1 across (way 0) or up (way 1)."""
    names = ({"left": 0.0, "right": 1.0}, {"lower": 0.0, "upper": 1.0})[way]
    return next((share for name, share in names.items() if name in loc.split()), 0.5)


def _covered(name: str, places: np.ndarray, view: View, width: float, height: float) -> int:
    """How many places of the data a legend in this corner would cover."""
    left = 0 if "left" in name else view.width - width - 12
    top = 0 if "upper" in name else view.height - height - 12
    across, down = places.T
    inside = (across >= left) & (across <= left + width + 12)
    return int((inside & (down >= top) & (down <= top + height + 12)).sum())


def _mark_places(marks: Iterable[Mark], view: View) -> np.ndarray:
    """The places of lines and dots in pixels, with those between them."""
    places = [np.empty((0, 2))]
    for mark in marks:
        x, y = getattr(mark, "x", None), getattr(mark, "y", None)
        if x is not None and y is not None and len(x):
            at = np.stack([view.across(x), view.down(y)], axis=1)
            places += [at, (at[1:] + at[:-1]) / 2]
    return np.concatenate(places)


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" '
        f'stroke-width="{0.6 * PX:.1f}"/>'
    )
