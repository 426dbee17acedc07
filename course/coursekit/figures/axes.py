"""Axes with Matplotlib's names: each call adds a mark or sets something; drawing comes later.

Only what the course's notebooks use is here. Whatever else is called is remembered in `missing`,
and the figure says so below the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coursekit.figures.colours import CYCLE, Shades, css, shades
from coursekit.figures.contour import pieces
from coursekit.figures.marks import Boxes, Dots, Line, Mark, Picture, Rule, Words
from coursekit.figures.scale import Scale
from coursekit.figures.style import label_of, line_style, rule_style
from coursekit.palette import GREY

AXES, XAXIS = object(), object()  # what `transform=` may be, beside data


@dataclass
class Side:
    """One direction as one axes shows it: `axis.xaxis`, `axis.yaxis`."""

    scale: Scale
    label: str = ""
    has_words: bool = True
    has_ticks: bool = True
    has_grid: bool = True
    size: float = 9.5
    turn: float = 0

    def set_major_formatter(self, form: Any) -> None:
        def tick_text(value: float) -> str:
            return str(form.format(x=value) if isinstance(form, str) else form(value, None))

        self.scale.format = tick_text

    def set_minor_formatter(self, form: Any) -> None:
        """Small ticks are never named here."""


@dataclass
class Legend:
    """loc: where, in words or as shares; outside: a place that loc's corner of it is put to."""

    loc: Any = "best"
    outside: tuple[float, ...] = ()
    columns: int = 1
    size: float = 9
    title: str = ""
    rows: list[Mark] = field(default_factory=list)


