"""Data: from stored samples to batches.

A data set answers `dataset[i]`, a loader draws an order and cuts it into batches, a transform
changes one image. What this file leaves to the next: everything that is done with a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from tinytorch.core.tensor import Tensor

__all__ = [
    "Compose",
    "DataLoader",
    "Dataset",
    "Image",
    "RandomCrop",
    "RandomHorizontalFlip",
    "Seed",
    "TensorDataset",
    "collate",
    "epoch_order",
    "same_kind",
]


class Dataset:
    """Samples by number: `len(dataset)` and `dataset[i]`, which raises IndexError past the end."""

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} needs __len__: how many samples it has")

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs __getitem__: one sample by number")


class TensorDataset(Dataset):
    """Samples that lie row by row in tensors of one length: images and labels, say."""

    def __init__(self, *tensors: Tensor | np.ndarray):
        """ValueError for no tensors, and for tensors of different lengths.

        >>> len(TensorDataset(np.zeros((3, 2)), np.arange(3)).tensors)
        2
        """
        lengths = [tensor.shape[0] for tensor in tensors]
        if len(set(lengths)) != 1:
            raise ValueError(f"a data set needs tensors of one length, but got lengths {lengths}")
        self.tensors = [t if isinstance(t, Tensor) else Tensor(t) for t in tensors]

    def __len__(self) -> int:
        """The number of samples.

        >>> len(TensorDataset(np.zeros((3, 2)), np.arange(3)))
        3
        """
        return self.tensors[0].shape[0]

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        """Row `index` of each tensor; a slice or an array of integers gives a batch of rows.

        >>> TensorDataset(np.array([7, 8, 9]))[1][0].item()
        8
        """
        return tuple(tensor[index] for tensor in self.tensors)


def collate(samples: Sequence[Any]) -> tuple[Tensor, ...]:
    """One tensor (samples, ...) for each field of the samples. ValueError if they do not stack.

    >>> [field.numpy().tolist() for field in collate([(1, 2), (3, 4)])]
    [[1, 3], [2, 4]]
    """
    rows = [sample if isinstance(sample, tuple) else (sample,) for sample in samples]
    widths = sorted({len(row) for row in rows})
    if len(widths) != 1:
        sizes = f"{widths} fields" if widths else "no samples"
        raise ValueError(f"a batch needs samples with equally many fields, but got {sizes}")
    batch = []
    for field in zip(*rows, strict=True):
        arrays = [value.data if isinstance(value, Tensor) else np.asarray(value) for value in field]
        shapes = sorted({array.shape for array in arrays})
        if len(shapes) > 1:
            raise ValueError(f"values of one shape make a batch, but got shapes {shapes}")
        batch.append(Tensor(np.stack(arrays)))
    return tuple(batch)


def epoch_order(n: int, shuffle: bool, rng: np.random.Generator) -> np.ndarray:
    """The sample numbers 0 to n-1 as integers (n,): in order, or in an order drawn from `rng`.

    >>> epoch_order(4, False, np.random.default_rng(0)).tolist()
    [0, 1, 2, 3]
    """
    return rng.permutation(n) if shuffle else np.arange(n)


Seed = np.random.Generator | int | None


class DataLoader:
    """Batches of a data set: each loop over the loader is one epoch, each sample once in it."""

    def __init__(
        self,
        dataset: Dataset | Sequence[Any],
        batch_size: int,
        shuffle: bool = False,
        rng: Seed = None,
    ):
        """ValueError for a batch size that is no whole number of at least 1.

        >>> DataLoader([7, 8, 9], batch_size=2).batch_size
        2
        """
        if batch_size != int(batch_size) or batch_size < 1:
            raise ValueError(f"batch_size must be a whole number from 1 on, but got {batch_size!r}")
        self.dataset, self.batch_size, self.shuffle = dataset, int(batch_size), shuffle
        self.rng = np.random.default_rng(rng)

    def __len__(self) -> int:
        """The batches of an epoch, the last and smaller one included.

        >>> len(DataLoader([7, 8, 9], batch_size=2))
        2
        """
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """One epoch: for each batch a tuple of tensors (samples, ...).

        >>> [batch.numpy().tolist() for (batch,) in DataLoader([7, 8, 9], batch_size=2)]
        [[7, 8], [9]]
        """
        order = epoch_order(len(self.dataset), self.shuffle, self.rng)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            if isinstance(self.dataset, TensorDataset):
                yield self.dataset[chosen]
            else:
                yield collate([self.dataset[int(number)] for number in chosen])


Image = TypeVar("Image", Tensor, np.ndarray)


def same_kind(pixels: np.ndarray, image: Image) -> Image:
    """A copy of `pixels` as a Tensor if `image` is one, else as an array; its dtype is kept."""
    return Tensor(pixels) if isinstance(image, Tensor) else pixels.copy()


class RandomHorizontalFlip:
    """Mirrors an image (..., height, width) left to right with probability `p`."""

    def __init__(self, p: float = 0.5, rng: Seed = None):
        if not 0 <= p <= 1:
            raise ValueError(f"p is a probability, from 0 to 1, but got {p}")
        self.rng, self.p = np.random.default_rng(rng), p

    def __call__(self, image: Image) -> Image:
        """The image or its mirror image, as a copy of the same kind and dtype.

        >>> RandomHorizontalFlip(p=1.0)(np.array([[1, 2, 3]])).tolist()
        [[3, 2, 1]]
        """
        pixels = image.data if isinstance(image, Tensor) else image
        if self.rng.random() < self.p:
            pixels = pixels[..., ::-1]
        return same_kind(pixels, image)


class RandomCrop:
    """A random window of an image (..., height, width) after `padding` zeros on every side."""

    def __init__(self, size: int | tuple[int, int], padding: int = 0, rng: Seed = None):
        self.size = (size, size) if isinstance(size, int) else tuple(size)
        self.padding, self.rng = padding, np.random.default_rng(rng)

    def __call__(self, image: Image) -> Image:
        """The window (..., *size), a copy of the same kind. ValueError if it does not fit.

        >>> RandomCrop((3, 4), padding=1)(np.array([[1, 2]])).tolist()
        [[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]]
        """
        pixels = image.data if isinstance(image, Tensor) else image
        border = [(0, 0)] * (pixels.ndim - 2) + [(self.padding, self.padding)] * 2
        padded = np.pad(pixels, border)
        (rows, columns), (height, width) = padded.shape[-2:], self.size
        if height > rows or width > columns:
            raise ValueError(
                f"no window of {self.size} fits into {(rows, columns)}, padding included"
            )
        y = self.rng.integers(rows - height + 1)
        x = self.rng.integers(columns - width + 1)
        return same_kind(padded[..., y : y + height, x : x + width], image)


class Compose:
    """Transforms one after the other, the first one first."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]):
        self.transforms = transforms

    def __call__(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x
