"""How a value is shown to a student: short, one glance, whatever its own repr does.

Also the sentence about two values that should agree: their shapes, or where they differ most.
"""

from __future__ import annotations

import sys
from typing import Any

WIDTH = 200
LINES = 6


def describe(value: Any) -> str:
    """`value` in at most six short lines; an array with its shape and dtype."""
    if is_array(value):
        return _array(value)
    if isinstance(value, type):
        return value.__name__
    return shortened(_safe_repr(value))


def shortened(text: str) -> str:
    lines = text.strip("\n").split("\n")
    short_lines = [
        line if len(line) <= WIDTH else line[: WIDTH - 4] + " ..." for line in lines[:LINES]
    ]
    return "\n".join([*short_lines, "..."] if len(lines) > LINES else short_lines)


def is_array(value: Any) -> bool:
    """Whether it is a NumPy array; NumPy is not imported for the question."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def difference(actual: Any, expected: Any) -> str:
    """Where two values differ, as a phrase; '' where there is nothing more to say."""
    if not (is_array(actual) or is_array(expected)):
        return _kinds(actual, expected)
    import numpy as np

    try:
        array, expected_array = np.asarray(actual), np.asarray(expected)
        if array.shape != expected_array.shape and expected_array.shape != ():
            return f"the shapes differ: {array.shape} came, {expected_array.shape} expected"
        return _largest(np, array.astype(float), expected_array.astype(float))
    except (TypeError, ValueError):
        return ""


def _largest(np: Any, actual: Any, expected: Any) -> str:
    if actual.size == 0:
        return ""
    gap = np.abs(actual - expected)
    if np.isnan(gap).any():
        where = np.unravel_index(int(np.isnan(gap).argmax()), gap.shape)
        return f"not a number at {_index(where)}"
    where = np.unravel_index(int(gap.argmax()), gap.shape)
    return f"the largest difference is {gap[where]:.3g}, at {_index(where)}"


def _index(where: Any) -> str:
    return "[" + ", ".join(str(int(i)) for i in where) + "]" if len(where) else "the only element"


def _kinds(actual: Any, expected: Any) -> str:
    """How two values of different types differ: numbers first in their value."""
    plain = (bool, int, float, complex, str, bytes, tuple, list, dict, set, type(None))
    if type(actual) is type(expected) or not isinstance(expected, plain):
        return ""
    if isinstance(actual, (int, float)) and isinstance(expected, (int, float)):
        return ""
    types = f"{_a(type(actual).__name__)} came where {_a(type(expected).__name__)} was expected"
    number = _number(actual)
    if isinstance(expected, (int, float)) and number is not None and number != expected:
        return f"the values differ: {number} came, {expected} was expected; {types}"
    return types


def _number(value: Any) -> int | float | None:
    """A NumPy number as Python's own; None for anything else."""
    numpy = sys.modules.get("numpy")
    number = value.item() if numpy is not None and isinstance(value, numpy.number) else None
    return number if isinstance(number, (int, float)) else None


def _a(noun: str) -> str:
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


def _array(value: Any) -> str:
    import numpy as np

    text = np.array2string(value, precision=6, threshold=40, edgeitems=3, max_line_width=88)
    return shortened(text) + f"   {'x'.join(map(str, value.shape)) or 'scalar'} {value.dtype}"


def _safe_repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001  subtle: it is the student's __repr__
        return f"<{type(value).__name__}; its repr raises {type(error).__name__}: {error}>"
