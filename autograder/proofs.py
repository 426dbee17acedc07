"""Proofs that an assignment's tests are strong: wrong solutions and differently written right ones.

They live in tests/proofs/<id>.py, as plain code. A mistake that is a small change of the
reference's solution says what stands there and what stands there instead:

    from autograder.proofs import right, wrong

    wrong("matmul", "multiplies elementwise", {"a @ b": "a * b"})

What is written anew is the body of a decorated function:

    @right("matmul", "sums over products")
    def _():
        def matmul(a, b):
            return (a[:, :, None] * b).sum(axis=1)

Either stands for the whole solution cell: the nearest one before the graded cell, or the one named
with cell="...". The file is read, never run.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.model import CourseError


@dataclass(frozen=True)
class Proof:
    """A solution for `cell` (a solution cell's grade_id, '' for the nearest before `question`).

    It is `text`, or the reference's solution after `changes`, pairs of (old, new).
    """

    question: str
    thought: str
    is_right: bool
    text: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    cell: str = ""
    notebook: str = ""

    def solution(self, reference: str) -> str:
        """The text of the solution cell, which has the text `reference` in the source.

        CourseError where something to be changed does not stand there exactly once.
        """
        text = reference if self.changes else self.text
        for old, new in self.changes:
            if (times := text.count(old)) != 1:
                raise CourseError(
                    f"The proof '{self.thought}' of '{self.question}' changes {old!r}, which must "
                    f"stand in the solution cell once, but stands there {times} times."
                )
            text = text.replace(old, new)
        return text


def wrong(
    question: str,
    thought: str,
    changes: Mapping[str, str] | None = None,
    /,
    *,
    cell: str = "",
    notebook: str = "",
) -> Callable:
    """A solution that a student would write and that must lose points at `question`."""
    return lambda function: function


def right(
    question: str,
    thought: str,
    changes: Mapping[str, str] | None = None,
    /,
    *,
    cell: str = "",
    notebook: str = "",
) -> Callable:
    """A solution written another way that must keep every point of the notebook."""
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
    proofs = [_proof(path, text, node) for node in tree.body]
    return [proof for proof in proofs if proof]


def _proof(path: Path, text: str, node: ast.stmt) -> Proof | None:
    """The proof that a statement of the file gives: a call, or a function decorated with one."""
    if isinstance(node, ast.Expr):
        return _from_call(path, node.value, "")
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        return _from_call(path, node.decorator_list[0], _body(text, node))
    return None


def _from_call(path: Path, call: ast.expr, body: str) -> Proof | None:
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        return None
    kind = call.func.id
    if kind not in ("right", "wrong"):
        return None
    try:
        question, thought, *changes = (ast.literal_eval(argument) for argument in call.args)
        named = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
        pairs = tuple(dict(*changes).items())
        if bool(body) == bool(pairs):
            raise ValueError("a function's body or changes, one of the two")
        return Proof(question, thought, kind == "right", body, pairs, **named)
    except (TypeError, ValueError) as fault:
        raise CourseError(
            f"{path}, line {call.lineno}: {kind} needs the graded cell and what the student "
            f'thought, both as text, and what changes in the reference: {kind}("matmul", '
            f'"multiplies elementwise", {{"a @ b": "a * b"}}). As the decorator of a function that '
            f"holds the whole solution it needs the first two."
        ) from fault


def _body(text: str, node: ast.FunctionDef) -> str:
    """The lines of a function's body, comments included, moved to the left margin."""
    inside = text.splitlines()[node.lineno : node.end_lineno]
    return textwrap.dedent("\n".join(inside))
