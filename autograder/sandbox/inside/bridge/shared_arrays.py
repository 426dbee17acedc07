"""Arrays that two processes hold together: each is a view of a buffer that has a number.

A buffer is the block of memory at the bottom of an array. Both sides keep a copy of it, and before
each message a side hands over the bytes it changed, so that views of one buffer stay views of one
buffer on the other side too. Only the part that some array showed is ever copied. A buffer that
dies on one side is forgotten on both.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.framing import Blob, WireError
from autograder.sandbox.inside.bridge.visible_bytes import (
    Buffer,
    Touch,
    extent,
    flat,
    flat_or_none,
    is_shown,
    show,
    shown_bytes,
)

KINDS = "biufcSUmM"
MOST_BUFFER_BYTES = 256 << 20
MOST_ELEMENTS = 1 << 28
_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,7}(\[\d{0,6}[A-Za-zμ]{1,8}\])?")


class SharedArrays:
    """One side's table of shared buffers. `parity` (0 or 1) tells whose numbers are whose."""

    def __init__(self, parity: int):
        self._next = parity
        self._parity = parity
        self._buffers: dict[int, Buffer] = {}
        self._by_owner: dict[int, int] = {}
        self._dead: list[int] = []
        self._held: list[np.ndarray] = []
        self._fresh: list[np.ndarray] = []

    def describe(self, array: np.ndarray) -> list[Any]:
        """The row that stands for `array` in a message: its buffer and the way to look at it."""
        owner = _bottom(array)
        offset = _address(array) - _address(owner)
        low, high = extent(array.shape, array.strides, array.itemsize, offset)
        number = self._by_owner.get(id(owner))
        known = self._buffers[number] if number is not None else None
        if not self._can_show(owner, known, low, high):
            array = owner = _copied(array)
            offset, (low, high), known = 0, (0, array.nbytes), None
        buffer = known or self._new(owner)
        buffer.writeable = buffer.writeable or array.flags.writeable
        show(buffer, Touch(offset, array.shape, array.strides, array.itemsize), owner)
        self._fresh.append(owner)
        flags = int(array.flags.writeable)
        return [buffer.number, offset, array.shape, array.strides, array.dtype.str, flags]

    def view(self, row: Sequence[Any]) -> np.ndarray:
        """The array that a row of the other side describes. WireError where it cannot be one."""
        try:
            number, offset, shape, strides, kind, writeable = row
        except (TypeError, ValueError) as fault:
            raise WireError("an array needs six facts") from fault
        if not (_whole([number, offset]) and _whole(shape) and _whole(strides)):
            raise WireError("an array needs whole numbers for its buffer, shape and strides")
        buffer = self._buffers.get(number)
        owner = buffer.owner() if buffer else None
        if buffer is None or owner is None:
            raise WireError(f"no buffer has the number {number}")
        dtype = plain_dtype(kind)
        array = _looked_at(owner, offset, shape, strides, dtype, bool(writeable))
        if buffer.ours and not is_shown(buffer, Touch(offset, shape, strides, dtype.itemsize)):
            raise WireError("an array reaches bytes that were never shown")
        return array

    def changes(self, blobs: list[Blob]) -> list[list[int]]:
        """Rows [number, bytes, first byte, blob] for what the other side must be told."""
        rows = []
        for buffer in list(self._buffers.values()):
            owner = buffer.owner()
            if owner is None:
                continue
            now = shown_bytes(buffer, owner)
            if now != buffer.sent:
                buffer.told, buffer.sent = buffer.sent is not None, now
                rows.append([buffer.number, owner.nbytes, buffer.low, len(blobs)])
                blobs.append(now)
        return rows

    def accept(self, rows: Any, blobs: Sequence[bytes]) -> None:
        """Takes over what the other side changed. WireError for rows that make no sense."""
        if not isinstance(rows, list):
            raise WireError("changed buffers need a list of rows")
        for row in rows:
            if not (_whole(row) and len(row) == 4 and 0 <= row[3] < len(blobs)):
                raise WireError("a changed buffer needs its number, size, place and bytes")
            number, size, low, index = row
            self._write(number, size, low, blobs[index])

    def unsent(self, rows: Sequence[Sequence[int]], gone: Sequence[int]) -> None:
        """A message did not go: its new buffers are unknown again, the others must go again."""
        self._dead.extend(gone)
        for number, *_ in rows:
            buffer = self._buffers[number]
            buffer.sent = None
            if not buffer.told:
                self.forget([number])

    def gone(self) -> list[int]:
        """The numbers of the buffers that died here since the last message."""
        dead, self._dead = self._dead, []
        for number in dead:
            self._buffers.pop(number, None)
        return dead

    def forget(self, numbers: Any) -> None:
        """The other side's buffers of these numbers died: ours go on alone."""
        for number in numbers if _whole(numbers) else ():
            buffer = self._buffers.pop(number, None)
            owner = buffer.owner() if buffer else None
            if owner is not None:
                self._by_owner.pop(id(owner), None)

    def hold(self) -> None:
        """Keeps every buffer alive until `release`: the other side may name it meanwhile."""
        alive = (buffer.owner() for buffer in self._buffers.values())
        self._held = [owner for owner in alive if owner is not None]
        self._fresh = []

    def release(self) -> None:
        self._held = []

    def _can_show(self, owner: np.ndarray, known: Buffer | None, low: int, high: int) -> bool:
        inside = 0 <= low <= high <= owner.nbytes <= MOST_BUFFER_BYTES
        if known is None or known.ours:
            return inside and flat_or_none(owner) is not None
        return known.low <= low <= high <= known.high

    def _new(self, owner: np.ndarray) -> Buffer:
        number, self._next = self._next, self._next + 2
        return self._add(number, owner, ours=True)

    def _add(self, number: int, owner: np.ndarray, ours: bool) -> Buffer:
        key = id(owner)

        def died(_: object) -> None:
            if self._by_owner.get(key) == number:
                del self._by_owner[key]
                self._dead.append(number)

        buffer = Buffer(number, weakref.ref(owner, died), 0, 0, ours)
        self._buffers[number] = buffer
        self._by_owner[key] = number
        return buffer

    def _write(self, number: int, size: int, low: int, new: bytes) -> None:
        buffer = self._buffers.get(number)
        owner = buffer.owner() if buffer else None
        if buffer is None or owner is None:
            if number % 2 == self._parity or not 0 <= size <= self._room():
                raise WireError(f"a buffer of {size:,} bytes and number {number} cannot be taken")
            owner = np.zeros(size, np.uint8)
            buffer = self._add(number, owner, ours=False)
            self._fresh.append(owner)
        if size != owner.nbytes or not 0 <= low <= low + len(new) <= size:
            raise WireError(f"{len(new)} bytes at {low} are not inside a buffer of {size}")
        if buffer.ours and not (buffer.writeable and owner.flags.writeable):
            return
        if buffer.ours and not buffer.low <= low <= low + len(new) <= buffer.high:
            raise WireError("bytes that were never shown cannot have changed")
        fresh, target = np.frombuffer(new, np.uint8), flat(owner)[low : low + len(new)]
        where = True if buffer.mask is None else buffer.mask[low : low + len(new)]
        np.copyto(target, fresh, where=where)
        if not buffer.ours:
            show(buffer, Touch(low, (len(new),), (1,), 1), owner)
        buffer.sent = shown_bytes(buffer, owner)

    def _room(self) -> int:
        alive = (buffer.owner() for buffer in self._buffers.values())
        return MOST_BUFFER_BYTES - sum(owner.nbytes for owner in alive if owner is not None)


