"""Layers once more, number by number in plain Python: the specification of the interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
from reference_mlp import requantize

from hardware_labs.models.layers import Layer


def pick(factor: Any, channel: int) -> int:
    return int(np.atleast_1d(factor)[channel if np.ndim(factor) else 0])


def narrow(layer: Any, total: int, channel: int) -> int:
    factor = pick(layer.multiplier, channel), pick(layer.shift, channel)
    return max(layer.low, min(layer.high, requantize(total, *factor) + layer.output_zero))


def pixels(layer: Any, x: np.ndarray, y: int, across: int) -> list[tuple[int, int, int, int]]:
    """(kernel row, kernel column, row, column) of the window's places that lie on the image."""
    top, left = (
        y * layer.stride[0] - layer.padding[0],
        across * layer.stride[1] - layer.padding[1],
    )
    places = [
        (i, j, top + i, left + j) for i in range(layer.kernel[0]) for j in range(layer.kernel[1])
    ]
    return [p for p in places if 0 <= p[2] < x.shape[0] and 0 <= p[3] < x.shape[1]]


def dense(layer: Any, x: np.ndarray, at: tuple[int, ...]) -> int:
    (o,) = at
    row = zip(x.ravel().tolist(), layer.weights[o].tolist(), strict=True)
    return narrow(layer, int(layer.bias[o]) + sum((q - layer.input_zero) * w for q, w in row), o)


def conv2d(layer: Any, x: np.ndarray, at: tuple[int, ...]) -> int:
    y, across, o = at
    total = int(layer.bias[o])
    for i, j, row, column in pixels(layer, x, y, across):
        for c in range(x.shape[2]):
            total += (int(x[row, column, c]) - layer.input_zero) * int(layer.weights[o, i, j, c])
    return narrow(layer, total, o)


def depthwise(layer: Any, x: np.ndarray, at: tuple[int, ...]) -> int:
    y, across, c = at
    total = int(layer.bias[c])
    for i, j, row, column in pixels(layer, x, y, across):
        total += (int(x[row, column, c]) - layer.input_zero) * int(layer.weights[i, j, c])
    return narrow(layer, total, c)


def max_pool(layer: Any, x: np.ndarray, at: tuple[int, ...]) -> int:
    return max(int(x[row, column, at[2]]) for _, _, row, column in pixels(layer, x, *at[:2]))


def average_pool(layer: Any, x: np.ndarray, at: tuple[int, ...]) -> int:
    window = [int(x[row, column, at[2]]) for _, _, row, column in pixels(layer, x, *at[:2])]
    total, count = sum(window), len(window)
    near = (abs(total) + count // 2) // count
    return near if total >= 0 else -near


RULES = {
    "dense": dense,
    "conv2d": conv2d,
    "depthwise": depthwise,
    "max_pool": max_pool,
    "average_pool": average_pool,
}


def plain(layer: Layer, x: np.ndarray) -> np.ndarray:
    """What the layer makes of one input, int8."""
    shape = layer.output_shape(x.shape)  # type: ignore[call-arg]
    numbers = [RULES[layer.kind](layer, x, at) for at in np.ndindex(shape)]
    return np.array(numbers, np.int64).astype(np.int8).reshape(shape)
