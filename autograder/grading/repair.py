"""A submitted notebook is brought back to the form that can be graded, and every change is said.

Students delete cells, copy cells, edit locked ones; Colab and copy-paste drop metadata. Nothing of
that is a reason for a zero: each cell of the instructor's notebook is found again (by its
grade_id, else its cell id, else the names it defines), locked ones get their text back with the
hidden tests, and missing ones are put back where they stood.
"""

from __future__ import annotations

import copy
import itertools
import re
from dataclasses import dataclass

from autograder.notebook.cells import (
    HIDDEN,
    SCHEME,
    Cell,
    Notebook,
    grade_id,
    is_locked,
    is_solution,
    nbgrader,
    remove_regions,
    source,
)
from autograder.settings.nbgrader_strip import is_unedited

COURSE_METADATA = ("kernelspec", "language_info")
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEFINED = re.compile(
    r"(?m)^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]*)?=(?!=))"
)


@dataclass(frozen=True)
class Repaired:
    """The gradable notebook and a sentence for each thing that was put right."""

    notebook: Notebook
    messages: tuple[str, ...]


def repair(submitted: Notebook, model: Notebook) -> Repaired:
    """`submitted` with the cells of `model` (solutions stripped, hidden tests in) in their places.

    The students' own text is kept in every cell that is theirs to edit.
    """
    cells = [_plain_form(cell) for cell in submitted["cells"]]
    model_cells = {grade_id(cell): cell for cell in model["cells"] if grade_id(cell)}
    _drop_unknown(cells, model_cells)
    released_texts = {text for cell in model["cells"] for text in _as_released(cell)}
    messages = _drop_copies(cells) + _rediscover(cells, model_cells, released_texts)
    for cell in cells:
        if grade_id(cell):
            messages += _restore(cell, model_cells[grade_id(cell)])
    messages += _put_back(cells, model_cells)
    _give_ids(cells)
    notebook = {"cells": cells, "metadata": _metadata(model), "nbformat": 4, "nbformat_minor": 5}
    return Repaired(notebook, tuple(messages))


def _plain_form(cell: Cell) -> Cell:
    """The cell's text and nbgrader's metadata; outputs and whatever else it carried are dropped."""
    stripped: Cell = {"cell_type": cell["cell_type"], "source": source(cell)}
    stripped["metadata"] = {"nbgrader": copy.deepcopy(nbgrader(cell))} if grade_id(cell) else {}
    if isinstance(cell.get("id"), str):
        stripped["id"] = cell["id"]
    if isinstance(cell.get("attachments"), dict) and not _is_code(cell):
        stripped["attachments"] = copy.deepcopy(cell["attachments"])
    return {**stripped, "outputs": [], "execution_count": None} if _is_code(cell) else stripped


def _is_code(cell: Cell) -> bool:
    return bool(cell["cell_type"] == "code")


def _metadata(model: Notebook) -> dict[str, object]:
    """Kernel and language are the course's choice; nothing of the student's is needed."""
    return {k: model["metadata"][k] for k in COURSE_METADATA if k in model["metadata"]}


def _give_ids(cells: list[Cell]) -> None:
    """Format 4.5 wants an id for every cell, each once; graded cells keep theirs first."""
    used_ids: set[str] = set()
    unnamed = []
    for cell in sorted(cells, key=lambda cell: not grade_id(cell)):
        name = str(cell.pop("id", ""))
        if CELL_ID.fullmatch(name) and name not in used_ids:
            used_ids.add(name)
            cell["id"] = name
        else:
            unnamed.append(cell)
    free = (name for name in (f"cell-{k}" for k in itertools.count()) if name not in used_ids)
    for cell in unnamed:
        cell["id"] = next(free)


def _drop_unknown(cells: list[Cell], model_cells: dict[str, Cell]) -> None:
    """A grade_id that the assignment does not have means nothing: a cell from elsewhere."""
    for cell in cells:
        if grade_id(cell) not in model_cells:
            cell["metadata"].pop("nbgrader", None)


def _drop_copies(cells: list[Cell]) -> list[str]:
    """Of cells with one grade_id the last counts, as in nbgrader."""
    names: set[str] = set()
    copied: list[str] = []
    for cell in reversed(cells):
        name = grade_id(cell)
        if name and name in names:
            cell["metadata"].pop("nbgrader")
            copied.append(name)
        names.add(name)
    return [f"cell '{name}' was there more than once; the last one was graded" for name in copied]


def _rediscover(
    cells: list[Cell], model_cells: dict[str, Cell], released_texts: set[str]
) -> list[str]:
    """Give cells their lost metadata back, found by cell id, by what they define, or by where they
    stand."""
    recognised = []
    present = {grade_id(cell) for cell in cells}
    free = [(cell, _defines(source(cell))) for cell in cells if not nbgrader(cell)]
    for name, model in model_cells.items():
        lost_cell = None if name in present else _find_lost_cell(free, model)
        if lost_cell is not None:
            lost_cell["metadata"]["nbgrader"] = copy.deepcopy(nbgrader(model))
            recognised.append(name)
    recognised += _recognise_by_place(cells, model_cells, released_texts)
    if len(recognised) > 3:
        return [f"{len(recognised)} cells had lost their metadata and were recognised"]
    return [f"cell '{name}' had lost its metadata and was recognised" for name in recognised]


