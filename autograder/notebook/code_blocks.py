"""The code cells of a notebook as blocks: their text without magics, and the names in it."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.notebook.code_names import bound_names, names_read_first, rebound_names

_MAGIC = re.compile(r"^([^\S\n]*)(?:[%!?].*|[^\s=][^=\n]*\?)$", re.M)
_MAGIC_VALUE = re.compile(r"^([^\S\n]*[\w,][\w, ]*=\s*)[%!].*$", re.M)


@dataclass(frozen=True)
class Block:
    """A code cell: its text without magics, and the names it binds and reads."""

    cell: Cell
    text: str
    is_test: bool
    is_solution: bool
    is_plain_python: bool
    binds: frozenset[str]
    rebinds: frozenset[str]
    reads: frozenset[str]


def read_blocks(notebook: Notebook) -> list[Block]:
    """The code cells of a notebook, in order."""
    return [_read_block(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def names_bound_by(cell: Cell) -> frozenset[str]:
    """The names that a code cell binds at its top level."""
    return _read_block(cell).binds


def _read_block(cell: Cell) -> Block:
    source = cells.source(cell)
    text = python_text(source)
    return Block(
        cell,
        text,
        is_test=cells.is_test(cell),
        is_solution=cells.is_solution(cell),
        is_plain_python=text == source,
        binds=frozenset(bound_names(text)),
        rebinds=frozenset(rebound_names(text)),
        reads=frozenset(names_read_first(text)),
    )


def python_text(source: str) -> str:
    """The text of a code cell with its magics made harmless, '' where it is no Python."""
    if _parses(source):
        return source
    without_magics = _without_magics(source)
    return without_magics if _parses(without_magics) else ""


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's escapes
            ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _without_magics(text: str) -> str:
    """The text with IPython's lines made harmless, so that its names can be read."""
    if text.lstrip().startswith("%%"):
        text = "\n" + text.lstrip().partition("\n")[2]
    return _MAGIC.sub(r"\1pass", _MAGIC_VALUE.sub(r"\1get_ipython()", text))
