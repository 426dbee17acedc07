"""A link to the lab firmware, or the agent of the Raspberry Pi, in this process, with a clock that
nobody waits for.

A read returns what the board has said; where it has said nothing and waits for bytes itself, the
time-out has passed at once. So thousands of exchanges with faults take seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.cortex_m import Emulator
from hardware_labs.emulation.pi.agent import Agent
from hardware_labs.emulation.wire import FOREVER, Wire
from hardware_labs.models.network import Network

MOST_WAITING = 16


def firmware_link(elf: Path, kind: BoardKind) -> ProgramLink:
    """A link to firmware in the emulator."""
    return ProgramLink(lambda wire: Emulator(elf, kind, wire).run)


def agent_link(model: Network) -> ProgramLink:
    """A link to the agent of the Raspberry Pi."""
    return ProgramLink(lambda wire: Agent(model, wire, fast=True).run)


class ProgramLink:
    """As a Link. `now_s` is its clock, moved on by reads that find nothing."""

    name = "program"

    def __init__(self, program: Callable[[Wire], Callable[[], None]]) -> None:
        self.port = self.name
        self.sent_bytes = self.received_bytes = 0
        self.closed = False
        self.now_s = 0.0
        self._said, self._heard = deque[bytes](), bytearray()
        self._is_idle = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=program(_BoardEnd(self)), daemon=True)
        self._thread.start()

    def clock(self) -> float:
        return self.now_s

    def write(self, data: bytes) -> None:
        with self._changed:
            self.sent_bytes += len(data)
            self._heard += data
            self._is_idle = self._is_idle and not data
            self._changed.notify_all()

    def read(self, timeout_s: float) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._said or self._is_idle)
            self.now_s += 0.001 if self._said else max(timeout_s, 0.001)
            data = self._said.popleft() if self._said else b""
            self.received_bytes += len(data)
            self._changed.notify_all()
            return data

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()
        self._thread.join()


class _BoardEnd:
    """The emulator's side of the same bytes."""

    port = "program"

    def __init__(self, link: ProgramLink) -> None:
        self._link = link

    def read(self, timeout_s: float | None) -> bytes:
        link = self._link
        with link._changed:
            if timeout_s is FOREVER:
                link._is_idle = not link._heard
                link._changed.notify_all()
                link._changed.wait_for(lambda: link._heard or link.closed)
            if link.closed:
                raise EOFError
            data = bytes(link._heard)
            link._heard.clear()
            return data

    def write(self, data: bytes) -> None:
        link = self._link
        with link._changed:
            link._changed.wait_for(lambda: len(link._said) < MOST_WAITING or link.closed)
            link._said.append(data)
            link._changed.notify_all()
