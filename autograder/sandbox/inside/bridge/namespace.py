"""The names a hidden test sees: the instructor's, the tests' own, and then the submission's.

Python's built-ins are the tester's, unless the reference binds one anew. A name of the submission
is fetched when a test first uses it, and again for each test; only names that the reference
notebook binds are asked for.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.connection import Link


class Namespace(dict):
    """The globals of the tests of one notebook. `instructors`: what its imports and given
    definitions bind."""

    def __init__(self, link: Link, instructors: dict[str, Any]):
        super().__init__(instructors)
        self._link = link
        self._instructors = dict(instructors)
        self._kept: dict[str, Any] = {}
        self._fetched: dict[str, Any] = {}
        self._allowed: frozenset[str] = frozenset()

    def begin(self, scope: Mapping[str, Sequence[str]]) -> None:
        """A new test, which may ask for `allowed`, sees `own` of what earlier tests bound, and of
        the instructor's names not those that are `shadowed`."""
        self._allowed = frozenset(scope["submission_names"])
        self._fetched.clear()
        self.clear()
        hidden = set(scope["rebound_instructor_names"])
        self.update({k: v for k, v in self._instructors.items() if k not in hidden})
        self.update(
            {name: self._kept[name] for name in scope["earlier_test_names"] if name in self._kept}
        )

    def end(self) -> None:
        """Keeps what the test bound."""
        for name, value in self.items():
            if value is not self._fetched.get(name, self._instructors.get(name, self)):
                self._kept[name] = value

    def __missing__(self, name: str) -> Any:
        if name not in self._allowed:
            raise KeyError(name)
        try:
            value = self._link.ask("get", None, (name,), path=name)
        except NameError:
            if name in vars(builtins):  # subtle: a KeyError would find the built-in one
                raise
            raise KeyError(name) from None
        self._fetched[name] = self[name] = value
        return value
