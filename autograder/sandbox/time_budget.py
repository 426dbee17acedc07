"""The time of one execution: how long what runs next may take, and whether it had the processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter

from autograder.sandbox.limits import Limits

STARVED_SHARE = 0.6  # of its time limit: who used less of the processor may have been kept from it


class TimeBudget:
    """How much of its time a notebook has left.

    cpu_seconds: what the submission has used of the processor, None where nobody can tell. slow: a
    cell or test was stopped. starved: one of them may have been kept from the processor. longest_s:
    of one cell or test.
    """

    def __init__(self, limits: Limits, cpu_seconds: Callable[[], float | None]):
        self._limits, self._cpu_seconds = limits, cpu_seconds
        self._cpu_s: float | None = None
        self._deadline = monotonic() + limits.notebook_s
        self.slow = False
        self.starved = False
        self.longest_s = 0.0

    @property
    def cell_limit_s(self) -> float:
        """Seconds for a cell or test: fewer after one was stopped."""
        return self._limits.after_s if self.slow else self._limits.cell_s

    def next_limit_s(self, most_s: float | None = None) -> float:
        """Seconds for what runs next, at most `most_s`. From here on the processor's time is
        counted, too."""
        self._cpu_s = self._cpu_seconds()
        limit = self.cell_limit_s
        limit = min(limit, most_s or limit)
        return max(0.1, min(limit, self._deadline - monotonic()))

    def note_stop(self, limit_s: float) -> None:
        """What ran last was stopped after `limit_s`."""
        self.slow = True
        now_s = self._cpu_seconds()
        if self._cpu_s is not None and now_s is not None:
            self.starved = self.starved or now_s - self._cpu_s < STARVED_SHARE * limit_s

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Around the run of a cell or test."""
        start = perf_counter()
        yield
        self.longest_s = max(self.longest_s, perf_counter() - start)

    def begin_waiting_tests(self) -> None:
        """The tests at the end have the time of a cell each, and a third of the notebook's."""
        self.slow = False  # a cell that never ended takes no time from the tests before it
        self._deadline = max(self._deadline, monotonic() + self._limits.notebook_s / 3)

    def extend(self, seconds: float) -> None:
        """Give back what others than the submission used."""
        self._deadline += seconds
