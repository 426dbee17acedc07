"""The line protocol, without a port: bytes in, events out.

It is the MLPerf Tiny DUT command set (github.com/mlcommons/tiny, and EEMBC's runner): a command is
ASCII and ends in '%', the answer is lines, and "m-ready" ends every answer. There are no sequence
numbers, so one stray "m-ready" would shift every later answer by one. The cure is a nonce: send a
token that no board knows, and drop everything up to the board's complaint about that token.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from hardware_labs.protocol.mark import MARK_LENGTH, STAR, letters, marked

MAX_COMMAND = 80
MAX_LINE = 1 << 18
READY = "m-ready"
BANNER = "m-init-done"


@dataclass(frozen=True)
class Sample:
    """One line of a stream: `m-s-SEQUENCE,value,...`."""

    sequence: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Reply:
    """All lines between a command and its "m-ready". A marked one may be found `damaged`."""

    command: str
    lines: tuple[str, ...]
    damaged: bool = False

    @property
    def error(self) -> str:
        """The text in the first `e-[...]`, "" where the board did not complain."""
        return next((inside(line) for line in self.lines if line.startswith("e-[")), "")


@dataclass(frozen=True)
class Line:
    """A line of the answer that is being received."""

    text: str


@dataclass(frozen=True)
class Stray:
    """A line that no command asked for: a boot banner, noise, a late answer."""

    text: str


@dataclass(frozen=True)
class Resynced:
    """The board answered the nonce: from here on answers belong to their commands."""

    dropped: int


Event = Sample | Reply | Line | Stray | Resynced


def inside(line: str) -> str:
    """What stands between the outer brackets: "a=1" of "m-info-[a=1]"; "" where there are none."""
    start, end = line.find("["), line.rfind("]")
    return line[start + 1 : end] if 0 <= start < end else ""


def fields(lines: tuple[str, ...], kind: str) -> dict[str, str]:
    """{key: value} of the lines `m-KIND-[key=value]`."""
    texts = [inside(line) for line in lines if line.startswith(f"m-{kind}-[")]
    return dict(text.split("=", 1) for text in texts if "=" in text)


def sample(line: str) -> Sample | None:
    """The sample in a line `m-s-SEQUENCE,value,...`, None where it is no such line."""
    if not line.startswith("m-s-"):
        return None
    try:
        sequence, *values = (int(number) for number in line[4:].split(","))
    except ValueError:
        return None
    return Sample(sequence, tuple(values))


class Protocol:
    """One end of the conversation: what was asked, and the bytes of an unfinished line."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[str] = []
        self._command: str | None = None
        self._crc: int | None = None
        self._nonce = ""
        self._heard = False
        self._dropped = 0

    @property
    def is_between_lines(self) -> bool:
        """Whether the last byte that came ended a line."""
        return not self._buffer

    def ask(self, command: str, with_mark: bool = False) -> bytes:
        """The bytes to send for `command` (without its '%'). One command at a time.

        With a mark, the answer too must have one, and is else `damaged`.
        """
        if self._command is not None:
            raise ValueError(f"'{self._command}' has not been answered: resync before '{command}'.")
        longest = MAX_COMMAND - MARK_LENGTH * with_mark
        if set("%\r\n") & set(command) or len(command) > longest or not command.isascii():
            raise ValueError(
                f"A command is at most {longest} ASCII characters, without '%', on one line."
            )
        self._command, self._lines = command, []
        self._crc = zlib.crc32(command.encode("ascii")) if with_mark else None
        return (marked(command) if with_mark else command).encode("ascii") + b"%"

    def resync(self, nonce: str, padding: int = 0) -> bytes:
        """The bytes that find the board again, whatever state the two of us are in.

        "!%" first ends a half-sent command (a bare '%' would be an empty command, which some boards
        crash on); `padding` extra bytes end a half-sent binary frame.
        """
        self._command, self._crc, self._nonce, self._heard = None, None, nonce, False
        self._lines, self._dropped = [], 0
        return b"!" * (1 + padding) + b"%" + nonce.encode("ascii") + b"%"

    def receive(self, data: bytes) -> list[Event]:
        """The events in what came in. However the bytes are cut into packets, they are the same."""
        *complete, partial_line = (self._buffer + data).split(b"\n")
        self._buffer = partial_line[: MAX_LINE + 1]  # a line without end must not fill the memory
        return [event for raw in complete for event in self._take_bytes(raw)]

    def _take_bytes(self, raw: bytes) -> list[Event]:
        raw = raw[: MAX_LINE + 1]
        text = raw[:MAX_LINE].decode("ascii", "replace").strip("\r")
        events = self._take(text) if text else []
        if self._crc is not None:
            self._crc = zlib.crc32(raw + b"\n", self._crc)
        return events

    def _take(self, text: str) -> list[Event]:
        if self._nonce:
            return self._search(text)
        parsed = sample(text)
        if parsed is not None:
            return [parsed]
        if self._command is None:
            return [Stray(text)]
        if text != READY and (self._crc is None or not text.startswith(READY)):
            self._lines.append(text)
            return [Line(text)]
        reply = Reply(self._command, tuple(self._lines), self._is_damaged(text))
        self._command = None
        return [reply]

    def _is_damaged(self, ready: str) -> bool:
        if self._crc is None:
            return False
        return ready != f"{READY}{STAR}{letters(zlib.crc32(READY.encode(), self._crc))}"

    def _search(self, text: str) -> list[Event]:
        """Until the nonce comes back all is stray; noise may stand before it on its line."""
        if text.endswith(f"e-[Unknown command: {self._nonce}]"):
            self._heard = True
        elif self._heard and text == READY:
            self._nonce = ""
            return [Resynced(self._dropped)]
        else:
            self._dropped += 1
            return [Stray(text)]
        return []
