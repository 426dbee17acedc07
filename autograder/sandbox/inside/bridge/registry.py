"""The registry: the objects of one side that the other has proxies of, each under a number."""

from __future__ import annotations

from typing import Any

from autograder.sandbox.inside.bridge.framing import MessageError


class Registry:
    """Objects of this side that the other has proxies of, and how many proxies of each."""

    def __init__(self) -> None:
        self._next = 1
        self._objects: dict[int, tuple[Any, int]] = {}
        self._numbers: dict[int, int] = {}

    def register(self, value: Any) -> int:
        """The number of an object, of which the other side gets one proxy more."""
        number = self._numbers.get(id(value), self._next)
        self._next += number == self._next
        self._numbers[id(value)] = number
        self._objects[number] = (value, self._objects.get(number, (None, 0))[1] + 1)
        return number

    @property
    def next_number(self) -> int:
        """The number of the object that is registered next. No number is given twice."""
        return self._next

    def get(self, number: Any) -> Any:
        if type(number) is not int or number not in self._objects:
            raise MessageError("no object has that number")
        return self._objects[number][0]

    def release(self, numbers: Any) -> None:
        """One proxy of each of these numbers died on the other side."""
        for number in numbers if isinstance(numbers, list) else ():
            value, count = self._objects.get(number, (None, 0)) if type(number) is int else (0, 0)
            if count > 1:
                self._objects[number] = (value, count - 1)
            elif count == 1:
                del self._objects[number], self._numbers[id(value)]
