"""Which bytes of a buffer the other side may see: those that some array showed, and no others.

A test that hands over two columns of a table keeps the third to itself. `Buffer` remembers the
range that was shown, and a mask where there are holes in it.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from autograder.sandbox.inside.bridge.framing import WireError


@dataclass
class Buffer:
    """owner: the array at the bottom. low, high: the range of bytes that was shown, and `mask`
    which of them, where it is not all. sent: what the other side has, None where it lacks some.
    ours: this side made it. told: the other side knows it."""

    number: int
    owner: weakref.ref[np.ndarray]
    low: int
    high: int
    ours: bool
    mask: np.ndarray | None = None
    sent: bytes | None = None
    told: bool = False
    writeable: bool = False


@dataclass(frozen=True)
class Touch:
    """The bytes of a buffer that an array looks at."""

    offset: int
    shape: Sequence[int]
    strides: Sequence[int]
    itemsize: int

    def range(self) -> tuple[int, int]:
        return extent(self.shape, self.strides, self.itemsize, self.offset)

    def is_dense(self) -> bool:
        low, high = self.range()
        return prod(self.shape) * self.itemsize == high - low and 0 not in self.strides

    def on(self, mask: np.ndarray) -> np.ndarray:
        """The mask, looked at as the array looks at its buffer."""
        shape, strides = (*self.shape, self.itemsize), (*self.strides, 1)
        return np.ndarray(shape, np.bool_, mask, self.offset, strides)


def show(buffer: Buffer, touch: Touch, owner: np.ndarray) -> None:
    """Counts what an array touches among the bytes that the other side may see."""
    low, high = touch.range()
    empty = buffer.low == buffer.high
    inside = buffer.low <= low <= high <= buffer.high and not empty
    if low == high or (inside and buffer.mask is None):
        return
    if not empty or not touch.is_dense():
        if buffer.mask is None:
            buffer.mask = np.zeros(owner.nbytes, np.bool_)
            buffer.mask[buffer.low : buffer.high] = True
        seen = touch.on(buffer.mask)
        if inside and seen.all():
            return
        seen[...] = True
    wider = (low, high) if empty else (min(low, buffer.low), max(high, buffer.high))
    buffer.low, buffer.high = wider
    buffer.sent = None
    if buffer.mask is not None and buffer.mask[buffer.low : buffer.high].all():
        buffer.mask = None


def is_shown(buffer: Buffer, touch: Touch) -> bool:
    low, high = touch.range()
    if low == high:
        return True
    inside = buffer.low <= low <= high <= buffer.high
    return inside and (buffer.mask is None or bool(touch.on(buffer.mask).all()))


def shown_bytes(buffer: Buffer, owner: np.ndarray) -> bytes:
    """The bytes in the range of what was shown; zero where they were not."""
    part = flat(owner)[buffer.low : buffer.high]
    if buffer.mask is not None:
        part = np.where(buffer.mask[buffer.low : buffer.high], part, np.uint8(0))
    return part.tobytes()


def extent(
    shape: Sequence[int], strides: Sequence[int], itemsize: int, offset: int
) -> tuple[int, int]:
    """(first, behind the last) byte that an array of this shape touches."""
    if 0 in shape:
        return offset, offset
    ends = [(length - 1) * step for length, step in zip(shape, strides, strict=True)]
    low = offset + sum(min(0, end) for end in ends)
    return low, offset + sum(max(0, end) for end in ends) + itemsize


def flat_or_none(owner: np.ndarray) -> np.ndarray | None:
    if owner.nbytes == 0:
        return np.zeros(0, np.uint8)
    if owner.flags.c_contiguous:
        return owner.reshape(-1).view(np.uint8)
    if owner.flags.f_contiguous:
        return owner.T.reshape(-1).view(np.uint8)
    return None


def flat(owner: np.ndarray) -> np.ndarray:
    """The bytes of a contiguous array, as a view."""
    found = flat_or_none(owner)
    if found is None:
        raise WireError("a buffer changed its strides while it was shared")
    return found
