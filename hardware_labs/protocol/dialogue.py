"""What is sent to a board and what is waited for, without a port: each method is a generator.

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

from hardware_labs.errors import BoardGarbled, BoardRefused, BoardSilent
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
    fields,
    inside,
)
from hardware_labs.protocol.crc import frames
from hardware_labs.protocol.inference import Inference, inference, results
from hardware_labs.protocol.mark import mark, marked

POLL_S = 0.05
AFTER_BANNER_S = 0.3
LOG_LINES = 1000
WHOLE_FRAME = 131
HEX_BYTES = 32
TRIES = 3
REPEATABLE = {"name", "profile", "timestamp", "help", "results", "info", "mem", "crc", "set",
              "infer", "layer", "requant"}  # fmt: skip
STANDARD = {"board": "m-name-dut-[", "firmware": "m-profile-[", "model": "m-model-["}
TEXT = bytes([*b"\r\n\t", *range(32, 127)])

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
Progress = Callable[[int, int], object]


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

    `has_marks` is true once `meet` found that the board marks its answers; `clock` tells seconds.
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
        self._clock, self._nonce, self._began_s = clock, nonce, clock()
        self._protocol = Protocol()
        self._in_step = False
        self._received_bytes = self._unreadable_bytes = 0
        self._takes_frames: bool | None = None

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
        is_repeatable = command.partition(" ")[0] in REPEATABLE
        tries = TRIES if is_repeatable else 1
        return (yield from self._repeated(lambda: self._once(command, timeout_s), tries))

    def info(self) -> Steps[dict[str, str]]:
        """What the board says about itself; one with standard firmware says name and model."""
        try:
            return fields((yield from self.ask("info")), "info")
        except BoardRefused:
            lines = (yield from self.ask("name")) + (yield from self.ask("profile"))
            return {
                key: inside(line)
                for key, start in STANDARD.items()
                for line in lines
                if line.startswith(start)
            }

    def load(
        self, data: bytes, progress: Progress | None = None, in_hex: bool = False
    ) -> Steps[None]:
        """Puts `data` into the input buffer: in binary frames where the board can, else in hex.

        `progress(done_bytes, all_bytes)` is called as they go; what it raises ends the loading.
        """
        way = self._send_hex if in_hex else self._load
        yield from self._repeated(lambda: way(data, progress), TRIES)

    def infer(
        self, data: bytes, n: int = 1, warmup: int = 0, timeout_s: float | None = None
    ) -> Steps[Inference]:
        """Loads `data` and runs the model on it `n` times after `warmup` runs."""
        if n < 1 or warmup < 0:
            raise ValueError(
                f"infer takes n of at least 1 and warmup of at least 0, not {n} {warmup}."
            )
        patience_s = 10.0 + n + warmup if timeout_s is None else timeout_s
        return (yield from self._repeated(lambda: self._infer(data, n, warmup, patience_s), TRIES))

    def stream(self, hz: int, n: int = 0, timeout_s: float = 2.0) -> Steps[None]:
        """Yields the samples as they come; whoever stops early must `resync`.

        A sample is told before the mark at the end is known, so a stream that was damaged says so
        with a BoardGarbled after its last sample.
        """
        command, samples = f"stream {hz} {n}", 0
        yield from self._start(command)
        while True:
            until = self._clock() + timeout_s + 1 / max(hz, 1)
            for event in (yield from self._events(command, until, timeout_s)):
                if isinstance(event, Sample):
                    samples += 1
                    yield event
                elif isinstance(event, Reply):
                    self._check_count(self._accepted(event), samples, n)
                    return

    def _check_count(self, reply: Reply, samples: int, n: int) -> None:
        """Any byte ends a stream: also one that was doubled on the way to the board."""
        late = fields(reply.lines, "stream").get("late", "")
        if n and late.isdigit() and samples + int(late) != n:
            raise BoardGarbled(
                f"Of {n} samples {samples} came and {late} were late: a stray byte on "
                f"{self.port} ended the stream. Ask for it again."
            )

    def resync(self, timeout_s: float = 3.0) -> Steps[int]:
        """Finds the board whatever state it is in; returns how many lines were dropped."""
        self._in_step, self._received_bytes, self._unreadable_bytes = False, 0, 0
        until, attempt, dropped = self._clock() + timeout_s, 0, 0
        while self._clock() < until:
            nonce, padding = self._nonce(), WHOLE_FRAME if attempt else 0
            yield from self._send(self._protocol.resync(nonce, padding), f"resync {nonce}")
            patience_s = min(0.5 * 2**attempt, until - self._clock())
            heard = yield from self._await_nonce(self._clock() + patience_s)
            dropped += sum(isinstance(event, Stray) for event in heard)
            if any(isinstance(event, Resynced) for event in heard):
                self._in_step = True
                return dropped
            attempt += 1
        raise BoardSilent(
            f"Nothing on {self.port} answers in {timeout_s:g} s. {self._suspicion()} "
            "To see the ports, run: hardware-labs boards"
        )

    def _suspicion(self) -> str:
        """Bits read at another rate than they were sent at are bytes, but seldom text."""
        if self._unreadable_bytes <= 0.1 * self._received_bytes:
            return "Is it the right port, and is the lab firmware on the board?"
        return (
            f"Of {self._received_bytes} bytes that came, {self._unreadable_bytes} are no text: is "
            "the baud rate another than the board's? The lab firmware speaks at 115200."
        )

    def _await_nonce(self, until: float) -> Steps[list[Event]]:
        """All events up to the nonce. What was sent while a board started is lost, so after its
        banner there is little use in waiting."""
        heard: list[Event] = []
        while self._clock() < until:
            events = yield from self._receive(until)
            heard += events
            if any(isinstance(event, Resynced) for event in events):
                return heard
            if Stray(BANNER) in events:
                until = min(until, self._clock() + AFTER_BANNER_S)
        return heard

    def _knows_marks(self) -> Steps[bool]:
        """Whether the board answers a marked command with a mark. Noise must not hide that it can:
        only the complaint that repeats the command whole, with its mark, is a no, and only three
        times in a row (what was doubled on the way there can be dropped on the way back)."""
        complaint, complaints = f"e-[Unknown command: {marked('name')}]", 0
        for _ in range(2 * TRIES):
            self.has_marks = True
            yield from self._start("name")
            reply = yield from self._reply("name", 2.0)
            if not reply.damaged:
                return True
            complaints = complaints + 1 if reply.lines == (complaint,) else 0
            if complaints == TRIES:
                self._in_step = True
                return False
        raise self._garbled("name", 2 * TRIES)

    def _repeated(self, attempt: Callable[[], Steps[T]], tries: int) -> Steps[T]:
        """What `attempt` returns, begun anew as long as its answers come damaged."""
        for left in range(tries - 1, 0, -1):
            try:
                return (yield from attempt())
            except BoardGarbled as error:
                self._note(False, f"(damaged, {left} more tries: {error})")
        return (yield from attempt())

    def _once(self, command: str, timeout_s: float) -> Steps[tuple[str, ...]]:
        yield from self._start(command)
        reply = yield from self._reply(command, timeout_s)
        return self._accepted(reply).lines

    def _load(self, data: bytes, progress: Progress | None = None) -> Steps[None]:
        if self._takes_frames is not False:
            try:
                yield from self._send_frames(data, progress)
                self._takes_frames = True
                return
            except BoardRefused as refusal:
                if "Bad frame" in str(refusal):
                    raise BoardGarbled(str(refusal)) from None
                if "Unknown command" not in str(refusal):
                    raise
                self._takes_frames = False
        yield from self._send_hex(data, progress)

    def _send_frames(self, data: bytes, progress: Progress | None) -> Steps[None]:
        """One `bload` command: a frame is sent when the one before it was acknowledged."""
        command, waiting, done = f"bload {len(data)}", frames(data), 0
        yield from self._start(command)
        while True:
            for event in (yield from self._events(command, self._clock() + 2.0, 2.0)):
                if isinstance(event, Reply):
                    self._accepted(event)
                    return
                if not isinstance(event, Line) or not waiting:
                    continue
                if event.text.startswith("m-[Exp") or event.text == f"m-ack-[{done}]":
                    _tell(progress, done, len(data))
                    done += len(waiting[0]) - 3
                    yield from self._send(waiting.pop(0), "(binary frame)")

    def _send_hex(self, data: bytes, progress: Progress | None) -> Steps[None]:
        yield from self._once(f"db load {len(data)}", 2.0)
        for k in range(0, len(data), HEX_BYTES):
            _tell(progress, k, len(data))
            yield from self._once(f"db {data[k : k + HEX_BYTES].hex()}", 2.0)

    def _infer(self, data: bytes, n: int, warmup: int, timeout_s: float) -> Steps[Inference]:
        yield from self._load(data)
        if not self.has_marks:
            lines = yield from self._once(f"infer {n} {warmup}", timeout_s)
            yield from self._compare(lines)
            return inference(lines, n, warmup)
        try:
            lines = yield from self._once(f"infer {n} {warmup} {mark(data)}", timeout_s)
        except BoardRefused as refusal:
            if "other bytes" not in str(refusal):
                raise
            raise BoardGarbled(
                f"{refusal} {len(data)} bytes were loaded: is the input of the right size? If it "
                "is, they arrived damaged, or the board was reset in between."
            ) from None
        return inference(lines, n, warmup)

    def _compare(self, lines: tuple[str, ...]) -> Steps[None]:
        """Without marks, the results are read twice."""
        try:
            again = yield from self._once("results", 2.0)
        except BoardRefused:
            return
        try:
            is_same = results(again) == results(lines)
        except ValueError:
            is_same = False
        if not is_same:
            self._in_step = False
            raise BoardGarbled("The board told its results twice, and not the same.")

    def _start(self, command: str) -> Steps[None]:
        """Sends a command; its answer is then read with `_events` or `_reply`."""
        if self._in_step and (yield from self._receive(self._clock())):
            self._in_step = False  # the board said something that nobody had asked for
        if not self._in_step:
            yield from self.resync()
        data = self._protocol.ask(command, self.has_marks)
        self._in_step = False
        yield from self._send(data, command)

    def _reply(self, command: str, timeout_s: float) -> Steps[Reply]:
        """Reads on to the end of the answer to `command`."""
        until = self._clock() + timeout_s
        while True:
            for event in (yield from self._events(command, until, timeout_s)):
                if isinstance(event, Reply):
                    return event

    def _events(self, command: str, until: float, timeout_s: float) -> Steps[list[Event]]:
        """The next events of the answer, at least one. Raises BoardSilent when it is `until`."""
        while self._clock() < until:
            events = yield from self._receive(until)
            self._in_step = any(isinstance(e, Reply) and not e.damaged for e in events)
            if events:
                return events
        raise BoardSilent(
            f"No answer to '{command}%' in {timeout_s:g} s on {self.port}. "
            "Is the lab firmware on the board? The next command will look for the board again."
        )

    def _accepted(self, reply: Reply) -> Reply:
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

    def _send(self, data: bytes, note: str) -> Steps[None]:
        self._note(True, note)
        yield Send(data)

    def _receive(self, until: float) -> Steps[list[Event]]:
        data = yield Read(max(0.0, min(POLL_S, until - self._clock())))
        events = self._protocol.receive(data or b"")
        self._received_bytes += len(data or b"")
        self._unreadable_bytes += len((data or b"").translate(None, TEXT))
        for event in events:
            self._note(False, _text(event))
        return events

    def _note(self, is_outgoing: bool, text: str) -> None:
        self.log.append(Logged(self._clock() - self._began_s, is_outgoing, text))


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _text(event: Event) -> str:
    if isinstance(event, Line | Stray):
        return event.text
    if isinstance(event, Sample):
        return f"m-s-{event.sequence},{','.join(map(str, event.values))}"
    if isinstance(event, Reply):
        return f"{READY} (damaged)" if event.damaged else READY
    return f"(in step, {event.dropped} lines dropped)"