class Axes:
    """One picture of a figure."""

    def __init__(self, x: Scale | None = None, y: Scale | None = None) -> None:
        self.xaxis, self.yaxis = Side(x or Scale()), Side(y or Scale())
        self.marks: list[Mark] = []
        self.title, self.title_size, self.title_colour = "", 10.5, GREY
        self.legend_box: Legend | None = None
        self.is_square = self.is_hidden = False
        self.scale_bar: tuple[Picture, str] | None = None
        self.missing: list[str] = []
        self.transAxes = AXES
        self._drawn = 0

    def __getattr__(self, name: str) -> Callable[..., None]:
        """What is not drawn here: remembered, so that the figure can say it."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **options: self.missing.append(name)

    # lines

    def plot(self, *arguments: Any, **options: Any) -> list[Line]:
        """Lines from (y), (x, y), (x, y, 'o-') and several of these in a row."""
        lines: list[Line] = []
        for x, y, text in _lines(arguments):
            for column in y.T if y.ndim == 2 else [y]:
                style = line_style(text, options, CYCLE[self._drawn % len(CYCLE)])
                self._drawn += "color" not in options and "c" not in options
                lines.append(self._add(Line(x=x, y=column, **style), x, column))
        return lines

    def semilogx(self, *arguments: Any, **options: Any) -> list[Line]:
        self.set_xscale("log")
        return self.plot(*arguments, **options)

    def semilogy(self, *arguments: Any, **options: Any) -> list[Line]:
        self.set_yscale("log")
        return self.plot(*arguments, **options)

    def loglog(self, *arguments: Any, **options: Any) -> list[Line]:
        self.set_xscale("log")
        return self.semilogy(*arguments, **options)

    def step(self, x: Any, y: Any, *text: str, where: str = "pre", **options: Any) -> list[Line]:
        """Stairs; where='post': the step is taken after each place."""
        x, y = np.repeat(self._places(x, self.xaxis), 2), np.repeat(np.asarray(y, float), 2)
        x, y = (x[1:], y[:-1]) if where == "post" else (x[:-1], y[1:])
        return self.plot(x, y, *text, **options)

    def axhline(self, y: float = 0, **options: Any) -> Mark:
        rule = Rule(kind="across", at=(float(y),), **rule_style(options, CYCLE[0]))
        return self._add(rule, [], y)

    def axvline(self, x: float = 0, **options: Any) -> Mark:
        return self._add(Rule(kind="up", at=(float(x),), **rule_style(options, CYCLE[0])), x, [])

    def axline(self, first: Any, second: Any, **options: Any) -> Mark:
        at = tuple(float(v) for v in (*first, *second))
        return self._add(Rule(kind="slant", at=at, **rule_style(options, CYCLE[0])), [], [])

    # bars, bands and dots

    def bar(self, x: Any, height: Any, width: float = 0.8, **options: Any) -> Boxes:
        x, height = self._bars(x, height, self.xaxis)
        boxes = [(a - width / 2, 0.0, a + width / 2, h) for a, h in zip(x, height, strict=True)]
        self.yaxis.scale.reach([0.0], edges=[0.0])
        return self._add(self._boxes(boxes, options), [x - width / 2, x + width / 2], height)

    def barh(self, y: Any, width: Any, height: float = 0.8, **options: Any) -> Boxes:
        y, width = self._bars(y, width, self.yaxis)
        boxes = [(0.0, b - height / 2, w, b + height / 2) for b, w in zip(y, width, strict=True)]
        self.xaxis.scale.reach([0.0], edges=[0.0])
        return self._add(self._boxes(boxes, options), width, [y - height / 2, y + height / 2])

    def bar_label(
        self,
        bars: Boxes,
        labels: Sequence[Any] | None = None,
        fmt: str = "%g",
        padding: float = 2,
        **options: Any,
    ) -> None:
        """The height of each bar, or the given words, at its end."""
        for number, (left, bottom, right, top) in enumerate(bars.boxes):
            lies = left == 0.0 and bottom != 0.0
            value = right if lies else top
            text = _value_text(value, fmt) if labels is None else str(labels[number])
            at = (right, (bottom + top) / 2) if lies else ((left + right) / 2, top)
            side: dict[str, Any] = {"shift": (padding + 1, 0), "up": "center"}
            above: dict[str, Any] = {"shift": (0, padding + 1), "across": "center"}
            self.marks.append(
                Words(text=text, at=at, **{**_words(options), **(side if lies else above)})
            )

    def axhspan(self, low: float, high: float, **options: Any) -> Boxes:
        boxes = [(-np.inf, float(low), np.inf, float(high))]
        return self._add(self._boxes(boxes, {"zorder": 1, **options}), [], [low, high])

    def axvspan(self, low: float, high: float, **options: Any) -> Boxes:
        boxes = [(float(low), -np.inf, float(high), np.inf)]
        return self._add(self._boxes(boxes, {"zorder": 1, **options}), [low, high], [])

    def scatter(self, x: Any, y: Any, s: Any = 36, c: Any = None, **options: Any) -> Dots:
        """Signs; s: their areas in square points, c or color: one colour or one for each."""
        x, y = self._places(x, self.xaxis).ravel(), self._places(y, self.yaxis).ravel()
        colour = options.get("color", c)
        several = not isinstance(colour, str) and colour is not None and len(colour) == len(x)
        fallback = CYCLE[self._drawn % len(CYCLE)]
        self._drawn += colour is None
        dots = Dots(
            x=x,
            y=y,
            colours=[css(one, fallback) for one in (colour if several else [colour] * len(x))],
            sizes=np.broadcast_to(np.asarray(s, float), x.shape).tolist(),
            sign=options.get("marker", "o"),
            edge=css(options.get("edgecolors"), "") if options.get("edgecolors") else "",
            label=label_of(options),
            opacity=options.get("alpha", 1),
            depth=options.get("zorder", 1.5),
        )
        return self._add(dots, x, y)

    # pictures

    def imshow(
        self,
        numbers: Any,
        cmap: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        aspect: str = "equal",
        extent: Sequence[float] | None = None,
        origin: str = "upper",
    ) -> Picture:
        """Numbers as shades, the first row on top; origin='lower': at the bottom."""
        array = np.asarray(numbers)
        array = array.astype(float) if array.ndim == 2 else array
        rows, columns = array.shape[:2]
        is_upper = origin == "upper"
        ends = (rows - 0.5, -0.5) if is_upper else (-0.5, rows - 0.5)
        left, right, bottom, top = extent or (-0.5, columns - 0.5, *ends)
        self.is_square = aspect == "equal"
        self.yaxis.scale.is_flipped = bottom > top
        picture = self._picture(array if is_upper else array[::-1], cmap, vmin, vmax)
        picture.extent = (left, right, bottom, top)
        return self._filled(picture)

    def pcolormesh(
        self, x: Any, y: Any, numbers: Any, cmap: Any = None, vmin: Any = None, vmax: Any = None
    ) -> Picture:
        """Numbers as shades over places that lie equally far apart."""
        x, y = (np.unique(np.asarray(v, float)) for v in (x, y))
        picture = self._picture(np.asarray(numbers, float)[::-1], cmap, vmin, vmax)
        picture.extent = _around(x, y)
        return self._filled(picture)

    def contour(
        self,
        x: Any,
        y: Any,
        heights: Any,
        levels: Any = 7,
        colors: Any = None,
        linewidths: float = 1.2,
    ) -> None:
        """Lines of equal height."""
        x, y = (np.unique(np.asarray(v, float)) for v in (x, y))
        heights = np.asarray(heights, float)
        if np.ndim(levels) == 0:
            levels = np.linspace(heights.min(), heights.max(), levels + 2)[1:-1]
        colour = css(colors if isinstance(colors, str) or colors is None else colors[0], GREY)
        for level in levels:
            segments = np.array([*pieces(x, y, heights, level)]).reshape(-1, 4)
            gaps = np.full(len(segments), np.nan)
            across = np.stack([segments[:, 0], segments[:, 2], gaps], axis=1).ravel()
            up = np.stack([segments[:, 1], segments[:, 3], gaps], axis=1).ravel()
            self._add(Line(x=across, y=up, colour=colour, width=linewidths), across, up)
        for side, values in ((self.xaxis, x), (self.yaxis, y)):
            side.scale.reach(values, edges=[values.min(), values.max()])

    def contourf(self, x: Any, y: Any, heights: Any, levels: Any, colors: Any) -> Picture:
        """One colour where the height is between the first level and the last."""
        x, y = (np.unique(np.asarray(v, float)) for v in (x, y))
        inside = np.asarray(heights, float)[::-1]
        picture = Picture(numbers=np.zeros_like(inside), shading=Shades((css(colors[0]),) * 2))
        picture.only = ((inside >= levels[0]) & (inside <= levels[-1])).astype(float)
        picture.extent = _around(x, y)
        return self._filled(picture)

    # words

    def text(self, x: float, y: float, text: Any, transform: Any = None, **options: Any) -> Words:
        way = {id(AXES): "axes", id(XAXIS): "xaxis"}.get(id(transform), "data")
        mark = Words(text=str(text), at=(float(x), float(y)), way=way, **_words(options))
        self.marks.append(mark)
        return mark

    def annotate(
        self,
        text: Any,
        xy: Any,
        xytext: Any = None,
        textcoords: str = "data",
        arrowprops: dict[str, Any] | None = None,
        **options: Any,
    ) -> Words:
        """Words at `xy`, or beside it by `xytext` points, with an arrow where one is asked for."""
        shift = (0.0, 0.0)
        at = (float(xy[0]), float(xy[1]))
        place = at
        if xytext is not None and "offset" in textcoords:
            shift = (float(xytext[0]), float(xytext[1]))
        elif xytext is not None:
            place = (float(xytext[0]), float(xytext[1]))
        style = _words({**({"color": arrowprops.get("color")} if arrowprops else {}), **options})
        mark = Words(text=str(text), at=place, shift=shift, **style)
        mark.arrow = at if arrowprops else None
        self.marks.append(mark)
        return mark

    def legend(
        self,
        loc: Any = "best",
        bbox_to_anchor: Sequence[float] = (),
        ncols: int = 1,
        fontsize: float = 9,
        title: str = "",
    ) -> None:
        self.legend_box = Legend(loc, tuple(bbox_to_anchor), ncols, float(fontsize), title)

    # settings

    def set(self, **options: Any) -> None:
        """Each of `title=`, `xlabel=`, `ylim=`, ... by its own method."""
        scales = {"xmargin": self.xaxis.scale, "ymargin": self.yaxis.scale}
        names = ("xscale", "yscale", "xticks", "yticks")
        for name in sorted(options, key=lambda name: (name not in names, name)):
            if name in scales:
                scales[name].room = float(options[name])
            else:
                getattr(self, f"set_{name}")(options[name])

    def set_title(
        self, text: str, fontsize: float = 10.5, color: str = GREY, **options: Any
    ) -> None:
        self.title, self.title_size, self.title_colour = str(text), float(fontsize), css(color)

    def set_xlabel(self, text: str, **options: Any) -> None:
        self.xaxis.label = str(text)

    def set_ylabel(self, text: str, **options: Any) -> None:
        self.yaxis.label = str(text)

    def set_xscale(self, kind: str, base: float = 10) -> None:
        self.xaxis.scale.kind, self.xaxis.scale.base = kind, float(base)

    def set_yscale(self, kind: str, base: float = 10) -> None:
        self.yaxis.scale.kind, self.yaxis.scale.base = kind, float(base)

    def set_xlim(self, left: Any = None, right: Any = None) -> None:
        self.xaxis.scale.set_limits(left, right)

    def set_ylim(self, bottom: Any = None, top: Any = None) -> None:
        self.yaxis.scale.set_limits(bottom, top)

    def set_xticks(self, at: Any, labels: Any = None, **options: Any) -> None:
        _set_ticks(self.xaxis, at, labels, options)

    def set_yticks(self, at: Any, labels: Any = None, **options: Any) -> None:
        _set_ticks(self.yaxis, at, labels, options)

    def set_xticklabels(self, labels: Any, **options: Any) -> None:
        _set_ticks(self.xaxis, self.xaxis.scale.ticks or range(len(labels)), labels, options)

    def set_yticklabels(self, labels: Any, **options: Any) -> None:
        _set_ticks(self.yaxis, self.yaxis.scale.ticks or range(len(labels)), labels, options)

    def set_aspect(self, aspect: str, **options: Any) -> None:
        self.is_square = aspect == "equal"

    def margins(self, x: float | None = None, y: float | None = None) -> None:
        for side, room in ((self.xaxis, x), (self.yaxis, y)):
            side.scale.room = side.scale.room if room is None else float(room)

    def grid(self, visible: bool = True, axis: str = "both") -> None:
        for name, side in (("x", self.xaxis), ("y", self.yaxis)):
            side.has_grid = bool(visible) if axis in (name, "both") else side.has_grid

    def axis(self, option: str) -> None:
        """'off': no frame, ticks and words."""
        self.is_hidden = option == "off"

    def tick_params(
        self, axis: str = "both", labelsize: float | None = None, length: float | None = None
    ) -> None:
        for name, side in (("x", self.xaxis), ("y", self.yaxis)):
            if axis in (name, "both"):
                side.size = side.size if labelsize is None else float(labelsize)
                side.has_ticks = side.has_ticks if length is None else length > 0

    def invert_yaxis(self) -> None:
        self.yaxis.scale.is_flipped = not self.yaxis.scale.is_flipped

    def minorticks_off(self) -> None:
        """There are no small ticks here."""

    def get_xaxis_transform(self) -> object:
        return XAXIS

    def _add(self, mark: Any, x: Any, y: Any) -> Any:
        """Adds a mark; a place that lacks one of its numbers is not reached at all."""
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if x.ndim == y.ndim == 1 and len(x) == len(y):
            finite = np.isfinite(x) & np.isfinite(y)
            x, y = x[finite], y[finite]
        self.xaxis.scale.reach(x)
        self.yaxis.scale.reach(y)
        self.marks.append(mark)
        return mark

    def _filled(self, picture: Picture) -> Picture:
        left, right, bottom, top = picture.extent
        self.xaxis.scale.reach([left, right], edges=[left, right])
        self.yaxis.scale.reach([bottom, top], edges=[bottom, top])
        self.marks.append(picture)
        return picture

    def _picture(self, array: np.ndarray, cmap: Any, vmin: Any, vmax: Any) -> Picture:
        finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array.ravel()
        low = float(finite.min() if vmin is None and finite.size else vmin or 0)
        high = float(finite.max() if vmax is None and finite.size else vmax or 0)
        shading = shades(getattr(cmap, "shades", cmap))
        return Picture(numbers=array, shading=shading, low=low, high=high)

    def _places(self, values: Any, side: Side) -> np.ndarray:
        """Numbers as they are; names become 0, 1, 2 and name the ticks."""
        listed = list(values) if isinstance(values, Iterable) else [values]
        if listed and isinstance(listed[0], str):
            side.scale.ticks = [float(k) for k in range(len(listed))]
            side.scale.names = [str(name) for name in listed]
            return np.arange(len(listed), dtype=float)
        return np.asarray(listed, dtype=float)

    def _bars(self, places: Any, values: Any, side: Side) -> tuple[np.ndarray, np.ndarray]:
        at, ends = np.broadcast_arrays(
            self._places(places, side), np.atleast_1d(np.asarray(values, dtype=float))
        )
        return at, ends

    def _boxes(self, boxes: list[Any], options: dict[str, Any]) -> Boxes:
        colour = options.get("color")
        several = not isinstance(colour, str) and colour is not None and len(colour) == len(boxes)
        listed = list(colour or ()) if several else [colour] * len(boxes)
        fallback = CYCLE[self._drawn % len(CYCLE)]
        self._drawn += colour is None
        return Boxes(
            boxes=boxes,
            colours=[css(one, fallback) for one in listed],
            hatch=bool(options.get("hatch")),
            label=label_of(options),
            opacity=options.get("alpha", 1),
            depth=options.get("zorder", 1),
        )


def _lines(arguments: Sequence[Any]) -> Iterable[tuple[np.ndarray, np.ndarray, str]]:
    """x, y and format of each line that a call of plot names."""
    queue = list(arguments)
    while queue:
        first = queue.pop(0)
        y = queue.pop(0) if queue and not isinstance(queue[0], str) else None
        text = queue.pop(0) if queue and isinstance(queue[0], str) else ""
        values = np.atleast_1d(np.asarray(_listed(first if y is None else y), dtype=float))
        x = range(len(values)) if y is None else _listed(first)
        yield np.atleast_1d(np.asarray(x, dtype=float)), values, text


def _listed(values: Any) -> Any:
    return list(values) if isinstance(values, Iterable) and not hasattr(values, "dtype") else values


def _words(options: dict[str, Any]) -> dict[str, Any]:
    """The fields of Words from Matplotlib's keywords."""
    box = options.get("bbox") or {}
    none = ("none", None)
    return {
        "colour": css(options.get("color"), GREY),
        "across": options.get("ha", "left"),
        "up": options.get("va", "baseline"),
        "size": float(options.get("fontsize", 10)),
        "weight": options.get("weight", "normal"),
        "paper": "" if box.get("facecolor") in none else css(box["facecolor"]),
        "edge": "" if box.get("edgecolor") in none else css(box["edgecolor"]),
    }


def _set_ticks(side: Side, at: Any, labels: Any, options: dict[str, Any]) -> None:
    side.scale.ticks = [float(value) for value in at]
    side.scale.names = None if labels is None else [str(label) for label in labels]
    side.size = float(options.get("fontsize", side.size))
    side.turn = float(options.get("rotation", side.turn))
    side.scale.held = list(side.scale.ticks)


def _value_text(value: float, form: str) -> str:
    return form.format(value) if "{" in form else form % value


def _around(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float]:
    """The outer edges of cells whose middles are x and y."""
    across, up = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    return (
        float(x[0] - across),
        float(x[-1] + across),
        float(y[0] - up),
        float(y[-1] + up),
    )
