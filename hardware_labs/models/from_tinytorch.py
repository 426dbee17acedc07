"""From TinyTorch to an int8 network: a trained Sequential becomes what the board runs.

It reads public attributes only (weight, bias, kernel_size, stride, padding, layers), so a student's
own `tinytorch` serves as well. TinyTorch keeps images as (channels, height, width), the board as
(height, width, channels): kernels are turned, and so are the weights of the first dense layer after
a Flatten, whose inputs come in another order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hardware_labs.models.layers import Padding, Pair
from hardware_labs.models.network import Network
from hardware_labs.models.quantizer import Quantizer, scale_of, to_int8


class Unquantizable(ValueError):
    """A layer for which the board has no kernel."""


def quantize(model: Any, calibration_inputs: np.ndarray, name: str = "tinytorch") -> Network:
    """The int8 network of a `tinytorch` Sequential, or of another object with `layers`.

    model: of Linear, Conv2d, ReLU, MaxPool2d, AvgPool2d, Flatten, Dropout and, at the end, Softmax,
    in evaluation mode. calibration_inputs: some hundred typical inputs, real numbers, (n, features)
    or (n, channels, height, width). The network's input shape is (features,) or (height, width,
    channels): `board_input` quantises and turns. Raises Unquantizable.
    """
    inputs = np.asarray(calibration_inputs, float)
    if inputs.ndim not in (2, 4) or not len(inputs):
        raise ValueError(
            "Calibration needs inputs (n, features) or (n, channels, height, width), "
            f"not {inputs.shape}."
        )
    if not np.isfinite(inputs).all():
        raise ValueError("A calibration input is not a finite number.")
    _need_flatten(_flat(model), inputs)
    scale = scale_of(float(inputs.min()), float(inputs.max()))
    net = Quantizer(to_int8(channels_last(inputs), scale), scale)
    layers = [layer for layer in _flat(model) if _kind(layer) not in ("Dropout", "Flatten")]
    image = net.shape() if inputs.ndim == 4 else ()
    while layers:
        layer = layers.pop(0)
        relu = bool(layers) and _kind(layers[0]) == "ReLU"
        rule = RULES.get(_kind(layer))
        if rule is None:
            raise Unquantizable(
                f"There is no kernel for {_kind(layer)} here. The board has: {', '.join(RULES)}, "
                "and ReLU after Linear or Conv2d. Fold a BatchNorm2d into the layer before it."
            )
        rule(net, layer, relu, image)
        if relu and _kind(layer) in ("Linear", "Conv2d"):
            layers.pop(0)
        image = net.shape() if len(net.shape()) == 3 else ()
    return net.network(name)


def board_input(network: Network, x: np.ndarray) -> np.ndarray:
    """Real inputs as the int8 that the board takes: (n, *network.input_shape)."""
    q = np.rint(channels_last(np.asarray(x, float)) / network.input_scale) + network.input_zero
    return np.clip(q, -128, 127).astype(np.int8)


def channels_last(x: np.ndarray) -> np.ndarray:
    """(n, channels, height, width) as (n, height, width, channels); rows stay as they are."""
    return np.moveaxis(x, 1, -1) if x.ndim == 4 else x


def _flat(model: Any) -> list[Any]:
    """The layers in order, those of inner Sequentials too."""
    if not hasattr(model, "layers"):
        return [model]
    return [leaf for layer in model.layers for leaf in _flat(layer)]


def _need_flatten(layers: list[Any], inputs: np.ndarray) -> None:
    """A Linear on an image works on its last axis, which is not what a board's dense layer does."""
    kinds = [_kind(layer) for layer in layers]
    before = kinds[: kinds.index("Linear")] if "Linear" in kinds else ["Flatten"]
    if inputs.ndim == 4 and "Flatten" not in before:
        raise Unquantizable("A Linear after images needs a Flatten before it.")


def _kind(layer: Any) -> str:
    return type(layer).__name__


def _numbers(tensor: Any) -> np.ndarray:
    numbers = np.asarray(tensor.numpy(), float)
    if not np.isfinite(numbers).all():
        raise Unquantizable("A weight or bias is not a finite number: train the network again.")
    return numbers


def _bias(layer: Any, outputs: int) -> np.ndarray:
    return np.zeros(outputs) if layer.bias is None else _numbers(layer.bias)


def _pair(size: Any) -> Pair:
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))


def _padding(size: Any) -> Padding:
    down, across = _pair(size)
    return (down, across, down, across)


def _linear(net: Quantizer, layer: Any, relu: bool, image: tuple[int, ...]) -> None:
    weights = _numbers(layer.weight).T
    if len(image) == 3:
        height, width, channels = image
        rows = weights.reshape(-1, channels, height, width)
        weights = np.moveaxis(rows, 1, -1).reshape(len(weights), -1)
    net.dense(weights, _bias(layer, len(weights)), relu)


def _conv2d(net: Quantizer, layer: Any, relu: bool, _: tuple[int, ...]) -> None:
    weights = np.moveaxis(_numbers(layer.weight), 1, -1)
    bias = _bias(layer, len(weights))
    net.conv2d(weights, bias, _pair(layer.stride), _padding(layer.padding), relu)


def _max_pool(net: Quantizer, layer: Any, _: bool, __: tuple[int, ...]) -> None:
    net.max_pool(_pair(layer.kernel_size), _pair(layer.stride), _padding(layer.padding))


def _average_pool(net: Quantizer, layer: Any, _: bool, __: tuple[int, ...]) -> None:
    if _pair(layer.padding) != (0, 0):
        raise Unquantizable(
            "AvgPool2d with padding counts the padding as zeros, the board's mean leaves it out. "
            "Use padding 0."
        )
    net.average_pool(_pair(layer.kernel_size), _pair(layer.stride))


def _softmax(net: Quantizer, _: Any, __: bool, ___: tuple[int, ...]) -> None:
    net.softmax()


RULES: dict[str, Callable[[Quantizer, Any, bool, tuple[int, ...]], None]] = {
    "Linear": _linear,
    "Conv2d": _conv2d,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _average_pool,
    "Softmax": _softmax,
}
