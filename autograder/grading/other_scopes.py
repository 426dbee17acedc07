"""The scopes in which a hidden test is tried where the reference solution fails it.

They differ in which given values and helpers the test has from the submission rather than from the
instructor's notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.gradebook.points import earned_all_points
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.sandbox.inside.bridge.tester import VALUES_DIFFER
from autograder.sandbox.run_result import RunResult
from autograder.sandbox.test_scope import read_scopes

Values = tuple[tuple[str, tuple[str, ...]], ...]  # as in Scope


def other_scopes(notebook: Notebook, cell: Cell, scope: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The scopes in which a test is tried one after the other, while its cell has lost points."""
    if earned_all_points(cell):
        return
    test, differing = cells.grade_id(cell), _names_of_differing_values(cell)
    agreeing = scope["values"]
    if differing:
        agreeing = read_scopes(notebook, {test: differing})[test].values
    for other_scope in SCOPES:
        if not earned_all_points(cell) and (other := other_scope(agreeing, scope)) != scope:
            yield other


def differing_values(ran: RunResult) -> dict[str, set[str]]:
    """The names of the given values that the reference has otherwise, by test."""
    return {
        cells.grade_id(cell): _names_of_differing_values(cell) for cell in cells.tests(ran.notebook)
    }


def _names_of_differing_values(cell: Cell) -> set[str]:
    return {
        name
        for output in cell["outputs"]
        if output.get("ename") == VALUES_DIFFER
        for name in output["evalue"].split()
    }


def _agreeing_values(agreeing: Values, scope: dict[str, Any]) -> dict[str, Any]:
    """The scope of a test that needs some of the notebook's own values: an open connection, say, or
    a draw without a seed. Only the others are made for it."""
    return {**scope, "values": agreeing}


def _helped_beside_agreeing_values(agreeing: Values, scope: dict[str, Any]) -> dict[str, Any]:
    return _helped_by_submission(_agreeing_values(agreeing, scope))


def _objects_in_tester(agreeing: Values, scope: dict[str, Any]) -> dict[str, Any]:
    """The scope of a test whose answer computes with objects that live in the tester."""
    return {**_agreeing_values(agreeing, scope), "answer_computes_with_objects": True}


def _helped_by_submission(scope: dict[str, Any]) -> dict[str, Any]:
    """The scope of a test whose helpers have to run in the process of the submission (they build
    objects of its classes, or write its files): from the instructor's source there, too."""
    if not scope["helpers"]:
        return scope
    return {**scope, "helpers": "", "helpers_of_submission": scope["helpers"]}


def _definitions_of_submission(_: Values, scope: dict[str, Any]) -> dict[str, Any]:
    """The scope of a test that needs the notebook's own classes and functions (it asks whether what
    came is an object of such a class, say)."""
    values = [
        (text, () if text.startswith(("def ", "async ", "class ", "@")) else names)
        for text, names in scope["values"]
    ]
    return {**scope, "values": tuple(values)}


def _values_of_submission(_: Values, scope: dict[str, Any]) -> dict[str, Any]:
    return {**scope, "values": ()}


def _all_of_submission(agreeing: Values, scope: dict[str, Any]) -> dict[str, Any]:
    return _helped_by_submission(_values_of_submission(agreeing, scope))


# What a test is tried with that the reference fails, in this order: (the given values that the
# reference has alike, the test's first scope) -> another scope.
SCOPES = (
    _agreeing_values,
    _helped_beside_agreeing_values,
    _definitions_of_submission,
    _values_of_submission,
    _all_of_submission,
    _objects_in_tester,
)
