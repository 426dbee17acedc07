"""The errors of one connection: how one side tells an error, and how the other raises it again.

An error of the test that comes back through the submission is the same object again. What the
tester tells has no traceback: that would show the source of the hidden test.
"""

from __future__ import annotations

from typing import Any

from autograder.sandbox.inside.bridge.exceptions import (
    MirroredExceptions,
    describe_error,
    rebuild_error,
)
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses

MAX_RAISED = 100


class SharedErrors:
    """is_trusted: True for the tester's end."""

    def __init__(self, classes: SharedClasses, is_trusted: bool):
        self.mirrors = MirroredExceptions(classes)
        self._is_trusted = is_trusted
        self._raised: dict[int, BaseException] = {}

    def clear(self) -> None:
        """A test begins: no error of an earlier one comes back."""
        self._raised.clear()

    def describe(self, error: BaseException) -> dict[str, Any]:
        """The description with which the other side can raise this error."""
        description = describe_error(error, self.mirrors)
        origin = getattr(error, "_origin_", None)
        if self._is_trusted:
            description["trace"] = ""
            number = len(self._raised) + 1
            if number <= MAX_RAISED:
                self._raised[number] = error
                description["origin"] = number
        elif type(origin) is int:
            description["origin"] = origin
        return description

    def rebuild(self, description: Any) -> BaseException:
        """The error that the other side described; MessageError where it described none."""
        origin = description.get("origin") if isinstance(description, dict) else None
        if self._is_trusted and type(origin) is int and origin in self._raised:
            return self._raised[origin]
        error = rebuild_error(description, self.mirrors)
        if not self._is_trusted:
            error._origin_ = origin  # type: ignore[attr-defined]
        return error
