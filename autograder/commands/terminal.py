"""The terminal: a line, a table and a bar of progress, through rich."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

RIGHT = {"score", "time", "collected", "graded", "to review", "set aside", "held"}
RIGHT |= {"points", "penalty", "no hand-in", "off for lateness", "days"}
WIDE = 320  # a log is no screen: sentences stay on one line, so that they can be searched for

console = Console(
    highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else WIDE
)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A progress bar on a terminal; nothing in a log."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    on_terminal = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not on_terminal) as bar:
        bar.add_task(title, total=None)
        yield bar


def print_line(text: str) -> None:
    console.print(text, soft_wrap=True)


def new_table(*columns: str) -> Table:
    """A table without rows; numbers stand at the right of their columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name in RIGHT
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table
