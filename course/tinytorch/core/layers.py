"""Layers: parameters that start well, a forward rule, and how layers hold layers.

A layer finds its parameters by looking at what it holds, and its weights start so that a signal
keeps its size through any depth. What this file leaves to the next: a loss to judge the output.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinytorch.core.tensor import Tensor

__all__ = [
    "Dropout",
    "Layer",
    "Linear",
    "Seed",
    "Sequential",
    "held_by",
    "initial_weight",
    "parameters_of",
]


def held_by(holder: Any) -> list[Any]:
    """What the attributes of `holder` hold, in order; lists, tuples and dictionaries are opened.

    >>> from types import SimpleNamespace
    >>> held_by(SimpleNamespace(a=1, b=[2, (3,)], c={"k": 4}))
    [1, 2, 3, 4]
    """
    waiting, values = list(vars(holder).values()), []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = value.values()
        elif isinstance(value, list | tuple):
            waiting[:0] = value
        else:
            values.append(value)
    return values


def parameters_of(holder: Any) -> list[Tensor]:
    """Every leaf that requires a gradient, held by `holder` or below it, once, in order.

    >>> from types import SimpleNamespace
    >>> weight, mask = Tensor([1.0], requires_grad=True), Tensor([2.0])
    >>> parameters_of(SimpleNamespace(encoder=weight, mask=mask, decoder=weight)) == [weight]
    True
    """
    values: dict[int, Tensor] = {}
    for value in held_by(holder):
        if isinstance(value, Tensor):
            below = [value] if value.requires_grad and value.node is None else []
        else:
            below = value.parameters() if hasattr(value, "parameters") else []
        values.update((id(parameter), parameter) for parameter in below)
    return list(values.values())


class Layer:
    """Something with parameters and a forward rule; a layer may hold other layers."""

    training = True

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no forward rule")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        return self.forward(*inputs, **options)

    def parameters(self) -> list[Tensor]:
        """Every tensor to be trained, here and below, once each, in the order it was set."""
        return parameters_of(self)

    def children(self) -> list[Any]:
        """What is held directly and can have parameters: layers, and activations too."""
        return [value for value in held_by(self) if hasattr(value, "parameters")]

    def train(self, mode: bool = True) -> Layer:
        """Sets `training` here and on every layer below; returns the layer."""
        self.training = mode
        for child in self.children():
            if isinstance(child, Layer):
                child.train(mode)
        return self

    def eval(self) -> Layer:
        """The opposite of `train`: from here on the layer is used, not trained."""
        return self.train(False)


Seed = np.random.Generator | int | None


def initial_weight(
    fan_in: int, fan_out: int, rng: Seed = None, gain: float = 2.0**0.5
) -> np.ndarray:
    """Normal float32 numbers (fan_in, fan_out) that keep the mean square (He et al. 2015, eq. 10).

    gain: what makes up for the activation: sqrt(2) for a ReLU, 1 without one.

    >>> weight = initial_weight(200, 300, rng=1, gain=1.0)
    >>> weight.shape, bool(0.9 < weight.std() * 200**0.5 < 1.1)
    ((200, 300), True)
    """
    numbers = np.random.default_rng(rng).standard_normal((fan_in, fan_out), dtype=np.float32)
    return numbers * np.float32(gain / max(fan_in, 1) ** 0.5)


class Linear(Layer):
    """A weight for each pair of input and output, and a bias for each output."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True, rng: Seed = None):
        self.in_features, self.out_features = in_features, out_features
        start = initial_weight(in_features, out_features, rng)
        self.weight = Tensor(start, requires_grad=True)
        self.bias = Tensor(np.zeros(out_features), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """`x @ weight + bias`: (..., in_features) -> (..., out_features). ValueError otherwise.

        >>> Linear(3, 5, rng=1).forward(Tensor(np.ones((8, 16, 3)))).shape
        (8, 16, 5)
        """
        if x.shape[-1:] != (self.in_features,):
            name = f"Linear({self.in_features}, {self.out_features})"
            raise ValueError(f"{name} needs shape (..., {self.in_features}), but got {x.shape}")
        product = x @ self.weight
        return product if self.bias is None else product + self.bias


class Dropout(Layer):
    """Sets numbers to 0 with probability `p` while training, and divides the rest by 1 - p."""

    def __init__(self, p: float = 0.5, rng: Seed = None):
        if not 0 <= p < 1:
            raise ValueError(f"dropout needs a probability 0 <= p < 1, but got {p}")
        self.p, self.rng = p, np.random.default_rng(rng)

    def forward(self, x: Tensor, training: bool = True) -> Tensor:
        """`x` with numbers dropped; `x` itself if either `training` is false, or for p = 0.

        >>> sorted(set(Dropout(0.75, rng=0).forward(Tensor(np.ones(100))).numpy().tolist()))
        [0.0, 4.0]
        """
        if not (training and self.training) or self.p == 0:
            return x
        keep = self.rng.random(x.shape, dtype=np.float32) >= self.p
        return x * Tensor(keep / np.float32(1 - self.p))


class Sequential(Layer):
    """Layers one after the other. `Sequential(a, b)` and `Sequential([a, b])` mean the same."""

    def __init__(self, *layers: Any):
        several = len(layers) != 1 or not isinstance(layers[0], list | tuple)
        self.layers: list[Any] = list(layers if several else layers[0])
        for place, layer in enumerate(self.layers):
            if not callable(layer) or isinstance(layer, type):
                raise TypeError(f"a layer was needed at position {place}, but got {layer!r}")

    def forward(self, x: Tensor) -> Tensor:
        """The output of the last layer; `x` itself where there is none.

        >>> Sequential(abs, round).forward(-2.6)
        3
        """
        for layer in self.layers:
            x = layer(x)
        return x
