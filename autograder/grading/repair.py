"""A submitted notebook is brought back to the form that can be graded, and every change is said.

Students delete cells, copy cells, edit locked ones; Colab and copy-paste drop metadata. Nothing of
that is a reason for a zero: each cell of the instructor's notebook is found again (by its
grade_id, else its cell id, else the names it defines), locked ones get their text back with the
hidden tests, and missing ones are put back where they stood.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass

from autograder.cells import (
    HIDDEN,
    SCHEME,
    Cell,
    Notebook,
    grade_id,
    is_locked,
    is_solution,
    nbgrader,
    source,
    without,
)


@dataclass(frozen=True)
class Repaired:
    """The gradable notebook and a sentence for each thing that was put right."""

    notebook: Notebook
    says: tuple[str, ...]


def repair(submitted: Notebook, model: Notebook) -> Repaired:
    """`submitted` with the cells of `model` (solutions stripped, hidden tests in) in their places.

    The students' own text is kept in every cell that is theirs to edit.
    """
    cells = [_with_metadata(cell) for cell in copy.deepcopy(submitted["cells"])]
    wanted = {grade_id(cell): cell for cell in model["cells"] if grade_id(cell)}
    _drop_unknown(cells, wanted)
    says = _drop_copies(cells) + _rediscover(cells, wanted)
    for cell in cells:
        if grade_id(cell):
            says += _restore(cell, wanted[grade_id(cell)])
    says += _put_back(cells, wanted)
    repaired = {**submitted, "cells": cells, "metadata": _metadata(submitted, model)}
    return Repaired(repaired, tuple(says))


def _with_metadata(cell: Cell) -> Cell:
    cell["source"] = source(cell)
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    return cell


def _metadata(submitted: Notebook, model: Notebook) -> dict[str, object]:
    """The kernel is the course's choice, not the submission's; widget state is not carried over."""
    theirs = {k: v for k, v in submitted.get("metadata", {}).items() if k != "widgets"}
    kernel = {k: model["metadata"][k] for k in ("kernelspec",) if k in model["metadata"]}
    return {**theirs, **kernel}


def _drop_unknown(cells: list[Cell], wanted: dict[str, Cell]) -> None:
    """A grade_id that the assignment does not have means nothing: a cell from elsewhere."""
    for cell in cells:
        if nbgrader(cell) and grade_id(cell) not in wanted:
            cell["metadata"].pop("nbgrader")


def _drop_copies(cells: list[Cell]) -> list[str]:
    """Of cells with one grade_id the last counts, as in nbgrader."""
    seen: set[str] = set()
    copied: list[str] = []
    for cell in reversed(cells):
        name = grade_id(cell)
        if name and name in seen:
            cell["metadata"].pop("nbgrader")
            copied.append(name)
        seen.add(name)
    return [f"cell '{name}' was there more than once; the last one was graded" for name in copied]


def _rediscover(cells: list[Cell], wanted: dict[str, Cell]) -> list[str]:
    """Give cells their lost metadata back, found by cell id or by what they define."""
    found = []
    present = {grade_id(cell) for cell in cells}
    for name, model in wanted.items():
        lost = None if name in present else _lost(cells, model)
        if lost is not None:
            lost["metadata"]["nbgrader"] = copy.deepcopy(nbgrader(model))
            found.append(name)
    if len(found) > 3:
        return [f"{len(found)} cells had lost their metadata and were recognised"]
    return [f"cell '{name}' had lost its metadata and was recognised" for name in found]


def _lost(cells: list[Cell], model: Cell) -> Cell | None:
    free = [c for c in cells if not nbgrader(c) and c["cell_type"] == model["cell_type"]]
    by_id = [c for c in free if c.get("id") and c.get("id") == model.get("id")]
    defined = _defines(source(model)) if is_solution(model) else set()
    by_name = [c for c in free if defined and defined <= _defines(source(c))]
    return next(iter(by_id or by_name[-1:]), None)


def _defines(text: str) -> set[str]:
    """Names that a cell binds at top level; none where it does not parse."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return set()
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in body if isinstance(node, named)}
    assigned = (t for node in body if isinstance(node, ast.Assign) for t in node.targets)
    return names | {target.id for target in assigned if isinstance(target, ast.Name)}


def _restore(cell: Cell, model: Cell) -> list[str]:
    """Metadata as the instructor set it; the text too where the cell is not the student's."""
    cell["metadata"]["nbgrader"] = copy.deepcopy(nbgrader(model))
    if cell["cell_type"] != model["cell_type"]:
        cell["cell_type"] = model["cell_type"]
        _fit_type(cell)
    if _is_theirs(model):
        return []
    edited = "".join(source(cell).split()) not in _as_released(model)
    cell["source"] = source(model)
    return [f"cell '{grade_id(model)}' had been edited; the original was graded"] if edited else []


def _as_released(model: Cell) -> tuple[str, str]:
    """The text of a locked cell with and without its secret regions, blanks ignored."""
    shown = without(without(source(model), HIDDEN), SCHEME)
    return "".join(source(model).split()), "".join(shown.split())


def _is_theirs(model: Cell) -> bool:
    return is_solution(model) or not (is_locked(model) or nbgrader(model).get("grade"))


def _fit_type(cell: Cell) -> None:
    if cell["cell_type"] == "code":
        cell.update(outputs=[], execution_count=None)
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(cells: list[Cell], wanted: dict[str, Cell]) -> list[str]:
    """Insert each missing cell behind the one that stood before it."""
    says = []
    order = list(wanted)
    for position, name in enumerate(order):
        if name in {grade_id(cell) for cell in cells}:
            continue
        before = order[position - 1] if position else ""
        index = next((i for i, c in enumerate(cells) if before and grade_id(c) == before), -1)
        cells.insert(index + 1, copy.deepcopy(wanted[name]))
        what = "the untouched cell" if is_solution(wanted[name]) else "it"
        says.append(f"cell '{name}' was missing; {what} was put back")
    return says
