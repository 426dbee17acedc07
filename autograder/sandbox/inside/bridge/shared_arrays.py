"""Arrays that two processes share: each is a view of a buffer, which has the same number on both.

A buffer is the block of memory that an array and its views look at. Both sides keep a copy of it.
With each message a side sends the bytes that it changed, so that two views of one buffer are views
of one buffer on the other side too. Only bytes that some array showed are ever copied. A buffer
that dies on one side is forgotten on both.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograder.sandbox.inside.bridge.framing import Blob, MessageError
from autograder.sandbox.inside.bridge.visible_bytes import (
    ArrayLayout,
    Buffer,
    copy_visible_bytes,
    extent,
    flat_bytes,
    flat_bytes_or_none,
    is_visible,
    mark_visible,
)

KINDS = "biufcSUmM"
MAX_BUFFER_BYTES = 256 << 20
MAX_ELEMENTS = 1 << 28
_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,7}(\[\d{0,6}[A-Za-zμ]{1,8}\])?")


class Split(NamedTuple):
    """A buffer that was changed where it may not be: the array that owned it, and the copy in which
    it goes on."""

    owner: np.ndarray
    copy: np.ndarray


class SharedArrays:
    """One side's table of shared buffers. parity (0 or 1): of the numbers that this side gives."""

    def __init__(self, parity: int):
        self._next = parity
        self._parity = parity
        self._buffers: dict[int, Buffer] = {}
        self._by_owner: dict[int, int] = {}
        self._live_bytes = 0
        self._dead_numbers: list[int] = []
        self._kept_alive: list[np.ndarray] = []
        self._new_owners: list[np.ndarray] = []
        self._split_copies: dict[int, np.ndarray] = {}

    def describe(self, array: np.ndarray, origin: str = "") -> list[Any]:
        """The row for `array` in a message: the number of its buffer, and its place and shape.
        origin: how a buffer that is new to the other side crosses, as `UseProfile` has it."""
        owner = owner_of(array)
        offset = 0 if array is owner else _address(array) - _address(owner)
        if array.flags.c_contiguous:
            low, high = offset, offset + array.nbytes
        else:
            low, high = extent(array.shape, array.strides, array.itemsize, offset)
        number = self._by_owner.get(id(owner))
        shared_buffer = self._buffers[number] if number is not None else None
        if not self._can_show(owner, shared_buffer, low, high):
            array = owner = _copy(array)
            offset, (low, high), shared_buffer = 0, (0, array.nbytes), None
        buffer = shared_buffer or self._add_local(owner, origin)
        buffer.writeable = buffer.writeable or array.flags.writeable
        mark_visible(buffer, ArrayLayout(offset, array.shape, array.strides, array.itemsize), owner)
        self._new_owners.append(owner)
        flags = int(array.flags.writeable)
        return [buffer.number, offset, array.shape, array.strides, array.dtype.str, flags]

    def view(self, row: Sequence[Any]) -> np.ndarray:
        """The array that a row of the other side describes. MessageError where it cannot be one."""
        try:
            number, offset, shape, strides, kind, writeable = row
        except (TypeError, ValueError) as fault:
            raise MessageError("an array needs six facts") from fault
        if not (
            _are_integers([number, offset]) and _are_integers(shape) and _are_integers(strides)
        ):
            raise MessageError("an array needs whole numbers for its buffer, shape and strides")
        buffer = self._buffers.get(number)
        owner = buffer.owner() if buffer else None
        if buffer is None or owner is None:
            raise MessageError(f"no buffer has the number {number}")
        dtype = plain_dtype(kind)
        array = _make_view(owner, offset, shape, strides, dtype, bool(writeable))
        if buffer.is_local and not is_visible(
            buffer, ArrayLayout(offset, shape, strides, dtype.itemsize)
        ):
            raise MessageError("an array reaches bytes that were never shown")
        return array

    def changes(self, blobs: list[Blob]) -> list[list[int]]:
        """Rows [number, bytes, first byte, blob] for what the other side must be told."""
        rows = []
        for buffer in list(self._buffers.values()):
            owner = buffer.owner()
            if owner is None:
                continue
            now = copy_visible_bytes(buffer, owner)
            if now != buffer.synced_bytes:
                buffer.announced, buffer.synced_bytes = buffer.synced_bytes is not None, now
                rows.append([buffer.number, owner.nbytes, buffer.low, len(blobs)])
                blobs.append(now)
        return rows

    def apply_changes(
        self,
        rows: Any,
        blobs: Sequence[bytes],
        may_change: Callable[[Buffer, np.ndarray], bool] = lambda _buffer, _owner: True,
        origin: str = "",
    ) -> list[Split]:
        """Takes over what the other side changed. MessageError for rows that make no sense.

        may_change(buffer, owner): whether it may change this buffer. Where it may not, the buffer
        goes on in a copy: the array here stays as it is, and what the other side shows of the
        buffer from now on shows the copy. Returns the buffers to which that happened. origin: of
        the buffers that are new.
        """
        splits: list[Split] = []
        if not isinstance(rows, list):
            raise MessageError("changed buffers need a list of rows")
        for row in rows:
            if not (_are_integers(row) and len(row) == 4 and 0 <= row[3] < len(blobs)):
                raise MessageError("a changed buffer needs its number, size, place and bytes")
            number, size, low, index = row
            split = self._write(number, size, low, blobs[index], may_change, origin)
            splits += [split] if split else []
        return splits

    def undo_send(self, rows: Sequence[Sequence[int]], dead_numbers: Sequence[int]) -> None:
        """A message was not sent: its new buffers are unknown, the others must be sent again."""
        self._dead_numbers.extend(dead_numbers)
        for number, *_ in rows:
            buffer = self._buffers[number]
            buffer.synced_bytes = None
            if not buffer.announced:
                self.forget([number])

    def collect_dead(self) -> list[int]:
        """The numbers of the buffers that died here since the last message."""
        numbers, self._dead_numbers = self._dead_numbers, []
        for number in numbers:
            self._buffers.pop(number, None)
        return numbers

    def forget(self, numbers: Any) -> None:
        """The other side's buffers of these numbers died: ours go on alone."""
        for number in numbers if _are_integers(numbers) else ():
            buffer = self._buffers.pop(number, None)
            owner = buffer.owner() if buffer else None
            if owner is not None and self._by_owner.pop(id(owner), None) is not None:
                self._live_bytes -= owner.nbytes
            self._split_copies.pop(number, None)

    def keep_alive(self) -> None:
        """Keeps every buffer alive until `release`: the other side may name it meanwhile."""
        alive = (buffer.owner() for buffer in self._buffers.values())
        self._kept_alive = [owner for owner in alive if owner is not None]
        self._new_owners = []

    def release(self) -> None:
        self._kept_alive = []

    def _can_show(
        self, owner: np.ndarray, shared_buffer: Buffer | None, low: int, high: int
    ) -> bool:
        inside = 0 <= low <= high <= owner.nbytes <= MAX_BUFFER_BYTES
        if shared_buffer is None or shared_buffer.is_local:
            return inside and flat_bytes_or_none(owner) is not None
        return shared_buffer.low <= low <= high <= shared_buffer.high

    def _add_local(self, owner: np.ndarray, origin: str) -> Buffer:
        number, self._next = self._next, self._next + 2
        return self._add(number, owner, True, origin)

    def _add(self, number: int, owner: np.ndarray, is_local: bool, origin: str) -> Buffer:
        buffer = Buffer(number, self._register_owner(number, owner), 0, 0, is_local, origin)
        self._buffers[number] = buffer
        return buffer

    def _register_owner(self, number: int, owner: np.ndarray) -> weakref.ref[np.ndarray]:
        """A reference to the array that owns a buffer from now on; its end is noticed."""
        key, size = id(owner), owner.nbytes

        def forget_owner(_: object) -> None:
            if self._by_owner.get(key) == number:
                del self._by_owner[key]
                self._live_bytes -= size
                self._dead_numbers.append(number)

        self._by_owner[key] = number
        self._live_bytes += size
        return weakref.ref(owner, forget_owner)

    def _split(self, buffer: Buffer, owner: np.ndarray) -> np.ndarray:
        """The copy in which a buffer goes on without the array that owned it."""
        copy = flat_bytes(owner).copy()
        if self._by_owner.pop(id(owner), None) is not None:
            self._live_bytes -= owner.nbytes
        buffer.owner = self._register_owner(buffer.number, copy)
        self._split_copies[buffer.number] = copy
        return copy

    def _write(
        self,
        number: int,
        size: int,
        low: int,
        new: bytes,
        may_change: Callable[[Buffer, np.ndarray], bool],
        origin: str,
    ) -> Split | None:
        buffer = self._buffers.get(number)
        owner = buffer.owner() if buffer else None
        is_new = buffer is None or owner is None
        if buffer is None or owner is None:
            if number % 2 == self._parity or not 0 <= size <= MAX_BUFFER_BYTES - self._live_bytes:
                raise MessageError(
                    f"a buffer of {size:,} bytes and number {number} cannot be taken"
                )
            owner = np.zeros(size, np.uint8)
            buffer = self._add(number, owner, False, origin)
            self._new_owners.append(owner)
        if size != owner.nbytes or not 0 <= low <= low + len(new) <= size:
            raise MessageError(f"{len(new)} bytes at {low} are not inside a buffer of {size}")
        if buffer.is_local and not (buffer.writeable and owner.flags.writeable):
            return None
        if buffer.is_local and not buffer.low <= low <= low + len(new) <= buffer.high:
            raise MessageError("bytes that were never shown cannot have changed")
        split = None
        is_split = is_new or number in self._split_copies
        if not is_split and not may_change(buffer, owner):
            split = Split(owner, self._split(buffer, owner))
            owner = split.copy
        new_bytes = np.frombuffer(new, np.uint8)
        target = flat_bytes(owner)[low : low + len(new)]
        mask = True if buffer.mask is None else buffer.mask[low : low + len(new)]
        np.copyto(target, new_bytes, where=mask)
        if not buffer.is_local:
            mark_visible(buffer, ArrayLayout(low, (len(new),), (1,), 1), owner)
        buffer.synced_bytes = copy_visible_bytes(buffer, owner)
        return split


