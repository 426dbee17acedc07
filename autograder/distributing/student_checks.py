"""The table that coursekit reads: visible tests, written answers as released, and tagged cells.

It is made from the released notebooks only, where hidden tests are already gone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook

TAG = "export"


def table(assignment_id: str, notebooks: list[Path]) -> dict[str, Any]:
    """The questions, the written answers and the exported cells of a release, as coursekit reads
    them."""
    books = [cells.load(path) for path in notebooks]
    return {
        "assignment": assignment_id,
        "questions": [_row(cell) for book in books for cell in cells.tests(book)],
        "written": [row for book in books for row in _written_answers(book)],
        "exports": [row for book in books for row in _exports(book)],
    }


def _written_answers(book: Notebook) -> Iterator[dict[str, Any]]:
    """The answers that a person marks: graded themselves, or the cell behind a task of nbgrader."""
    for cell, following in pairwise([*book["cells"], {}]):
        if cells.is_manual(cell) and cells.is_solution(cell):
            yield _row(cell)
        elif cells.is_manual(cell) and following.get("cell_type") == "markdown":
            answer = {**_row(following), "points": cells.points(cell)}
            yield from [answer] if answer["name"] and not cells.grade_id(following) else []


def _row(cell: Cell) -> dict[str, Any]:
    return {
        "name": _cell_name(cell),
        "points": cells.points(cell),
        "source": cells.source(cell).rstrip(),
    }


def _exports(book: Notebook) -> list[dict[str, Any]]:
    tagged = [cell for cell in book["cells"] if TAG in cell["metadata"].get("tags", ())]
    return [
        {"cell": _cell_name(cell), "defines": _defined_names(cells.source(cell))}
        for cell in tagged
        if cell["cell_type"] == "code"
    ]


def _cell_name(cell: Cell) -> str:
    return cells.grade_id(cell) or str(cell.get("id", ""))


def _defined_names(text: str) -> list[str]:
    """The functions, classes and constants of a cell; [] where it is not plain Python."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return []
    names = [name for statement in body for name in _bound_names(statement)]
    return list(dict.fromkeys(names))


def _bound_names(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []
