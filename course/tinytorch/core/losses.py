"""Losses: how far a prediction is from the truth, as one number with a slope.

Each loss is computed from plain arrays, with its gradient beside it, and the one over classes takes
logits, so that no probability can round to 0. What this file leaves to the next: walking the
gradients back to the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinytorch.core.activations import SoftmaxFunction
from tinytorch.core.tensor import Function, Tensor, as_array

__all__ = [
    "BCEFunction",
    "BinaryCrossEntropyLoss",
    "CrossEntropyFunction",
    "CrossEntropyLoss",
    "LogSoftmaxFunction",
    "Loss",
    "MSEFunction",
    "MSELoss",
    "class_indices",
    "cross_entropy",
    "cross_entropy_gradient",
    "log_softmax",
    "same_shape",
]


class LogSoftmaxFunction(Function):
    @staticmethod
    def forward(x: np.ndarray, dim: int = -1) -> np.ndarray:
        """The logarithm of the softmax of `x` over `dim`, in the shape of `x`.

        >>> LogSoftmaxFunction.forward(np.array([0.0, 200.0])).tolist()
        [-200.0, 0.0]
        """
        shifted = x - x.max(axis=dim, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))

    @staticmethod
    def backward(
        gradient: np.ndarray, output: np.ndarray, x: np.ndarray, dim: int = -1
    ) -> np.ndarray:
        """The gradient with respect to `x`; `gradient` and `output` have its shape.

        >>> x = np.zeros(2)
        >>> log_p = LogSoftmaxFunction.forward(x)
        >>> LogSoftmaxFunction.backward(np.array([1.0, 0.0]), log_p, x).tolist()
        [0.5, -0.5]
        """
        return gradient - np.exp(output) * gradient.sum(axis=dim, keepdims=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """The logarithm of the softmax of `x` over `dim`, in the shape of `x`."""
    return LogSoftmaxFunction.apply(x, dim=dim)


def same_shape(prediction: np.ndarray, target: np.ndarray) -> None:
    """ValueError with both shapes where they differ, even where they would broadcast.

    >>> same_shape(np.zeros((3, 1)), np.zeros((3, 1)))
    """
    if prediction.shape != target.shape:
        raise ValueError(
            f"prediction and target need one shape, but got {prediction.shape} and {target.shape}"
        )


class MSEFunction(Function):
    @staticmethod
    def forward(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean of the squared differences. ValueError where the shapes differ.

        >>> MSEFunction.forward(np.array([1.0, 5.0]), np.array([1.0, 3.0])).item()
        2.0
        """
        same_shape(prediction, target)
        return np.mean((prediction - target) ** 2)

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        prediction: np.ndarray,
        target: np.ndarray,
        wrt: int,
    ) -> np.ndarray:
        """The gradient for the prediction (wrt=0) or target (wrt=1), in the prediction's dtype.

        >>> p, t = np.array([1.0, 5.0]), np.array([1.0, 3.0])
        >>> MSEFunction.backward(1.0, None, p, t, wrt=0).tolist()
        [0.0, 2.0]
        """
        slope = gradient * (2 / prediction.size) * (prediction - target)
        return (-slope if wrt else slope).astype(prediction.dtype, copy=False)


def class_indices(shape: tuple[int, ...], target: Any) -> np.ndarray:
    """The labels `target` (N,) as an integer array, checked against logits of `shape` (N, C).

    TypeError unless they are integers, ValueError for another shape or a label outside 0..C-1.

    >>> class_indices((2, 3), [2, 0]).tolist()
    [2, 0]
    """
    index = target.data if isinstance(target, Tensor) else np.asarray(target)
    if index.dtype.kind not in "iu":
        raise TypeError(f"class labels are integers, but got {index.dtype}")
    if len(shape) != 2 or index.shape != shape[:1]:
        raise ValueError(
            f"logits (N, C) need labels (N,), but got shapes {shape} and {index.shape}"
        )
    outside = index[(index < 0) | (index >= shape[1])]
    if outside.size:
        raise ValueError(f"{shape[1]} classes have labels from 0, but got label {outside[0]}")
    return index


def cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The mean over rows of -log p of the true class, for logits (N, C) and labels (N,).

    >>> round(float(cross_entropy(np.zeros((4, 10)), np.arange(4))), 4)
    2.3026
    """
    log_p = LogSoftmaxFunction.forward(logits)
    return -log_p[np.arange(len(target)), target].sum() / len(target)


def cross_entropy_gradient(
    gradient: np.ndarray, logits: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """The gradient of `cross_entropy` for the logits, (N, C), times the number `gradient`.

    >>> cross_entropy_gradient(1.0, np.zeros((1, 2)), np.array([0])).tolist()
    [[-0.5, 0.5]]
    """
    slope = SoftmaxFunction.forward(logits)
    slope[np.arange(len(target)), target] -= 1
    return slope * (gradient / len(target))


class CrossEntropyFunction(Function):
    """`cross_entropy` and its gradient as one operation; `target` is an option."""

    @staticmethod
    def forward(logits: np.ndarray, target: np.ndarray) -> np.ndarray:
        return cross_entropy(logits, target)

    @staticmethod
    def backward(
        gradient: np.ndarray, output: np.ndarray, logits: np.ndarray, target: np.ndarray
    ) -> np.ndarray:
        return cross_entropy_gradient(gradient, logits, target)


class BCEFunction(Function):
    @staticmethod
    def forward(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean binary cross-entropy of probabilities, each logarithm at least -100.

        ValueError where the shapes differ.

        >>> round(float(BCEFunction.forward(np.array([0.5, 0.0]), np.array([1.0, 0.0]))), 4)
        0.3466
        """
        same_shape(prediction, target)
        with np.errstate(divide="ignore"):
            yes = np.maximum(np.log(prediction), -100)
            no = np.maximum(np.log(1 - prediction), -100)
        return -np.mean(target * yes + (1 - target) * no)

    @staticmethod
    def backward(
        gradient: np.ndarray, output: np.ndarray, prediction: np.ndarray, target: np.ndarray
    ) -> np.ndarray:
        """The gradient for the prediction, in its shape; p (1 - p) counts as 1e-12 at least.

        >>> BCEFunction.backward(1.0, None, np.array([0.5]), np.array([1.0])).tolist()
        [-2.0]
        """
        room = np.maximum(prediction * (1 - prediction), 1e-12)
        return gradient * (prediction - target) / (room * prediction.size)


class Loss:
    """What all losses share: they are called like functions and have no parameters."""

    forward: Callable[..., Tensor]

    def __call__(self, prediction: Tensor, target: Any) -> Tensor:
        return self.forward(prediction, target)

    def parameters(self) -> list[Tensor]:
        """None: a loss has nothing to learn."""
        return []


class MSELoss(Loss):
    """The mean squared error of a prediction and a target of the same shape."""

    def forward(self, prediction: Tensor, target: Any) -> Tensor:
        return MSEFunction.apply(prediction, target)


class CrossEntropyLoss(Loss):
    """The mean cross-entropy of logits (N, C) and integer labels (N,), in nats."""

    def forward(self, prediction: Tensor, target: Any) -> Tensor:
        index = class_indices(prediction.shape, target)
        return CrossEntropyFunction.apply(prediction, target=index)


class BinaryCrossEntropyLoss(Loss):
    """The mean binary cross-entropy of probabilities and targets in 0..1 of the same shape."""

    def forward(self, prediction: Tensor, target: Any) -> Tensor:
        return BCEFunction.apply(prediction, target=as_array(target).astype(np.float32))
