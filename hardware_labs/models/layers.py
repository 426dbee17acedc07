"""Layers of an int8 network: their numbers, and the shapes they make.

A real value is scale * (q - zero). Images are (height, width, channels), so the channels of a pixel
are neighbours in memory. A layer holds what the board needs and no more: int8 weights with zero
point 0, int32 biases in units of input scale times weight scale, and a factor that turns an int32
sum into an int8 value. That factor is one number, or one for each output channel. A ReLU is a
clamp: `low` is then the int8 value that stands for 0.

What each layer computes stands in `interpreter.py` and once more in C in `firmware/c`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

Shape = tuple[int, ...]
Pair = tuple[int, int]  # down, then across
Padding = tuple[int, int, int, int]  # top, left, bottom, right
NO_PADDING = (0, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Dense:
    """Weights (outputs, inputs) int8, bias (outputs,) int32. An image is read as one row."""

    weights: np.ndarray
    bias: np.ndarray
    multiplier: int | np.ndarray
    shift: int | np.ndarray
    input_zero: int
    output_zero: int
    low: int = -128
    high: int = 127
    kind: ClassVar[str] = "dense"

    def output_shape(self, shape: Shape) -> Shape:
        """(outputs,). Raises ValueError where the inputs are not as many as the weights."""
        outputs, inputs = self.weights.shape
        if int(np.prod(shape)) != inputs:
            raise ValueError(f"A dense layer with {inputs} inputs cannot take the shape {shape}.")
        return (outputs,)


@dataclass(frozen=True, eq=False)
class Conv2d:
    """Weights (outputs, kernel height, kernel width, inputs) int8, bias (outputs,) int32."""

    weights: np.ndarray
    bias: np.ndarray
    multiplier: int | np.ndarray
    shift: int | np.ndarray
    input_zero: int
    output_zero: int
    stride: Pair = (1, 1)
    padding: Padding = NO_PADDING
    low: int = -128
    high: int = 127
    kind: ClassVar[str] = "conv2d"

    @property
    def kernel(self) -> Pair:
        return (self.weights.shape[1], self.weights.shape[2])

    def output_shape(self, shape: Shape) -> Shape:
        """(height, width, outputs). Raises ValueError where channels or kernel do not fit."""
        _same_channels(self.kind, self.weights.shape[3], shape)
        return (*windows_over(shape, self.kernel, self.stride, self.padding), len(self.weights))


@dataclass(frozen=True, eq=False)
class DepthwiseConv2d:
    """One kernel for each channel: weights (kernel height, kernel width, channels) int8."""

    weights: np.ndarray
    bias: np.ndarray
    multiplier: int | np.ndarray
    shift: int | np.ndarray
    input_zero: int
    output_zero: int
    stride: Pair = (1, 1)
    padding: Padding = NO_PADDING
    low: int = -128
    high: int = 127
    kind: ClassVar[str] = "depthwise"

    @property
    def kernel(self) -> Pair:
        return (self.weights.shape[0], self.weights.shape[1])

    def output_shape(self, shape: Shape) -> Shape:
        """(height, width, channels). Raises ValueError where channels or kernel do not fit."""
        _same_channels(self.kind, self.weights.shape[2], shape)
        return (*windows_over(shape, self.kernel, self.stride, self.padding), shape[2])


@dataclass(frozen=True)
class MaxPool2d:
    """The maximum of each window; padding never wins. Scale and zero stay as they are."""

    kernel: Pair
    stride: Pair
    padding: Padding = NO_PADDING
    kind: ClassVar[str] = "max_pool"

    def output_shape(self, shape: Shape) -> Shape:
        """(height, width, channels)."""
        return (*windows_over(shape, self.kernel, self.stride, self.padding), shape[2])


@dataclass(frozen=True)
class AveragePool2d:
    """The mean of each window, over the pixels that are there: padding does not count."""

    kernel: Pair
    stride: Pair
    padding: Padding = NO_PADDING
    kind: ClassVar[str] = "average_pool"

    def output_shape(self, shape: Shape) -> Shape:
        """(height, width, channels)."""
        return (*windows_over(shape, self.kernel, self.stride, self.padding), shape[2])


@dataclass(frozen=True)
class Add:
    """The sum of two values of one shape, each with its own scale: the end of a residual block.

    Both are brought to a common scale, 2**20 times finer than twice the coarser of the two, added,
    and requantised: the arithmetic of TensorFlow Lite's reference kernel.
    """

    input_zeros: Pair
    input_multipliers: Pair
    input_shifts: Pair
    multiplier: int
    shift: int
    output_zero: int
    low: int = -128
    high: int = 127
    kind: ClassVar[str] = "add"

    def output_shape(self, shape: Shape, other: Shape) -> Shape:
        """The common shape. Raises ValueError where the two differ."""
        if shape != other:
            raise ValueError(f"An addition needs two values of one shape, not {shape} and {other}.")
        return shape


@dataclass(frozen=True, eq=False)
class Softmax:
    """exp(x) / sum(exp(x)) over one row, with scale 1/256 and zero -128.

    table: (256,) uint16, 65535 * exp(-scale * d) for the difference d between the largest input and
    this one. With t = table[d] and their sum, the output is (256 t + sum // 2) // sum - 128, at
    most 127: our own rule, in integers only.
    """

    table: np.ndarray
    kind: ClassVar[str] = "softmax"

    def output_shape(self, shape: Shape) -> Shape:
        """The same shape, which has one axis."""
        if len(shape) != 1:
            raise ValueError(f"A softmax takes one row of numbers, not the shape {shape}.")
        return shape


@dataclass(frozen=True)
class FromUint8:
    """Bytes 0 to 255 as int8 -128 to 127: q = byte - 128."""

    kind: ClassVar[str] = "from_uint8"

    def output_shape(self, shape: Shape) -> Shape:
        """The same shape."""
        return shape


@dataclass(frozen=True)
class FromFloat32:
    """Numbers in IEEE 754 single precision as int8, in integer arithmetic.

    1 / scale = multiplier * 2**-31 * 2**-shift. The product of the number's 24-bit mantissa and the
    multiplier is cut to its upper 31 bits and rounded, halves away from zero.
    """

    multiplier: int
    shift: int
    output_zero: int
    kind: ClassVar[str] = "from_float32"

    def output_shape(self, shape: Shape) -> Shape:
        """The same shape."""
        return shape


Weighted = Dense | Conv2d | DepthwiseConv2d
Pool = MaxPool2d | AveragePool2d
Layer = Weighted | Pool | Add | Softmax | FromUint8 | FromFloat32


def windows_over(shape: Shape, kernel: Pair, stride: Pair, padding: Padding) -> Pair:
    """How many windows fit down and across an image (height, width, channels). ValueError if none.

    >>> windows_over((5, 7, 3), (3, 3), (2, 2), (0, 0, 0, 0))
    (2, 3)
    """
    if len(shape) != 3:
        raise ValueError(f"An image (height, width, channels) was needed, not the shape {shape}.")
    down = shape[0] + padding[0] + padding[2] - kernel[0]
    across = shape[1] + padding[1] + padding[3] - kernel[1]
    if down < 0 or across < 0:
        raise ValueError(f"A kernel of {kernel} does not fit into {shape} with padding {padding}.")
    if max(padding[0], padding[2]) >= kernel[0] or max(padding[1], padding[3]) >= kernel[1]:
        raise ValueError(f"Padding {padding} is as large as the kernel {kernel}.")
    return (down // stride[0] + 1, across // stride[1] + 1)


def same_padding(shape: Shape, kernel: Pair, stride: Pair) -> Padding:
    """The padding with which a stride of s makes ceil(size / s) windows; an odd pixel comes last.

    >>> same_padding((96, 96, 3), (3, 3), (2, 2))
    (0, 0, 1, 1)
    """
    total = [
        max((-(-size // step) - 1) * step + k - size, 0)
        for size, k, step in zip(shape, kernel, stride, strict=False)
    ]
    return (total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2)


def _same_channels(kind: str, channels: int, shape: Shape) -> None:
    if len(shape) != 3 or shape[2] != channels:
        raise ValueError(
            f"A {kind} layer of {channels} channels needs (height, width, {channels}), not {shape}."
        )
