"""The visible bytes of a shared buffer: those that some array showed to the other side.

A test that hands over two columns of a table keeps the third to itself. `Buffer` remembers the
range of visible bytes, and a mask where there are holes in it.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from autograder.sandbox.inside.bridge.framing import MessageError


@dataclass
class Buffer:
    """A block of memory that arrays look at. owner: the array that owns it. low, high: the range of
    visible bytes; mask: which of them, where it is not all. synced_bytes: the content that both
    sides have, None where the other side lacks some. is_local: this side made it. origin: how it
    first crossed. announced: the other side knows its number."""

    number: int
    owner: weakref.ref[np.ndarray]
    low: int
    high: int
    is_local: bool
    origin: str = ""
    mask: np.ndarray | None = None
    synced_bytes: bytes | None = None
    announced: bool = False
    writeable: bool = False


@dataclass(frozen=True)
class ArrayLayout:
    """The way in which an array looks at the bytes of a buffer."""

    offset: int
    shape: Sequence[int]
    strides: Sequence[int]
    itemsize: int

    def byte_range(self) -> tuple[int, int]:
        return extent(self.shape, self.strides, self.itemsize, self.offset)

    def is_dense(self) -> bool:
        low, high = self.byte_range()
        return prod(self.shape) * self.itemsize == high - low and 0 not in self.strides

    def look_at(self, mask: np.ndarray) -> np.ndarray:
        """The mask, looked at as the array looks at its buffer."""
        shape, strides = (*self.shape, self.itemsize), (*self.strides, 1)
        return np.ndarray(shape, np.bool_, mask, self.offset, strides)


def mark_visible(buffer: Buffer, layout: ArrayLayout, owner: np.ndarray) -> None:
    """Makes the bytes that an array looks at visible to the other side."""
    low, high = layout.byte_range()
    empty = buffer.low == buffer.high
    inside = buffer.low <= low <= high <= buffer.high and not empty
    if low == high or (inside and buffer.mask is None):
        return
    if not empty or not layout.is_dense():
        if buffer.mask is None:
            buffer.mask = np.zeros(owner.nbytes, np.bool_)
            buffer.mask[buffer.low : buffer.high] = True
        visible = layout.look_at(buffer.mask)
        if inside and visible.all():
            return
        visible[...] = True
    wider = (low, high) if empty else (min(low, buffer.low), max(high, buffer.high))
    buffer.low, buffer.high = wider
    buffer.synced_bytes = None
    if buffer.mask is not None and buffer.mask[buffer.low : buffer.high].all():
        buffer.mask = None


def is_visible(buffer: Buffer, layout: ArrayLayout) -> bool:
    low, high = layout.byte_range()
    if low == high:
        return True
    inside = buffer.low <= low <= high <= buffer.high
    return inside and (buffer.mask is None or bool(layout.look_at(buffer.mask).all()))


def copy_visible_bytes(buffer: Buffer, owner: np.ndarray) -> bytes:
    """A copy of the range of visible bytes; those that are not visible are zero."""
    part = flat_bytes(owner)[buffer.low : buffer.high]
    if buffer.mask is not None:
        part = np.where(buffer.mask[buffer.low : buffer.high], part, np.uint8(0))
    return part.tobytes()


def extent(
    shape: Sequence[int], strides: Sequence[int], itemsize: int, offset: int
) -> tuple[int, int]:
    """(first, behind the last) byte that an array of this shape looks at."""
    if 0 in shape:
        return offset, offset
    ends = [(length - 1) * step for length, step in zip(shape, strides, strict=True)]
    low = offset + sum(min(0, end) for end in ends)
    return low, offset + sum(max(0, end) for end in ends) + itemsize


def flat_bytes_or_none(owner: np.ndarray) -> np.ndarray | None:
    if owner.nbytes == 0:
        return np.zeros(0, np.uint8)
    if owner.flags.c_contiguous:
        return owner.reshape(-1).view(np.uint8)
    if owner.flags.f_contiguous:
        return owner.T.reshape(-1).view(np.uint8)
    return None


def flat_bytes(owner: np.ndarray) -> np.ndarray:
    """The bytes of a contiguous array, as a view."""
    flat_view = flat_bytes_or_none(owner)
    if flat_view is None:
        raise MessageError("a buffer changed its strides while it was shared")
    return flat_view
