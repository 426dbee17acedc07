"""A table as CSV in which no cell runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from autograder.roster.csv_file import inert

Value = str | int | float | None


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """The text of a table (RFC 4180), empty cells for None. A text that a spreadsheet would take
    for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([inert(value) if isinstance(value, str) else value for value in row])
    return out.getvalue()
