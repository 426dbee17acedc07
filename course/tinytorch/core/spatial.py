"""Convolutions: one small kernel for every place of an image, as one matrix product.

Windows are a view of the image, their matrix is a copy, and the way back adds each slope to the
pixel that its copy came from. Every operation here has its gradient beside it. What this file
leaves to the next: inputs that are no grid of numbers, such as text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tinytorch.core.activations import as_float
from tinytorch.core.layers import Layer, Seed, initial_weight
from tinytorch.core.tensor import Function, Tensor

__all__ = [
    "PLACES",
    "AvgPool",
    "AvgPool2d",
    "BatchNorm",
    "BatchNorm2d",
    "Conv2d",
    "Convolution",
    "Flatten",
    "MaxPool",
    "MaxPool2d",
    "Pair",
    "Pooling",
    "as_pair",
    "channels",
    "columns",
    "cropped",
    "fold",
    "from_columns",
    "normalized",
    "output_size",
    "padded",
    "windows",
]

Pair = tuple[int, int]  # down, then across


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """How many windows fit along a side of `size` pixels. ValueError where none does.

    >>> output_size(7, kernel=3, stride=2)
    3
    """
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError(f"a kernel of {kernel} does not fit into {size} with padding {padding}")
    return room // stride + 1


def windows(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """A read-only view (N, C, OH, OW, kh, kw) of all windows of the images `x` (N, C, H, W).

    >>> windows(np.arange(9.0).reshape(1, 1, 3, 3), (2, 2), (1, 1))[0, 0, 1, 0].tolist()
    [[3.0, 4.0], [6.0, 7.0]]
    """
    n, c, height, width = x.shape
    (kh, kw), (sh, sw) = kernel, stride
    shape = (n, c, output_size(height, kh, sh), output_size(width, kw, sw), kh, kw)
    image, channel, down, across = x.strides
    steps = (image, channel, down * sh, across * sw, down, across)
    return as_strided(x, shape, steps, writeable=False)


def fold(pieces: np.ndarray, shape: tuple[int, ...], stride: Pair) -> np.ndarray:
    """Images of `shape` (N, C, H, W): each number of `pieces` (N, C, OH, OW, kh, kw) added up.

    >>> fold(np.ones((1, 1, 1, 2, 1, 2)), (1, 1, 1, 3), (1, 1)).tolist()
    [[[[1.0, 2.0, 1.0]]]]
    """
    total = np.zeros(shape, dtype=pieces.dtype)
    rows, columns, kh, kw = pieces.shape[2:]
    sh, sw = stride
    for i in range(kh):
        for j in range(kw):
            total[:, :, i : i + rows * sh : sh, j : j + columns * sw : sw] += pieces[..., i, j]
    return total


def padded(x: np.ndarray, padding: Pair, value: float = 0.0) -> np.ndarray:
    """Images (N, C, H, W) as floats, with `value` around them; without padding no copy."""
    around = [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])]
    return np.pad(as_float(x), around, constant_values=value) if any(padding) else as_float(x)


def cropped(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Padded images without their padding, as a view."""
    (down, across), (height, width) = padding, x.shape[2:]
    return x[:, :, down : height - down, across : width - across]


def columns(pieces: np.ndarray) -> np.ndarray:
    """Windows (N, C, OH, OW, kh, kw) as a matrix (C * kh * kw, OH * OW) for each image."""
    n, c, rows, across, kh, kw = pieces.shape
    return pieces.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * kh * kw, rows * across)


