"""A link carries bytes both ways. `ScriptedLink` is one whose far end is a few lines of Python.

Code that talks to a board takes any link, so it can be tested against a board that splits its
packets, answers late, adds junk or says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from hardware_labs.errors import BoardLost

T = TypeVar("T")


class Link(Protocol):
    """A serial port, a socket or a script; it counts what passes."""

    @property
    def name(self) -> str:
        """The port, as a person would type it."""

    @property
    def sent_bytes(self) -> int:
        """Since it was opened."""

    @property
    def received_bytes(self) -> int:
        """Since it was opened."""

    @property
    def closed(self) -> bool:
        """True after close(), and after the board went away."""

    def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises BoardLost."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, b"" where nothing comes in `timeout_s`. Raises BoardLost."""

    def close(self) -> None:
        """Gives the port back. May be called twice."""


class Inner(Generic[T]):
    """An attribute of a link around another one that is the other one's: `self.link` has it.

    In the class: `name, closed = Inner[str](), Inner[bool]()`.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, outer: Any, owner: type) -> T:
        value: T = getattr(outer.link, self._name)
        return value


Answer = Callable[[str], Iterable[str] | None]


class ScriptedLink:
    """A board made of `answer(command) -> lines`; each answer is ended with "m-ready".

    `packet` is the largest number of bytes one read returns; with `rng` each packet has a random
    size up to it. `junk` stands in the line before the first command. A command whose answer is
    None is never answered. `pause` reads after each command find nothing yet. After `unplug_after`
    reads the board is gone.
    """

    name = "script"

    def __init__(
        self,
        answer: Answer,
        *,
        junk: bytes = b"",
        packet: int = 64,
        rng: np.random.Generator | None = None,
        pause: int = 0,
        unplug_after: int | None = None,
    ) -> None:
        self.answer = answer
        self.commands: list[str] = []
        self.sent_bytes = self.received_bytes = 0
        self._pause, self._pauses_left = pause, 0
        self._coming = bytearray(junk)
        self._partial = b""
        self._packet, self._rng, self._reads_left = packet, rng, unplug_after
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        *complete, self._partial = (self._partial + data).split(b"%")
        for raw in complete:
            command = raw.decode("ascii", "replace")
            self.commands.append(command)
            self._pauses_left = self._pause
            lines = self.answer(command)
            if lines is not None:
                self.queue_lines(*lines, "m-ready")

    def queue_lines(self, *lines: str) -> None:
        """Puts lines on the wire, asked or not."""
        self._coming += "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")

    def queue_bytes(self, data: bytes) -> None:
        """Puts raw bytes on the wire: junk, or half a line."""
        self._coming += data

    def read(self, timeout_s: float) -> bytes:
        """Returns at once: a script never makes anyone wait."""
        if self._pauses_left:
            self._pauses_left -= 1
            return b""
        if self._reads_left is not None:
            if self._reads_left == 0:
                self.closed = True
                raise BoardLost("The scripted board was unplugged.")
            self._reads_left -= 1
        size = self._packet if self._rng is None else int(self._rng.integers(1, self._packet + 1))
        packet = bytes(self._coming[:size])
        del self._coming[:size]
        self.received_bytes += len(packet)
        return packet

    def close(self) -> None:
        self.closed = True


def unknown(command: str) -> list[str]:
    """What every board says to a command it does not know."""
    words = command.split()
    return [f"e-[Unknown command: {words[0] if words else ''}]"]
