"""Latency, accuracy and confusion over many inferences on one board.

The latency is the board's own time of one inference. The round trip is what the host waits: it
holds the wire too, which for a small model is by far the larger part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardware_labs.board import Board
from hardware_labs.errors import Stopped
from hardware_labs.models.network import digits_model, unseen_digits
from hardware_labs.models.quantizer import Scale, to_int8


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Numbers per inference, all (n,). `labels` is None where nobody knows the right answers."""

    latency_us: np.ndarray
    round_trip_ms: np.ndarray
    predictions: np.ndarray
    labels: np.ndarray | None
    classes: int
    warmup: int

    @property
    def n(self) -> int:
        return len(self.predictions)

    @property
    def median_us(self) -> float:
        return float(np.median(self.latency_us))

    @property
    def p95_us(self) -> float:
        """95 in 100 inferences took at most this long (linear interpolation)."""
        return float(np.percentile(self.latency_us, 95))

    @property
    def accuracy(self) -> float | None:
        return None if self.labels is None else float(np.mean(self.predictions == self.labels))

    @property
    def confusion(self) -> np.ndarray | None:
        """(classes, classes) counts: the row is the right answer, the column the board's."""
        if self.labels is None:
            return None
        counts = np.zeros((self.classes, self.classes), dtype=int)
        np.add.at(counts, (self.labels, self.predictions), 1)
        return counts


def benchmark(
    board: Board,
    inputs: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    warmup: int = 3,
    stopped: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int], None] = lambda count: None,
) -> Benchmark:
    """One inference for each of `inputs` (n, ...), after `warmup` that do not count. They have the
    type that the board's model takes (`board.model()`).

    labels: (n,) integers, the right answers. `on_progress` gets the number done. Raises Stopped.
    """
    _check(inputs, labels, warmup)
    warm_up(board, inputs, warmup)
    laps, trips, predictions, classes = [], [], [], 0
    for count, x in enumerate(inputs, start=1):
        if stopped():
            raise Stopped(f"The benchmark was stopped after {count - 1} of {len(inputs)}.")
        start = time.perf_counter()
        inference = board.infer(x)
        trips.append((time.perf_counter() - start) * 1e3)
        laps.append(inference.latency_us)
        predictions.append(int(np.argmax(inference.outputs)))
        classes = inference.outputs.size
        on_progress(count)
    if labels is not None:
        classes = max(classes, int(labels.max()) + 1)
    return Benchmark(
        np.array(laps), np.array(trips), np.array(predictions), labels, classes, warmup
    )


def warm_up(board: Board, inputs: np.ndarray, times: int) -> None:
    """Runs the model `times` times, and once more, on the first input; nothing for 0."""
    _check(inputs, None, times)
    if times:
        board.infer(inputs[0], n=1, warmup=times)


def digit_inputs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """`n` unseen digits as the lab firmware's model takes them, int8 (n, 64), and labels (n,).

    There are 360; a larger n begins again with the first.
    """
    model, (images, labels) = digits_model(), unseen_digits()
    rows = np.arange(n) % len(images)
    scale = Scale(model.input_scale, model.input_zero)
    return to_int8(images[rows].reshape(n, -1) / 16, scale), labels[rows].astype(int)


def _check(inputs: np.ndarray, labels: np.ndarray | None, warmup: int) -> None:
    if len(inputs) == 0:
        raise ValueError("A benchmark needs at least one input.")
    if labels is not None and len(labels) != len(inputs):
        raise ValueError(f"There are {len(inputs)} inputs and {len(labels)} labels.")
    if warmup < 0:
        raise ValueError(f"A warm-up is 0 or more inferences, not {warmup}.")
