"""Questions and answers without a port: what is sent, what is waited for, as generators.

A generator yields steps: `Send` these bytes, `Read` for at most so long (the bytes that came are
sent back into it, b"" where none did), or a `Sample` for whoever follows a stream. A loop of a few
lines carries the steps out over a link, waiting in the thread or in an event loop; whatever decides
anything stands here, once.

After a timeout, an interrupt or a damaged answer the two ends may be out of step; the next command
then finds the board again with a nonce before it is sent.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from hardware_labs.errors import BoardGarbled, BoardRefused, BoardSilent, LineJunk
from hardware_labs.protocol.command_set import (
    BANNER,
    READY,
    Event,
    Line,
    Protocol,
    Reply,
    Resynced,
    Sample,
    Stray,
    inside,
)
from hardware_labs.protocol.mark import marked
from hardware_labs.protocol.stated_model import StatedModel

POLL_S = 0.05
AFTER_BANNER_S = 0.3
LOG_LINES = 1000
WHOLE_FRAME = 131
TRIES = 3
REPEATABLE = {"name", "profile", "timestamp", "help", "results", "info", "mem", "crc", "set",
              "infer", "layer", "output", "requant", "db print"}  # fmt: skip
TEXT = bytes([*b"\r\n\t", *range(32, 127)])
JUNK_SHARE = 0.1

T = TypeVar("T")


@dataclass(frozen=True)
class Send:
    """Bytes to write to the board."""

    data: bytes


@dataclass(frozen=True)
class Read:
    """Bytes to read: the next that come, or b"" after `timeout_s`."""

    timeout_s: float


Steps = Generator[Send | Read | Sample, bytes | None, T]


@dataclass(frozen=True)
class Logged:
    """A line that crossed the wire. `is_outgoing` is true from us to the board."""

    at_s: float
    is_outgoing: bool
    text: str

    def __str__(self) -> str:
        return f"{self.at_s:8.3f} {'->' if self.is_outgoing else '<-'} {self.text}"


class Dialogue:
    """What is said with the board on `port`. `log` keeps the last 1,000 lines, both ways.

    `has_marks` is true once `meet` found that the board marks its answers; `takes_frames` is None
    until somebody tried to load in binary, `model` until somebody asked; `clock` tells seconds.
    """

    def __init__(
        self,
        port: str,
        log: deque[Logged] | None = None,
        clock: Callable[[], float] = time.monotonic,
        nonce: Callable[[], str] = lambda: f"nonce{secrets.token_hex(4)}",
    ) -> None:
        self.port = port
        self.log = deque[Logged](maxlen=LOG_LINES) if log is None else log
        self.has_marks = False
        self.clock, self._nonce, self._began_s = clock, nonce, clock()
        self._protocol = Protocol()
        self._in_step = False
        self._received_bytes = self._unreadable_bytes = 0
        self.takes_frames: bool | None = None
        self.model: StatedModel | None = None

    def meet(self, timeout_s: float = 5.0) -> Steps[str]:
        """The name of the board, found whatever state it is in. Raises BoardSilent."""
        yield from self.resync(timeout_s)
        self.has_marks = yield from self._knows_marks()
        lines = yield from self.ask("name")
        names = (inside(line) for line in lines if line.startswith("m-name-dut-["))
        return next(names, "") or "unnamed"

    def ask(self, command: str, timeout_s: float = 2.0) -> Steps[tuple[str, ...]]:
        """The lines of the answer. Raises BoardRefused, BoardSilent or BoardGarbled.

        A damaged answer is asked for again where asking twice does what asking once does.
        """
        is_repeatable = not REPEATABLE.isdisjoint({command, command.partition(" ")[0]})
        tries = TRIES if is_repeatable else 1
        return (yield from self.repeated(lambda: self.once(command, timeout_s), tries))

    def lose_step(self) -> None:
        """What comes next may belong to something else: the next command looks for the board."""
        self._in_step = False

    def resync(self, timeout_s: float = 5.0) -> Steps[int]:
        """Finds the board whatever state it is in; returns how many lines were dropped."""
        self._in_step, self._received_bytes, self._unreadable_bytes = False, 0, 0
        until, attempt, dropped = self.clock() + timeout_s, 0, 0
        while self.clock() < until:
            nonce, padding = self._nonce(), WHOLE_FRAME if attempt else 0
            yield from self.send(self._protocol.resync(nonce, padding), f"resync {nonce}")
            patience_s = min(0.5 * 2**attempt, until - self.clock())
            heard = yield from self._await_nonce(self.clock() + patience_s)
            dropped += sum(isinstance(event, Stray) for event in heard)
            if any(isinstance(event, Resynced) for event in heard):
                self._in_step = True
                return dropped
            attempt += 1
        raise self._silence(timeout_s)

    def _silence(self, timeout_s: float) -> BoardSilent:
        """Bits read at another rate than they were sent at are bytes, but seldom text."""
        start = f"Nothing on {self.port} answers in {timeout_s:g} s."
        if self._unreadable_bytes <= JUNK_SHARE * self._received_bytes:
            return BoardSilent(
                f"{start} Is it the right port, and is the lab firmware on the board? "
                "To see the ports, run: hardware-labs boards"
            )
        return LineJunk(
            f"{start} There is junk on the line: of {self._received_bytes} bytes that came, "
            f"{self._unreadable_bytes} are no text. Is the baud rate another than the board's? "
            "The lab firmware speaks at 115200."
        )

    def _await_nonce(self, until: float) -> Steps[list[Event]]:
        """All events up to the nonce. What was sent while a board started is lost, so after its
        banner there is little use in waiting."""
        heard: list[Event] = []
        while self.clock() < until:
            events = yield from self._receive(until)
            heard += events
            if any(isinstance(event, Resynced) for event in events):
                return heard
            if Stray(BANNER) in events:
                until = min(until, self.clock() + AFTER_BANNER_S)
        return heard

    def _knows_marks(self) -> Steps[bool]:
        """Whether the board answers a marked command with a mark. Noise must not hide that it can:
        only the complaint that repeats the command whole, with its mark, is a no, and only three
        times in a row (what was doubled on the way there can be dropped on the way back)."""
        complaint, complaints = f"e-[Unknown command: {marked('name')}]", 0
        for _ in range(2 * TRIES):
            self.has_marks = True
            yield from self.start("name")
            reply = yield from self.reply("name", 2.0)
            if not reply.damaged:
                return True
            complaints = complaints + 1 if reply.lines == (complaint,) else 0
            if complaints == TRIES:
                self._in_step = True
                return False
        raise self._garbled("name", 2 * TRIES)

    def repeated(self, attempt: Callable[[], Steps[T]], tries: int) -> Steps[T]:
        """What `attempt` returns, begun anew as long as its answers come damaged."""
        for left in range(tries - 1, 0, -1):
            try:
                return (yield from attempt())
            except BoardGarbled as error:
                self._note(False, f"(damaged, {left} more tries: {error})")
        return (yield from attempt())

    def once(self, command: str, timeout_s: float) -> Steps[tuple[str, ...]]:
        """The lines of the answer, whose damage is an error at once."""
        yield from self.start(command)
        reply = yield from self.reply(command, timeout_s)
        return self.accepted(reply).lines

    def start(self, command: str) -> Steps[None]:
        """Sends a command; its answer is then read with `events` or `reply`."""
        if self._in_step:
            before = self._received_bytes
            yield from self._receive(self.clock())
            self._in_step = before == self._received_bytes  # else it spoke without being asked
        if not self._in_step:
            yield from self.resync()
        data = self._protocol.ask(command, self.has_marks)
        self._in_step = False
        yield from self.send(data, command)

    def reply(self, command: str, timeout_s: float) -> Steps[Reply]:
        """Reads on to the end of the answer to `command`."""
        until = self.clock() + timeout_s
        while True:
            for event in (yield from self.events(command, until, timeout_s)):
                if isinstance(event, Reply):
                    return event

    def events(self, command: str, until: float, timeout_s: float) -> Steps[list[Event]]:
        """The next events of the answer, at least one. Raises BoardSilent when it is `until`."""
        while self.clock() < until:
            events = yield from self._receive(until)
            is_over = any(isinstance(e, Reply) and not e.damaged for e in events)
            self._in_step = is_over and self._protocol.is_between_lines
            if events:
                return events
        raise BoardSilent(
            f"No answer to '{command}%' in {timeout_s:g} s on {self.port}. {_doubt(command)} "
            "The next command will look for the board again."
        )

    def accepted(self, reply: Reply) -> Reply:
        """The reply itself. Raises BoardGarbled where it is damaged, BoardRefused for a no."""
        if reply.damaged:
            raise self._garbled(reply.command, 1)
        if reply.error:
            raise BoardRefused(f"The board refused '{reply.command}': {reply.error}.")
        return reply

    def _garbled(self, command: str, tries: int) -> BoardGarbled:
        return BoardGarbled(
            f"The answer to '{command}%' on {self.port} arrived damaged"
            f"{' each time' * (tries > 1)}. Is the cable long or loose, or the baud rate wrong?"
        )

    def send(self, data: bytes, note: str) -> Steps[None]:
        """Bytes as they are: a frame in the middle of a command. The log gets the note."""
        self._note(True, note)
        yield Send(data)

    def _receive(self, until: float) -> Steps[list[Event]]:
        data = yield Read(max(0.0, min(POLL_S, until - self.clock())))
        events = self._protocol.receive(data or b"")
        self._received_bytes += len(data or b"")
        self._unreadable_bytes += unreadable_bytes(data or b"")
        for event in events:
            self._note(False, _text(event))
        return events

    def _note(self, is_outgoing: bool, text: str) -> None:
        self.log.append(Logged(self.clock() - self._began_s, is_outgoing, text))


def unreadable_bytes(data: bytes) -> int:
    """How many bytes of `data` are neither printable ASCII nor the end of a line."""
    return len(data.translate(None, TEXT))


def _doubt(command: str) -> str:
    if command.startswith("infer "):
        return (
            "Is there a loop in one of its kernels that never ends? A slow model needs a longer "
            "timeout_s."
        )
    return "Is the lab firmware on the board?"


def _text(event: Event) -> str:
    if isinstance(event, Line | Stray):
        return event.text
    if isinstance(event, Sample):
        return f"m-s-{event.sequence},{','.join(map(str, event.values))}"
    if isinstance(event, Reply):
        return f"{READY} (damaged)" if event.damaged else READY
    return f"(in step, {event.dropped} lines dropped)"