def _find_lost_cell(free: list[tuple[Cell, set[str]]], model: Cell) -> Cell | None:
    same_type = [
        (cell, names)
        for cell, names in free
        if not nbgrader(cell) and cell["cell_type"] == model["cell_type"]
    ]
    by_id = [cell for cell, _ in same_type if cell.get("id") and cell["id"] == model.get("id")]
    defined = _defines(source(model)) if is_solution(model) else set()
    by_name = [cell for cell, names in same_type if defined and defined <= names]
    return next(iter(by_id or by_name[-1:]), None)


def _recognise_by_place(
    cells: list[Cell], model_cells: dict[str, Cell], released_texts: set[str]
) -> list[str]:
    """Answers that define nothing (an essay, a plot) and lost their metadata: a cell of the
    student's own between the neighbours of the answer, the longest where there are several. Fewer
    such cells than answers are nobody's."""
    recognised = []
    names = list(model_cells)
    for name, model in model_cells.items():
        places = {grade_id(cell): place for place, cell in enumerate(cells) if grade_id(cell)}
        if name in places or not is_solution(model):
            continue
        first, last = gap = _gap(name, names, places, len(cells))
        kind = model["cell_type"]
        between = [cell for cell in cells[first + 1 : last] if cell["cell_type"] == kind]
        answers = [cell for cell in between if _is_written_by_student(cell, released_texts)]
        absent = [
            n
            for n, candidate in model_cells.items()
            if n not in places and is_solution(candidate) and candidate["cell_type"] == kind
            if _gap(n, names, places, len(cells)) == gap
        ]
        if len(answers) < len(absent):
            continue  # whose they are, nobody can say
        answer = answers[0] if absent[1:] else max(answers, key=lambda cell: len(source(cell)))
        answer["metadata"]["nbgrader"] = copy.deepcopy(nbgrader(model))
        recognised.append(name)
    return recognised


def _gap(name: str, names: list[str], places: dict[str, int], end: int) -> tuple[int, int]:
    """The places of the present cells around an absent one; -1 and `end` where there is none."""
    order = names.index(name)
    before = (places[n] for n in names[:order] if n in places)
    after = (places[n] for n in names[order:] if n in places)
    return max(before, default=-1), min(after, default=end)


def _is_written_by_student(cell: Cell, released_texts: set[str]) -> bool:
    text = "".join(source(cell).split())
    return bool(text) and text not in released_texts and not nbgrader(cell)


def _defines(text: str) -> set[str]:
    """Names that a cell binds at its left edge, whether or not the rest of it is Python."""
    return {name for names in DEFINED.findall(text) for name in names if name}


def _restore(cell: Cell, model: Cell) -> list[str]:
    """Metadata as the instructor set it; the text too where the cell is not the student's."""
    is_earlier_text = is_unedited(cell)
    cell["metadata"] = copy.deepcopy(model["metadata"])
    if cell["cell_type"] != model["cell_type"]:
        cell["cell_type"] = model["cell_type"]
        _fit_type(cell)
    if _is_students(model):
        return []
    edited = "".join(source(cell).split()) not in _as_released(model)
    cell["source"] = source(model)
    if not edited:
        return []
    if is_earlier_text:
        return [
            f"the instructor changed cell '{grade_id(model)}' after it was released; the present "
            f"one was graded"
        ]
    return [f"cell '{grade_id(model)}' differs from the instructor's; the instructor's was graded"]


def _as_released(model: Cell) -> tuple[str, str]:
    """The text of a cell with and without its secret regions, blanks ignored."""
    released = remove_regions(remove_regions(source(model), HIDDEN), SCHEME)
    return "".join(source(model).split()), "".join(released.split())


def _is_students(model: Cell) -> bool:
    return is_solution(model) or not (is_locked(model) or nbgrader(model).get("grade"))


def _fit_type(cell: Cell) -> None:
    if _is_code(cell):
        cell.update(outputs=[], execution_count=None)
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(cells: list[Cell], model_cells: dict[str, Cell]) -> list[str]:
    """Insert each missing cell behind the one that stood before it."""
    messages = []
    order = list(model_cells)
    for position, name in enumerate(order):
        if name in {grade_id(cell) for cell in cells}:
            continue
        before = order[position - 1] if position else ""
        index = next((i for i, c in enumerate(cells) if before and grade_id(c) == before), -1)
        cells.insert(index + 1, copy.deepcopy(model_cells[name]))
        description = "the untouched cell" if is_solution(model_cells[name]) else "it"
        messages.append(f"cell '{name}' was missing; {description} was put back")
    return messages
