"""The turns of a submission's threads: one at a time asks the tester, and only during an answer.

The answer to a test may hand the test's function to a pool of threads. Both processes have one
socket, so the threads wait for one another. One that goes on when the answer has been given, and a
process that the notebook started, get an error instead.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ThreadTurns:
    """Who may use the connection. Made in the process that may.

    A question of the tester may come while a thread waits for an answer of the tester: then the
    threads that this inner question starts ask in turns of their own, with a lock of their own.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._locks: list[threading.Lock] = []  # one for each question that is answered now

    @contextmanager
    def answer(self) -> Iterator[None]:
        """For the time in which a question of the tester is answered."""
        lock = threading.Lock()
        self._locks.append(lock)
        try:
            yield
        finally:
            with lock:  # subtle: a thread that asks at this moment gets its reply first
                self._locks.pop()

    @contextmanager
    def ask(self) -> Iterator[None]:
        """For the time of one question to the tester. RuntimeError where it cannot be asked."""
        if os.getpid() != self._process:
            raise RuntimeError(
                "a function or object of the test lives in the notebook's own process, and cannot "
                "be used in one that the notebook starts"
            )
        with self._turn():
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while self._locks:
            lock = self._locks[-1]
            with lock:
                if self._locks and self._locks[-1] is lock:
                    yield
                    return
        raise RuntimeError(
            "a function or object of the test can be used until the answer is returned; this "
            "thread went on after that"
        )
