"""A table as CSV in which no cell runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from autograder.reporting.marks_file import FORMULA

Value = str | int | float | None


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """The text of a table (RFC 4180), empty cells for None. A text that a spreadsheet would take
    for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([_inert(value) for value in row])
    return out.getvalue()


def _inert(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value
