"""The tables that Canvas, Moodle and Blackboard export: which column says who, which columns hold
marks, and where the marks' maximum stands.

    Canvas      Gradebook: Student (or LastName, FirstName), ID, SIS User ID, SIS Login ID, Section,
                TITLE (NUMBER), ...; above the students a row "Points Possible", with "(read only)"
                in computed columns; "EX" is an excused mark, "N/A" one that cannot be given
    Canvas      users.csv of an administrator's provisioning report: canvas_user_id, login_id,
                sortable_name, email, ... (no marks)
    Moodle      grading worksheet of an assignment: Identifier ("Participant 123"), Full name,
                Email address, Status, Grade, Maximum Grade, Grade can be changed, ...
    Moodle      export of the gradebook: First name, Last name, ID number, Email address,
                Assignment: TITLE (Real), ...
    Moodle      participants: First name, Last name, Email address, Groups (no marks)
    Blackboard  Last Name, First Name, Username, Student ID, Child Course ID, ...,
                TITLE [Total Pts: 10 Score] |NUMBER

The names of columns are those of the English interface, and of Canvas's gradebook_exporter.rb and
Moodle's user/action_redir.php: of another, name two columns yourself (`--key`, `--column`). To add
a platform, write a function like `_canvas` and add it to LAYOUTS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
    editable: those of them that people may edit themselves on some sites.
    numbers: columns that end in the number which the platform puts into the names of hand-ins.
    names: columns that together are a person's name, in the order of first and last name, or one
    column. locked: (column, word) of rows that take no mark; kept_marks: those of the platform's
    own that stay; most: a column with the maximum of each row. email, sections: their columns.
    last_name_first: the one column of names is "Lovelace, Ada".
    """

    platform: str
    first_row: int
    marks: tuple[MarkColumn, ...]
    ids: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    locked: tuple[int, str] | None = None
    most: int | None = None
    kept_marks: tuple[str, ...] = ()
    email: int | None = None
    sections: int | None = None
    last_name_first: bool = False
    editable: tuple[int, ...] = ()


def find_layout(table: Table) -> Layout | None:
    """The layout of the table, None where no platform of ours writes one like it."""
    if not table.rows:
        return None
    head = [cell.value.strip() for cell in table.rows[0]]
    layouts = (read(table, head) for read in LAYOUTS)
    return next((layout for layout in layouts if layout is not None), None)


def find_people_layout(table: Table) -> Layout | None:
    """The layout of a table of people, with marks or without, None where it is none of ours."""
    if not table.rows:
        return None
    head = [cell.value.strip() for cell in table.rows[0]]
    layouts = (read(table, head) for read in (*LAYOUTS, *WITHOUT_MARKS))
    return next((layout for layout in layouts if layout is not None), None)


def number(text: str) -> float | None:
    """The number in a cell, with a point or a comma; None for anything else."""
    plain = text.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", plain) else None


def _columns(head: Sequence[str], *names: str) -> tuple[int, ...]:
    """The places of these columns, in this order, of those that are there."""
    lower = [name.lower() for name in head]
    return tuple(lower.index(name.lower()) for name in names if name.lower() in lower)


def _column(head: Sequence[str], *names: str) -> int | None:
    """The first of these columns that is there."""
    return next(iter(_columns(head, *names)), None)


def _canvas(table: Table, head: Sequence[str]) -> Layout | None:
    names = _columns(head, "Student") or _columns(head, "FirstName", "LastName")
    if not names or len(_columns(head, "ID", "Section")) < 2:
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
        names=names,
        kept_marks=("EX", "N/A"),
        sections=_column(head, "Section"),
        last_name_first=len(names) == 1,
    )


def _canvas_users(table: Table, head: Sequence[str]) -> Layout | None:
    numbers, names = _columns(head, "canvas_user_id"), _columns(head, "sortable_name")
    if not numbers or not names:
        return None
    return Layout(
        "Canvas (users.csv)",
        1,
        (),
        ids=_columns(head, "login_id", "user_id"),
        numbers=numbers,
        names=names,
        email=_column(head, "email"),
        last_name_first=True,
    )


def _moodle_worksheet(table: Table, head: Sequence[str]) -> Layout | None:
    columns = _columns(head, "Identifier", "Grade")
    if len(columns) < 2:
        return None
    most, locked = _columns(head, "Maximum Grade"), _columns(head, "Grade can be changed")
    return Layout(
        "Moodle (grading worksheet)",
        1,
        (MarkColumn(columns[1], (head[columns[1]],)),),
        ids=_columns(head, "Username", "ID number", "Email address"),
        numbers=columns[:1],
        names=_columns(head, "Full name"),
        locked=(locked[0], "no") if locked else None,
        most=most[0] if most else None,
        email=_column(head, "Email address"),
        sections=_column(head, "Groups", "Group"),
        editable=_columns(head, "ID number"),
    )


def _moodle_gradebook(table: Table, head: Sequence[str]) -> Layout | None:
    names = _columns(head, "First name", "Last name", "Surname")
    matches = [(column, MOODLE_COLUMN.fullmatch(title)) for column, title in enumerate(head)]
    marks = [MarkColumn(c, (head[c], match["title"])) for c, match in matches if match]
    if len(names) < 2 or not marks:
        return None
    return replace(_moodle_people("Moodle (gradebook)", head), marks=tuple(marks))


def _moodle_people(platform: str, head: Sequence[str]) -> Layout:
    return Layout(
        platform,
        1,
        (),
        ids=_columns(head, "Username", "ID number", "Email address"),
        names=_columns(head, "First name", "Last name", "Surname"),
        email=_column(head, "Email address"),
        sections=_column(head, "Groups"),
        editable=_columns(head, "ID number"),
    )


def _moodle_participants(table: Table, head: Sequence[str]) -> Layout | None:
    layout = _moodle_people("Moodle (participants)", head)
    return layout if len(layout.names) > 1 and layout.email is not None else None


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
    return Layout(
        "Blackboard",
        1,
        tuple(marks),
        ids=ids,
        names=_columns(head, "First Name", "Last Name"),
        email=_column(head, "Email"),
        sections=_column(head, "Child Course ID"),
    )


LAYOUTS: tuple[Callable[[Table, Sequence[str]], Layout | None], ...] = (
    _canvas,
    _moodle_worksheet,
    _blackboard,
    _moodle_gradebook,
)
WITHOUT_MARKS = (_canvas_users, _moodle_participants)
