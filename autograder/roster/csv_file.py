"""The CSV files of the course root that a person may edit: rows with their numbers of lines.

A cell that a spreadsheet would run as a formula is written with an apostrophe in front, which is
taken away when it is read. What a spreadsheet saves is read whatever its delimiter.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.files import write_file
from autograder.model import CourseError
from autograder.roster.byte_table import Table, read_table

SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # the last four are =+-@ in their full width
START = re.compile(rf"'*[{SIGNS}\t\r]")
ESCAPED = re.compile(rf"'+[{SIGNS}\t\r]")
PART = re.compile(rf"(?<=[;\t\r\n])(?='*[{SIGNS}])")
ESCAPED_PART = re.compile(rf"(?<=[;\t\r\n])'(?='*[{SIGNS}])")
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Line:
    """A row of a file. number: the line of the file that it begins in, from 1; values: the text of
    each column, '' for an empty cell."""

    number: int
    values: Mapping[str, str]


def inert(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would run it as a formula, and
    before each part that one would run where it takes `;` or a tab for the end of a cell."""
    parts = PART.sub("'", text)
    return f"'{parts}" if START.match(parts) else parts


def plain(cell: str) -> str:
    """The text that `inert` made this cell of, without the space around it."""
    cell = ESCAPED_PART.sub("", cell.strip(" "))
    return cell[1:] if ESCAPED.match(cell) else cell.strip()


def read_lines(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The rows of the file, () where there is no file. Empty lines are left out.

    Raises CourseError where it is no UTF-8 text, where one of `columns` is missing, or where a row
    has more cells than there are columns.
    """
    if not path.is_file():
        return []
    table = open_table(path)
    head = [plain(cell.value).casefold() for cell in table.rows[0]] if table.rows else []
    missing = [name for name in columns if name not in head]
    if missing:
        raise CourseError(
            f"{path.name} has no column '{missing[0]}'. Its first line has to name the columns: "
            f"{','.join(columns)}."
        )
    places = {name: head.index(name) for name in (*columns, *optional) if name in head}
    numbers = line_numbers(table)
    return [
        Line(numbers[row], _values(path, table, row, numbers[row], places))
        for row in range(1, len(table.rows))
        if any(cell.value.strip() for cell in table.rows[row])
    ]


def open_table(path: Path) -> Table:
    """The table in a file that is UTF-8, or UTF-16 with a mark of byte order."""
    try:
        table = read_table(path.read_bytes())
    except CourseError as fault:
        raise CourseError(f"{path.name}: {fault}") from fault
    if table.encoding == "latin-1":
        raise CourseError(
            f"{path.name} is not UTF-8 text. Save it from the spreadsheet as 'CSV UTF-8'."
        )
    return table


def line_numbers(table: Table) -> list[int]:
    """The line of the file in which each row begins, from 1."""
    ends = [end.end() for end in LINE_END.finditer(table.text)]
    return [bisect_right(ends, row[0].start) + 1 for row in table.rows]


def _values(
    path: Path, table: Table, row: int, number: int, places: Mapping[str, int]
) -> dict[str, str]:
    width = len(table.rows[0])
    surplus = [cell.value for cell in table.rows[row][width:] if cell.value.strip()]
    if surplus:
        raise CourseError(
            f"{path.name}, line {number}: there are {width} columns and one more "
            f"cell, '{surplus[0]:.40}'. Put quotation marks around a text that holds a "
            f"'{table.delimiter}'."
        )
    return {name: plain(table.value(row, place)) for name, place in places.items()}


def write_lines(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Make the file hold these rows; a crash leaves the old file or the new one."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # so that either in a cell is quoted
    writer.writerow(columns)
    writer.writerows([inert(row.get(name, "")) for name in columns] for row in rows)
    write_file(path, out.getvalue().encode())


def append_line(path: Path, columns: Sequence[str], row: Mapping[str, str]) -> None:
    """Add a row at the end of the file, which is made where there is none; all else in it stays."""
    if not path.is_file():
        write_lines(path, columns, [row])
        return
    table = open_table(path)
    head = [plain(cell.value).casefold() for cell in table.rows[0]] if table.rows else []
    out = io.StringIO()
    end = "\r\n" if "\r\n" in table.text else "\n"
    writer = csv.writer(out, lineterminator="\r\n", delimiter=table.delimiter)
    writer.writerow([inert(row.get(name, "")) for name in head])
    text = table.text if table.text.endswith(("\n", "\r")) else table.text + end
    line = out.getvalue().removesuffix("\r\n") + end
    write_file(path, (text + line).encode(table.encoding))
