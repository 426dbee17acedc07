"""A cell that does not end: after a limit it is stopped, and its line is named.

A signal interrupts it, which Python delivers to the main thread alone and Windows does not have;
elsewhere there is no limit.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from book.errors import BookError

LIMIT_S = 600.0
"""A cell of the book takes seconds; a busy machine is given a hundred times that."""


@contextmanager
def limited(line: int, limit_s: float | None = None) -> Iterator[None]:
    """BookError where what is within takes longer. line: of the cell, in its page."""
    limit_s = LIMIT_S if limit_s is None else limit_s
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise BookError(
            f"the cell in line {line} did not end within {limit_s:g} s; it stood in line "
            f"{_line(frame)} of its code."
        )

    before: Any = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _line(frame: FrameType | None) -> int:
    """The line of the cell that was running, beneath all that it called."""
    while frame is not None and frame.f_code.co_filename != "<cell>":
        frame = frame.f_back
    return frame.f_lineno if frame else 0
