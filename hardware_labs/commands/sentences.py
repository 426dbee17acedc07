"""What goes wrong in a command is one sentence on stderr and exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from hardware_labs.errors import BoardError


@contextmanager
def sentences() -> Iterator[None]:
    """A BoardError becomes one line on stderr and exit code 1."""
    try:
        yield
    except BoardError as error:
        raise click.ClickException(str(error)) from None
