"""Mutable values that two processes share: each has the same number on both sides.

They are lists, dictionaries and their kin, random generators, files in memory, dataclasses, and
arrays, whose bytes go by `shared_arrays`. A value that crosses again is the same object again, and
with each message a side sends the new content of those that it changed. A value that only the table
still holds is forgotten on both sides. Of the others the latest are kept; one that is forgotten
goes on as two values.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.mutations import differs, replace_content, snapshot
from autograder.sandbox.inside.bridge.shared_arrays import Split, view_of_copy

KEPT_VALUES = 1000  # values that are no arrays, from question to question
KEPT_PARTS = 20_000  # of these values together
KEPT_ARRAYS = 1000
MAX_VALUES = 1_000_000


@dataclass
class Entry:
    """identity: the id of the value. value: the value, or a weak reference to an array. content: as
    it was when both sides were last the same; of an array its layout, which no message changes.
    origin: how the value first crossed, as `UseProfile` has it."""

    identity: int
    value: Any
    content: Any
    origin: str = ""


def _references(entry: Entry) -> int:
    return sys.getrefcount(entry.value)


_REFERENCES_OF_TABLE = _references(Entry(0, [], None))


class SharedValues:
    """One side's table. parity (0 or 1): of the numbers that this side gives."""

    def __init__(self, parity: int):
        self._next = self._parity = parity
        self._entries: dict[int, Entry] = {}
        self._numbers: dict[int, int] = {}
        self._lost: list[int] = []
        self._kept_alive: list[Any] = []

    def __len__(self) -> int:
        return len(self._entries)

    def number_of(self, value: Any) -> int | None:
        """The number of a value that the other side has, too; None for any other."""
        number = self._numbers.get(id(value))
        if number is None:
            return None
        entry = self._entries[number]
        if _value(entry) is not value or (_is_weak(entry) and entry.content != _layout(value)):
            return None
        return number

    def add(self, value: Any, origin: str = "") -> int:
        """A number for a value that the other side is about to get."""
        number, self._next = self._next, self._next + 2
        self._set(number, value, origin)
        return number

    def define(self, number: Any, value: Any, origin: str = "") -> None:
        """Takes a value under the number that the other side gave it; its content is still to come,
        until `complete`."""
        if type(number) is not int or number % 2 == self._parity or number in self._entries:
            raise MessageError("a new value needs a new number")
        if not 0 <= number < 1 << 62 or len(self._entries) >= MAX_VALUES:
            raise MessageError("there are too many values")
        self._set(number, value, origin)

    def complete(self, number: int) -> None:
        """The content of a value is read: both sides have the same."""
        entry = self._entries.get(number)
        if entry is not None and not _is_weak(entry):
            entry.content = snapshot(entry.value)

    def origin_of(self, number: Any) -> str:
        return self._entries[number].origin if self._knows(number) else ""

    def is_own(self, number: int) -> bool:
        """Whether this side made the value of that number."""
        return number % 2 == self._parity

    def get(self, number: Any) -> Any:
        value = _value(self._entries[number]) if self._knows(number) else None
        if value is None:
            raise MessageError("no value has that number")
        return value

    def changed(self) -> Iterator[tuple[int, Any]]:
        """(number, value) of each value whose content is another one than the other side has. From
        then on it counts as told."""
        for number, entry in list(self._entries.items()):
            if _is_weak(entry):
                continue
            now = snapshot(entry.value)
            if differs(entry.content, now):
                entry.content = now
                yield number, entry.value

    def replace(self, number: int, new: Any) -> None:
        """Gives a value the content of `new`."""
        value = self.get(number)
        replace_content(value, new)
        self._entries[number].content = snapshot(value)

    def divide(self, number: int, new: Any) -> None:
        """The number goes on with `new`, and the value here without the number."""
        self._move(number, new)

    def follow(self, splits: Sequence[Split]) -> None:
        """Arrays whose buffer goes on in a copy: their numbers go on with it."""
        for number, entry in list(self._entries.items()) if splits else ():
            array = _value(entry)
            if type(array) is np.ndarray and (copy := view_of_copy(array, splits)) is not array:
                self._move(number, copy)
                self._kept_alive.append(copy)

    def forget(self, numbers: Any) -> None:
        """The values of these numbers go on alone."""
        for number in numbers if isinstance(numbers, list) else ():
            if self._knows(number):
                self._remove(number)

    def collect(self) -> list[int]:
        """Forgets what nobody else holds, and returns the numbers, for the other side to forget,
        too. Called before a message goes."""
        self._kept_alive = []
        numbers, self._lost = self._lost, []
        waiting = list(self._entries)
        while waiting:
            parts: list[int] = []  # of what is forgotten: now they may be held by nobody, too
            for number in waiting:
                if number in self._entries and not _is_held(self._entries[number]):
                    parts += self._numbers_in(self._entries[number].content)
                    self._remove(number)
                    numbers.append(number)
            waiting = parts
        return numbers

    def _numbers_in(self, content: Any) -> list[int]:
        """The numbers of the parts of a snapshot, and of what stands in their tuples."""
        numbers, waiting = [], [content]
        while waiting:
            part = waiting.pop()
            if type(part) in (list, tuple) and (part is content or type(part) is tuple):
                waiting.extend(part)
            elif (number := self._numbers.get(id(part))) is not None:
                numbers.append(number)
        return numbers

    def forget_older(self, touched: Sequence[int], keeps_touched: bool) -> list[int]:
        """Forgets what is too much, and returns the numbers, as `collect` does. touched: of the
        values in the message that is sent, the most important first; keeps_touched: all of them
        stay."""
        numbers = self._too_many(touched, keeps_touched)
        self.forget(numbers)
        return numbers

    def keep_alive(self) -> None:
        """Keeps every array alive until the next message goes: the other side may name it
        meanwhile."""
        self._kept_alive = [_value(entry) for entry in self._entries.values() if _is_weak(entry)]

    def lose(self, number: int) -> None:
        """Forgets a value whose content cannot be told."""
        self._remove(number)
        self._lost.append(number)

    def undo_send(
        self, new: Sequence[int], changed_numbers: Sequence[int], forgotten: Sequence[int]
    ) -> None:
        """A message was not sent: its new values are unknown to the other side, its changes are
        still to be told."""
        self.forget(list(new))
        for number in changed_numbers:
            if self._knows(number):
                self._entries[number].content = None
        self._lost.extend(forgotten)

    def clear(self) -> None:
        """Both sides begin anew."""
        self._entries.clear()
        self._numbers.clear()
        self._lost.clear()

    def _too_many(self, touched: Sequence[int], keeps_touched: bool) -> list[int]:
        order = list(dict.fromkeys([*touched, *reversed(self._entries)]))
        kept_numbers = frozenset(touched) if keeps_touched else frozenset[int]()
        values = arrays = parts = 0
        dropped = []
        for number in order:
            entry = self._entries.get(number)
            if entry is None:
                continue
            if _is_weak(entry):
                arrays += 1
            else:
                values += 1
                parts += len(entry.content) if isinstance(entry.content, list) else 1
            if number in kept_numbers:
                continue
            if (
                arrays > KEPT_ARRAYS
                if _is_weak(entry)
                else values > KEPT_VALUES or parts > KEPT_PARTS
            ):
                dropped.append(number)
        return dropped

    def _knows(self, number: Any) -> bool:
        return type(number) is int and number in self._entries

    def _set(self, number: int, value: Any, origin: str) -> None:
        self._numbers[id(value)] = number
        if type(value) is np.ndarray and value.dtype.kind != "O":
            self._entries[number] = Entry(id(value), weakref.ref(value), _layout(value), origin)
        else:
            self._entries[number] = Entry(id(value), value, snapshot(value), origin)

    def _move(self, number: int, new: Any) -> None:
        origin = self.origin_of(number)
        self._remove(number)
        self._set(number, new, origin)

    def _remove(self, number: int) -> None:
        entry = self._entries.pop(number)
        if self._numbers.get(entry.identity) == number:
            del self._numbers[entry.identity]


def _is_weak(entry: Entry) -> bool:
    return isinstance(entry.value, weakref.ref)


def _is_held(entry: Entry) -> bool:
    if _is_weak(entry):
        return entry.value() is not None
    return _references(entry) > _REFERENCES_OF_TABLE


def _value(entry: Entry) -> Any:
    return entry.value() if _is_weak(entry) else entry.value


def _layout(array: np.ndarray) -> tuple[Any, ...]:
    address = array.__array_interface__["data"][0]
    return array.shape, array.strides, array.dtype.str, array.flags.writeable, address
