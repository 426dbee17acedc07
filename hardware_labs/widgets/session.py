"""What a panel knows: a board, its log, the newest samples, and the state of each part.

There is no widget here. A front (a page, core ipywidgets, or none) is told when something changes,
at most 20 times a second.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from hardware_labs.board import Board
from hardware_labs.boards import BOARDS
from hardware_labs.errors import BoardError, BoardLost, BoardMissing
from hardware_labs.measuring.energy import Meter
from hardware_labs.protocol.command_set import Sample
from hardware_labs.protocol.dialogue import Logged
from hardware_labs.recording.take import Take
from hardware_labs.transports.address import WEB_SERIAL
from hardware_labs.transports.serial_port import ports
from hardware_labs.transports.web_serial import WebSerialPort
from hardware_labs.widgets.worker import Job, Worker

FRAME_S = 1 / 20
RING_SAMPLES = 500
LINES = 1000
Part = dict[str, Any]
PLACES = {  # what goes on: the part of the panel that has its button; else "board"
    "streaming": "stream",
    "recording": "recorder",
    "dropping a take": "recorder",
    "choosing a source": "recorder",
    "uploading": "upload",
    "measuring": "benchmark",
    "asking for the memory": "memory",
}


class Front(Protocol):
    """Something that shows a session."""

    has_serial: bool

    def show(self, part: str, value: Part) -> None:
        """A part changed."""

    def lines(self, lines: list[str], replaces: bool) -> None:
        """New lines of the log, in place of those before where `replaces`."""

    def points(self, rows: list[list[float]], replaces: bool) -> None:
        """New samples, [sequence, value, ...] each; `replaces`: forget those before."""

    def send(self, content: dict[str, object], buffers: list[bytes]) -> None:
        """A message for the page's serial port."""


class NoFront:
    """Nobody looks."""

    has_serial = False

    def show(self, part: str, value: Part) -> None: ...

    def lines(self, lines: list[str], replaces: bool) -> None: ...

    def points(self, rows: list[list[float]], replaces: bool) -> None: ...

    def send(self, content: dict[str, object], buffers: list[bytes]) -> None: ...


