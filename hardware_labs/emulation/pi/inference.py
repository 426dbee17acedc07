"""The int8 model in NumPy: the arithmetic of the firmware to the last bit, or float32 beside it.

In int8 weights and activations stay int8 and are widened a block at a time, so they take a quarter
of the memory of float32. In float32 the same weights are kept widened, and nothing is rounded
between the layers. The sums are einsum's own loops: a BLAS library would take tens of megabytes per
thread for itself and make the memory limit meaningless.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from hardware_labs.models.network import Dense, Model

BLOCK_ROWS = 256


@dataclass(frozen=True)
class Result:
    """Outputs (n, outputs) in units of the output scale, zero point taken off; ns of each layer."""

    outputs: np.ndarray
    layer_ns: tuple[int, ...]


def requantize(sums: np.ndarray, multiplier: int, shift: int) -> np.ndarray:
    """int64: sums * multiplier * 2**-31 * 2**-shift, rounded twice as `mlp.c` rounds."""
    high = (sums.astype(np.int64) * multiplier + 2**30) >> 31
    half = (1 << shift) >> 1
    return np.sign(high) * ((np.abs(high) + half) >> shift)


def int8_layer(layer: Dense, x: np.ndarray) -> np.ndarray:
    """x (n, inputs) int8 -> (n, outputs) int8, bit for bit as on the boards."""
    y = np.empty((len(x), len(layer.weights)), np.int8)
    for rows in _blocks(len(layer.weights)):
        wide = layer.weights[rows].astype(np.int32)
        for part in _blocks(len(x)):
            sums = np.einsum("ni,oi->no", x[part] - np.int32(layer.input_zero), wide)
            q = requantize(sums + layer.bias[rows], layer.multiplier, layer.shift)
            y[part, rows] = np.clip(q + layer.output_zero, -128, 127)
    return y


def float32_layer(layer: Dense, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """x (n, inputs) float32 -> (n, outputs), in the same units, without rounding.

    It is held at -128 from below, which is the ReLU of a hidden layer, and at 127 from above.
    """
    y = np.empty((len(x), len(weights)), np.float32)
    factor = np.float32(layer.multiplier * 2.0 ** (-31 - layer.shift))
    bias = layer.bias.astype(np.float32)
    for part in _blocks(len(x)):
        sums = np.einsum("ni,oi->no", x[part] - np.float32(layer.input_zero), weights) + bias
        y[part] = np.clip(sums * factor + np.float32(layer.output_zero), -128, 127)
    return y


def _blocks(n: int) -> list[slice]:
    return [slice(start, start + BLOCK_ROWS) for start in range(0, n, BLOCK_ROWS)]


class Runner:
    """A model ready to run with one number type on `threads` threads."""

    def __init__(self, model: Model, dtype: str = "int8", threads: int = 1) -> None:
        self.model, self.dtype, self.threads = model, dtype, threads
        wide = dtype == "float32"
        self._wide = [layer.weights.astype(np.float32) for layer in model.layers if wide]
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def run(self, x: np.ndarray) -> Result:
        """x (n, inputs) int8. The rows are shared out among the threads. Raises MemoryError."""
        if self._pool is None:
            return self._run(x)
        shares = np.array_split(x, min(self.threads, len(x)))
        try:
            parts = list(self._pool.map(self._run, shares))
        except RuntimeError as error:  # "can't start new thread": no room for its stack
            raise MemoryError(str(error)) from None
        slowest = max(parts, key=lambda part: sum(part.layer_ns))
        return Result(np.concatenate([part.outputs for part in parts]), slowest.layer_ns)

    def close(self) -> None:
        """Ends the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _run(self, x: np.ndarray) -> Result:
        spans, y = [], x if self.dtype == "int8" else x.astype(np.float32)
        for k, layer in enumerate(self.model.layers):
            start = time.perf_counter_ns()
            wide = self._wide[k] if self._wide else None
            y = int8_layer(layer, y) if wide is None else float32_layer(layer, wide, y)
            spans.append(time.perf_counter_ns() - start)
        return Result(y.astype(np.float32) - np.float32(self.model.output_zero), tuple(spans))
