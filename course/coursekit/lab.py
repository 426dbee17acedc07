"""The shell of a co-lab: controls change a plain dictionary, the dictionary is drawn.

    lab = Lab(draw, {"device": Choice(ids), "dtype": Choice(["fp32", "int8"])})
    lab                                      # as the last line of a cell: controls and picture
    lab.set(device="nrf52840")               # the same from code, and from the keyboard

`draw(state)` returns a Picture. Widgets are core ipywidgets (7.7 and 8); without a live frontend
the picture and its table stand in the output as they are. Each state that is shown is recorded.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from coursekit.record import Record
from coursekit.svg import INK, PAPER, VERMILION, table

State = dict[str, Any]
CONTROLS = 3
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NO_WIDGETS = (
    "There are no controls here because ipywidgets is not installed: run "
    "'pip install ipywidgets', restart, or use the line of code below."
)
UNLOCKED = (
    "The picture waits for your prediction of '{0}': run the cell with record.predict above, "
    "then this one again."
)


class LabError(ValueError):
    """A control that does not exist, or a value it does not have."""


@dataclass(frozen=True)
class Choice:
    """One of some values; `names` are shown in their place."""

    values: Sequence[Any]
    names: Mapping[Any, str] = field(default_factory=dict)
    start: Any = None

    def first(self) -> Any:
        return self.values[0] if self.start is None else self.start

    def accept(self, name: str, value: Any) -> Any:
        if value in self.values:
            return value
        near = difflib.get_close_matches(str(value), [str(v) for v in self.values], 3, 0.3)
        listed = ", ".join(near or [str(v) for v in self.values[:6]])
        raise LabError(f"{name} cannot be {value!r}. Nearest: {listed}.")

    def widget(self, name: str, value: Any) -> Any:
        import ipywidgets

        options = [(self.names.get(v, str(v)), v) for v in self.values]
        return ipywidgets.Dropdown(options=options, value=value, description=name)


@dataclass(frozen=True)
class Amount:
    """A whole number or a real one between two ends."""

    low: float
    high: float
    step: float = 1
    start: float | None = None

    def first(self) -> float:
        return self.low if self.start is None else self.start

    def accept(self, name: str, value: Any) -> Any:
        if isinstance(value, int | float) and self.low <= value <= self.high:
            return value
        raise LabError(f"{name} is a number from {self.low} to {self.high}, but got {value!r}.")

    def widget(self, name: str, value: Any) -> Any:
        import ipywidgets

        whole = all(isinstance(v, int) for v in (self.low, self.high, self.step))
        slider = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        return slider(
            value=value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=name,
            continuous_update=False,
        )


@dataclass(frozen=True)
class Picture:
    """What a state looks like: a sentence, an SVG, exact rows. failed: the design does not work."""

    says: str
    svg: str
    rows: Sequence[tuple[str, str]] = ()
    failed: bool = False


class Lab:
    """Controls, the state they hold, and the picture of it."""

    def __init__(
        self,
        draw: Callable[[State], Picture],
        controls: Mapping[str, Choice | Amount],
        record: Record | None = None,
        question: str = "",
        caption: str = "exact values",
        name: str = "lab",
    ):
        """record, question: where each state that is shown is noted, and for which question; its
        prediction must be locked first. name: the variable this lab is kept in, for the code twin.
        """
        if not 1 <= len(controls) <= CONTROLS:
            raise LabError(f"a lab has one to {CONTROLS} controls, not {len(controls)}.")
        self.draw, self.controls = draw, dict(controls)
        self.record, self.question = record, question
        self.caption, self.name = caption, name
        self.state: State = {name: control.first() for name, control in controls.items()}
        self._noted: list[State] = []
        self._widgets: dict[str, Any] = {}
        self._view: Any = None

    def set(self, **changes: Any) -> Lab:
        """Changes some controls, as a click would. LabError for a wrong name or value."""
        self.state = {**self.state, **self._accepted(changes)}
        for name in changes:
            if name in self._widgets:
                self._widgets[name].value = self.state[name]
        self._redraw()
        return self

    def code(self) -> str:
        """The line that brings this lab to its present state."""
        listed = ", ".join(f"{name}={value!r}" for name, value in self.state.items())
        return f"{self.name}.set({listed})"

    def picture(self) -> Picture:
        """The picture of the present state, noted in the record; without prediction a sentence."""
        if self.record is None:
            return self.draw(self.state)
        if self.record.prediction(self.question) is None:
            return Picture(UNLOCKED.format(self.question), "", failed=True)
        picture = self.draw(self.state)
        if self.state not in self._noted:
            self.record.run(self.question, {"state": self.state, "says": picture.says})
            self._noted.append(dict(self.state))
        return picture

    def html(self) -> str:
        """The picture, its table and the code twin as one piece of HTML."""
        picture = self.picture()
        edge = VERMILION if picture.failed else "#767676"
        mark = "✗ " if picture.failed else ""
        return (
            f"<div style='color:{INK};background:{PAPER};padding:8px'>"
            f"<p role='status' style='border-left:6px solid {edge};padding:4px 10px;margin:0 0 8px;"
            f"font-weight:600'>{mark}{escape(picture.says)}</p>{picture.svg}"
            f"{table(picture.rows, self.caption) if picture.rows else ''}"
            f"<p style='margin:8px 0 0'>The same from code: <code>{escape(self.code())}</code></p>"
            f"</div>"
        )

    def text(self) -> str:
        """The same for a terminal."""
        picture = self.picture()
        rows = [f"  {name:28} {value}" for name, value in picture.rows]
        return "\n".join([picture.says, *rows, self.code()])

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        """Controls where a frontend can show them; the picture itself for everyone else."""
        bundle: dict[str, Any] = {"text/plain": self.text(), "text/html": self.html()}
        if not _in_a_kernel():
            return bundle
        if importlib.util.find_spec("ipywidgets") is None:
            bundle["text/html"] = f"<p>{NO_WIDGETS}</p>{bundle['text/html']}"
            return bundle
        view = {"version_major": 2, "version_minor": 0, "model_id": self._box().model_id}
        return {**bundle, WIDGET_VIEW: view}

    def _box(self) -> Any:
        import ipywidgets

        if self._view is None:
            self._view = ipywidgets.HTML()
            for name, control in self.controls.items():
                self._widgets[name] = control.widget(name, self.state[name])
                self._widgets[name].observe(self._clicked, "value")
        self._redraw()
        row = ipywidgets.HBox(
            list(self._widgets.values()), layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        return ipywidgets.VBox([row, self._view])

    def _clicked(self, _change: Any) -> None:
        state = {name: widget.value for name, widget in self._widgets.items()}
        if state != self.state:
            self.state = state
            self._redraw()

    def _redraw(self) -> None:
        if self._view is not None:
            self._view.value = self.html()

    def _accepted(self, changes: State) -> State:
        for name in changes:
            if name not in self.controls:
                listed = ", ".join(self.controls)
                raise LabError(f"this lab has no control {name!r}; it has {listed}.")
        return {name: self.controls[name].accept(name, v) for name, v in changes.items()}


def _in_a_kernel() -> bool:
    """Whether a Jupyter kernel is there to carry widget messages."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
