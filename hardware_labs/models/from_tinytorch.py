"""From TinyTorch to an int8 network: a trained Sequential becomes what the board runs.

It reads public attributes only (weight, bias, kernel_size, stride, padding, layers), so a student's
own `tinytorch` serves as well. TinyTorch keeps images as (channels, height, width), the board as
(height, width, channels): kernels are turned, and so are the weights of the first dense layer after
a Flatten, whose inputs come in another order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hardware_labs.models.layers import Padding, Pair
from hardware_labs.models.network import Network
from hardware_labs.models.quantizer import Quantizer, Scale, scale_of, to_int8


class Unquantizable(ValueError):
    """A layer for which the board has no kernel."""


def quantize(model: Any, calibration_inputs: np.ndarray, name: str = "tinytorch") -> Network:
    """The int8 network of a `tinytorch` Sequential, or of another object with `layers`.

    model: of Linear, Conv2d (a BatchNorm2d after it is folded in), ReLU, MaxPool2d, AvgPool2d,
    Flatten, Dropout and, at the end, Softmax. calibration_inputs: some hundred typical inputs, real
    numbers, (n, features) or (n, channels, height, width). The network's input shape is (features,)
    or (height, width, channels): `board_input` quantises and turns. Raises Unquantizable.
    """
    inputs = _checked(calibration_inputs)
    _need_flatten(_flat(model), inputs)
    scale = scale_of(float(inputs.min()), float(inputs.max()))
    net = Quantizer(to_int8(channels_last(inputs), scale), scale)
    for stage in _stages(_flat(model)):
        rule = RULES.get(_kind(stage.layer))
        if rule is None:
            raise Unquantizable(
                f"There is no kernel for {_kind(stage.layer)} here. The board has: "
                f"{', '.join(RULES)}; ReLU after Linear or Conv2d; BatchNorm2d after Conv2d."
            )
        rule(net, stage)
    return net.network(name)


def board_input(network: Network, x: np.ndarray) -> np.ndarray:
    """Real inputs as the int8 that the board takes: (n, *network.input_shape)."""
    scale = Scale(network.input_scale, network.input_zero)
    return to_int8(channels_last(np.asarray(x, float)), scale)


def channels_last(x: np.ndarray) -> np.ndarray:
    """(n, channels, height, width) as (n, height, width, channels); rows stay as they are."""
    return np.moveaxis(x, 1, -1) if x.ndim == 4 else x


@dataclass(frozen=True)
class Stage:
    """A layer, with what is computed in the same kernel: a normalisation, a ReLU."""

    layer: Any
    norm: Any = None
    relu: bool = False


def _checked(calibration_inputs: np.ndarray) -> np.ndarray:
    inputs = np.asarray(calibration_inputs, float)
    if inputs.ndim not in (2, 4) or not len(inputs):
        raise ValueError(
            "Calibration needs inputs (n, features) or (n, channels, height, width), "
            f"not {inputs.shape}."
        )
    if not np.isfinite(inputs).all():
        raise ValueError("A calibration input is not a finite number.")
    return inputs


def _stages(layers: list[Any]) -> list[Stage]:
    """What becomes one layer on the board. A ReLU may also come after the maximum: it is the same.

    Flatten and Dropout move no number.
    """
    stages: list[Stage] = []
    for layer in layers:
        kind, at = _kind(layer), len(stages) - 1
        while kind == "ReLU" and at > 0 and _kind(stages[at].layer) == "MaxPool2d":
            at -= 1
        before = stages[at] if stages else Stage(None)
        if kind in ("Flatten", "Dropout"):
            continue
        if kind == "ReLU" and _kind(before.layer) in ("Linear", "Conv2d"):
            stages[at] = replace(before, relu=True)
        elif kind == "BatchNorm2d" and _kind(before.layer) == "Conv2d" and not _is_full(before):
            stages[at] = replace(before, norm=layer)
        else:
            stages.append(Stage(layer))
    return stages


def _is_full(stage: Stage) -> bool:
    """Whether a normalisation can no longer join it."""
    return stage.relu or stage.norm is not None


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


def _linear(net: Quantizer, stage: Stage) -> None:
    """After an image the inputs come channel by channel in TinyTorch, pixel by pixel here."""
    weights = _numbers(stage.layer.weight).T
    if len(net.shape()) == 3:
        height, width, channels = net.shape()
        rows = weights.reshape(-1, channels, height, width)
        weights = np.moveaxis(rows, 1, -1).reshape(len(weights), -1)
    net.dense(weights, _bias(stage.layer, len(weights)), stage.relu)


def _conv2d(net: Quantizer, stage: Stage) -> None:
    layer = stage.layer
    weights = np.moveaxis(_numbers(layer.weight), 1, -1)
    bias = _bias(layer, len(weights))
    if stage.norm is not None:
        weights, bias = _folded(weights, bias, stage.norm)
    net.conv2d(weights, bias, _pair(layer.stride), _padding(layer.padding), stage.relu)


def _folded(weights: np.ndarray, bias: np.ndarray, norm: Any) -> tuple[np.ndarray, np.ndarray]:
    """(y - mean) / sqrt(variance + eps) * gamma + beta, written as weights and bias of y."""
    gain = _numbers(norm.gamma) / np.sqrt(np.asarray(norm.running_var, float) + norm.eps)
    mean = np.asarray(norm.running_mean, float)
    return weights * gain[:, None, None, None], (bias - mean) * gain + _numbers(norm.beta)


def _max_pool(net: Quantizer, stage: Stage) -> None:
    layer = stage.layer
    net.max_pool(_pair(layer.kernel_size), _pair(layer.stride), _padding(layer.padding))


def _average_pool(net: Quantizer, stage: Stage) -> None:
    layer = stage.layer
    if _pair(layer.padding) != (0, 0):
        raise Unquantizable(
            "AvgPool2d with padding counts the padding as zeros, the board's mean leaves it out. "
            "Use padding 0."
        )
    net.average_pool(_pair(layer.kernel_size), _pair(layer.stride))


def _softmax(net: Quantizer, _: Stage) -> None:
    net.softmax()


RULES: dict[str, Callable[[Quantizer, Stage], None]] = {
    "Linear": _linear,
    "Conv2d": _conv2d,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _average_pool,
    "Softmax": _softmax,
}
