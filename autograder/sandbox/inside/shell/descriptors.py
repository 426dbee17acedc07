"""Descriptors 1 and 2 of this process, read as text: C code and child processes print there.

A thread reads them as they fill, so that no writer waits. `drain` takes at once what has been
written so far, so that text stays in order as far as possible and none is lost when a cell ends.
"""

from __future__ import annotations

import codecs
import os
import select
import threading
from collections.abc import Callable

THREAD = "descriptors"
CAPACITY = 1 << 16  # bytes that a pipe holds
NAMES = {1: "stdout", 2: "stderr"}


class Descriptors:
    """Both descriptors, replaced by pipes for as long as this process lives.

    lock: held while text is taken; `take` may hold it, too.
    """

    def __init__(self, take: Callable[[str, str], None], lock: threading.RLock):
        self._take = take
        self._lock = lock
        self._poll = select.poll()
        self._decoders = {}
        self.originals: dict[str, int] = {}
        for number, name in NAMES.items():
            self.originals[name] = os.dup(number)
            end = _replace_by_pipe(number)
            self._poll.register(end, select.POLLIN)
            decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
            self._decoders[end] = (name, decoder)
        threading.Thread(target=self._watch, daemon=True, name=THREAD).start()

    def drain(self) -> None:
        """Take what has been written before this call."""
        with self._lock:  # subtle: a poll object that two threads poll at a time raises
            for end, _ in self._poll.poll(0):
                name, decoder = self._decoders[end]
                if text := decoder.decode(os.read(end, CAPACITY)):
                    self._take(name, text)

    def _watch(self) -> None:
        ready = select.poll()
        for end in self._decoders:
            ready.register(end, select.POLLIN)
        while True:
            ready.poll()
            self.drain()


def _replace_by_pipe(number: int) -> int:
    """Replace a descriptor by the writing end of a pipe; the reading end."""
    read, write = os.pipe()
    os.dup2(write, number)
    os.close(write)
    return read
