"""Which cell is which: the cells of two releases and of a student's notebook are matched.

A cell is recognised by its grade_id, else its text (where several have it, by its cell id too),
else its cell id, else the names that it binds, else (an essay whose metadata is lost) by where it
stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from coursekit.notebook import Cell, is_code, source
from coursekit.plain_cell import grade_id, is_answer, stripped_text

# Names bound at the left edge of a cell, whether or not the rest of it is Python.
BINDING = re.compile(
    r"(?m)^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]*)?=(?!=))"
)


@dataclass(frozen=True)
class CourseCell:
    """A cell of the course by its place in the old release, the new one and the student's notebook.

    None where it is absent.
    """

    old: int | None
    new: int | None
    student: int | None


def course_cells(old: list[Cell], new: list[Cell], student: list[Cell]) -> list[CourseCell]:
    """Each cell of either release: those of the new one in its order, then those taken out."""
    new_place = match(new, [[cell] for cell in old])
    old_place = {place: index for index, place in new_place.items()}
    pairs = [(old_place.get(index), index) for index in range(len(new))]
    removed = [(index, None) for index in range(len(old)) if index not in new_place]
    rows: list[tuple[int | None, int | None]] = [*pairs, *removed]
    versions = [
        [*([old[a]] if a is not None else []), *([new[b]] if b is not None else [])]
        for a, b in rows
    ]
    places = match(student, versions)
    stripped = not any(grade_id(cell) for cell in student)
    essays = [
        row
        for row, (a, b) in enumerate(rows)
        if b is not None and is_answer(new[b]) and (a is not None or (stripped and not old))
    ]
    _match_by_place(student, versions, essays, places)
    return [CourseCell(a, b, places.get(row)) for row, (a, b) in enumerate(rows)]


def match(cells: list[Cell], targets: list[list[Cell]]) -> dict[int, int]:
    """The place in `cells` of each target, by its number. A target is the versions of one cell."""
    places: dict[int, int] = {}
    for key in (grade_id, _id_and_text, _text_key, _cell_id):
        _match_by_key(key, cells, targets, places)
    _match_by_names(cells, targets, places)
    return places


def bound_names(cell: Cell) -> set[str]:
    """The names that a code cell binds at its left edge."""
    if not is_code(cell):
        return set()
    return {name for names in BINDING.findall(source(cell)) for name in names if name}


def _cell_id(cell: Cell) -> str:
    return str(cell.get("id", ""))


def _id_and_text(cell: Cell) -> str:
    text = _text_key(cell)
    return f"{_cell_id(cell)}\n{text}" if text else ""


def _text_key(cell: Cell) -> str:
    text = stripped_text(cell)
    return f"{cell['cell_type']}\n{text}" if text else ""


def _match_by_key(
    key: Callable[[Cell], str],
    cells: list[Cell],
    targets: list[list[Cell]],
    places: dict[int, int],
) -> None:
    free: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(cells):
        if index not in places.values():
            free[key(cell)].append(index)
    for number, versions in enumerate(targets):
        keys = {key(cell) for cell in versions} - {""}
        candidates = sorted({index for name in keys for index in free[name]})
        if number in places or not candidates:
            continue
        places[number] = _edited(cells, candidates, versions)
        for name in keys:
            free[name] = [index for index in free[name] if index != places[number]]


def _edited(cells: list[Cell], candidates: list[int], versions: list[Cell]) -> int:
    """Of several copies the last that the student has written in, else the first."""
    released = {_text_key(cell) for cell in versions}
    edited = [index for index in candidates if _text_key(cells[index]) not in released]
    return edited[-1] if edited else candidates[0]


def _match_by_names(cells: list[Cell], targets: list[list[Cell]], places: dict[int, int]) -> None:
    matched_indices = set(places.values())
    names_of = {
        index: bound_names(cell) for index, cell in enumerate(cells) if index not in matched_indices
    }
    for number, versions in enumerate(targets):
        stubs = [bound_names(cell) for cell in versions if is_answer(cell)]
        candidates = [
            index
            for index, names in names_of.items()
            if any(stub and stub <= names for stub in stubs)
        ]
        if number not in places and candidates:
            places[number] = candidates[-1]
            del names_of[candidates[-1]]


def _match_by_place(
    cells: list[Cell], targets: list[list[Cell]], essays: list[int], places: dict[int, int]
) -> None:
    """Answers that bind nothing and lost their metadata: the cell between the answer's neighbours,
    the longest where there are several. Fewer such cells than answers are nobody's."""
    for number in essays:
        if number in places or bound_names(targets[number][-1]):
            continue
        kind = targets[number][-1]["cell_type"]
        gap = _gap(number, places, len(cells))
        matched_indices = set(places.values())
        between = [
            index
            for index in range(gap[0] + 1, gap[1])
            if index not in matched_indices
            and cells[index]["cell_type"] == kind
            and _text_key(cells[index])
        ]
        absent = [
            n
            for n in essays
            if n not in places
            and targets[n][-1]["cell_type"] == kind
            and _gap(n, places, len(cells)) == gap
        ]
        if len(between) >= len(absent):
            longest = max(between, key=lambda index: len(source(cells[index])))
            places[number] = between[0] if absent[1:] else longest


def _gap(number: int, places: dict[int, int], end: int) -> tuple[int, int]:
    """The places of the nearest present cells before and after an absent one."""
    before = (places[n] for n in range(number - 1, -1, -1) if n in places)
    after = (place for n, place in sorted(places.items()) if n > number)
    return next(before, -1), next(after, end)
