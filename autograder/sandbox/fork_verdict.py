"""A test that ran in a copy of the submission's own process: what of its word is believed.

The copy can lie. So the same test runs in a second copy in which the answer was replaced by the
untouched stub: it must fail there, or nothing is believed. And of a failing test only what stands
in the test itself as a message is told, since a copy could put the whole test into its words.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

from autograder.sandbox.outputs import error

FORGED = "the test passed without an answer, so its result was not believed"
UNTOLD = "a test failed"
FAILING = "raise AssertionError"


def judged(source: str, canary: list[dict[str, Any]], real: list[dict[str, Any]]) -> list[Any]:
    """The outputs that the graded cell gets, from those of the canary and of the test."""
    if not _failed(canary):
        return [error("Forged", FORGED)]
    fault = _failed(real)
    if not fault:
        return [one for one in real if one["output_type"] == "execute_result"][-1:]
    name = fault["ename"] if _known(fault["ename"]) else "Error"
    return [error(name, fault["evalue"] if fault["evalue"] in messages(source) else UNTOLD)]


def _failed(outputs: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in outputs if one["output_type"] == "error"), None)


def _known(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, Exception)


def messages(source: str) -> frozenset[str]:
    """The texts that a test gives as the message of an assert or of an error it raises."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frozenset()
    said = [node.msg for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg]
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            said += node.exc.args
    return frozenset(
        one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
