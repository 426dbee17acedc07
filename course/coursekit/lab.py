"""The shell of a co-lab: controls hold a plain state, and a function draws it.

    lab = Lab({"device": ["h100", "nrf52840"], "batch": Slider([1, 2, 4, 8])}, draw)
    lab                              # as the last line of a cell: controls, picture, exact table
    lab.set(device="nrf52840")       # the same from code, and from the keyboard

Core ipywidgets only, 7.7 and 8. Without a frontend that shows them, or without ipywidgets, the
picture and its table stand in the output as they are.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from coursekit.palette import VERMILION
from coursekit.svg import table
from coursekit.syllabus import CourseError

State = dict[str, Any]
Drawn = tuple[str, Sequence[Sequence[object]], str]  # the SVG, the rows of the table, what failed

WIDGET = "application/vnd.jupyter.widget-view+json"
MAX_CONTROLS = 3  # primary controls, so that one picture stays one question
NO_WIDGETS = "There are no controls, because ipywidgets is missing. Run: pip install ipywidgets"


@dataclass(frozen=True)
class Slider:
    """A control that slides over given values, smallest first."""

    values: Sequence[Any]


class Lab:
    """Controls, the state they hold, and what `draw` makes of it.

    controls: the values of each by its name: a list is a dropdown, a Slider a slider. draw: takes
    the state (name -> value); returns an SVG string, rows for the table, and '' or the sentence
    that says what failed. It is called once per click, `set` or display. start: values to begin
    with, default the first. name: the variable that holds the lab, for the line of code beside it.
    """

    def __init__(
        self,
        controls: Mapping[str, Sequence[Any] | Slider],
        draw: Callable[[State], Drawn],
        start: Mapping[str, Any] | None = None,
        name: str = "lab",
        caption: str = "",
    ) -> None:
        if not 1 <= len(controls) <= MAX_CONTROLS:
            raise CourseError(f"A lab has one to {MAX_CONTROLS} controls; {len(controls)} came.")
        self.controls, self.draw, self.name, self.caption = dict(controls), draw, name, caption
        self.state: State = {control: _values(c)[0] for control, c in self.controls.items()}
        self.state.update(self._accepted(start or {}))
        self._drawn: Drawn | None = None
        self._widgets: dict[str, Any] = {}
        self._pictures: list[Any] = []

    def set(self, **changes: Any) -> Lab:
        """Sets controls by name, the widgets on the screen too. CourseError for an unknown one."""
        state = {**self.state, **self._accepted(changes)}
        self.state = {}  # no click is heard until every control is set
        for name, widget in self._widgets.items():
            widget.value = state[name]
        self.state = state
        self._drawn = None
        self._redraw(self.html())
        return self

    @property
    def code(self) -> str:
        """The line that brings a lab to this state."""
        listed = ", ".join(f"{name}={value!r}" for name, value in self.state.items())
        return f"{self.name}.set({listed})"

    @property
    def failure(self) -> str:
        """What fails in this state, '' where nothing does."""
        return self._now()[2]

    def html(self) -> str:
        """The picture, its table and the line of code as one piece of HTML."""
        svg, rows, failure = self._now()
        return (
            '<div style="padding:8px;line-height:1.5">'
            f"{_alert(failure)}{svg}{table(rows, self.caption)}"
            f'<p style="margin:8px 0 0">In code: <code>{escape(self.code)}</code></p></div>'
        )

    def text(self) -> str:
        """The same for a terminal."""
        _, rows, failure = self._now()
        lines = ["  ".join([f"{row[0]!s:28}", *map(str, row[1:])]) for row in rows]
        return "\n".join([*([f"Fails: {failure}"] if failure else []), *lines, self.code])

    def widget(self) -> Any:
        """The controls above the picture, as one ipywidgets box."""
        import ipywidgets as ipw

        if not self._widgets:
            self._widgets = {n: _widget(n, c, self.state[n]) for n, c in self.controls.items()}
            for widget in self._widgets.values():
                widget.observe(self._clicked, "value")
        picture = ipw.HTML(self.html())
        self._pictures.append(picture)
        layout = ipw.Layout(flex_flow="row wrap")
        return ipw.VBox([ipw.HBox(list(self._widgets.values()), layout=layout), picture])

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Widgets for a frontend that shows them; picture, table and text for every other."""
        self._drawn = None  # what draw uses may have been written anew since
        bundle: dict[str, Any] = {"text/plain": self.text(), "text/html": self.html()}
        if importlib.util.find_spec("ipywidgets") is None:
            bundle["text/html"] = f"<p>{NO_WIDGETS}</p>{bundle['text/html']}"
        elif _has_kernel():
            model = self.widget().model_id
            bundle[WIDGET] = {"version_major": 2, "version_minor": 0, "model_id": model}
        return bundle

    def _now(self) -> Drawn:
        if self._drawn is None:
            self._drawn = self.draw(dict(self.state))
        return self._drawn

    def _clicked(self, change: Any) -> None:
        """Redraws after a click; where `draw` raises, a sentence in sight says how to see why.

        subtle: what a callback raises goes to a log that nobody reads.
        """
        if not self.state:
            return
        self.state = {name: widget.value for name, widget in self._widgets.items()}
        self._drawn = None
        drawing = _alert(f"this could not be drawn. To see why, run in a cell: {self.code}")
        try:
            drawing = self.html()
        finally:
            self._redraw(drawing)

    def _redraw(self, drawing: str) -> None:
        for picture in self._pictures:
            picture.value = drawing

    def _accepted(self, changes: Mapping[str, Any]) -> State:
        """The changes with each value as its control has it, or a CourseError."""
        for name in changes:
            if name not in self.controls:
                raise CourseError(f"There is no control '{name}'. {_nearest(name, self.controls)}")
        return {n: _member(n, value, _values(self.controls[n])) for n, value in changes.items()}


def _widget(name: str, control: Sequence[Any] | Slider, value: Any) -> Any:
    import ipywidgets as ipw

    options = [(_label(choice), choice) for choice in _values(control)]
    style = {"description_width": "initial"}
    if isinstance(control, Slider):
        return ipw.SelectionSlider(
            options=options, value=value, description=name, style=style, continuous_update=False
        )
    return ipw.Dropdown(options=options, value=value, description=name, style=style)


def _values(control: Sequence[Any] | Slider) -> list[Any]:
    return list(control.values if isinstance(control, Slider) else control)


def _label(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _member(name: str, value: Any, values: list[Any]) -> Any:
    if value in values:
        return values[values.index(value)]
    raise CourseError(f"'{name}' cannot be {value!r}. {_nearest(value, values)}")


def _nearest(target: Any, choices: Iterable[Any]) -> str:
    """A sentence with the three values that come nearest: in number, else in spelling."""
    listed = list(choices)
    if all(_is_number(value) for value in [target, *listed]):
        near = sorted(listed, key=lambda value: abs(value - target))[:3]
    else:
        words = {str(value).lower(): value for value in listed}
        close = difflib.get_close_matches(str(target).lower(), list(words), 3, 0.4)
        near = [words[word] for word in close] or listed[:6]
    return f"Nearest: {', '.join(repr(value) for value in near)}."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _alert(failure: str) -> str:
    if not failure:
        return ""
    style = f"border-left:6px solid {VERMILION};padding:4px 10px;margin:0 0 8px;font-weight:600"
    return f'<p role="alert" style="{style}">Fails: {escape(failure)}</p>'


def _has_kernel() -> bool:
    """Whether a Jupyter kernel is there to carry a widget's messages."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
