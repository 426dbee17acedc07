"""What a network computes, in NumPy: the specification that the firmware meets bit for bit.

Sums are exact integers. They are formed as matrix products in float64, where every integer below
2**53 is exact; the largest sum of a layer is far below that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hardware_labs.models.fixed_point import requantize
from hardware_labs.models.layers import (
    Add,
    AveragePool2d,
    Conv2d,
    Dense,
    DepthwiseConv2d,
    FromFloat32,
    FromUint8,
    Layer,
    MaxPool2d,
    Padding,
    Pair,
    Softmax,
    Weighted,
)
from hardware_labs.models.network import Network
from hardware_labs.protocol.stated_model import TYPES

ADD_SHIFT = 20


def run(network: Network, x: np.ndarray) -> np.ndarray:
    """The int8 outputs: (outputs,) for one input of any shape that fits, (n, outputs) for n.

    x: of the network's input type, (*input_shape,) or (n, *input_shape). Raises ValueError.
    """
    outputs = values(network, x)[-1]
    flat = outputs.reshape(len(outputs), -1)
    return flat[0] if _is_one(network, x) else flat


def values(network: Network, x: np.ndarray) -> list[np.ndarray]:
    """Every value of the network, the input first, each (n, *shape)."""
    if x.dtype != TYPES[network.input_type]:
        raise ValueError(f"{network.name} takes {network.input_type}, and x is {x.dtype}.")
    if x.size == 0 or x.size % network.inputs:
        raise ValueError(f"{network.name} takes {network.input_shape}, and x is {x.shape}.")
    network_values = [x.reshape(-1, *network.input_shape)]
    for layer, read in zip(network.layers, network.sources, strict=True):
        network_values.append(apply(layer, *(network_values[value] for value in read)))
    return network_values


def apply(layer: Layer, *inputs: np.ndarray) -> np.ndarray:
    """What one layer makes of n inputs: int8 (n, *shape)."""
    return RULES[type(layer)](layer, *inputs)


def sums(layer: Weighted, x: np.ndarray) -> np.ndarray:
    """The int32 sums of a layer before they are requantised, as int64 (n, ..., outputs)."""
    centred = x.astype(np.int32) - layer.input_zero
    if isinstance(layer, Dense):
        products = centred.reshape(len(x), -1).astype(float) @ layer.weights.T.astype(float)
    elif isinstance(layer, Conv2d):
        pieces = windows(centred, layer.kernel, layer.stride, layer.padding, 0)
        rows = pieces.reshape(*pieces.shape[:3], -1).astype(float)
        products = rows @ layer.weights.reshape(len(layer.weights), -1).T.astype(float)
    else:
        pieces = windows(centred, layer.kernel, layer.stride, layer.padding, 0)
        products = np.einsum("nyxijc,ijc->nyxc", pieces, layer.weights.astype(np.int32))
    return np.rint(products).astype(np.int64) + layer.bias


def windows(x: np.ndarray, kernel: Pair, stride: Pair, padding: Padding, fill: int) -> np.ndarray:
    """All windows of images (n, h, w, c): (n, down, across, kernel height, kernel width, c)."""
    top, left, bottom, right = padding
    framed = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    views = sliding_window_view(framed, kernel, axis=(1, 2))[:, :: stride[0], :: stride[1]]
    return np.moveaxis(views, 3, -1)


def _is_one(network: Network, x: np.ndarray) -> bool:
    """One input, as against a batch of one."""
    batch_of_one = int(np.prod(x.shape[1:])) == network.inputs
    return x.size == network.inputs and (x.shape == network.input_shape or not batch_of_one)


def _clamped(numbers: np.ndarray, low: int = -128, high: int = 127) -> np.ndarray:
    return np.clip(numbers, low, high).astype(np.int8)


def _weighted(layer: Weighted, x: np.ndarray) -> np.ndarray:
    scaled = requantize(sums(layer, x), layer.multiplier, layer.shift)
    return _clamped(scaled + layer.output_zero, layer.low, layer.high)


def _max_pool(layer: MaxPool2d, x: np.ndarray) -> np.ndarray:
    return windows(x, layer.kernel, layer.stride, layer.padding, -128).max(axis=(3, 4))


def _average_pool(layer: AveragePool2d, x: np.ndarray) -> np.ndarray:
    """Rounded to nearest, halves away from zero."""
    place = (layer.kernel, layer.stride, layer.padding, 0)
    total = windows(x.astype(np.int32), *place).sum(axis=(3, 4))
    count = windows(np.ones((1, *x.shape[1:]), np.int32), *place).sum(axis=(3, 4))
    return _clamped(np.sign(total) * ((np.abs(total) + count // 2) // count))


def _add(layer: Add, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    total = np.zeros(a.shape, np.int64)
    factors = zip(
        (a, b), layer.input_zeros, layer.input_multipliers, layer.input_shifts, strict=True
    )
    for x, zero, multiplier, shift in factors:
        total += requantize((x.astype(np.int64) - zero) << ADD_SHIFT, multiplier, shift)
    scaled = requantize(total, layer.multiplier, layer.shift)
    return _clamped(scaled + layer.output_zero, layer.low, layer.high)


def _softmax(layer: Softmax, x: np.ndarray) -> np.ndarray:
    below = x.max(axis=-1, keepdims=True).astype(np.int32) - x
    parts = layer.table[below].astype(np.int64)
    total = parts.sum(axis=-1, keepdims=True)
    return _clamped((256 * parts + total // 2) // total - 128)


def _from_uint8(_: FromUint8, x: np.ndarray) -> np.ndarray:
    return (x.astype(np.int16) - 128).astype(np.int8)


def _from_float32(layer: FromFloat32, x: np.ndarray) -> np.ndarray:
    bits = np.ascontiguousarray(x, "<f4").view("<u4").astype(np.int64)
    exponent, mantissa = bits >> 23 & 255, bits & 0x7FFFFF | 0x800000
    high = mantissa * layer.multiplier >> 24
    right = 157 + layer.shift - exponent
    within = np.clip(right, 22, 31)
    size = (high + (1 << (within - 1))) >> within
    size = np.where(right < 22, 512, np.where((right > 31) | (exponent == 0), 0, size))
    return _clamped(layer.output_zero + np.where(bits >> 31, -size, size))


RULES: dict[type, Callable[..., Any]] = {
    Dense: _weighted,
    Conv2d: _weighted,
    DepthwiseConv2d: _weighted,
    MaxPool2d: _max_pool,
    AveragePool2d: _average_pool,
    Add: _add,
    Softmax: _softmax,
    FromUint8: _from_uint8,
    FromFloat32: _from_float32,
}
