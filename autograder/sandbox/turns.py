"""Turns at the machine's cores: submissions run side by side, and one alone where it must.

A submission that used up its time without having used the processor may have been kept from it by
its neighbours. It runs once more while nobody else does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(eq=False)
class Turn:
    """A turn. had_company: another one ran at the same time."""

    had_company: bool = False


class Turns:
    """Many `shared` turns at a time, or one `alone`, which waits until no other one runs. Until
    then others go on: of a submission that only sleeps, no more than its own worker waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._turns: list[Turn] = []
        self._is_alone = False

    @contextmanager
    def shared(self) -> Iterator[Turn]:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_alone)
            turn = self._begin()
        try:
            yield turn
        finally:
            self._end(turn)

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._turns)
            turn, self._is_alone = self._begin(), True
        try:
            yield
        finally:
            self._end(turn)

    def _begin(self) -> Turn:
        self._turns.append(Turn())
        for turn in self._turns if len(self._turns) > 1 else ():
            turn.had_company = True
        return self._turns[-1]

    def _end(self, turn: Turn) -> None:
        with self._changed:
            self._turns.remove(turn)
            self._is_alone = False
            self._changed.notify_all()
