"""The namespace of hidden tests: the instructor's names, the tests' own, then the submission's.

Python's built-ins are the tester's, unless the reference binds one anew. A name of the submission
is fetched when a test first uses it, and again for each test; only names that the reference
notebook binds are asked for.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.connection import Connection


class Namespace(dict):
    """The globals of the tests of one notebook. instructor_names: what its imports and definitions
    bind."""

    def __init__(self, connection: Connection, instructor_names: dict[str, Any]):
        super().__init__(instructor_names)
        self._connection = connection
        self._instructor_names = dict(instructor_names)
        self._test_names: dict[str, Any] = {}
        self._fetched: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self._submission_names: frozenset[str] = frozenset()

    def connect(self, connection: Connection) -> None:
        """Fetch names from another copy of the submission from now on."""
        self._connection = connection

    def begin(self, scope: Mapping[str, Sequence[str]]) -> None:
        """A new test with that scope: it may fetch `submission_names`, and it sees the names of
        earlier tests and the instructor's names, but for those that the notebook rebound."""
        self._submission_names = frozenset(scope["submission_names"])
        self._fetched.clear()
        self.clear()
        hidden = set(scope["rebound_instructor_names"])
        self.update({k: v for k, v in self._instructor_names.items() if k not in hidden})
        earlier = [name for name in scope["earlier_test_names"] if name in self._test_names]
        self.update({name: self._test_names[name] for name in earlier})

    def define_values(self, values: Mapping[str, Any]) -> None:
        """The instructor's values; they are no names of the test, and go before the
        submission's only."""
        self._values = {name: value for name, value in values.items() if name not in self}
        self.update(self._values)
        self._fetched.update(self._values)

    def differing_values(self, digests: Mapping[str, str | None]) -> list[str]:
        """The names under which the submission has other values than the instructor's, of which
        these are the digests: its code changed them in place, say, or bound the names anew."""
        return [name for name in self._values if not self._has_same(name, digests[name])]

    def _has_same(self, name: str, mine: str | None) -> bool:
        """Whether the submission has that value. The test has to pass with the instructor's in any
        case; a lie can hide only that the submission's is another one."""
        try:
            return mine is not None and self._connection.ask("digest", None, (name,)) == mine
        except Exception:  # noqa: BLE001  whatever the submission makes of it
            return False

    def define_helpers(self, run: Callable[[dict[str, Any]], object]) -> None:
        """`run` binds the instructor's helpers here; they are no names of the test."""
        before = dict(self)
        run(self)
        self._fetched.update({k: v for k, v in self.items() if before.get(k, self) is not v})

    def end(self) -> None:
        """Keeps what the test bound."""
        for name, value in self.items():
            if value is not self._fetched.get(name, self._instructor_names.get(name, self)):
                self._test_names[name] = value

    def __missing__(self, name: str) -> Any:
        if name not in self._submission_names:
            raise KeyError(name)
        try:
            value = self._connection.ask("get", None, (name,), path=name)
        except NameError:
            if name in vars(builtins):  # subtle: a KeyError would find the built-in one
                raise
            raise KeyError(name) from None
        self._fetched[name] = self[name] = value
        return value
