"""The panel in core ipywidgets (7.7 and 8), for where anywidget or its script is missing.

It sends the same requests as the page, through the same check, and draws its chart in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from hardware_labs.widgets.actions import receive
from hardware_labs.widgets.live import LivePlot
from hardware_labs.widgets.log_text import filtered
from hardware_labs.widgets.session import Part, Session

LINES = 12
GREEN, BLUE, GREY, RED = "#009e73", "#0072b2", "#7a7a7a", "#d55e00"
COLOURS = {"open": GREEN, "busy": BLUE, "none": GREY, "closed": GREY, "lost": RED}
PLACED = ("stream", "recorder", "upload", "benchmark", "memory", "log")  # the troubles of buttons
ALERT = '<span role="alert">{}</span>'


class PlainFront:
    """Shows a session with core ipywidgets; `widget` is the whole of it."""

    has_serial = False

    def __init__(self, session: Session) -> None:
        self.session = session
        self._told: dict[str, widgets.HTML] = {name: widgets.HTML() for name in DRAWN}
        self._troubles = {place: widgets.HTML() for place in PLACED}
        self._log, self._saved = widgets.HTML(), widgets.HTML()
        self._ports = widgets.Dropdown(description="Port")
        self._source = widgets.Dropdown(description="Source")
        self._class = widgets.Dropdown(description="Class")
        self._filter = widgets.Text(description="Filter")
        self._samples = widgets.Checkbox(value=True, description="with samples")
        self._plot = LivePlot("samples")
        self._lines: list[str] = []
        for control in (self._filter, self._samples):
            control.observe(lambda _: self._draw_log(), "value")
        self.widget = widgets.VBox(self._rows())

    def show(self, part: str, value: Part) -> None:
        if part == "ports":
            self._ports.options = [(one["words"], one["address"]) for one in value["choices"]]
            if value["chosen"] in [one["address"] for one in value["choices"]]:
                self._ports.value = value["chosen"]
        elif part == "saved":
            self._saved.value = escape(value["words"])
        elif part in self._told:
            self._told[part].value = DRAWN[part](value)
        if part == "source":
            self._show_source(value)
        if part == "trouble":
            for place, widget in self._troubles.items():
                widget.value = escape(value["words"]) if place == value["place"] else ""

    def _show_source(self, part: Part) -> None:
        self._source.options = part["sources"]
        self._source.value = part["source"] if part["source"] in part["sources"] else None
        self._class.options = [("all", -1), *((name, k) for k, name in enumerate(part["classes"]))]
        self._class.value = part["number"]

    def lines(self, lines: list[str], replaces: bool) -> None:
        self._lines = ([] if replaces else self._lines)[-1000:] + lines
        self._draw_log()

    def points(self, rows: list[list[float]], replaces: bool) -> None:
        if replaces:
            self._plot.clear()
        for row in rows:
            self._plot.push(row[0], row[1])
        self._plot.draw()

    def send(self, content: dict[str, object], buffers: list[bytes]) -> None:
        """Only a page has a serial port."""

    def _ask(self, kind: str, **fields: object) -> None:
        receive(self.session, {"kind": kind, **fields}, [])

    def _rows(self) -> list[widgets.Widget]:
        rate = widgets.IntText(50, description="Rate (Hz)")
        return [
            widgets.HBox([self._told["lamp"]]),
            widgets.HBox([self._told["trouble"]]),
            *self._connection(),
            *self._stream(rate),
            *self._recorder(rate),
            *self._measurements(),
            *self._log_rows(),
        ]

    def _connection(self) -> list[widgets.Widget]:
        connect = _pressed("Connect", lambda: self._ask("connect", address=self._ports.value))
        return [
            widgets.HBox([self._ports, self._button("Rescan", "rescan")]),
            widgets.HBox(
                [
                    connect,
                    self._button("Reset", "reset"),
                    self._button("Disconnect", "disconnect"),
                    self._button("Stop", "stop"),
                ]
            ),
        ]

    def _stream(self, rate: widgets.BoundedIntText) -> list[widgets.Widget]:
        stream = _pressed("Stream", lambda: self._ask("stream", rate_hz=rate.value))
        messages = [self._troubles["stream"], self._told["stream"]]
        return [widgets.HBox([rate, stream]), *messages, self._plot.show()]

    def _recorder(self, rate: widgets.BoundedIntText) -> list[widgets.Widget]:
        label = widgets.Text("idle", description="Label")
        seconds = widgets.FloatText(2.0, description="Seconds")
        count = widgets.IntText(3, description="Countdown")

        def record() -> None:
            fields = {"rate_hz": rate.value, "seconds": seconds.value, "countdown_s": count.value}
            self._ask("record", label=label.value, **fields)

        def choose() -> None:
            number = -1 if self._class.value is None else self._class.value
            self._ask("source", name=self._source.value or "", number=number)

        drop = self._button("Drop the last take", "drop_take")
        return [
            widgets.HBox([self._source, self._class, _pressed("Choose", choose)]),
            self._told["source"],
            widgets.HBox([label, seconds, count]),
            widgets.HBox([_pressed("Record", record), drop]),
            self._troubles["recorder"],
            self._told["recorder"],
        ]

    def _measurements(self) -> list[widgets.Widget]:
        n = widgets.IntText(100, description="N")
        warmup = widgets.IntText(3, description="Warm-up")
        benchmark = _pressed(
            "Benchmark", lambda: self._ask("benchmark", n=n.value, warmup=warmup.value)
        )
        upload = self._button("Upload a digit", "upload")
        return [
            widgets.HBox([n, warmup]),
            widgets.HBox([benchmark, self._button("Memory", "memory"), upload]),
            *(self._troubles[name] for name in ("upload", "benchmark", "memory")),
            *(self._told[name] for name in ("upload", "benchmark", "energy", "memory")),
        ]

    def _log_rows(self) -> list[widgets.Widget]:
        def save() -> None:
            self._ask("save_log", filter=self._filter.value, samples=self._samples.value)

        save_button = _pressed("Save the log", save)
        outputs = [self._troubles["log"], self._saved, self._log]
        return [widgets.HBox([self._filter, self._samples, save_button]), *outputs]

    def _button(self, words: str, kind: str) -> widgets.Button:
        return _pressed(words, lambda: self._ask(kind))

    def _draw_log(self) -> None:
        visible_lines = filtered(self._lines, self._filter.value, self._samples.value)[-LINES:]
        text = escape("\n".join(visible_lines))
        self._log.value = (
            '<pre role="log" aria-label="lines on the wire" style="font-size:11px;line-height:1.35;'
            f'margin:4px 0;padding:6px;color:inherit;border:1px solid #8a8a8a66">{text}</pre>'
        )


def _pressed(words: str, action: Callable[[], None]) -> widgets.Button:
    button = widgets.Button(description=words)
    button.on_click(lambda _: action())
    return button


def _lamp(part: Part) -> str:
    colour = COLOURS.get(part["state"], GREY)
    dot = f'<span aria-hidden="true" style="color:{colour}">&#9679;</span>'
    return f'<span role="status">{dot} {escape(part["words"])}</span>'


def _recorder(part: Part) -> str:
    samples = ", ".join(f"{label}: {n}" for label, n in part["counts"].items())
    return escape(" ".join(filter(None, [part["doing"], samples, part["balance"], part["path"]])))


def _benchmark(part: Part) -> str:
    if "median_us" not in part:
        return escape(part["doing"])
    right = "" if part["accuracy"] is None else f", accuracy {part['accuracy']:.1%}"
    head = (
        f"{part['n']} inferences: median {part['median_us']:.1f} us, p95 {part['p95_us']:.1f} us, "
        f"round trip {part['round_trip_ms']:.1f} ms{right}"
    )
    return escape(head) + _confusion(part["confusion"])


def _confusion(counts: list[list[int]] | None) -> str:
    if counts is None:
        return ""
    names = "".join(f'<th scope="col">{k}</th>' for k in range(len(counts)))
    rows = "".join(
        f'<tr><th scope="row">{k}</th>{"".join(f"<td>{int(n)}</td>" for n in row)}</tr>'
        for k, row in enumerate(counts)
    )
    caption = "<caption>Confusion: rows are the right answer, columns the board's</caption>"
    return f"<table>{caption}<tr><th></th>{names}</tr>{rows}</table>"


def _memory(part: Part) -> str:
    return "".join(
        f'<div>{escape(bar["words"])} <meter min="0" max="{int(bar["limit"])}" '
        f'value="{int(bar["used"])}"></meter></div>'
        for bar in part["bars"]
    ) + escape(part["words"])


def _energy(part: Part) -> str:
    return escape(f"{part['words']} ({part['kind']}) {part.get('source', '')}")


DRAWN: dict[str, Callable[[Part], Any]] = {
    "lamp": _lamp,
    "trouble": lambda part: ALERT.format(escape(part["words"])) if part["words"] else "",
    "stream": lambda part: escape(part["words"]),
    "source": lambda part: escape(part["words"]),
    "upload": lambda part: escape(part["words"]),
    "recorder": _recorder,
    "benchmark": _benchmark,
    "memory": _memory,
    "energy": _energy,
}