def from_columns(matrices: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The way back: a matrix for each image as windows of `shape`, a view."""
    n, c, rows, across, kh, kw = shape
    return matrices.reshape(n, c, kh, kw, rows, across).transpose(0, 1, 4, 5, 2, 3)


class Convolution(Function):
    """Kernels `weight` (out, C, kh, kw) on images `x` (N, C, H, W): (N, out, OH, OW)."""

    @staticmethod
    def forward(x: np.ndarray, weight: np.ndarray, stride: Pair, padding: Pair) -> np.ndarray:
        """Each kernel times each window of the padded images, summed: (N, out, OH, OW).

        >>> x, weight = np.arange(4.0).reshape(1, 1, 1, 4), np.array([[[[1.0, 10.0]]]])
        >>> Convolution.forward(x, weight, stride=(1, 1), padding=(0, 0)).tolist()
        [[[[10.0, 21.0, 32.0]]]]
        """
        pieces = windows(padded(x, padding), weight.shape[2:], stride)
        out, kernel = len(weight), weight[0].size
        product = weight.reshape(out, kernel) @ columns(pieces)
        return product.reshape(len(x), out, *pieces.shape[2:4])

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        x: np.ndarray,
        weight: np.ndarray,
        wrt: int,
        stride: Pair,
        padding: Pair,
    ) -> np.ndarray:
        """The gradient for the images (wrt=0) or the weight (wrt=1), in its shape.

        >>> x, weight = np.arange(4.0).reshape(1, 1, 1, 4), np.array([[[[1.0, 10.0]]]])
        >>> options = {"stride": (1, 1), "padding": (0, 0)}
        >>> Convolution.backward(np.ones((1, 1, 1, 3)), None, x, weight, wrt=0, **options).tolist()
        [[[[1.0, 11.0, 11.0, 10.0]]]]
        """
        images = padded(x, padding)
        pieces = windows(images, weight.shape[2:], stride)
        n, out, rows, across = gradient.shape
        arriving = gradient.reshape(n, out, rows * across)
        if wrt:
            slopes = arriving @ columns(pieces).swapaxes(1, 2)
            return slopes.sum(axis=0).reshape(weight.shape)
        slopes = weight.reshape(out, weight[0].size).T @ arriving
        return cropped(fold(from_columns(slopes, pieces.shape), images.shape, stride), padding)


def as_pair(size: Any) -> Pair:
    """A number as a pair of itself, and a pair as it is: down, then across."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


class Conv2d(Layer):
    """`out_channels` kernels that serve every place; sizes are numbers, or pairs: down, across."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        bias: bool = True,
        rng: Seed = None,
    ):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride = as_pair(kernel_size), as_pair(stride)
        self.padding = as_pair(padding)
        shape = (out_channels, in_channels, *self.kernel_size)
        start = initial_weight(shape[1] * shape[2] * shape[3], out_channels, rng)
        self.weight = Tensor(start.T.reshape(shape), requires_grad=True)
        self.bias = Tensor(np.zeros(out_channels), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) -> (N, out_channels, OH, OW). ValueError otherwise."""
        if len(x.shape) != 4 or x.shape[1] != self.in_channels:
            name = f"Conv2d({self.in_channels}, {self.out_channels})"
            raise ValueError(f"{name} needs (N, {self.in_channels}, H, W), but got {x.shape}")
        y = Convolution.apply(x, self.weight, stride=self.stride, padding=self.padding)
        return y if self.bias is None else y + self.bias.reshape(-1, 1, 1)


class AvgPool(Function):
    """The mean of each window (N, C, OH, OW); padding counts as zeros."""

    @staticmethod
    def forward(x: np.ndarray, kernel: Pair, stride: Pair, padding: Pair) -> np.ndarray:
        """One mean for each window and channel."""
        return windows(padded(x, padding), kernel, stride).mean(axis=(-2, -1))

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        x: np.ndarray,
        kernel: Pair,
        stride: Pair,
        padding: Pair,
    ) -> np.ndarray:
        """The same share of the slope of a window for each of its pixels."""
        share = (gradient / (kernel[0] * kernel[1]))[..., np.newaxis, np.newaxis]
        pieces = np.broadcast_to(share, (*gradient.shape, *kernel))
        return cropped(fold(pieces, padded(x, padding).shape, stride), padding)


class MaxPool(Function):
    """The maximum of each window (N, C, OH, OW); padding never wins."""

    @staticmethod
    def forward(x: np.ndarray, kernel: Pair, stride: Pair, padding: Pair) -> np.ndarray:
        """One maximum for each window and channel: (N, C, OH, OW).

        >>> options = {"kernel": (1, 2), "stride": (1, 2), "padding": (0, 0)}
        >>> MaxPool.forward(np.array([[[[1.0, 3.0, -9.0, -8.0]]]]), **options).tolist()
        [[[[3.0, -8.0]]]]
        """
        return windows(padded(x, padding, -np.inf), kernel, stride).max(axis=(-2, -1))

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        x: np.ndarray,
        kernel: Pair,
        stride: Pair,
        padding: Pair,
    ) -> np.ndarray:
        """The slope of each window at its first maximum, added up in the shape of `x`.

        >>> x = np.array([[[[3.0, 3.0, -9.0, -8.0]]]])
        >>> options = {"kernel": (1, 2), "stride": (1, 2), "padding": (0, 0)}
        >>> MaxPool.backward(np.array([[[[5.0, 7.0]]]]), None, x, **options).tolist()
        [[[[5.0, 0.0, 0.0, 7.0]]]]
        """
        images = padded(x, padding, -np.inf)
        pieces = windows(images, kernel, stride)
        flat = pieces.reshape(*gradient.shape, kernel[0] * kernel[1])
        slopes = np.zeros(flat.shape, dtype=gradient.dtype)
        winner = flat.argmax(axis=-1)[..., np.newaxis]
        np.put_along_axis(slopes, winner, gradient[..., np.newaxis], axis=-1)
        return cropped(fold(slopes.reshape(pieces.shape), images.shape, stride), padding)


