"""The objects of one connection that do not cross: the other side gets a proxy with a number.

One object has one proxy in the submission for as long as the object lives, so that `is` and `id`
hold there. A proxy that goes back to its own side is the object again.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.operations import COPYING
from autograder.sandbox.inside.bridge.proxies import (
    METHODS,
    Proxy,
    Reference,
    methods_of,
    proxy_class,
    reference_of,
)
from autograder.sandbox.inside.bridge.registry import Registry
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses

MAX_NAMES = 100  # of the methods of an object
LOOKS = 16  # proxies that are looked at before a message in the middle of a question
OUT_OF_USE = 2  # references to a proxy that only this table has: the variable and the argument


class SharedObjects:
    """connection: whose proxies these are. is_trusted: True for the tester's end."""

    def __init__(self, connection: Any, classes: SharedClasses, is_trusted: bool):
        self.classes = classes
        self._connection = connection
        self._is_trusted = is_trusted
        self._registry = Registry(watches=is_trusted)
        self._drops: list[int] = []
        self._used: OrderedDict[int, Proxy] = OrderedDict()  # of the submission
        self._unused: dict[int, Proxy] = {}  # of objects that live
        self._offered: list[int] = []
        self._copies: dict[int, str] = {}

    def get(self, number: Any) -> Any:
        """The object of this side with that number; MessageError where there is none."""
        return self._registry.get(number)

    def copy_operation(self, number: int) -> str:
        """The operation by which the other side made this copy of an object, '' for no copy."""
        return self._copies.get(number, "")

    def encode_result(self, operation: str, encode: Callable[[], Any]) -> Any:
        """The row of an operation's result; where it is a new copy, notes how it was made."""
        first_new = self._registry.next_number
        row = encode()
        match row:
            case ["ref", int() as copy, *_] if operation in COPYING and copy >= first_new:
                self._copies[copy] = operation
        return row

    def refer(self, value: Any) -> list[Any]:
        """The row for an object that does not cross."""
        if issubclass(type(value), Proxy) and reference_of(value).connection is self._connection:
            return ["yours", reference_of(value).number]
        kind = type(value)
        type_name, class_row = kind.__name__[:80], self.classes.nearest_class(kind)
        number = self._registry.register(value)
        return ["ref", number, type_name, methods_of(value), class_row]

    def resolve(self, row: list[Any], path: str) -> Any:
        """The object of this side, or the proxy of one of the other's; path: how the test got it.
        MessageError for a row that means nothing."""
        match row:
            case ["yours", int() as number]:
                return self._registry.get(number)
            case ["ref", int() as number, str() as type_name, list() as names, list() as kind]:
                nearest_class = self.classes.class_named(*kind) if len(kind) == 2 else None
                methods = frozenset(name for name in names[:MAX_NAMES] if name in METHODS)
                return self._proxy(
                    Reference(
                        self._connection, number, type_name[:80], path, nearest_class, methods
                    )
                )
        raise MessageError("a value of an unknown kind came")

    def _proxy(self, reference: Reference) -> Proxy:
        number = reference.number
        if self._is_trusted:
            return proxy_class(reference.methods)(reference)
        proxy = self._used.get(number)
        if proxy is None and (proxy := self._unused.pop(number, None)) is not None:
            self._used[number] = proxy
        elif proxy is not None:
            self.drop(number)  # the other side has counted one more
        if proxy is None:
            proxy = self._used[number] = proxy_class(reference.methods)(reference)
        return proxy

    def drop(self, number: int) -> None:
        """A proxy of that number is not used any more; the next message tells the other side."""
        self._drops.append(number)

    def take_drops(self, is_last: bool) -> list[int]:
        """The numbers of proxies out of use for one message, which are told once. is_last: the
        message ends a question, and all proxies are looked at."""
        self._offered = []
        for _ in range(len(self._used) if is_last else min(LOOKS, len(self._used))):
            number, proxy = self._used.popitem(last=False)
            if sys.getrefcount(proxy) > OUT_OF_USE:
                self._used[number] = proxy
            else:
                self._unused[number] = proxy
                self._offered.append(number)
        drops, self._drops = self._drops, []
        return drops + self._offered

    def take_dead(self) -> list[int]:
        """The numbers of this side's objects that died since no proxy of them is in use."""
        return self._registry.take_dead()

    def forget(self, numbers: Any) -> None:
        """The objects of these numbers, of the other side, are dead."""
        for number in numbers if isinstance(numbers, list) else ():
            if type(number) is int:
                self._unused.pop(number, None)

    def undo_send(self, drops: Sequence[int], dead: list[int]) -> None:
        """The message with these was not sent."""
        self._drops += drops[: len(drops) - len(self._offered)]
        self._used.update((number, self._unused.pop(number)) for number in self._offered)
        self._offered = []
        self._registry.undo_send(dead)

    def release(self, numbers: Any) -> None:
        """The other side uses one proxy less of each of these numbers."""
        self._registry.release(numbers)
