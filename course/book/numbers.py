"""Numbers in prose, computed where the page is built: {num}`p99_ms | .1f`.

Before the bar stands an expression with the names of the chapter's code cells, behind it a format
of Python's `format`. The value is a number, or a text that needs no format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from book.errors import BookError

ROLE = re.compile(r"\{num\}`([^`]+)`")
UNIT = re.compile(r" (?=%|(?:[nµm]?s|[kMG]?B|[mµ]?J|[mk]?W|Wh|km|[MG]Hz|d)(?![A-Za-z]))")
"""The blank before a unit, where a line is not to be broken."""
PLAIN = {
    "abs": abs,
    "float": float,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sorted": sorted,
    "str": str,
    "sum": sum,
}


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression. BookError where it has none.

    Of Python's own functions it knows those in PLAIN. That is against slips, and no sandbox: a
    chapter's names lead to all of Python."""
    try:
        return eval(expression, {**names, "__builtins__": PLAIN})
    except Exception as error:
        raise BookError(f"'{expression}' has no value: {type(error).__name__}: {error}.") from error


def number(role: str, names: Mapping[str, Any]) -> str:
    """What stands for one role: number("2 / 3 | .2f", {}) == "0.67"."""
    expression, _, form = role.rpartition(" | ")
    if not expression:
        expression, form = form, ""
    value = evaluate(expression, names)
    try:
        text = format(value, form.strip())
    except (TypeError, ValueError) as error:
        raise BookError(f"'{role}' cannot be formatted: {error}.") from error
    if not _is_finite(value) or text.strip().lstrip("+-") in ("nan", "inf"):
        raise BookError(f"'{role}' is {text}, which is no number for a reader.")
    if re.fullmatch(r"-?[\d.,]+%?", text):
        text = text.replace("-", "\u2212").replace("%", "\u00a0%")
    return text


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except (TypeError, OverflowError):  # a text, or a whole number beyond all floats
        return True


def filled(text: str, names: Mapping[str, Any]) -> str:
    """The text with all its numbers computed, each in one line with its unit."""
    text = re.sub(ROLE.pattern + UNIT.pattern, lambda m: m[0][:-1] + "\u00a0", text)
    return ROLE.sub(lambda match: number(match[1], names), text)
