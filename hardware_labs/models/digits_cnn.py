"""A small convolutional network for 8x8 digits in real numbers: something to quantise.

`digits_cnn.npz` is what `train_digits_cnn.py` left: two convolutions, each with a batch
normalisation and a ReLU, and a dense layer. Images are (height, width, channels) with grey levels
from 0 to 1. The images of `network.unseen_digits` were kept from its training too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardware_labs.models.interpreter import windows
from hardware_labs.models.layers import NO_PADDING, Padding, Pair

STORED = Path(__file__).parent / "digits_cnn.npz"
EPS = 1e-5  # of `BatchNorm2d`


@dataclass(frozen=True, eq=False)
class Norm:
    """(y - mean) / sqrt(variance + eps) * gamma + beta, each array (channels,)."""

    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    eps: float


@dataclass(frozen=True, eq=False)
class RealLayer:
    """A convolution with weights (outputs, kernel height, kernel width, inputs), or a dense layer
    with weights (outputs, inputs); bias (outputs,). Then `norm`, if any, then a ReLU, if any."""

    weights: np.ndarray
    bias: np.ndarray
    norm: Norm | None = None
    stride: Pair = (1, 1)
    padding: Padding = NO_PADDING
    relu: bool = False


def digits_cnn() -> tuple[RealLayer, ...]:
    """The three layers: 8 channels of 8x8, 16 of 4x4, then 10 scores. 3,784 weights, float64."""
    with np.load(STORED, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(float) for name in stored if name != "calibration"}
    norms = [
        Norm(
            arrays[f"gamma{k}"], arrays[f"beta{k}"], arrays[f"mean{k}"], arrays[f"variance{k}"], EPS
        )
        for k in range(2)
    ]
    around = (1, 1, 1, 1)
    return (
        RealLayer(arrays["weights0"], arrays["bias0"], norms[0], (1, 1), around, relu=True),
        RealLayer(arrays["weights1"], arrays["bias1"], norms[1], (2, 2), around, relu=True),
        RealLayer(arrays["weights2"], arrays["bias2"]),
    )


def calibration_digits() -> np.ndarray:
    """300 images that the network was trained with, (300, 8, 8, 1), 0 to 1."""
    with np.load(STORED, allow_pickle=False) as stored:
        return stored["calibration"][..., np.newaxis] / 16


def real_values(layers: Sequence[RealLayer], x: np.ndarray) -> list[np.ndarray]:
    """Every value in real numbers: the input x (n, height, width, channels), then each layer's."""
    values = [np.asarray(x, float)]
    for layer in layers:
        y = _products(layer, values[-1]) + layer.bias
        if layer.norm is not None:
            gain = layer.norm.gamma / np.sqrt(layer.norm.variance + layer.norm.eps)
            y = (y - layer.norm.mean) * gain + layer.norm.beta
        values.append(np.maximum(y, 0) if layer.relu else y)
    return values


def _products(layer: RealLayer, x: np.ndarray) -> np.ndarray:
    if layer.weights.ndim == 2:
        return x.reshape(len(x), -1) @ layer.weights.T
    kernel = (layer.weights.shape[1], layer.weights.shape[2])
    pieces = windows(x, kernel, layer.stride, layer.padding, 0)
    return np.tensordot(pieces, layer.weights, axes=([3, 4, 5], [1, 2, 3]))
