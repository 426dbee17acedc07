"""`Board`: a microcontroller you can ask things.

    with Board.connect("emu:nano33") as board:
        board.info()
        board.infer(x)

The address is a port ("/dev/ttyACM0", "COM3", "socket://host:port", "rfc2217://host:port") or
"emu:KIND", which starts an emulated board first; "emu:KIND?fast" does not hold its clock to the
time on the wall, and neither does "emu:KIND" while a grader runs the notebook: nobody watches.
"emu:KIND?baud=921600" has another rate, and "emu:pi?ram=64M" limits the memory of the agent of a
Raspberry Pi.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from typing import TypeVar

import numpy as np

from hardware_labs.errors import BoardError, BoardLost
from hardware_labs.protocol.command_set import Sample
from hardware_labs.protocol.crc import MAX_PAYLOAD
from hardware_labs.protocol.dialogue import Dialogue, Logged, Steps
from hardware_labs.protocol.inference import Inference
from hardware_labs.protocol.requests import OnProgress, infer, info, load, model
from hardware_labs.protocol.stated_model import StatedModel
from hardware_labs.transports.address import address_now, open_link, patience_s
from hardware_labs.transports.conversation import run, stream
from hardware_labs.transports.emulated_link import EmulatedLink
from hardware_labs.transports.link import Link
from hardware_labs.transports.serial_port import serial_number
from hardware_labs.transports.turn import Turn

T = TypeVar("T")


class Board:
    """An open board. `name` is what it calls itself; `log` keeps the newest 1,000 lines, both ways.

    One thread asks at a time: a second one waits for two seconds, then BoardBusy names the first.
    """

    def __init__(self, link: Link, address: str = "", timeout_s: float | None = None) -> None:
        self.address = address or link.name
        self.link = link
        self._dialogue, self._turn = Dialogue(link.name), Turn(link.name)
        self._meet(timeout_s)

    @classmethod
    def connect(cls, address: str = "emu:nano33", timeout_s: float | None = None) -> Board:
        """The board at `address`, in step.

        Raises BoardMissing; BoardBusy; BoardSilent, after 5 s, and after 30 s for an emulated board
        on a busy machine; BoardGarbled on a bad wire; BoardError where this user may not open the
        port; and BuildError where the firmware of an emulated board cannot be built.
        """
        return cls(open_link(address), address, timeout_s)

    @property
    def port(self) -> str:
        return self.link.name

    @property
    def connected(self) -> bool:
        return not self.link.closed

    @property
    def log(self) -> deque[Logged]:
        return self._dialogue.log

    @property
    def has_marks(self) -> bool:
        """Whether its answers carry a check sum. Without, a garbled digit cannot be noticed."""
        return self._dialogue.has_marks

    def ask(self, command: str, timeout_s: float = 2.0) -> tuple[str, ...]:
        """The lines the board answers. Raises BoardRefused, BoardSilent, BoardGarbled or BoardLost,
        and ValueError for what is no command."""
        return self._run(self._dialogue.ask(command, timeout_s))

    def info(self) -> dict[str, str]:
        """What the board says about itself; a board with standard firmware says name and model."""
        return self._run(info(self._dialogue))

    def model(self) -> StatedModel:
        """The model on the board: its name, the type and the bytes of its input, its MACs."""
        return self._run(model(self._dialogue))

    def ping(self) -> float:
        """Milliseconds from sending `name` to the end of its answer."""
        start = time.perf_counter()
        self.ask("name")
        return (time.perf_counter() - start) * 1e3

    def load(
        self,
        data: bytes,
        progress: OnProgress | None = None,
        in_hex: bool = False,
        frame_bytes: int = MAX_PAYLOAD,
    ) -> None:
        """Puts `data` into the board's input buffer: in binary frames where it can, else in hex.

        `progress(done_bytes, all_bytes)` is called as they go; what it raises ends the loading.
        """
        self._run(load(self._dialogue, data, progress, in_hex, frame_bytes))

    def infer(
        self, x: np.ndarray, n: int = 1, warmup: int = 0, timeout_s: float | None = None
    ) -> Inference:
        """Runs the model `n` times on the input `x`, of the type that `model` tells.

        Nothing is sent where it does not fit: ValueError for another type, BoardRefused for another
        size.
        """
        return self._run(infer(self._dialogue, x, n, warmup, timeout_s))

    def stream(self, hz: int, n: int = 0, timeout_s: float = 2.0) -> Generator[Sample, None, None]:
        """Samples as they come: `n` at `hz`, or without end for n = 0; leaving the loop stops it.

        A number that is missing is a sample the board could not send in time. A stream in which
        anything was damaged ends in a BoardGarbled.
        """
        self._need_connection()
        return self._samples(stream(self._dialogue, self.link, hz, n, timeout_s))

    def resync(self) -> int:
        """Finds the board again after noise or a lost answer; returns the lines dropped."""
        return self._run(self._dialogue.resync())

    def reconnect(self, timeout_s: float | None = None) -> None:
        """Opens the same board again, also on another port, and keeps the log."""
        self.link.close()
        self.link = open_link(address_now(self.address, self._serial_number))
        self._dialogue = Dialogue(self.link.name, self._dialogue.log)
        self._turn = Turn(self.link.name)
        self._meet(timeout_s)

    def unplug(self) -> None:
        """Pulls the cable of an emulated board: the next read or write raises BoardLost."""
        if not isinstance(self.link, EmulatedLink):
            raise BoardError("Only an emulated board can be unplugged from here. Pull the cable.")
        self.link.unplug()

    def close(self) -> None:
        """Gives the port back; an emulated board that we started ends. May be called twice."""
        self.link.close()

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Board {self.name} on {self.port}, {'open' if self.connected else 'closed'}>"

    def _meet(self, timeout_s: float | None) -> None:
        limit_s = patience_s(self.address) if timeout_s is None else timeout_s
        try:
            self.name = self._run(self._dialogue.meet(limit_s))
            self._serial_number = serial_number(self.port)
        except BaseException:  # an interrupt too: the port must not stay open
            self.link.close()
            raise

    def _run(self, steps: Steps[T]) -> T:
        self._need_connection()
        with self._turn.hold():
            return run(steps, self.link)

    def _samples(self, samples: Generator[Sample, None, None]) -> Generator[Sample, None, None]:
        with self._turn.hold():
            yield from samples

    def _need_connection(self) -> None:
        if not self.connected:
            raise BoardLost(f"The board on {self.port} is closed.", "Call board.reconnect().")
