"""Stands for coursekit's module of this name: the same clock for calls where it ticks every 0.1 ms.

There are no threads to hold back, and a reading spans so many calls that it takes 50 ticks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from statistics import median
from time import perf_counter
from typing import Any

TICK_S, TICKS, MOST_CALLS = 1e-4, 50, 10_000
BUSY_RATIO, JITTER_S = 1.5, 1e-4
BUSY_SENTENCE = (
    "This machine is busy: half of the runs took over 1.5 times as long as the shortest. Close "
    "other programs and run this cell again before you trust its times."
)


def shortest_seconds(
    function: Callable[..., object],
    *arguments: Any,
    repeats: int = 5,
    prepare: Callable[[], Any] | None = None,
) -> float:
    """The seconds that the shortest run of `function(*arguments)` takes.

    One run to warm up comes first and does not count. repeats: how many readings of the clock
    count; each spans one call, or so many that it takes 5 ms. prepare: is called for each run,
    outside of the time, and what it returns is the last argument of that run. ValueError for fewer
    than one repeat.
    """
    if repeats < 1:
        raise ValueError(f"shortest_seconds() needs at least 1 repeat, but repeats={repeats} came.")

    def run(calls: int) -> float:
        fresh = [() if prepare is None else (prepare(),) for _ in range(calls)]
        start = perf_counter()
        for last in fresh:
            function(*arguments, *last)
        return (perf_counter() - start) / calls

    calls = calls_in_a_reading(run)
    return min(run(calls) for _ in range(repeats))


def calls_in_a_reading(run: Callable[[int], float]) -> int:
    """How many calls a reading spans. run: takes a number of calls, returns the seconds of one."""
    calls = 1
    while run(calls) * calls < TICKS * TICK_S and calls < MOST_CALLS:
        calls *= 2
    return calls


def one_thread() -> AbstractContextManager[object]:
    """There is one thread in a page: nothing has to be held."""
    return nullcontext()


def is_busy(times: list[float]) -> bool:
    """As coursekit's own."""
    shortest, middle = min(times), median(times)
    return len(times) > 2 and middle > BUSY_RATIO * shortest and middle - shortest > JITTER_S
