"""Tables on the screen, through rich: the one file of perfsim that imports it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

WIDE = 200  # a pipe is no screen: a line is not broken where somebody searches it


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table; what looks like a number stands to the right."""
    width = None if sys.stdout.isatty() else WIDE
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for place, heading in enumerate(headings):
        numeric = all(not row[place] or row[place][0] in "0123456789-." for row in rows)
        table.add_column(heading, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=width, highlight=False, markup=False, emoji=False).print(table)
