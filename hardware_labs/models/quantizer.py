"""From real weights to an int8 network, one layer after the other.

A `Quantizer` carries calibration inputs through the layers that it has already quantised. For the
next layer it sees the sums that this layer will form, takes their range, and so chooses the scale
and the zero of its output. Weights are symmetric with one scale for each output channel;
activations are affine with one scale for each value; biases are int32 (Jacob et al. 2018, sections
2.1 and 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hardware_labs.models.fixed_point import fixed_point, fixed_points
from hardware_labs.models.interpreter import ADD_SHIFT, apply, sums
from hardware_labs.models.layers import (
    NO_PADDING,
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

SMALLEST_CHANNEL = 2.0**-16  # against the largest: below that a channel is as good as zero


@dataclass(frozen=True)
class Scale:
    """real = scale * (q - zero)."""

    scale: float
    zero: int


def scale_of(low: float, high: float, finest: float = 0.0) -> Scale:
    """The affine scale over 256 steps from `low` to `high`, both widened to contain 0.

    finest: the scale is not smaller, since the values come in steps of about this size.

    >>> scale_of(0.0, 2.55)
    Scale(scale=0.01, zero=-128)
    """
    low, high = min(low, 0.0), max(high, 0.0)
    scale = max((high - low) / 255, finest) or 1.0
    return Scale(scale, int(np.clip(round(-128 - low / scale), -128, 127)))


def to_int8(x: np.ndarray, scale: Scale) -> np.ndarray:
    """Real numbers as int8, rounded to nearest and clipped."""
    return np.clip(np.rint(x / scale.scale) + scale.zero, -128, 127).astype(np.int8)


class Quantizer:
    """A network being quantised. Each method adds a layer and returns the number of its value.

    calibration: typical inputs as int8, (n, *shape), or as what the host sends where the first
    layer is a conversion. The methods read the newest value unless `source` names another.
    """

    def __init__(self, calibration: np.ndarray, scale: Scale, input_type: str = "int8") -> None:
        self.input_type = input_type
        self._layers: list[Layer] = []
        self._sources: list[tuple[int, ...]] = []
        self._made = [calibration]
        self._scales = [scale]

    @property
    def newest(self) -> int:
        return len(self._layers)

    def shape(self, value: int | None = None) -> tuple[int, ...]:
        """The shape of a value, without the batch."""
        return self._made[self.newest if value is None else value].shape[1:]

    def from_uint8(self) -> int:
        return self._append(FromUint8(), (self.newest,), self._scales[-1])

    def from_float32(self) -> int:
        scale = self._scales[-1]
        multiplier, shift = fixed_point(1 / scale.scale)
        return self._append(FromFloat32(multiplier, shift, scale.zero), (self.newest,), scale)

    def dense(self, weights: np.ndarray, bias: np.ndarray, relu: bool = False) -> int:
        """weights: (outputs, inputs)."""
        draft = Dense(weights, bias, 0, 0, self._scales[-1].zero, 0)
        return self._weighted(draft, 0, relu, self.newest)

    def conv2d(
        self,
        weights: np.ndarray,
        bias: np.ndarray,
        stride: Pair = (1, 1),
        padding: Padding = NO_PADDING,
        relu: bool = False,
        source: int | None = None,
    ) -> int:
        """weights: (outputs, kernel height, kernel width, inputs)."""
        read = self.newest if source is None else source
        draft = Conv2d(weights, bias, 0, 0, self._scales[read].zero, 0, stride, padding)
        return self._weighted(draft, 0, relu, read)

    def depthwise(
        self,
        weights: np.ndarray,
        bias: np.ndarray,
        stride: Pair = (1, 1),
        padding: Padding = NO_PADDING,
        relu: bool = False,
    ) -> int:
        """weights: (kernel height, kernel width, channels)."""
        zero = self._scales[-1].zero
        draft = DepthwiseConv2d(weights, bias, 0, 0, zero, 0, stride, padding)
        return self._weighted(draft, 2, relu, self.newest)

    def max_pool(self, kernel: Pair, stride: Pair, padding: Padding = NO_PADDING) -> int:
        layer = MaxPool2d(kernel, stride, padding)
        return self._append(layer, (self.newest,), self._scales[-1])

    def average_pool(self, kernel: Pair, stride: Pair, padding: Padding = NO_PADDING) -> int:
        layer = AveragePool2d(kernel, stride, padding)
        return self._append(layer, (self.newest,), self._scales[-1])

    def add(self, a: int, b: int, relu: bool = False) -> int:
        """The sum of the values `a` and `b`."""
        scales = self._scales[a], self._scales[b]
        total = sum(
            one.scale * (self._made[value].astype(float) - one.zero)
            for value, one in zip((a, b), scales, strict=True)
        )
        coarse = 2 * max(one.scale for one in scales)
        out = scale_of(0.0 if relu else float(np.min(total)), float(np.max(total)))
        factors = [fixed_point(one.scale / coarse) for one in scales]
        layer = Add(
            (scales[0].zero, scales[1].zero),
            (factors[0][0], factors[1][0]),
            (factors[0][1], factors[1][1]),
            *fixed_point(coarse / (2**ADD_SHIFT * out.scale)),
            out.zero,
            out.zero if relu else -128,
        )
        return self._append(layer, (a, b), out)

    def softmax(self) -> int:
        below = np.exp(-self._scales[-1].scale * np.arange(256))
        table = np.rint(65535 * below).astype(np.uint16)
        return self._append(Softmax(table), (self.newest,), Scale(1 / 256, -128))

    def network(self, name: str, answer: str = "outputs") -> Network:
        """What has been added so far, as a network."""
        first, last = self._scales[0], self._scales[-1]
        return Network(
            name,
            tuple(self._layers),
            self._made[0].shape[1:],
            first.scale,
            first.zero,
            last.scale,
            last.zero,
            tuple(self._sources),
            self.input_type,
            answer,
        )

    def _weighted(self, draft: Weighted, axis: int, relu: bool, read: int) -> int:
        """Adds `draft`, which has real weights and biases, in int8.

        axis: that of the output channels in the weights. The output's scale is never finer than one
        product of an input step and a weight step, so every factor is below 1.
        """
        draft.output_shape(self.shape(read))  # raises where the weights do not fit
        steps = _channel_steps(draft, axis, self._scales[read].scale)
        shape = [-1 if i == axis else 1 for i in range(draft.weights.ndim)]
        product = self._scales[read].scale * steps
        bias = np.rint(draft.bias / product).astype(np.int32)
        weights = np.rint(draft.weights / steps.reshape(shape)).astype(np.int8)
        draft = replace(draft, weights=weights, bias=bias)
        real = sums(draft, self._made[read]) * product
        low = 0.0 if relu else float(real.min())
        out = scale_of(low, float(real.max()), finest=1.001 * float(product.max()))
        multiplier, shift = fixed_points(product / out.scale)
        layer = replace(
            draft,
            multiplier=multiplier,
            shift=shift,
            output_zero=out.zero,
            low=out.zero if relu else -128,
        )
        return self._append(layer, (read,), out)

    def _append(self, layer: Layer, read: tuple[int, ...], scale: Scale) -> int:
        self._made.append(apply(layer, *(self._made[value] for value in read)))
        self._layers.append(layer)
        self._sources.append(read)
        self._scales.append(scale)
        return self.newest


def _channel_steps(draft: Weighted, axis: int, input_scale: float) -> np.ndarray:
    """The real size of one int8 step for each output channel: its largest weight over 127.

    Larger where the channel is nearly empty, and where its bias would not fit into 30 bits.
    """
    other_axes = tuple(i for i in range(draft.weights.ndim) if i != axis)
    largest = np.abs(draft.weights).max(axis=other_axes)
    floor = max(float(largest.max()) * SMALLEST_CHANNEL, 1e-12)
    return np.maximum(np.maximum(largest, floor) / 127, np.abs(draft.bias) / input_scale / 2**30)