class Pooling(Layer):
    """One number for each window; the windows do not overlap unless `stride` says so."""

    function: type[Function]

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0):
        self.kernel_size, self.padding = as_pair(kernel_size), as_pair(padding)
        self.stride = self.kernel_size if stride is None else as_pair(stride)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(f"padding {padding} is over half of the kernel {kernel_size}")

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, OH, OW)."""
        options = {"kernel": self.kernel_size, "stride": self.stride, "padding": self.padding}
        return self.function.apply(x, **options)


class MaxPool2d(Pooling):
    """The maximum of each window."""

    function = MaxPool


class AvgPool2d(Pooling):
    """The mean of each window; padding counts as zeros."""

    function = AvgPool


class Flatten(Layer):
    """(N, ...) -> (N, all the rest in one row)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], int(np.prod(x.shape[1:])))


PLACES = (0, 2, 3)  # the dimensions that a channel is averaged over


def channels(values: np.ndarray) -> np.ndarray:
    """A number for each channel, shaped so that it meets its channel in (N, C, H, W)."""
    return values.reshape(-1, 1, 1)


def normalized(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    eps: float,
) -> np.ndarray:
    """gamma * (x - mean) / sqrt(variance + eps) + beta, channel by channel."""
    scale = gamma / np.sqrt(variance + eps)
    return (x - channels(mean)) * channels(scale) + channels(beta)


class BatchNorm(Function):
    """`normalized` and its gradients. training: whether the statistics are those of `x` itself."""

    @staticmethod
    def forward(
        x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, training: bool, **statistics: Any
    ) -> np.ndarray:
        return normalized(x, gamma, beta, **statistics)

    @staticmethod
    def backward(
        gradient: np.ndarray,
        output: np.ndarray,
        x: np.ndarray,
        gamma: np.ndarray,
        beta: np.ndarray,
        wrt: int,
        training: bool,
        mean: np.ndarray,
        variance: np.ndarray,
        eps: float,
    ) -> np.ndarray:
        """The gradient for x (N, C, H, W), gamma (C,) or beta (C,): wrt 0, 1 or 2.

        >>> x, one, zero = np.array([[[[1.0, 3.0]]]]), np.ones(1), np.zeros(1)
        >>> options = {"training": True, "mean": x.mean((0, 2, 3)), "variance": one, "eps": 0.0}
        >>> BatchNorm.backward(np.array([[[[0.0, 8.0]]]]), x, x, one, zero, wrt=1, **options).item()
        8.0
        """
        inverse = 1 / np.sqrt(variance + eps)
        centred = (x - channels(mean)) * channels(inverse)
        if wrt == 2:
            return gradient.sum(axis=PLACES)
        if wrt == 1:
            return (gradient * centred).sum(axis=PLACES)
        slope = gradient
        if training:
            shared = centred * channels((gradient * centred).mean(axis=PLACES))
            slope = gradient - channels(gradient.mean(axis=PLACES)) - shared
        return channels(gamma * inverse) * slope


class BatchNorm2d(Layer):
    """Each channel brought to mean `beta` and deviation `gamma`, by its batch or by the running
    averages."""

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.gamma = Tensor(np.ones(num_features), requires_grad=True)
        self.beta = Tensor(np.zeros(num_features), requires_grad=True)
        self.running_mean = np.zeros(num_features, np.float32)
        self.running_var = np.ones(num_features, np.float32)

    def normalize(self, x: Tensor, mean: np.ndarray, variance: np.ndarray) -> Tensor:
        """`x` by these statistics of its channels, as an operation that remembers itself."""
        options = {"mean": mean, "variance": variance, "eps": self.eps}
        return BatchNorm.apply(x, self.gamma, self.beta, training=self.training, **options)

    def forward(self, x: Tensor) -> Tensor:
        """`self.normalize` of (N, C, H, W), by the statistics of `x` or by the running ones.

        >>> layer = BatchNorm2d(1)
        >>> y = layer(Tensor([[[[1.0, 3.0]]]]))
        >>> round(layer.running_mean.item(), 2), round(layer.running_var.item(), 2)
        (0.2, 1.1)
        """
        if len(x.shape) != 4 or x.shape[1] != self.num_features:
            name = f"BatchNorm2d({self.num_features})"
            raise ValueError(f"{name} needs (N, {self.num_features}, H, W), but got {x.shape}")
        if not self.training:
            return self.normalize(x, self.running_mean, self.running_var)
        count = x.size // self.num_features
        if count < 2:
            raise ValueError(f"one pixel a channel has no variance: shape {x.shape} in training")
        mean, variance = x.data.mean(axis=PLACES), x.data.var(axis=PLACES)
        unbiased = variance * (count / (count - 1))
        self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
        self.running_var = self.running_var + self.momentum * (unbiased - self.running_var)
        return self.normalize(x, mean, variance)
