"""An nbgrader test cell as an Otter test file: the visible part public, the rest hidden.

A cell runs in the notebook's own namespace, and so do both cases here. The hidden case runs the
whole cell, because hidden tests use what the visible ones define. A question earns all its points
or none, as in nbgrader.
"""

from __future__ import annotations

import ast

from autograder import cells
from autograder.cells import HIDDEN, Cell
from autograder.nouns import CourseError

_PUBLIC = '''\
"""Question {name}."""

from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}
all_or_nothing = True

visible = {visible!r}


@test_case(hidden=False)
def visible_tests(env):
    exec(compile(visible, name, "exec"), env)
'''
_HIDDEN = """

whole = {whole!r}


@test_case(hidden=True)
def hidden_tests(env):
    exec(compile(whole, name, "exec"), env)
"""


def public_file(cell: Cell) -> str:
    """The test file that students get for a graded cell: nothing hidden is in it."""
    return _PUBLIC.format(**_facts(cell))


def full_file(cell: Cell) -> str:
    """The test file of the grader: the visible part and the whole."""
    facts = _facts(cell)
    hidden = _HIDDEN.format(**facts) if facts["whole"] != facts["visible"] else ""
    return _PUBLIC.format(**facts) + hidden


def _facts(cell: Cell) -> dict[str, object]:
    whole = cells.source(cell)
    _refuse_partial_credit(cells.grade_id(cell), whole)
    points = cells.points(cell)
    return {
        "name": cells.grade_id(cell),
        "points": int(points) if points == int(points) else points,
        "whole": whole,
        "visible": cells.without(whole, HIDDEN),
    }


def _refuse_partial_credit(name: str, text: str) -> None:
    """nbgrader takes a last expression for the number of points; Otter has no such thing."""
    try:
        body = ast.parse(text).body
    except SyntaxError as fault:
        raise CourseError(f"the test cell '{name}' is not Python: {fault.msg}.") from fault
    last = body[-1] if body else None
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call):
        raise CourseError(
            f"the test cell '{name}' ends in an expression, which nbgrader counts as partial "
            f"credit; Otter gives all or nothing. Split the cell into one per part."
        )
