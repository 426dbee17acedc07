"""`Board`: a microcontroller you can ask things.

    with Board.connect("emu:nano33") as board:
        board.info()
        board.infer(x)

The address is a port ("/dev/ttyACM0", "COM3", "socket://host:port") or "emu:KIND", which starts an
emulated board first; "emu:KIND?fast" does not hold its clock to the time on the wall, and neither
does "emu:KIND" while a grader runs the notebook, since nobody watches. "emu:pi?ram=64M" limits the
memory of a Raspberry Pi's agent, "emu:nano33?baud=921600" is another rate of the serial port.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from hardware_labs.emulation.options import emulated
from hardware_labs.errors import BoardError, BoardLost, BoardRefused
from hardware_labs.protocol.command_set import Sample, fields, inside
from hardware_labs.protocol.crc import frames
from hardware_labs.transports.conversation import Conversation, Logged, send_frames, stream
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.link import Link
from hardware_labs.transports.serial_port import SerialLink, port_of, serial_number

HEX_BYTES = 32


@dataclass(frozen=True, eq=False)
class Inference:
    """The model's outputs as real numbers (outputs,), and the board's own time per inference."""

    outputs: np.ndarray
    latency_us: float


class Board:
    """An open board. `name` is what it calls itself; `log` keeps every line, both ways."""

    def __init__(self, link: Link, address: str = "", timeout_s: float = 5.0) -> None:
        self.address = address or link.name
        self._talk = Conversation(link)
        self._meet(timeout_s)

    @classmethod
    def connect(cls, address: str = "emu:nano33", timeout_s: float = 5.0) -> Board:
        """The board at `address`, in step. Raises BoardMissing, BoardBusy or BoardSilent."""
        return cls(_open(address), address, timeout_s)

    @property
    def link(self) -> Link:
        """The open port, bytes in and bytes out: for speaking the protocol yourself."""
        return self._talk.link

    @property
    def port(self) -> str:
        return self._talk.link.name

    @property
    def connected(self) -> bool:
        return not self._talk.link.closed

    @property
    def log(self) -> deque[Logged]:
        return self._talk.log

    def ask(self, command: str, timeout_s: float = 2.0) -> tuple[str, ...]:
        """The lines the board answers. Raises BoardRefused, BoardSilent or BoardLost."""
        self._need_connection()
        return self._talk.ask(command, timeout_s)

    def info(self) -> dict[str, str]:
        """What the board says about itself; a board with standard firmware says name and model."""
        try:
            return fields(self.ask("info"), "info")
        except BoardRefused:
            firmware, model, *_ = (inside(line) for line in self.ask("profile"))
            return {"board": self.name, "firmware": firmware, "model": model}

    def ping(self) -> float:
        """Milliseconds from sending `name` to the end of its answer."""
        start = time.perf_counter()
        self.ask("name")
        return (time.perf_counter() - start) * 1e3

    def load(self, data: bytes) -> None:
        """Puts `data` into the board's input buffer: in binary frames where it can, else in hex."""
        self._need_connection()
        try:
            send_frames(self._talk, frames(data), len(data))
        except BoardRefused as refusal:
            if "Unknown command" not in str(refusal):
                raise
            self.ask(f"db load {len(data)}")
            for k in range(0, len(data), HEX_BYTES):
                self.ask(f"db {data[k : k + HEX_BYTES].hex()}")

    def infer(self, x: np.ndarray, n: int = 1, warmup: int = 0) -> Inference:
        """Runs the model `n` times on the int8 input `x`. Raises BoardRefused for a wrong size."""
        if x.dtype != np.int8:
            raise ValueError(f"The board takes int8 and x is {x.dtype}: quantise it first.")
        self.load(x.tobytes())
        lines = self.ask(f"infer {n} {warmup}", timeout_s=10 + n / 10)
        laps = [int(line.rpartition("-")[2]) for line in lines if line.startswith("m-lap-us-")]
        results = next(inside(line) for line in lines if line.startswith("m-results-"))
        outputs = np.array([float(number) for number in results.split(",")])
        return Inference(outputs, (laps[-1] - laps[0]) / n)

    def stream(self, hz: int, n: int = 0, timeout_s: float = 2.0) -> Iterator[Sample]:
        """Samples as they come: `n` at `hz`, or without end for n = 0; leaving the loop stops it.

        A number that is missing is a sample the board could not send in time.
        """
        self._need_connection()
        return stream(self._talk, hz, n, timeout_s)

    def resync(self) -> int:
        """Finds the board again after noise or a lost answer; returns the lines dropped."""
        self._need_connection()
        return self._talk.resync()

    def reconnect(self, timeout_s: float = 5.0) -> None:
        """Opens the same board again, also on another port, and keeps the log."""
        self._talk.link.close()
        self._talk = Conversation(_open(self._where()), self._talk.log)
        self._meet(timeout_s)

    def unplug(self) -> None:
        """Pulls the cable of an emulated board: the next read or write raises BoardLost."""
        if not isinstance(self.link, EmulatedLink):
            raise BoardError("Only an emulated board can be unplugged from here. Pull the cable.")
        self.link.unplug()

    def close(self) -> None:
        """Gives the port back; an emulated board that we started ends. May be called twice."""
        self._talk.link.close()

    def __enter__(self) -> Board:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Board {self.name} on {self.port}, {'open' if self.connected else 'closed'}>"

    def _meet(self, timeout_s: float) -> None:
        try:
            self._talk.resync(timeout_s)
            self.name = inside(self._talk.ask("name")[0]) or "unnamed"
            self._serial_number = serial_number(self.port)
        except BoardError:
            self._talk.link.close()
            raise

    def _need_connection(self) -> None:
        if not self.connected:
            raise BoardLost(f"The board on {self.port} is closed. Call board.reconnect().")

    def _where(self) -> str:
        """An address that started a board starts a new one; a board that moved is found again."""
        if self.address.startswith("emu:"):
            return self.address
        return port_of(self._serial_number) or self.port


def _open(address: str) -> Link:
    if not address.startswith("emu:"):
        return SerialLink(address)
    kind, options = emulated(address)
    return EmulatedLink(kind, options.fast, options.ram_bytes)
