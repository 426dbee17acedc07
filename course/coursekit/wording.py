"""The words of an explanation: an assert as tried, expected, came; an exception as a sentence.

What counts as the student's code is decided here: a cell of the notebook, or their own tinytorch.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from coursekit import workspace
from coursekit.asserts import NUMPY_ASSERTS, Site
from coursekit.chapters import MissingChapter, command, missing
from coursekit.report import Finding
from coursekit.syllabus import load
from coursekit.values import describe, difference, shortened

COMPARERS = ("allclose", "array_equal", "array_equiv", "isclose", *NUMPY_ASSERTS)
WORDS = {
    "!=": "anything but",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "is": "the same object as",
    "is not": "another object than",
    "in": "one of",
    "not in": "none of",
    "isinstance": "an instance of",
    "hasattr": "an attribute",
}


def finding_of(
    site: Site, values: tuple[Any, ...], given_message: Any, inputs: tuple[tuple[str, str], ...]
) -> Finding:
    actual, expected = (values[1], values[0]) if site.swapped else (values[0], values[-1])
    return Finding(
        message="" if given_message is None else shortened(str(given_message)),
        expression=site.expression,
        expected=_expected(site, actual, expected),
        actual=_actual_text(site, actual, expected),
        inputs=inputs,
    )


def _expected(site: Site, actual: Any, expected: Any) -> str:
    if site.how in ("true", "not"):
        module_path = site.how == "true"
        return (
            str(module_path)
            if isinstance(actual, bool)
            else f"something {str(module_path).lower()}"
        )
    return f"{WORDS.get(site.how, '')} {describe(expected)}".strip()


def _actual_text(site: Site, actual: Any, expected: Any) -> str:
    if site.how == "isinstance":
        return f"{describe(actual)}   {type(actual).__name__}"
    apart = difference(actual, expected) if site.how in ("==", *COMPARERS) else ""
    return describe(actual) + (f"\n({apart})" if apart else "")


def inputs_of(site: Site, frame: FrameType) -> Iterator[tuple[str, str]]:
    """The values behind the names in what was tried, at most three; functions and modules not."""
    variables = {**frame.f_globals, **frame.f_locals}
    values = {name: variables[name] for name in site.names if name in variables}
    data = {n: v for n, v in values.items() if not callable(v) and not isinstance(v, ModuleType)}
    return ((name, describe(value)) for name, value in list(data.items())[:3])


def is_students(frame: FrameType, notebook: dict[str, Any]) -> bool:
    """Whether a frame runs the student's code: a cell of the notebook, or their own tinytorch."""
    return frame.f_globals is notebook or "tinytorch" in Path(frame.f_code.co_filename).parts


def where(frame: FrameType, line: int) -> str:
    code = frame.f_code
    text = linecache.getline(code.co_filename, line, frame.f_globals).strip()
    parts = Path(code.co_filename).parts
    file = "/".join(parts[parts.index("tinytorch") :]) if "tinytorch" in parts else ""
    place = file or ("the cell" if code.co_name == "<module>" else code.co_name)
    return f"{place}, line {line}: {text}" if text else f"{place}, line {line}"


def error_sentence(error: BaseException) -> str:
    """An exception as a sentence; where a chapter is not exported, that cause alone."""
    if isinstance(error, ImportError) and (cause := _missing_chapter(error)):
        return cause
    text = shortened(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _missing_chapter(error: ImportError) -> str:
    """The sentence about a chapter's module that is absent or lacks a name, '' for any other."""
    if isinstance(error, MissingChapter):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return missing(error.name or "", workspace.current().packages)
    module_path = f"{(error.name or '').replace('.', '/')}.py"
    row = next((row for row in load().assignments if row.exports == module_path), None)
    fault = error.msg.partition(" (")[0]
    return f"{fault}. Export that chapter again: {command(row.id)}" if row else ""


def undefined(error: NameError) -> str:
    name = error.name or "a name"
    return (
        f"{name} is not defined in this notebook yet: run the cell that defines it, then this one."
    )
