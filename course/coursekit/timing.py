"""A clock for calls: the shortest of several runs, on one thread, after a run that does not count.

Other programs can only make a run longer, so the shortest run is nearest to what the work takes.
Products of matrices are held to one thread, because times on several threads depend on what the
other cores are doing, and small products become slower with them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np  # noqa: F401  subtle: loaded first, so that its threads are found
from threadpoolctl import ThreadpoolController

LEAST_S, MOST_RUNS = 0.002, 10_000  # calls of microseconds are run more often
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
    """The seconds that the shortest run of `function(*arguments)` takes, on one thread.

    One run to warm up comes first and does not count. repeats: how many runs count at least; short
    calls are run more often, for 2 ms in all. prepare: is called before each run, outside of the
    time, and what it returns is the last argument of that run. Where the runs differ so much that
    the machine must be busy, a sentence says so. ValueError for fewer than one repeat.
    """
    if repeats < 1:
        raise ValueError(f"shortest_seconds() needs at least 1 repeat, but repeats={repeats} came.")

    def run() -> float:
        fresh = () if prepare is None else (prepare(),)
        start = perf_counter()
        function(*arguments, *fresh)
        return perf_counter() - start

    with one_thread():
        run()
        times = [run() for _ in range(repeats)]
        while sum(times) < LEAST_S and len(times) < MOST_RUNS:
            times.append(run())
    if is_busy(times):
        _say_busy(_cell_number())
    return min(times)


def one_thread() -> AbstractContextManager[object]:
    """Holds the products of NumPy to one thread: inside a `with`, or from this call on.

    subtle: OPENBLAS_NUM_THREADS and its kin count only until NumPy is loaded, and a notebook on
    Colab starts with NumPy loaded. Apple's Accelerate has no such switch and stays as it is.
    """
    return _loaded_libraries().limit(limits=1, user_api="blas")


def is_busy(times: list[float]) -> bool:
    """Whether half of at least three runs took over 1.5 times as long as the shortest, and 0.1 ms
    more: on a machine that has nothing else to do, they are closer together."""
    shortest, middle = min(times), median(times)
    return len(times) > 2 and middle > BUSY_RATIO * shortest and middle - shortest > JITTER_S


def _cell_number() -> int:
    """The number of the cell that runs, 0 outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.execution_count if shell else 0


@cache
def _say_busy(cell_number: int) -> None:
    """Once for each run of a cell: a table has many times, and a second sentence says no more."""
    print(BUSY_SENTENCE, file=sys.stderr)


@cache
def _loaded_libraries() -> ThreadpoolController:
    return ThreadpoolController()
