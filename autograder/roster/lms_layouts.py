"""The tables of marks that Canvas, Moodle and Blackboard export: which column says who, which
columns hold marks, and where the marks' maximum stands.

    Canvas      Gradebook: Student, ID, SIS User ID, SIS Login ID, Section, TITLE (NUMBER), ...;
                above the students a row "Points Possible", with "(read only)" in computed columns
    Moodle      grading worksheet of an assignment: Identifier ("Participant 123"), Full name,
                Email address, Status, Grade, Maximum Grade, Grade can be changed, ...
    Moodle      export of the gradebook: First name, Last name, ID number, Email address,
                Assignment: TITLE (Real), ...
    Blackboard  Last Name, First Name, Username, Student ID, ...,
                TITLE [Total Pts: 10 Score] |NUMBER

The names of columns are those of the English interface: of another, name two columns yourself
(`--key`, `--column`). To add a platform, write a function like `_canvas` and add it to LAYOUTS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograder.roster.byte_table import Table

POINTS_ROW = "points possible"
READ_ONLY = "(read only)"
CANVAS_COLUMN = re.compile(r"(?P<title>.+) \((?P<number>\d+)\)", re.S)
MOODLE_COLUMN = re.compile(r"(?:\w+: ?)?(?P<title>.+) \((?:Real|Points)\)", re.S)
BLACKBOARD_COLUMN = re.compile(
    r"(?P<title>.+?) \[Total Pts: (?:up to )?(?P<most>[\d.,]+)[^\]]*\] ?\|(?P<number>\d+)", re.S
)


@dataclass(frozen=True)
class MarkColumn:
    """A column that takes marks. most: its maximum, None where the table does not say; titles: what
    a person may call it."""

    column: int
    titles: tuple[str, ...]
    most: float | None = None


@dataclass(frozen=True)
class Layout:
    """A platform's table. first_row: of the students. ids: columns whose whole cell is an id.
    numbers: columns that end in the number which the platform puts into the names of hand-ins.
    names: columns that together are a person's name. locked: (column, word) of rows that take no
    mark; most: a column with the maximum of each row.
    """

    platform: str
    first_row: int
    marks: tuple[MarkColumn, ...]
    ids: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    locked: tuple[int, str] | None = None
    most: int | None = None


def find_layout(table: Table) -> Layout | None:
    """The layout of the table, None where no platform of ours writes one like it."""
    if not table.rows:
        return None
    head = [cell.value.strip() for cell in table.rows[0]]
    layouts = (read(table, head) for read in LAYOUTS)
    return next((layout for layout in layouts if layout is not None), None)


def number(text: str) -> float | None:
    """The number in a cell, with a point or a comma; None for anything else."""
    plain = text.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", plain) else None


def _columns(head: Sequence[str], *names: str) -> tuple[int, ...]:
    """The places of these columns, in this order, of those that are there."""
    lower = [name.lower() for name in head]
    return tuple(lower.index(name.lower()) for name in names if name.lower() in lower)


def _canvas(table: Table, head: Sequence[str]) -> Layout | None:
    if len(_columns(head, "Student", "ID", "Section")) < 3:
        return None
    above = range(1, min(4, len(table.rows)))
    points = next((row for row in above if table.value(row, 0).strip().lower() == POINTS_ROW), None)
    marks = []
    for column, title in enumerate(head):
        match = CANVAS_COLUMN.fullmatch(title)
        most = table.value(points, column) if points is not None else ""
        if match and READ_ONLY not in most:
            titles = (title, match["title"], match["number"])
            marks.append(MarkColumn(column, titles, number(most)))
    return Layout(
        "Canvas",
        1 if points is None else points + 1,
        tuple(marks),
        ids=_columns(head, "SIS Login ID", "SIS User ID", "Integration ID"),
        numbers=_columns(head, "ID"),
        names=_columns(head, "Student"),
    )


def _moodle_worksheet(table: Table, head: Sequence[str]) -> Layout | None:
    found = _columns(head, "Identifier", "Grade")
    if len(found) < 2:
        return None
    most, locked = _columns(head, "Maximum Grade"), _columns(head, "Grade can be changed")
    return Layout(
        "Moodle (grading worksheet)",
        1,
        (MarkColumn(found[1], (head[found[1]],)),),
        ids=_columns(head, "Username", "ID number", "Email address"),
        numbers=found[:1],
        names=_columns(head, "Full name"),
        locked=(locked[0], "no") if locked else None,
        most=most[0] if most else None,
    )


def _moodle_gradebook(table: Table, head: Sequence[str]) -> Layout | None:
    names = _columns(head, "First name", "Last name", "Surname")
    matches = [(column, MOODLE_COLUMN.fullmatch(title)) for column, title in enumerate(head)]
    marks = [MarkColumn(c, (head[c], match["title"])) for c, match in matches if match]
    if len(names) < 2 or not marks:
        return None
    ids = _columns(head, "Username", "ID number", "Email address")
    return Layout("Moodle (gradebook)", 1, tuple(marks), ids=ids, names=names)


def _blackboard(table: Table, head: Sequence[str]) -> Layout | None:
    ids = _columns(head, "Username", "Student ID")
    if not ids or len(_columns(head, "Last Name", "First Name")) < 2:
        return None
    matches = [(column, BLACKBOARD_COLUMN.fullmatch(title)) for column, title in enumerate(head)]
    marks = [
        MarkColumn(column, (head[column], match["title"], match["number"]), number(match["most"]))
        for column, match in matches
        if match
    ]
    names = _columns(head, "First Name", "Last Name")
    return Layout("Blackboard", 1, tuple(marks), ids=ids, names=names)


LAYOUTS: tuple[Callable[[Table, Sequence[str]], Layout | None], ...] = (
    _canvas,
    _moodle_worksheet,
    _blackboard,
    _moodle_gradebook,
)
