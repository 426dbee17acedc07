"""The verdict on a test that ran in a copy of the submission's own process, which can lie.

So the same test also runs in a second copy, the canary, where the untouched stub has replaced the
answer. It must fail there, or its result is not believed. A failing test shows only a message that
stands in the test itself, since a hostile copy could write the whole hidden test into a message.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

from autograder.sandbox.outputs import error

FORGED = "the test passed without an answer, so its result was not believed"
GENERIC_MESSAGE = "a test failed"
FAILING_TEST = "raise AssertionError"


def graded_outputs(
    source: str, canary_outputs: list[dict[str, Any]], test_outputs: list[dict[str, Any]]
) -> list[Any]:
    """The outputs that the graded cell gets, from those of the canary and of the test."""
    if not _first_error(canary_outputs):
        return [error("Forged", FORGED)]
    fault = _first_error(test_outputs)
    if not fault:
        return [output for output in test_outputs if output["output_type"] == "execute_result"][-1:]
    return [_error_of_test(source, fault)]


def with_errors_of_test(source: str, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs of a test that ran in the submission itself, with the errors that may be told."""
    return [_error_of_test(source, o) if o["output_type"] == "error" else o for o in outputs]


def _error_of_test(source: str, fault: dict[str, Any]) -> dict[str, Any]:
    """The error of a test that ran beside the submission, with a message of the test or none: the
    submission may have raised it, and could write the whole hidden test into its words."""
    name = fault["ename"] if _is_builtin_exception(fault["ename"]) else "Error"
    is_of_test = fault["evalue"] in test_messages(source)
    return error(name, fault["evalue"] if is_of_test else GENERIC_MESSAGE)


def _first_error(outputs: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((output for output in outputs if output["output_type"] == "error"), None)


def _is_builtin_exception(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, Exception)


def test_messages(source: str) -> frozenset[str]:
    """The texts that a test gives as the message of an assert or of an error it raises."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frozenset()
    expressions = [node.msg for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg]
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            expressions += node.exc.args
    return frozenset(
        expression.value
        for expression in expressions
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str)
    )
