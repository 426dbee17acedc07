"""The order of a merged notebook: the student's, changed only where the course changed its own.

A cell that the student added follows the cell behind which it stood, also where that one moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coursekit.cell_match import CourseCell
from coursekit.notebook import Cell


@dataclass
class Block:
    """A cell of the course by its number (None: the head of the notebook) and what follows it."""

    number: int | None
    cells: list[Cell] = field(default_factory=list)


def moved(rows: Sequence[CourseCell], old_known: bool) -> set[int]:
    """The numbers of the cells that the course has put in another place.

    Without the old release, the student's order stands for the old one.
    """
    before = {
        number: row.old if old_known else row.student
        for number, row in enumerate(rows)
        if row.new is not None and row.student is not None
    }
    places = {number: place for number, place in before.items() if place is not None}
    order = sorted(places, key=lambda number: places[number])
    return set(order) - set(_longest_increasing(order))


def ordered(
    rows: Sequence[CourseCell],
    merged: Mapping[int, list[Cell]],
    additions: Mapping[int, Cell],
    moved_numbers: set[int],
) -> list[Cell]:
    """The cells of the merged notebook. merged: what stands for each cell of the course, by its
    number; additions: what the student added, by its place in their notebook."""
    blocks = _blocks(rows, merged, additions)
    moving = {block.number: block for block in blocks if block.number in moved_numbers}
    blocks = [block for block in blocks if block.number not in moved_numbers]
    present = {block.number for block in blocks}
    before: int | None = None
    for number, row in enumerate(rows):
        if row.new is None:
            continue
        if number not in present and merged.get(number):
            block = moving.get(number) or Block(number, list(merged[number]))
            blocks.insert(_index_after(blocks, before), block)
            present.add(number)
        if number in present:
            before = number
    return [cell for block in blocks for cell in block.cells]


def _blocks(
    rows: Sequence[CourseCell], merged: Mapping[int, list[Cell]], additions: Mapping[int, Cell]
) -> list[Block]:
    """The student's notebook as blocks; behind a cell that goes, its followers join the last."""
    numbers = {row.student: n for n, row in enumerate(rows) if row.student is not None}
    blocks = [Block(None)]
    for place in sorted([*numbers, *additions]):
        if place in additions:
            blocks[-1].cells.append(additions[place])
        elif merged.get(numbers[place]):
            blocks.append(Block(numbers[place], list(merged[numbers[place]])))
    return blocks


def _index_after(blocks: list[Block], number: int | None) -> int:
    return next(i for i, block in enumerate(blocks) if block.number == number) + 1


def _longest_increasing(numbers: Sequence[int]) -> list[int]:
    """The longest run of numbers, gaps allowed, that already stands in order."""
    best: list[list[int]] = []
    for number in numbers:
        shorter = [run for run in best if run[-1] < number]
        best.append([*max(shorter, key=len, default=[]), number])
    return max(best, key=len, default=[])
