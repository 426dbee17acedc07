"""A new release of a notebook and a student's copy become one notebook; nothing of theirs is lost.

A pure function: notebooks in, a notebook and a report out. Without the old release, nbgrader's
checksums say who changed a graded cell; of any other cell that differs both texts are there.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coursekit.cell_decision import Decision, as_own_cell, decide
from coursekit.cell_match import CourseCell, bound_names, course_cells
from coursekit.cell_order import moved, ordered
from coursekit.notebook import Cell, Notebook, name
from coursekit.plain_cell import (
    grade_id,
    has_released_text,
    has_same_text,
    is_answer,
    plain_form,
    stripped_text,
)

KERNEL = ("kernelspec", "language_info")


@dataclass(frozen=True)
class Change:
    """What became of one cell, as a sentence; `attention` where the student has to look."""

    cell: str
    sentence: str
    attention: bool = False


@dataclass(frozen=True)
class Merged:
    """The notebook of format 4.5, what changed in it, and how many answers of the student stay."""

    notebook: Notebook
    changes: tuple[Change, ...]
    answers: int


@dataclass(frozen=True)
class Sides:
    """The plain cells of the old release, the student's copy and the new release, and which cell
    is which."""

    old: list[Cell]
    student: list[Cell]
    new: list[Cell]
    rows: list[CourseCell]

    def versions(self, row: CourseCell) -> tuple[Cell | None, Cell | None, Cell | None]:
        return (
            self.old[row.old] if row.old is not None else None,
            self.student[row.student] if row.student is not None else None,
            self.new[row.new] if row.new is not None else None,
        )


def merge(old: Notebook | None, student: Notebook, new: Notebook) -> Merged:
    """`student` with the changes from `old` to `new`. old is None where it is not at hand."""
    sides = _sides(old, student, new)
    decisions = [_decision(sides, row) for row in sides.rows]
    moves = moved(sides.rows, bool(sides.old))
    additions, copies = _additions(sides)
    merged = {number: list(decision.cells) for number, decision in enumerate(decisions)}
    cells = ordered(sides.rows, merged, additions, moves)
    of_release = [
        merged[n][0] for n, row in enumerate(sides.rows) if row.new is not None and merged[n]
    ]
    notebook = {
        "cells": _with_ids(cells, of_release, {cell["id"] for cell in sides.new}),
        "metadata": _metadata(student.get("metadata"), new.get("metadata")),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    changes = [*_changes(sides, decisions), *_moves(sides, moves), *copies]
    return Merged(notebook, tuple(changes), _answers(sides, decisions))


def _sides(old: Notebook | None, student: Notebook, new: Notebook) -> Sides:
    """Where nothing of the release is left in the copy, the old one is of no use."""
    student_cells = [plain_form(cell) for cell in student["cells"]]
    old_cells = _release_cells(old) if old else []
    new_cells = _release_cells(new)
    rows = course_cells(old_cells, new_cells, student_cells)
    if old_cells and all(row.student is None for row in rows):
        return _sides(None, student, new)
    return Sides(old_cells, student_cells, new_cells, rows)


def _release_cells(book: Notebook) -> list[Cell]:
    """The cells of a release, each with an id: one that has none is named by its text, so that a
    later release finds it again."""
    cells: dict[str, Cell] = {}
    for cell in map(plain_form, book["cells"]):
        digest = hashlib.sha256(stripped_text(cell).encode("utf-8", "replace")).hexdigest()[:12]
        numbered = (f"{digest}-{k}" for k in itertools.count(2))
        names = itertools.chain([cell.get("id"), digest], numbered)
        name = next(name for name in names if name and name not in cells)
        cells[name] = {**cell, "id": name}
    return [*cells.values()]


def _decision(sides: Sides, row: CourseCell) -> Decision:
    """The decision about a cell; a text cell that is there already is not put in again."""
    decision = decide(*sides.versions(row))
    notes = {stripped_text(cell) for cell in decision.cells[1:]}
    if notes and notes <= {stripped_text(cell) for cell in sides.student}:
        return Decision(decision.cells[:1])
    if row.new is not None and row.student is None and decision.cells:
        return replace(decision, sentence=decision.sentence + _already_written(sides, row.new))
    return decision


def _already_written(sides: Sides, place: int) -> str:
    """Says where the student's notebook has the names that a new answer cell asks for: a task that
    was split, or whose cell was renamed."""
    stub = bound_names(sides.new[place]) if is_answer(sides.new[place]) else set()
    for cell in sides.student if stub else []:
        if stub <= bound_names(cell):
            names = ", ".join(sorted(stub))
            return f" Your notebook already has {names} in the cell '{name(cell)}': move it here."
    return ""


def _additions(sides: Sides) -> tuple[dict[int, Cell], list[Change]]:
    """The cells that the student added, by place. Copies of graded cells are the student's too;
    a copy in which nothing was written goes."""
    matched = {row.student for row in sides.rows}
    released = {grade_id(cell): cell for cell in [*sides.old, *sides.new] if grade_id(cell)}
    additions, changes = {}, []
    for place, cell in enumerate(sides.student):
        if place in matched:
            continue
        if grade_id(cell) and _is_untouched_copy(sides, cell, grade_id(cell) in released):
            sentence = "It was there a second time, untouched; that copy is taken out."
            changes.append(Change(name(cell), sentence))
            continue
        additions[place] = as_own_cell(cell) if grade_id(cell) else cell
        if grade_id(cell):
            changes.append(Change(name(cell), _copy_sentence(grade_id(cell) in released), True))
    return additions, changes


def _is_untouched_copy(sides: Sides, cell: Cell, is_released: bool) -> bool:
    if not is_released:
        return not sides.old and has_released_text(cell)
    versions = (v for v in [*sides.old, *sides.new] if grade_id(v) == grade_id(cell))
    return has_released_text(cell) or any(has_same_text(cell, version) for version in versions)


def _copy_sentence(is_released: bool) -> str:
    if is_released:
        return "It was there more than once. The other copy stays as a cell of your own."
    return "The release has no such cell. Yours stays as a cell of your own."


def _changes(sides: Sides, decisions: Sequence[Decision]) -> Iterable[Change]:
    for row, decision in zip(sides.rows, decisions, strict=True):
        old, student, new = sides.versions(row)
        cell = new or old or student
        if cell and decision.sentence:
            yield Change(name(cell), decision.sentence, decision.attention)


def _moves(sides: Sides, moves: set[int]) -> Iterable[Change]:
    for number in sorted(moves):
        before = number - 1  # rows of the new release stand in its order
        place = f"behind '{name(sides.new[before])}'" if before >= 0 else "at the top"
        yield Change(name(sides.new[number]), f"The course has moved it; it stands {place} now.")


def _answers(sides: Sides, decisions: Sequence[Decision]) -> int:
    """How many answer cells hold a text that differs from both releases'."""
    rows = [(sides.versions(row), d) for row, d in zip(sides.rows, decisions, strict=True)]
    return sum(
        is_answer(new) and not any(has_same_text(decision.cells[0], v) for v in (old, new) if v)
        for (old, student, new), decision in rows
        if student is not None and new is not None
    )


def _metadata(student: Any, new: Any) -> dict[str, Any]:
    """The course's entries win; kernel and language are what the student's machine has."""
    copy_metadata, new_metadata = (
        dict(metadata) if isinstance(metadata, dict) else {} for metadata in (student, new)
    )
    kernel = copy_metadata.get("kernelspec")
    has_kernel = isinstance(kernel, dict) and {"name", "display_name"} <= set(kernel)
    local = {k: copy_metadata[k] for k in KERNEL if has_kernel and k in copy_metadata}
    return {**copy_metadata, **new_metadata, **local}


def _with_ids(cells: list[Cell], of_release: list[Cell], released: set[str]) -> list[Cell]:
    """The cells, each with an id of its own. The release's ids are for its cells alone: else a cell
    of the student would be taken for one of the course next time."""
    in_release = {id(cell) for cell in of_release}
    used = set(released)
    numbers = itertools.count(1)
    named = []
    for cell in cells:
        name = cell.get("id", "")
        if id(cell) not in in_release and (not name or name in used):
            name = next(free for k in numbers if (free := f"cell-{k}") not in used)
        used.add(name)
        named.append({**cell, "id": name})
    return named
