"""Proofs that an assignment's tests are strong: wrong solutions and differently written right ones.

They live in tests/proofs/<id>.py, as plain code:

    from autograder.proofs import right, wrong

    @wrong("matmul", "multiplies elementwise")
    def _():
        def matmul(a, b):
            return a * b

The body of the decorated function is the text that replaces the whole solution cell: the nearest
one before the graded cell, or the one named with cell="...". The file is read, never run.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.nouns import CourseError


@dataclass(frozen=True)
class Proof:
    """A solution for `cell` (a solution cell's grade_id, '' for the nearest before `question`)."""

    question: str
    thought: str
    text: str
    is_right: bool
    cell: str = ""
    notebook: str = ""


def wrong(question: str, thought: str, cell: str = "", notebook: str = "") -> Callable:
    """Mark a solution that a student would write and that must lose points at `question`."""
    return lambda function: function


def right(question: str, thought: str, cell: str = "", notebook: str = "") -> Callable:
    """Mark a solution written another way that must keep every point of the notebook."""
    return lambda function: function


def read(path: Path) -> list[Proof]:
    """The proofs in a file, in order; [] where there is no file. CourseError where it is odd."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as fault:
        raise CourseError(f"{path}, line {fault.lineno}: {fault.msg}.") from fault
    found = [_proof(path, text, node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [proof for proof in found if proof]


def _proof(path: Path, text: str, node: ast.FunctionDef) -> Proof | None:
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            return _from_call(path, text, node, call, call.func.id)
    return None


def _from_call(
    path: Path, text: str, node: ast.FunctionDef, call: ast.Call, kind: str
) -> Proof | None:
    if kind not in ("right", "wrong"):
        return None
    try:
        words = [ast.literal_eval(argument) for argument in call.args]
        named = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
        question, thought = words
    except ValueError as fault:
        raise CourseError(
            f"{path}, line {call.lineno}: @{kind} needs the graded cell and what the student "
            f'thought, both as text: @{kind}("matmul", "multiplies elementwise").'
        ) from fault
    return Proof(question, thought, _body(text, node), kind == "right", **named)


def _body(text: str, node: ast.FunctionDef) -> str:
    """The lines of a function's body, comments included, moved to the left margin."""
    inside = text.splitlines()[node.lineno : node.end_lineno]
    return textwrap.dedent("\n".join(inside))
