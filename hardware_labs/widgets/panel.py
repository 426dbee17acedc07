"""`BoardPanel`: a board at a glance, and all that can be done with it, in one widget.

    BoardPanel().show()          # choose a port in the page
    BoardPanel(board).show()     # for a board that is open already

Whatever a button does, a cell can do: each is a method here, which returns at once and works beside
the page, and a function in `jobs`, `recording` or `measuring`, which returns when it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hardware_labs.board import Board
from hardware_labs.errors import BoardError, BoardMissing
from hardware_labs.measuring.energy import Meter
from hardware_labs.widgets import jobs
from hardware_labs.widgets.actions import receive
from hardware_labs.widgets.plain import PlainFront
from hardware_labs.widgets.scripts import PANEL
from hardware_labs.widgets.session import Part, Session
from hardware_labs.widgets.sources import choose_source, show_source
from hardware_labs.widgets.text import describe

VIEW = "application/vnd.jupyter.widget-view+json"


class PageFront:
    """Shows a session in the page, with our script."""

    has_serial = True

    def __init__(self, session: Session) -> None:
        from hardware_labs.widgets.page import Page

        self.widget = Page(PANEL, lambda content, buffers: receive(session, content, buffers))

    def show(self, part: str, value: Part) -> None:
        self.widget.replace_part(part, value)

    def lines(self, lines: list[str], replaces: bool) -> None:
        self.send({"kind": "lines", "lines": lines, "whole": replaces}, [])

    def points(self, rows: list[list[float]], replaces: bool) -> None:
        width = len(rows[0]) if rows else 0
        data = np.array([row for row in rows if len(row) == width], dtype="<f8").tobytes()
        self.send({"kind": "points", "width": width, "whole": replaces}, [data])

    def send(self, content: dict[str, object], buffers: list[bytes]) -> None:
        self.widget.tell(content, buffers)


class BoardPanel:
    """A panel for one board at a time.

    folder: where recordings and logs are saved. meter: an instrument in the board's supply.
    plain: core ipywidgets also where anywidget is installed.
    """

    def __init__(
        self,
        board: Board | None = None,
        *,
        folder: str | Path = "recordings",
        meter: Meter | None = None,
        plain: bool = False,
    ) -> None:
        self.session = Session(board, Path(folder), meter, jobs.meet_serial)
        jobs.show_recorder(self.session)
        self.front, self.note = _front(self.session, plain)
        self.session.attach(self.front)
        if board is not None and board.connected:
            self._ask_for_the_source()

    @property
    def board(self) -> Board | None:
        return self.session.board

    @property
    def widget(self) -> Any:
        return self.front.widget

    def show(self) -> BoardPanel:
        """The panel, for the last line of a cell or for display()."""
        return self

    def refresh(self, trouble: str = "") -> None:
        """Draws lamp and log as they are now, with a sentence about what went wrong."""
        self.session.trouble(trouble)
        self.session.flush()

    def text(self) -> str:
        """The panel as a few lines of text."""
        return "\n".join(filter(None, [self.note, describe(self.session)]))

    def wait(self, timeout_s: float = 60.0) -> bool:
        """Whether what was begun has ended within the time."""
        return self.session.worker.wait(timeout_s)

    def stop(self) -> None:
        """Asks what goes on to end."""
        self.session.worker.stop()

    def connect(self, address: str = "emu:nano33") -> None:
        self._start(f"connecting to {address}", lambda: jobs.connect(self.session, address))

    def disconnect(self) -> None:
        """Gives the port back; what goes on is stopped first."""
        self.session.start_next("disconnecting", lambda: jobs.disconnect(self.session))

    def reset(self) -> None:
        """Restarts the board where its link can; what goes on is stopped first."""
        self.session.start_next("resetting", lambda: jobs.reset(self.session))

    def stream(self, rate_hz: int = 50, n: int = 0) -> None:
        self._start("streaming", lambda: jobs.stream(self.session, rate_hz, n))

    def record(
        self, label: str, rate_hz: int = 50, seconds: float = 2.0, countdown_s: int = 0
    ) -> None:
        self._start(
            "recording", lambda: jobs.take(self.session, label, rate_hz, seconds, countdown_s)
        )

    def upload(self, data: bytes) -> None:
        self._start("uploading", lambda: jobs.load(self.session, data))

    def benchmark(self, n: int = 100, warmup: int = 3) -> None:
        self._start("measuring", lambda: jobs.run_benchmark(self.session, n, warmup))

    def memory(self) -> None:
        self._start("asking for the memory", lambda: jobs.show_memory(self.session))

    def source(self, name: str, number: int = -1) -> None:
        """What the stream plays: "test", or a recording, and -1 for all of its classes."""
        self._start("choosing a source", lambda: choose_source(self.session, name, number))

    def _ask_for_the_source(self) -> None:
        """A board that does not answer is shown all the same, and says so in words."""
        try:
            show_source(self.session)
        except BoardError as error:
            self.session.trouble(str(error))

    def _start(self, name: str, job: Callable[[], None]) -> None:
        self.session.start(name, job)

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **options: object) -> Any:
        """The widget for a page that can show it, the text for anything else."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        data = {"text/plain": self.text(), VIEW: view}
        if isinstance(self.front, PageFront):
            widget_data, metadata = self.widget._repr_mimebundle_(**options)
            return widget_data | {"text/plain": self.text()}, metadata
        return data


def _front(session: Session, plain: bool) -> tuple[PageFront | PlainFront, str]:
    """The best front there is, and a sentence where it is not the page."""
    if plain:
        return PlainFront(session), ""
    try:
        return PageFront(session), ""
    except BoardMissing as missing:
        return PlainFront(session), f"This is the plain panel. {missing}"