class Session:
    """One board at a time, and all that is known about it."""

    def __init__(
        self,
        board: Board | None,
        folder: Path,
        meter: Meter | None,
        when_opened: Callable[[Session], None],
    ) -> None:
        """when_opened: what to do, beside the page, when the page has opened a port.

        `dataset` is the name that the takes are saved under, "" before the first is.
        """
        self.board, self.folder, self.meter = board, folder, meter
        self._when_opened = when_opened
        self.front: Front = NoFront()
        self.worker = Worker()
        self.takes: list[Take] = []
        self.labels = ["idle", "wave"]
        self.dataset = ""
        self.parts: dict[str, Part] = {}
        self.log = deque[str](maxlen=LINES)
        self.ring = deque[list[float]](maxlen=RING_SAMPLES)
        self.serial = WebSerialPort(self._send, self._serial_changed)
        self._new_lines: list[str] = []
        self._new_rows: list[list[float]] = []
        self._shown_s = 0.0
        self._seen: Logged | None = None
        self._lock = threading.RLock()
        self.trouble("")
        self.rescan()

    @property
    def open_board(self) -> Board:
        """The board, or BoardMissing with what to do."""
        if self.board is None:
            raise BoardMissing("No board is connected. Choose a port, then press Connect.")
        return self.board

    def attach(self, front: Front) -> None:
        """From now on `front` shows the session."""
        self.front = front
        self.rescan()
        for part, value in self.parts.items():
            front.show(part, value)
        self.show_all()

    def show(self, part: str, **value: Any) -> None:
        """Replaces what a part shows."""
        with self._lock:
            self.parts[part] = value
            self.front.show(part, value)

    def show_all(self) -> None:
        """Log and samples from the beginning: for a page that opens late."""
        self._pull_log()
        with self._lock:
            self._new_lines, self._new_rows = [], []
            self.front.lines(list(self.log), True)
            self.front.points(list(self.ring), True)

    def rescan(self) -> None:
        """Looks for ports again."""
        port_choices = [
            {"address": port.port, "words": f"{port.port}  {port.board}  {port.detail}"}
            for port in ports()
        ]
        kinds = [
            {"address": f"emu:{kind.name}", "words": f"emu:{kind.name}  starts an emulated board"}
            for kind in BOARDS
        ]
        browser = {"address": WEB_SERIAL, "words": "a port of this browser (Web Serial)"}
        chosen = self.board.address if self.board is not None else ""
        choices = [*port_choices, *kinds, *([browser] if self.front.has_serial else [])]
        self.show("ports", choices=choices, chosen=chosen)

    def start(self, name: str, job: Callable[[], None]) -> None:
        """Runs `job` beside everything else; what goes wrong with it is shown in words."""
        self.worker.start(self._job(name, job))

    def start_next(self, name: str, job: Callable[[], None]) -> None:
        """As `start`, after the job that runs, which is asked to end."""
        self.worker.start_next(self._job(name, job))

    def _job(self, name: str, job: Callable[[], None]) -> Job:
        return Job(name, lambda: self._guarded(name, job), self._settle)

    def trouble(self, words: str, place: str = "board") -> None:
        """The newest thing that went wrong, "" for nothing, and the part of the panel whose button
        it came of; and the lamp as it is now."""
        self.show("trouble", words=words, place=place)
        self.light()

    def light(self) -> None:
        """The lamp: its state, and the same in words."""
        board, busy = self.board, self.worker.busy
        if board is None:
            self.show("lamp", state="none", words=busy or "no board is connected")
        elif not board.connected:
            self.show("lamp", state="closed", words=f"{board.name}: not connected")
        else:
            doing = f", {busy}" if busy else ""
            state = "busy" if busy else "open"
            words = f"{board.name} on {board.port}: connected{doing}"
            self.show("lamp", state=state, words=words)

    def sample(self, sample: Sample) -> None:
        """A sample for the plot."""
        row = [float(sample.sequence), *map(float, sample.values)]
        with self._lock:
            self.ring.append(row)
            self._new_rows.append(row)
        self.tick()

    def forget_samples(self) -> None:
        """An empty plot, for the next stream."""
        with self._lock:
            self.ring.clear()
            self._new_rows = []
            self.front.points([], True)

    def due(self) -> bool:
        """Whether the last frame was shown long enough ago for another one."""
        return time.monotonic() - self._shown_s >= FRAME_S

    def tick(self) -> None:
        """Shows what is new, unless it did less than 50 ms ago."""
        if self.due():
            self.flush()

    def flush(self) -> None:
        """Shows what is new now."""
        self._pull_log()
        with self._lock:
            self._shown_s = time.monotonic()
            lines, self._new_lines = self._new_lines, []
            rows, self._new_rows = self._new_rows, []
            if lines:
                self.front.lines(lines, False)
            if rows:
                self.front.points(rows, False)

    def _pull_log(self) -> None:
        """Lines that crossed the wire since the last look."""
        with self._lock:
            fresh: list[Logged] = []
            for entry in reversed(list(self.board.log if self.board is not None else ())):
                if entry is self._seen:
                    break
                fresh.append(entry)
            self._seen = fresh[0] if fresh else self._seen
            texts = [str(entry) for entry in reversed(fresh)]
            self.log.extend(texts)
            self._new_lines += texts

    def _guarded(self, name: str, job: Callable[[], None]) -> None:
        self.show("job", name=name)
        self.trouble("")
        try:
            job()
        except BoardLost as loss:
            self.rescan()
            self.trouble(f"{loss.event} {self._cure()}".strip(), PLACES.get(name, "board"))
            self.show("lamp", state="lost", words="the board went away")
        except (BoardError, ValueError, OSError) as error:
            self.trouble(str(error), PLACES.get(name, "board"))

    def _cure(self) -> str:
        """What to do in the panel about a board that went away: an emulated one has no plug."""
        if self.serial.state == "lost":  # its own words say what to do
            return ""
        address = self.board.address if self.board is not None else ""
        if address.startswith("emu:"):
            return f"Choose {address.partition('?')[0]} and press Connect: another one is started."
        return "If it is unplugged, plug it in. Press Rescan, choose its port and press Connect."

    def _settle(self) -> None:
        """After a job, whichever way it ended."""
        with self._lock:  # another job may have begun meanwhile
            self.show("job", name=self.worker.busy)
        if self.parts["lamp"]["state"] != "lost":
            self.light()
        self.flush()
        if self._is_opened_anew():
            self._serial_changed()

    def _send(self, content: dict[str, object], buffers: list[bytes]) -> None:
        self.front.send(content, buffers)

    def _is_opened_anew(self) -> bool:
        """Whether the page opened a port that no board of ours uses yet."""
        link = self.serial.link
        if link is None or link.closed:
            return False
        return self.board is None or getattr(self.board.link, "link", None) is not link

    def _serial_changed(self) -> None:
        """The page's port opened, closed or went away."""
        self.show("serial", state=self.serial.state, words=self.serial.words)
        if self.serial.state == "open":
            if not self.worker.busy and self._is_opened_anew():
                self.start("connecting to the browser's port", lambda: self._when_opened(self))
        elif self.serial.state == "lost":
            self.trouble(self.serial.words)
            self.show("lamp", state="lost", words="unplugged")
        elif self.serial.state not in ("ready", "choosing", "closed"):
            self.trouble(self.serial.words)

    def meet(self, connect: Callable[[], Board]) -> None:
        """Takes another board in place of the one before."""
        old, self.board = self.board, None
        if old is not None and old.connected:
            old.close()
        board = connect()
        with self._lock:
            self._seen, self.board = None, board
        self.rescan()
