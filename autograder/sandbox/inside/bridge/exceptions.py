"""Exceptions on the bridge: each is described by its class, its text and its traceback.

A class that only one side has is mirrored on the other, so that `except` can name it there. A
BaseException that is no Exception (an exit, an interrupt) arrives as a SubmissionError, so it
cannot end the tester.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses

MAX_TEXT = 2000
MAX_TRACE = 4000
_SANDBOX_FOLDER = "autograder/sandbox/inside"
_TEST_RUNNER_MODULES = ("unittest", "_pytest", "pytest")


class SubmissionError(Exception):
    """The submission raised something that is no ordinary exception (an exit, an interrupt)."""


class ConnectionLost(BaseException):
    """The other process is gone, or it sent nonsense. The test cannot go on."""


class EndOfTest(BaseException):
    """An answer did what the test cannot go on after: it has failed, whatever its code does."""


def text_of(error: BaseException) -> str:
    """str(error), whatever the submission's __str__ does."""
    try:
        text = str(error)
    except BaseException as fault:  # noqa: BLE001  __str__ of a submission may raise anything
        text = f"(its text cannot be read: {type(fault).__name__})"
    return text[:MAX_TEXT] if type(text) is str else ""


def trace_of(error: BaseException) -> str:
    """The frames of a traceback outside this package."""
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [f for f in frames if _SANDBOX_FOLDER not in f.filename.replace("\\", "/")]
    return "".join(traceback.format_list(foreign))[-MAX_TRACE:]


@dataclass
class MirroredExceptions:
    """The exception classes of one side of which the other has made mirrors."""

    classes: SharedClasses
    mirror_by_number: dict[int, type] = field(default_factory=dict)
    number_of_mirror: dict[type, int] = field(default_factory=dict)
    rows: dict[type, list[Any]] = field(default_factory=dict)

    def row_of(self, kind: type) -> list[Any]:
        """The row that describes an exception class to the other side."""
        if kind in self.number_of_mirror:
            return ["yours", self.number_of_mirror[kind]]
        if not issubclass(kind, Exception):
            return ["other", kind.__name__[:80]]
        if self.classes.exception_class(kind.__module__, kind.__qualname__) is kind:
            return ["known", kind.__module__, kind.__qualname__]
        if kind not in self.rows:
            bases = [self.row_of(base) for base in kind.__bases__ if issubclass(base, Exception)]
            self.rows[kind] = ["new", len(self.rows), kind.__name__[:80], bases]
        return self.rows[kind]

    def class_for(self, row: Any, depth: int = 0) -> type[Exception]:
        """The class for a row of the other side. MessageError for a row that means nothing."""
        if not isinstance(row, list) or not row or depth > 20:
            raise MessageError("an exception's class makes no sense")
        match row:
            case ["known", str() as module, str() as name]:
                kind = self.classes.exception_class(module, name)
                return SubmissionError if kind is None or _ends_quietly(kind) else kind
            case ["yours", int() as number]:
                return self._class_with_number(number)
            case ["new", int() as number, str() as name, list() as bases]:
                return self._mirror(number, name[:80], bases, depth)
        return SubmissionError

    def _class_with_number(self, number: int) -> type[Exception]:
        for kind, row in self.rows.items():
            if row[1] == number:
                return kind
        raise MessageError(f"no exception class has the number {number}")

    def _mirror(self, number: int, name: str, bases: list[Any], depth: int) -> type[Exception]:
        if number not in self.mirror_by_number:
            if len(self.mirror_by_number) > 1000:
                raise MessageError("too many exception classes")
            kinds = tuple(self.class_for(base, depth + 1) for base in bases[:8]) or (Exception,)
            mirror = _make_class(name, kinds)
            self.mirror_by_number[number] = mirror
            self.number_of_mirror[mirror] = number
        return self.mirror_by_number[number]


def _ends_quietly(kind: type[Exception]) -> bool:
    """True for an error that a test runner takes for no failure, such as `unittest.SkipTest`."""
    return any(k.__module__.partition(".")[0] in _TEST_RUNNER_MODULES for k in kind.__mro__)


def _make_class(name: str, bases: tuple[type[Exception], ...]) -> type[Exception]:
    body = {"__module__": "submission"}
    try:
        return type(name, bases, body)
    except TypeError:
        return type(name, bases[:1], body)


def describe_error(error: BaseException, mirrors: MirroredExceptions) -> dict[str, Any]:
    """The description with which the other side can raise this error again."""
    kind = type(error)
    description: dict[str, Any] = {
        "kind": mirrors.row_of(kind),
        "name": kind.__name__[:80],
        "text": text_of(error),
        "trace": trace_of(error),
    }
    words = error.args
    plain = type(words) is tuple and all(type(word) in (str, int) for word in words)
    if plain and len(str(words)) < MAX_TEXT:
        description["words"] = [str(word) if type(word) is int else word for word in words]
        description["numbers"] = [k for k, word in enumerate(words) if type(word) is int]
    return description


def rebuild_error(description: Any, mirrors: MirroredExceptions) -> Exception:
    """The exception that the other side described. MessageError where it described none."""
    if not isinstance(description, dict) or type(description.get("text")) is not str:
        raise MessageError("an error needs a text")
    text = description["text"][:MAX_TEXT]
    kind = mirrors.class_for(description.get("kind"))
    if kind is SubmissionError:
        text = f"{str(description.get('name', 'an error'))[:80]}: {text}"
    error = _instantiate(kind, _words(description, text), text)
    with suppress(AttributeError):
        error.of_submission = True  # type: ignore[attr-defined]
    trace = description.get("trace")
    if type(trace) is str and trace:
        error.add_note(f"In the submission:\n{trace[-MAX_TRACE:]}")
    return error


def _words(description: dict[str, Any], text: str) -> tuple[Any, ...]:
    """The error's arguments, where they are plain; else its text."""
    words, numbers = description.get("words"), description.get("numbers", [])
    if not isinstance(words, list) or not all(type(word) is str for word in words):
        return (text,)
    try:
        return tuple(int(word) if k in numbers else word for k, word in enumerate(words))
    except (TypeError, ValueError) as fault:
        raise MessageError("an error's arguments make no sense") from fault


def _instantiate(kind: type[Exception], words: tuple[Any, ...], text: str) -> Exception:
    """An exception of that class whose text is `text`."""
    for arguments in (words, (text,)):
        try:
            error = kind(*arguments)
        except (TypeError, ValueError, LookupError, AttributeError):
            continue
        if str(error) == text:
            return error
    mirror = _make_class(kind.__name__, (kind,))
    mirror.__str__ = lambda self: text  # type: ignore[method-assign]
    try:
        return mirror.__new__(mirror)
    except TypeError:
        return SubmissionError(f"{kind.__name__}: {text}")