def plain_dtype(text: Any) -> np.dtype:
    """The dtype of that name: numbers, booleans, text, bytes, dates. MessageError for any other."""
    if not isinstance(text, str) or not _DTYPE.fullmatch(text):
        raise MessageError("an array needs a plain dtype")
    try:
        return np.dtype(text)
    except (TypeError, ValueError) as fault:
        raise MessageError(f"there is no dtype {text}") from fault


def _make_view(
    owner: np.ndarray,
    offset: int,
    shape: Sequence[int],
    strides: Sequence[int],
    dtype: np.dtype,
    writeable: bool,
) -> np.ndarray:
    """A view of the owner's bytes, checked before NumPy sees it."""
    if len(shape) != len(strides) or len(shape) > 32 or min(shape, default=0) < 0:
        raise MessageError(f"{tuple(shape)} is no shape, or {tuple(strides)} are not its strides")
    if prod(shape) > MAX_ELEMENTS or dtype.itemsize > MAX_BUFFER_BYTES:
        raise MessageError(f"an array of shape {tuple(shape)} is too large")
    low, high = extent(shape, strides, dtype.itemsize, offset)
    if not 0 <= low <= high <= owner.nbytes:
        raise MessageError("an array reaches outside its buffer")
    flat_view = flat_bytes(owner)
    try:
        array = np.ndarray(tuple(shape), dtype, flat_view, offset, tuple(strides))
    except (TypeError, ValueError, OverflowError) as fault:
        raise MessageError(f"NumPy refuses an array: {fault}") from fault
    if not writeable or not array.flags.writeable:
        array.flags.writeable = False
    return array


def view_of_copy(array: np.ndarray, splits: Sequence[Split]) -> np.ndarray:
    """The array, or its like in the copy where its buffer was split."""
    owner = owner_of(array)
    for split in splits:
        if split.owner is owner:
            offset = _address(array) - _address(owner)
            return np.ndarray(array.shape, array.dtype, split.copy, offset, array.strides)
    return array


def owner_of(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory; as_strided puts an object of its own in between."""
    while True:
        base = array.base
        if type(base).__name__ == "DummyArray":
            base = getattr(base, "base", None)
        if type(base) is not np.ndarray or base.dtype.kind not in KINDS:
            return array
        array = base


def _copy(array: np.ndarray) -> np.ndarray:
    copy = np.array(array, order="K", subok=False)
    if flat_bytes_or_none(copy) is None:
        copy = np.array(array, order="C", subok=False)
    copy.flags.writeable = array.flags.writeable
    return copy


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def _are_integers(numbers: Any) -> bool:
    """A list of integers that fit into 62 bits."""
    if not isinstance(numbers, list | tuple):
        return False
    return all(type(number) is int and abs(number) < 1 << 62 for number in numbers)
