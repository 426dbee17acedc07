"""The registry: the objects of one side that the other has proxies of, each under a number.

An object keeps its number for as long as it lives: the tester's end watches one whose proxies are
out of use, and tells the submission when it is dead. Until then the submission keeps the proxy, so
that `id` is the same when the object comes again.
"""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any

from autograder.sandbox.inside.bridge.framing import MessageError


class Registry:
    """Objects of this side that the other has proxies of, and how many proxies of each.

    watches: whether it goes on to watch an object of which no proxy is in use.
    """

    def __init__(self, watches: bool = False) -> None:
        self._watches = watches
        self._next = 1
        self._objects: dict[int, tuple[Any, int]] = {}
        self._numbers: dict[int, int] = {}
        self._watched: dict[int, weakref.ref[Any]] = {}
        self._dead: list[int] = []

    def register(self, value: Any) -> int:
        """The number of an object, of which the other side gets one proxy more."""
        number = self._numbers.get(id(value), self._next)
        self._next += number == self._next
        self._numbers[id(value)] = number
        self._objects[number] = (value, self._objects.get(number, (None, 0))[1] + 1)
        self._watched.pop(number, None)
        return number

    @property
    def next_number(self) -> int:
        """The number of the object that is registered next. No number is given twice."""
        return self._next

    def get(self, number: Any) -> Any:
        value = None
        if type(number) is int and number in self._objects:
            return self._objects[number][0]
        if type(number) is int and number in self._watched:
            value = self._watched[number]()
        if value is None:
            raise MessageError("no object has that number")
        return value

    def release(self, numbers: Any) -> None:
        """One proxy of each of these numbers is out of use on the other side."""
        for number in numbers if isinstance(numbers, list) else ():
            value, count = self._objects.get(number, (None, 0)) if type(number) is int else (0, 0)
            if count > 1:
                self._objects[number] = (value, count - 1)
            elif count == 1:
                del self._objects[number]
                self._watch(number, value)
            value = None  # where nobody else holds it, it dies here

    def take_dead(self) -> list[int]:
        """The numbers of the watched objects that died, which are told once."""
        dead, self._dead = self._dead, []
        return dead

    def undo_send(self, dead: list[int]) -> None:
        """The message with these was not sent."""
        self._dead += dead

    def _watch(self, number: int, value: Any) -> None:
        forget = partial(self._forget, number, id(value))
        try:
            if self._watches:
                self._watched[number] = weakref.ref(value, forget)
                return
        except TypeError:  # an object that cannot be watched counts as dead
            pass
        forget()

    def _forget(self, number: int, place: int, _reference: Any = None) -> None:
        self._watched.pop(number, None)
        if self._numbers.get(place) == number:
            del self._numbers[place]
        if self._watches:
            self._dead.append(number)
