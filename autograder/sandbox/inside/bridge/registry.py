"""The objects of one side that the other has handles of, each under a number."""

from __future__ import annotations

from typing import Any

from autograder.sandbox.inside.bridge.framing import WireError


class Registry:
    """Objects of this side that the other has handles of, each with how many."""

    def __init__(self) -> None:
        self._next = 1
        self._objects: dict[int, tuple[Any, int]] = {}
        self._numbers: dict[int, int] = {}

    def give(self, thing: Any) -> int:
        """The number of an object, one handle more."""
        number = self._numbers.get(id(thing), self._next)
        self._next += number == self._next
        self._numbers[id(thing)] = number
        self._objects[number] = (thing, self._objects.get(number, (None, 0))[1] + 1)
        return number

    def get(self, number: Any) -> Any:
        if type(number) is not int or number not in self._objects:
            raise WireError("no object has that number")
        return self._objects[number][0]

    def take(self, numbers: Any) -> None:
        """Handles of these numbers died on the other side."""
        for number in numbers if isinstance(numbers, list) else ():
            thing, count = self._objects.get(number, (None, 0)) if type(number) is int else (0, 0)
            if count > 1:
                self._objects[number] = (thing, count - 1)
            elif count == 1:
                del self._objects[number], self._numbers[id(thing)]
