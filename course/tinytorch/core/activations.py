"""Activations: the bends between matrix products, each beside its slope.

An operation here is elementwise (softmax: row by row), so its gradient is one more elementwise
pass, written from the output where that saves work. What this file leaves to the next: layers with
weights.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinytorch.core.tensor import Function, Tensor

__all__ = [
    "GELU",
    "GELU_CUBIC",
    "GELU_SCALE",
    "Activation",
    "GELUFunction",
    "ReLU",
    "ReLUFunction",
    "Sigmoid",
    "SigmoidFunction",
    "Softmax",
    "SoftmaxFunction",
    "Tanh",
    "TanhFunction",
    "as_float",
    "softmax_gradient",
    "stable_softmax",
]

GELU_SCALE, GELU_CUBIC = math.sqrt(2 / math.pi), 0.044715


def as_float(x: np.ndarray) -> np.ndarray:
    """`x` itself where it holds floats of any width, else the same numbers as float32."""
    return x if x.dtype.kind == "f" else x.astype(np.float32)


class SigmoidFunction(Function):
    @staticmethod
    def forward(x: np.ndarray) -> np.ndarray:
        """1 / (1 + exp(-x)), with no exponential of a positive number.

        >>> SigmoidFunction.forward(np.float32([-1e4, 0, 1e4])).tolist()
        [0.0, 0.5, 1.0]
        """
        x = as_float(x)
        return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

    @staticmethod
    def backward(gradient: np.ndarray, output: np.ndarray, x: np.ndarray) -> np.ndarray:
        """`gradient` times the slope, which follows from the output.

        >>> SigmoidFunction.backward(np.array([8.0]), np.array([0.5]), np.array([0.0])).tolist()
        [2.0]
        """
        return gradient * output * (1 - output)


class ReLUFunction(Function):
    @staticmethod
    def forward(x: np.ndarray) -> np.ndarray:
        """The larger of `x` and 0; NaN stays NaN.

        >>> ReLUFunction.forward(np.array([-2, 0, 3])).tolist()
        [0, 0, 3]
        """
        return np.maximum(x, 0)

    @staticmethod
    def backward(gradient: np.ndarray, output: np.ndarray, x: np.ndarray) -> np.ndarray:
        """`gradient` where `x` is positive, 0 elsewhere.

        >>> x, output = np.array([-2.0, 3.0]), np.array([0.0, 3.0])
        >>> ReLUFunction.backward(np.array([5.0, 5.0]), output, x).tolist()
        [0.0, 5.0]
        """
        return gradient * (output > 0)


class TanhFunction(Function):
    @staticmethod
    def forward(x: np.ndarray) -> np.ndarray:
        """The hyperbolic tangent."""
        return np.tanh(as_float(x))

    @staticmethod
    def backward(gradient: np.ndarray, output: np.ndarray, x: np.ndarray) -> np.ndarray:
        """`gradient` times the slope, which follows from the output.

        >>> TanhFunction.backward(np.array([2.0]), np.array([0.5]), np.array([0.549])).tolist()
        [1.5]
        """
        return gradient * (1 - output * output)


class GELUFunction(Function):
    @staticmethod
    def forward(x: np.ndarray) -> np.ndarray:
        """x times the tanh approximation of the normal distribution (Hendrycks, Gimpel 2016).

        >>> GELUFunction.forward(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
        [-0.1588, 0.0, 0.8412]
        """
        x = as_float(x)
        near = np.clip(x, -10, 10)
        u = GELU_SCALE * near * (1 + GELU_CUBIC * near * near)
        return 0.5 * x * (1 + np.tanh(u))

    @staticmethod
    def backward(gradient: np.ndarray, output: np.ndarray, x: np.ndarray) -> np.ndarray:
        """`gradient` times the slope at `x`.

        >>> x = np.array([0.0, 1.0])
        >>> GELUFunction.backward(np.ones(2), GELUFunction.forward(x), x).round(4).tolist()
        [0.5, 1.083]
        """
        near = np.clip(x, -10, 10)
        square = near * near
        bent = np.tanh(GELU_SCALE * near * (1 + GELU_CUBIC * square))
        steepness = GELU_SCALE * (1 + 3 * GELU_CUBIC * square)
        return gradient * (0.5 * (1 + bent + near * (1 - bent * bent) * steepness))


def stable_softmax(x: np.ndarray, dim: int = -1) -> np.ndarray:
    """Numbers from 0 to 1 in the shape of `x`: they sum to 1 along `dim`, larger for larger scores.

    >>> stable_softmax(np.array([[0.0, 0.0], [1000.0, -np.inf]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    x = as_float(x)
    powers = np.exp(x - x.max(axis=dim, keepdims=True))
    return powers / powers.sum(axis=dim, keepdims=True)


def softmax_gradient(gradient: np.ndarray, output: np.ndarray, dim: int = -1) -> np.ndarray:
    """The gradient with respect to the scores, in the shape of `output`.

    >>> softmax_gradient(np.array([4.0, 0.0]), np.array([0.5, 0.5])).tolist()
    [1.0, -1.0]
    """
    mean = np.sum(gradient * output, axis=dim, keepdims=True)
    return output * (gradient - mean)


class SoftmaxFunction(Function):
    forward = staticmethod(stable_softmax)

    @staticmethod
    def backward(
        gradient: np.ndarray, output: np.ndarray, x: np.ndarray, dim: int = -1
    ) -> np.ndarray:
        """The gradient with respect to the scores `x`."""
        return softmax_gradient(gradient, output, dim)


class Activation:
    """A bend as a layer without parameters: its `function`, applied to a tensor."""

    function: type[Function]

    def forward(self, x: Any) -> Tensor:
        return self.function.apply(x)

    def __call__(self, x: Any) -> Tensor:
        return self.forward(x)

    def parameters(self) -> list[Tensor]:
        return []


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    function = SigmoidFunction


class ReLU(Activation):
    """max(x, 0)."""

    function = ReLUFunction


class Tanh(Activation):
    """The hyperbolic tangent."""

    function = TanhFunction


class GELU(Activation):
    """x times the normal distribution at x, in its tanh approximation."""

    function = GELUFunction


class Softmax(Activation):
    """exp(x) / sum(exp(x)) along `dim`."""

    function = SoftmaxFunction

    def __init__(self, dim: int = -1):
        self.dim = dim

    def forward(self, x: Any) -> Tensor:
        return self.function.apply(x, dim=self.dim)
