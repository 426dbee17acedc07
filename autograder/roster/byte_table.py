"""A table of delimited text in which single cells can be replaced; every other byte stays.

What a learning platform exports has its own encoding, delimiter, quotes and line ends, and expects
them back. So the text is never written anew: each cell knows where it stands in it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.model import CourseError

DELIMITERS = ",\t;"
QUOTE = '"'
MARKED = (  # a mark of byte order, and the encoding that it says
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Cell:
    """A cell: its value without quotes, and the span of the text that it takes with them."""

    value: str
    start: int
    end: int

    @property
    def quoted(self) -> bool:
        return self.end - self.start > len(self.value)


@dataclass(frozen=True)
class Table:
    """Rows of cells over a text. Rows may differ in length; empty lines are rows of one cell."""

    text: str
    encoding: str
    delimiter: str
    rows: tuple[tuple[Cell, ...], ...]

    def value(self, row: int, column: int) -> str:
        """The value of a cell, '' where the row is too short."""
        cells = self.rows[row]
        return cells[column].value if column < len(cells) else ""


def read_table(data: bytes) -> Table:
    """The table in `data`. Raises CourseError where it is no text, or a quote is never closed."""
    text, encoding = _decoded(data)
    start = 1 if text.startswith("\ufeff") else 0
    delimiter = _delimiter(text[start:])
    return Table(text, encoding, delimiter, tuple(_rows(text, start, delimiter)))


def replaced(table: Table, values: Mapping[tuple[int, int], str]) -> bytes:
    """The bytes of the table with other values in the cells (row, column), and all else as it was.

    A cell that had quotes keeps them, and one that needs them gets them. Raises CourseError for a
    cell that the table does not have.
    """
    parts, at = [], 0
    for (row, column), value in sorted(values.items()):
        if row >= len(table.rows) or column >= len(table.rows[row]):
            raise CourseError(
                f"row {row + 1} of the table has no column {column + 1}, so nothing can be put "
                "there. Export the file anew, or fill the row by hand."
            )
        cell = table.rows[row][column]
        parts += [table.text[at : cell.start], _cell_text(value, cell, table.delimiter)]
        at = cell.end
    return "".join([*parts, table.text[at:]]).encode(table.encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text with its mark of byte order, and the encoding that gives the same bytes back."""
    marked = next((name for mark, name in MARKED if data.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", "latin-1"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and text.encode(encoding) == data:
            return text, encoding
    raise CourseError(
        "the file is no table of text (CSV). A workbook (.xlsx) has to be saved as CSV first."
    )


def _delimiter(text: str) -> str:
    """The one that stands most often outside of quotes in the first line that has any."""
    for line in text.splitlines():
        outside = "".join(line.split(QUOTE)[::2])
        if any(mark in outside for mark in DELIMITERS):
            return max(DELIMITERS, key=outside.count)
    return ","


def _rows(text: str, start: int, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    cells: list[Cell] = []
    at = start
    while at < len(text):
        cell = _quoted_cell(text, at) if text[at] == QUOTE else _plain_cell(text, at, delimiter)
        cells.append(cell)
        at = cell.end
        if text.startswith(delimiter, at):
            at += 1
            if at < len(text):
                continue
            cells.append(Cell("", at, at))
        yield tuple(cells)
        cells = []
        at += 2 if text.startswith("\r\n", at) else 1


def _plain_cell(text: str, at: int, delimiter: str) -> Cell:
    end = at
    while end < len(text) and text[end] not in (delimiter, "\r", "\n"):
        end += 1
    return Cell(text[at:end], at, end)


def _quoted_cell(text: str, at: int) -> Cell:
    """A cell in quotes; a quote inside of it is doubled."""
    end = text.find(QUOTE, at + 1)
    while end >= 0 and text.startswith(QUOTE, end + 1):
        end = text.find(QUOTE, end + 2)
    if end < 0:
        line = text.count("\n", 0, at) + 1
        raise CourseError(f"in line {line} of the table a quotation mark is opened and not closed.")
    return Cell(text[at + 1 : end].replace(QUOTE * 2, QUOTE), at, end + 1)


def _cell_text(value: str, cell: Cell, delimiter: str) -> str:
    if cell.quoted or any(mark in value for mark in (delimiter, QUOTE, "\r", "\n")):
        return QUOTE + value.replace(QUOTE, QUOTE * 2) + QUOTE
    return value
