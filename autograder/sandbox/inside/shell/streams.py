"""The streams of a notebook: its sys.stdout and sys.stderr.

As in a kernel, text gathers until something flushes it: a display, an error, the end of the cell,
a call of flush(), or 0.2 s. Each flush makes one output; stdout goes before stderr.
"""

from __future__ import annotations

import io
import os
import threading
from time import monotonic
from typing import Any

from autograder.sandbox.inside.shell.descriptors import NAMES, Descriptors
from autograder.sandbox.inside.shell.recorder import Recorder

GATHER_S = 0.2


class Streams:
    """Both streams of one process, and the text that waits in them."""

    def __init__(self, recorder: Recorder):
        self._recorder = recorder
        self._lock = threading.RLock()
        self._waiting: dict[str, list[str]] = {name: [] for name in NAMES.values()}
        self._size = dict.fromkeys(self._waiting, 0)
        self._since = dict.fromkeys(self._waiting, 0.0)
        self.pid = os.getpid()
        self.descriptors = Descriptors(self._gather, self._lock)
        self.stdout, self.stderr = (OutStream(self, name) for name in self._waiting)

    def write(self, name: str, text: str) -> None:
        """Text of this process gathers here; a child of it has only the descriptor."""
        if os.getpid() != self.pid:
            number = next(number for number, stream in NAMES.items() if stream == name)
            os.write(number, text.encode(errors="replace"))
        elif self._recorder.open_cell() is not None:
            self.descriptors.drain()
            self._gather(name, text)

    def flush(self, name: str) -> None:
        """Make an output of what waits in one stream."""
        if os.getpid() != self.pid:
            return
        self.descriptors.drain()
        with self._lock:
            self._flush(name)

    def original(self, name: str) -> int:
        """The descriptor that a stream had before the notebook's."""
        return self.descriptors.originals[name]

    def flush_both(self) -> None:
        """Make an output of what waits, stdout first."""
        for name in self._waiting:
            self.flush(name)

    def discard(self) -> None:
        """Drop what came when no cell ran."""
        self.descriptors.drain()
        with self._lock:
            for name, parts in self._waiting.items():
                parts.clear()
                self._size[name] = 0

    def _gather(self, name: str, text: str) -> None:
        """Keep text, but no more than one character above what the cell may still have."""
        with self._lock:
            self._flush_old()
            if not self._waiting[name]:
                self._since[name] = monotonic()
            part = text[: max(0, self._recorder.remaining_bytes() + 1 - self._size[name])]
            if part:
                self._waiting[name].append(part)
                self._size[name] += len(part)

    def _flush_old(self) -> None:
        now = monotonic()
        old = [n for n, parts in self._waiting.items() if parts and now - self._since[n] > GATHER_S]
        for name in sorted(old, key=self._since.__getitem__):
            self._flush(name)

    def _flush(self, name: str) -> None:
        text = "".join(self._waiting[name])
        self._waiting[name].clear()
        self._size[name] = 0
        if text:
            self._recorder.stream(name, text)


class MutedStreams:
    """Both streams of a copy of the process whose text nobody reads: it leads nowhere."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        nothing = os.open(os.devnull, os.O_WRONLY)
        for number in NAMES:
            os.dup2(nothing, number)
        os.close(nothing)
        self.stdout, self.stderr = (OutStream(self, name) for name in NAMES.values())

    def original(self, name: str) -> int:
        """The descriptor of a stream, which leads nowhere, too."""
        return next(number for number, stream in NAMES.items() if stream == name)

    def write(self, name: str, text: str) -> None:
        """Drop the text."""

    def flush(self, name: str) -> None:
        """Nothing waits."""

    def flush_both(self) -> None:
        """Nothing waits."""

    def discard(self) -> None:
        """Nothing waits."""


class OutStream(io.TextIOBase):
    """One stream, as Python code sees it."""

    encoding = "UTF-8"

    def __init__(self, streams: Streams | MutedStreams, name: str):
        self._streams = streams
        self.name = name

    def write(self, text: str) -> int:
        """Gather `text`; its length. TypeError for anything else, as any text file."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._streams.write(self.name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Make an output of what has gathered."""
        self._streams.flush(self.name)

    def writable(self) -> bool:
        """Yes."""
        return True

    def isatty(self) -> bool:
        """No."""
        return False

    def fileno(self) -> int:
        """The descriptor that stood here before the notebook's: nothing written to it is seen."""
        return self._streams.original(self.name)


# Libraries recognise a notebook by the names of its classes.
OutStream.__module__ = "ipykernel.iostream"
