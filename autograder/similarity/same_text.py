"""Answers with the same text to the letter, names and comments included.

An answer of eight lines is mostly too short for its fingerprints to tell anything. Its very text
can still be rare: people who never met seldom choose the same names and the same remarks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.notebook.code_blocks import python_text
from autograder.similarity.fingerprints import MAX_CHARACTERS
from autograder.similarity.pairs import Answer
from autograder.similarity.plain_code import parsed

LEAST_LINES = 6  # of code, neither blank nor released
LEAST_WORDS = 20  # of a written answer
MOST = 3  # hand-ins: a text that more have is a text that was given

SameText = tuple[tuple[str, ...], ...]  # the students of each hand-in that has it


def same_texts(answers: Iterable[Answer], released: str) -> tuple[SameText, ...]:
    """Each text that two or three hand-ins have, blanks at the ends of lines and blank lines apart.

    released: what stood in the cell; texts that add little to it are left out, and so are those in
    which nothing is written, such as what stood there in an earlier release.
    """
    released_lines = set(_lines(released))
    hand_ins: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for answer in answers:
        text = tuple(line for line in _lines(answer.text) if line not in released_lines)
        if _is_long(answer, text) and not is_stub(answer):
            hand_ins.setdefault(text, {}).setdefault(answer.group, []).append(answer.student)
    shared = (by_group.values() for by_group in hand_ins.values() if 2 <= len(by_group) <= MOST)
    return tuple(sorted(tuple(sorted(tuple(sorted(s)) for s in groups)) for groups in shared))


def is_stub(answer: Answer) -> bool:
    """Whether code has nothing but heads of functions and classes, imports, docstrings, comments
    and `pass`, `...` or `raise NotImplementedError`."""
    if answer.kind != "tree" or len(answer.text) > MAX_CHARACTERS:
        return False
    return all(map(_is_nothing, parsed(python_text(answer.text)).body))


def _is_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return all(map(_is_nothing, node.body))
        case ast.Raise(exc=ast.Call(func=ast.Name(id=kind)) | ast.Name(id=kind)):
            return kind == "NotImplementedError"
        case ast.Expr(ast.Constant(value=value)):
            return isinstance(value, str) or value is ...
    return isinstance(node, ast.Pass | ast.Import | ast.ImportFrom)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _is_long(answer: Answer, text: tuple[str, ...]) -> bool:
    if answer.kind == "words":
        return sum(len(line.split()) for line in text) >= LEAST_WORDS
    return len(text) >= LEAST_LINES