def plain_dtype(text: Any) -> np.dtype:
    """The dtype of that name: numbers, booleans, text, bytes, dates. WireError for any other."""
    if not isinstance(text, str) or not _DTYPE.fullmatch(text):
        raise WireError("an array needs a plain dtype")
    try:
        return np.dtype(text)
    except (TypeError, ValueError) as fault:
        raise WireError(f"there is no dtype {text}") from fault


def _looked_at(
    owner: np.ndarray,
    offset: int,
    shape: Sequence[int],
    strides: Sequence[int],
    dtype: np.dtype,
    writeable: bool,
) -> np.ndarray:
    """A view of the owner's bytes, checked before NumPy sees it."""
    if len(shape) != len(strides) or len(shape) > 32 or min(shape, default=0) < 0:
        raise WireError(f"{tuple(shape)} is no shape, or {tuple(strides)} are not its strides")
    if prod(shape) > MOST_ELEMENTS or dtype.itemsize > MOST_BUFFER_BYTES:
        raise WireError(f"an array of shape {tuple(shape)} is too large")
    low, high = extent(shape, strides, dtype.itemsize, offset)
    if not 0 <= low <= high <= owner.nbytes:
        raise WireError("an array reaches outside its buffer")
    whole = flat(owner)
    try:
        array = np.ndarray(tuple(shape), dtype, whole, offset, tuple(strides))
    except (TypeError, ValueError, OverflowError) as fault:
        raise WireError(f"NumPy refuses an array: {fault}") from fault
    if not writeable or not array.flags.writeable:
        array.flags.writeable = False
    return array


def _bottom(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory; as_strided puts an object of its own in between."""
    while True:
        under = array.base
        if type(under).__name__ == "DummyArray":
            under = getattr(under, "base", None)
        if type(under) is not np.ndarray or under.dtype.kind not in KINDS:
            return array
        array = under


def _copied(array: np.ndarray) -> np.ndarray:
    copy = np.array(array, order="K", subok=False)
    if flat_or_none(copy) is None:
        copy = np.array(array, order="C", subok=False)
    copy.flags.writeable = array.flags.writeable
    return copy


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def _whole(numbers: Any) -> bool:
    """A list of integers that fit into 62 bits."""
    if not isinstance(numbers, list | tuple):
        return False
    return all(type(number) is int and abs(number) < 1 << 62 for number in numbers)
