"""Commands over a link, one at a time, each with its answer and a time limit.

After a timeout, an interrupt or a lost answer the two ends may be out of step; the next command
then finds the board again with a nonce before it is sent.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hardware_labs.errors import BoardRefused, BoardSilent
from hardware_labs.protocol.command_set import (
    READY,
    Event,
    Line,
    Protocol,
    Reply,
    Resynced,
    Sample,
    Stray,
)
from hardware_labs.transports.link import Link

POLL_S = 0.05
LOG_LINES = 1000
WHOLE_FRAME = 131


@dataclass(frozen=True)
class Logged:
    """A line that crossed the wire. `is_outgoing` is true from us to the board."""

    at_s: float
    is_outgoing: bool
    text: str

    def __str__(self) -> str:
        return f"{self.at_s:8.3f} {'->' if self.is_outgoing else '<-'} {self.text}"


class Conversation:
    """What was said on a link. `log` keeps the last 1,000 lines, both ways."""

    def __init__(self, link: Link, log: deque[Logged] | None = None) -> None:
        self.link = link
        self.log = deque[Logged](maxlen=LOG_LINES) if log is None else log
        self._protocol = Protocol()
        self._in_step = False
        self._began_s = time.monotonic()

    def ask(self, command: str, timeout_s: float = 2.0) -> tuple[str, ...]:
        """The lines of the answer. Raises BoardRefused, BoardSilent or BoardLost."""
        self.start(command)
        reply = self.finish(command, timeout_s)
        return reply.lines

    def start(self, command: str) -> None:
        """Sends a command; its answer is then read with `events` or `finish`."""
        if not self._in_step:
            self.resync()
        data = self._protocol.ask(command)
        self._in_step = False
        self.send(data, command)

    def send(self, data: bytes, note: str) -> None:
        """Sends bytes as they are: a command, or a frame in the middle of one."""
        self.log.append(Logged(self._now_s(), True, note))
        self.link.write(data)

    def finish(self, command: str, timeout_s: float) -> Reply:
        """Reads on to the end of the answer to `command`."""
        until = time.monotonic() + timeout_s
        while True:
            for event in self.events(command, until - time.monotonic(), timeout_s):
                if isinstance(event, Reply):
                    return _accepted(event)

    def events(self, command: str, left_s: float, timeout_s: float) -> list[Event]:
        """The next events of the answer, at least one. Raises BoardSilent after `left_s`."""
        until = time.monotonic() + left_s
        while time.monotonic() < until:
            events = self._receive()
            self._in_step = any(isinstance(event, Reply) for event in events)
            if events:
                return events
        raise BoardSilent(
            f"No answer to '{command}%' in {timeout_s:g} s on {self.link.name}. "
            "Is the lab firmware on the board? The next command will look for the board again."
        )

    def resync(self, timeout_s: float = 3.0) -> int:
        """Finds the board whatever state it is in; returns how many lines were dropped."""
        self._in_step = False
        until, attempt = time.monotonic() + timeout_s, 0
        while time.monotonic() < until:
            nonce = f"nonce{secrets.token_hex(4)}"
            padding = WHOLE_FRAME if attempt else 0
            self.send(self._protocol.resync(nonce, padding), f"resync {nonce}")
            patience_s = min(0.5 * 2**attempt, until - time.monotonic())
            dropped = self._wait_for_nonce(time.monotonic() + patience_s)
            if dropped is not None:
                self._in_step = True
                return dropped
            attempt += 1
        raise BoardSilent(
            f"Nothing on {self.link.name} answers in {timeout_s:g} s. Is it the right port, and is "
            "the lab firmware on the board? To see the ports, run: hardware-labs boards"
        )

    def _wait_for_nonce(self, until: float) -> int | None:
        while time.monotonic() < until:
            for event in self._receive():
                if isinstance(event, Resynced):
                    return event.dropped
        return None

    def _receive(self) -> list[Event]:
        events = self._protocol.receive(self.link.read(POLL_S))
        self.log.extend(Logged(self._now_s(), False, _text(event)) for event in events)
        return events

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s


def stream(talk: Conversation, hz: int, n: int, timeout_s: float = 2.0) -> Iterator[Sample]:
    """The samples of one `stream` command as they come; leaving early stops the board."""
    command, finished = f"stream {hz} {n}", False
    talk.start(command)
    try:
        while not finished:
            for event in talk.events(command, timeout_s + 1 / hz, timeout_s):
                if isinstance(event, Reply):
                    finished = True
                    _accepted(event)
                elif isinstance(event, Sample):
                    yield event
    finally:
        if not finished and not talk.link.closed:
            talk.resync()


def send_frames(talk: Conversation, frames: list[bytes], total: int) -> None:
    """One `bload` command: a frame is sent when the one before it was acknowledged."""
    command, waiting = f"bload {total}", list(frames)
    talk.start(command)
    while True:
        for event in talk.events(command, 2.0, 2.0):
            if isinstance(event, Reply):
                _accepted(event)
                return
            if isinstance(event, Line) and event.text.startswith(("m-[Exp", "m-ack-")) and waiting:
                talk.send(waiting.pop(0), "(binary frame)")


def _accepted(reply: Reply) -> Reply:
    if reply.error:
        raise BoardRefused(f"The board refused '{reply.command}': {reply.error}.")
    return reply


def _text(event: Event) -> str:
    if isinstance(event, Line | Stray):
        return event.text
    if isinstance(event, Sample):
        return f"m-s-{event.sequence},{','.join(map(str, event.values))}"
    return READY if isinstance(event, Reply) else f"(in step, {event.dropped} lines dropped)"
