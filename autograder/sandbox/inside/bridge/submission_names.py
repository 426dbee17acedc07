"""The names of a submission, as its end of the bridge fetches them for the tester.

Functions of the instructor that run beside the submission's code are defined here too. They see the
submission's names, and each other before those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.value_digest import digest


class SubmissionNames:
    """names: the namespace in which the submission's cells ran."""

    def __init__(self, names: Mapping[str, Any]):
        self.names = names
        self._given = GivenNames(names)

    def forget_given(self) -> None:
        """A new test begins: it brings its own functions of the instructor."""
        self._given = GivenNames(self.names)

    def answers(self, operation: Any) -> bool:
        return operation in ("get", "digest", "define")

    def perform(self, operation: str, arguments: Sequence[Any]) -> Any:
        """The value of a name, its digest, or None where functions were defined."""
        match operation:
            case "get":
                in_given = arguments[0] in self._given
                return _fetch(self._given if in_given else self.names, *arguments)
            case "digest":
                return digest(_fetch(self.names, *arguments))
        self._given.define(*arguments)
        return None


class GivenNames(dict):
    """Functions of the instructor, which see the submission's names but not its functions of the
    same names."""

    def __init__(self, names: Mapping[str, Any]):
        super().__init__()
        self._names = names

    def __missing__(self, name: str) -> Any:
        return self._names[name]

    def define(self, source: str) -> None:
        exec(compile(source, "<given>", "exec"), self)


def _fetch(names: Mapping[str, Any], name: str) -> Any:
    if name not in names:
        raise NameError(f"name '{name}' is not defined")
    return names[name]
