"""The Otter test file of an nbgrader test cell: the visible part public, the rest hidden.

A cell runs in the notebook's own namespace, and so do both cases here; the hidden case runs the
whole cell, because hidden tests use what the visible ones define. A question earns all its points
or none, except where nbgrader gives part of them: the last expression of a cell is the number of
points, and here it overrides the score.
"""

from __future__ import annotations

import ast

from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, Cell

_FILE = '''\
"""Question {name}."""

import ast{more_imports}

from otter.test_files import {names}

OK_FORMAT = False
name = {name!r}
points = {points!r}
all_or_nothing = True

VISIBLE = {visible}


@test_case(hidden=False)
def visible_tests(env):
    {visible_call}

{hidden}
def run_cell(text, env):
    """Run the text as the notebook would run a cell; the value of its last expression."""
    shell = env["get_ipython"]()
    body = ast.parse(shell.transform_cell(text), name)
    shown = body.body and isinstance(body.body[-1], ast.Expr) and not text.rstrip().endswith(";")
    last = ast.Expression(body.body.pop().value) if shown else ast.parse("None", mode="eval")
    try:
        exec(shell.compile(body, name, "exec"), env)
        return eval(shell.compile(last, name, "eval"), env)
    except (SystemExit, KeyboardInterrupt) as fault:
        raise RuntimeError(f"{{type(fault).__name__}} where a result was needed") from fault
{award}'''
_HIDDEN = """
WHOLE = {full_text}


@test_case(hidden=True)
def hidden_tests(env):
    {call}

"""
_AWARD = '''

def award(value, env):
    """Give the points that the last expression of a cell names, as nbgrader does."""
    shell = env["get_ipython"]()
    shown = "" if value is None else shell.display_formatter.format(value)[0].get("text/plain", "")
    try:
        part = float(shown)
    except ValueError:
        return
    if part > points:
        raise ValueError(f"{part:g} points of {points:g} cannot be given")
    if not 0 <= part < points:
        return
    frame = sys._getframe()
    while not isinstance(frame.f_locals.get("self"), TestFile):
        frame = frame.f_back
    frame.f_locals["self"].update_score(part)
    raise AssertionError(f"{part:g} of {points:g} points")
'''


def public_file(cell: Cell) -> str:
    """The test file that students get for a graded cell: nothing hidden is in it."""
    return _file(cell, _visible(cell))


def full_file(cell: Cell) -> str:
    """The test file of the grader: the visible case, and a hidden case that runs the whole cell."""
    return _file(cell, cells.remove_regions(cells.source(cell), SCHEME))


def _visible(cell: Cell) -> str:
    """The cell's text as a release shows it."""
    return cells.remove_regions(cells.remove_regions(cells.source(cell), SCHEME), HIDDEN)


def _file(cell: Cell, full_text: str) -> str:
    visible = _visible(cell)
    may_give_part, points = _ends_in_expression(full_text), cells.points(cell)
    call = "award(run_cell({}, env), env)" if may_give_part else "run_cell({}, env)"
    hidden = _HIDDEN.format(full_text=_literal(full_text), call=call.format("WHOLE"))
    return _FILE.format(
        name=cells.grade_id(cell),
        points=int(points) if points == int(points) else points,
        visible=_literal(visible),
        visible_call="run_cell(VISIBLE, env)" if full_text != visible else call.format("VISIBLE"),
        hidden=hidden if full_text != visible else "",
        more_imports="\nimport sys" if may_give_part else "",
        names="TestFile, test_case" if may_give_part else "test_case",
        award=_AWARD if may_give_part else "",
    )


def _ends_in_expression(text: str) -> bool:
    """Whether the cell ends in an expression, or is nothing that Python alone can read."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return True
    return bool(body) and isinstance(body[-1], ast.Expr)


def _literal(text: str) -> str:
    """Python source of a string, as lines where it can be: a blank line more does no harm."""
    return repr(text) if '"""' in text else f'r"""\n{text}\n"""'
