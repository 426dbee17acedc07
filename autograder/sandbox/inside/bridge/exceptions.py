"""Exceptions that cross: the nearest class that both sides know, the message, and where it was.

A class that only one side has is mirrored on the other, so that `except` finds it there. What is
no Exception (an exit, an interrupt) arrives as a SubmissionError and ends nothing.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.inside.bridge.framing import WireError
from autograder.sandbox.inside.bridge.shared_classes import KnownClasses

MOST_TEXT = 2000
MOST_TRACE = 4000
_OURS = "autograder/sandbox/inside"


class SubmissionError(Exception):
    """Something ended in the submission that is no ordinary exception there."""


class LinkLost(BaseException):
    """The other process is gone, or it says things that make no sense. Nothing can go on."""


def _text_of(error: BaseException) -> str:
    """str(error), whatever a stranger's __str__ does."""
    try:
        text = str(error)
    except BaseException as fault:  # noqa: BLE001  a stranger's __str__ may raise anything
        text = f"(its text cannot be read: {type(fault).__name__})"
    return text[:MOST_TEXT] if type(text) is str else ""


def trace_of(error: BaseException) -> str:
    """The frames of a traceback that are not this package's own."""
    frames = traceback.extract_tb(error.__traceback__)
    kept = [frame for frame in frames if _OURS not in frame.filename.replace("\\", "/")]
    return "".join(traceback.format_list(kept))[-MOST_TRACE:]


@dataclass
class Mirrors:
    """Exception classes of one side that the other has made a likeness of."""

    known: KnownClasses
    numbers: dict[int, type] = field(default_factory=dict)
    made: dict[type, int] = field(default_factory=dict)
    rows: dict[type, list[Any]] = field(default_factory=dict)

    def row(self, kind: type) -> list[Any]:
        """How an exception class is described to the other side."""
        if kind in self.made:
            return ["yours", self.made[kind]]
        if not issubclass(kind, Exception):
            return ["other", kind.__name__[:80]]
        if self.known.exception(kind.__module__, kind.__qualname__) is kind:
            return ["known", kind.__module__, kind.__qualname__]
        if kind not in self.rows:
            bases = [self.row(one) for one in kind.__bases__ if issubclass(one, Exception)]
            self.rows[kind] = ["new", len(self.rows), kind.__name__[:80], bases]
        return self.rows[kind]

    def kind(self, row: Any, depth: int = 0) -> type[Exception]:
        """The class for a row of the other side. WireError for a row that means nothing."""
        if not isinstance(row, list) or not row or depth > 20:
            raise WireError("an exception's class makes no sense")
        match row:
            case ["known", str() as module, str() as name]:
                return self.known.exception(module, name) or SubmissionError
            case ["yours", int() as number]:
                return self._own(number)
            case ["new", int() as number, str() as name, list() as bases]:
                return self._likeness(number, name[:80], bases, depth)
        return SubmissionError

    def _own(self, number: int) -> type[Exception]:
        for kind, row in self.rows.items():
            if row[1] == number:
                return kind
        raise WireError(f"no exception class has the number {number}")

    def _likeness(self, number: int, name: str, bases: list[Any], depth: int) -> type[Exception]:
        if number not in self.numbers:
            if len(self.numbers) > 1000:
                raise WireError("too many exception classes")
            kinds = tuple(self.kind(base, depth + 1) for base in bases[:8]) or (Exception,)
            made = _made(name, kinds)
            self.numbers[number] = made
            self.made[made] = number
        return self.numbers[number]


def _made(name: str, bases: tuple[type[Exception], ...]) -> type[Exception]:
    body = {"__module__": "submission"}
    try:
        return type(name, bases, body)
    except TypeError:
        return type(name, bases[:1], body)


def described(error: BaseException, mirrors: Mirrors) -> dict[str, Any]:
    """What the other side needs to raise this error again."""
    kind = type(error)
    told: dict[str, Any] = {
        "kind": mirrors.row(kind),
        "name": kind.__name__[:80],
        "text": _text_of(error),
        "trace": trace_of(error),
    }
    words = error.args
    plain = type(words) is tuple and all(type(word) in (str, int) for word in words)
    if plain and len(str(words)) < MOST_TEXT:
        told["words"] = [str(word) if type(word) is int else word for word in words]
        told["numbers"] = [k for k, word in enumerate(words) if type(word) is int]
    return told


def rebuilt(told: Any, mirrors: Mirrors) -> Exception:
    """The exception that the other side described. WireError where it described none."""
    if not isinstance(told, dict) or type(told.get("text")) is not str:
        raise WireError("an error needs a text")
    text = told["text"][:MOST_TEXT]
    kind = mirrors.kind(told.get("kind"))
    if kind is SubmissionError:
        text = f"{str(told.get('name', 'an error'))[:80]}: {text}"
    error = _raised(kind, _words(told, text), text)
    trace = told.get("trace")
    if type(trace) is str and trace:
        error.add_note(f"In the submission:\n{trace[-MOST_TRACE:]}")
    return error


def _words(told: dict[str, Any], text: str) -> tuple[Any, ...]:
    """The error's arguments, where they are plain; else its text."""
    words, numbers = told.get("words"), told.get("numbers", [])
    if not isinstance(words, list) or not all(type(word) is str for word in words):
        return (text,)
    try:
        return tuple(int(word) if k in numbers else word for k, word in enumerate(words))
    except (TypeError, ValueError) as fault:
        raise WireError("an error's arguments make no sense") from fault


def _raised(kind: type[Exception], words: tuple[Any, ...], text: str) -> Exception:
    """An exception of that class whose text is `text`."""
    for given in (words, (text,)):
        try:
            error = kind(*given)
        except (TypeError, ValueError, LookupError, AttributeError):
            continue
        if str(error) == text:
            return error
    likeness = _made(kind.__name__, (kind,))
    likeness.__str__ = lambda self: text  # type: ignore[method-assign]
    try:
        return likeness.__new__(likeness)
    except TypeError:
        return SubmissionError(f"{kind.__name__}: {text}")
