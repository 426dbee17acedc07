"""Times two ways to run one small network, and keeps every time: the data of the chapter.

`python course/book/chapters/benchmarking/measure.py` writes runs.npz beside this file. A new array
for each step is way A; way B writes every step into memory that is there already. The values are
equal. Nothing is averaged and nothing is thrown away, so that the chapter can show what a busy
machine does to a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).with_name("runs.npz")
INPUTS, HIDDEN, CLASSES, BATCH = 64, 64, 10, 32
COLD, CALLS = 400, 4000
Way = Callable[[], NDArray[np.float32]]


def two_ways(rng: np.random.Generator) -> tuple[Way, Way]:
    """The forward pass of a network 64-64-10 on a batch of 32, with new arrays and without."""
    x, first, second = (
        rng.standard_normal(shape, dtype=np.float32)
        for shape in ((BATCH, INPUTS), (INPUTS, HIDDEN), (HIDDEN, CLASSES))
    )
    hidden = np.empty((BATCH, HIDDEN), np.float32)
    scores = np.empty((BATCH, CLASSES), np.float32)

    def new_arrays() -> NDArray[np.float32]:
        return np.maximum(x @ first, 0) @ second

    def same_arrays() -> NDArray[np.float32]:
        np.matmul(x, first, out=hidden)
        np.maximum(hidden, 0, out=hidden)
        return np.matmul(hidden, second, out=scores)

    return new_arrays, same_arrays


def call_us(way: Way) -> float:
    """Microseconds of one call."""
    start = perf_counter_ns()
    way()
    return (perf_counter_ns() - start) / 1000


def clock_steps_us(readings: int) -> NDArray[np.float64]:
    """The distances of neighbouring readings of the clock."""
    return np.diff([perf_counter_ns() for _ in range(readings)]) / 1000


def main() -> None:
    """Cold calls of A, then blocks (all of A, all of B), then pairs whose order changes."""
    new_arrays, same_arrays = two_ways(np.random.default_rng(0))
    cold = [call_us(new_arrays) for _ in range(COLD)]
    blocks = {
        "block_a": [call_us(new_arrays) for _ in range(CALLS)],
        "block_b": [call_us(same_arrays) for _ in range(CALLS)],
    }
    pairs: dict[str, list[float]] = {"pair_a": [], "pair_b": []}
    ways = [("pair_a", new_arrays), ("pair_b", same_arrays)]
    for turn in range(CALLS):
        for name, way in ways if turn % 2 else reversed(ways):
            pairs[name].append(call_us(way))
    samples: dict[str, Any] = {"cold": cold, **blocks, **pairs, "clock": clock_steps_us(2001)}
    arrays: dict[str, Any] = {name: np.float32(times) for name, times in samples.items()}
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET} written")


if __name__ == "__main__":
    main()
