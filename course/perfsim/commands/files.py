"""What every verb has: the options for more devices and models, and errors as sentences.

Exit code 2 for options that do not go together and for a file that cannot be written, or read as
one of measurements, devices or models; 1 for a question without an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from perfsim.catalog import Catalog, catalog
from perfsim.errors import PerfsimError
from perfsim.published.rows import HARDWARE_NUMBERS, MODEL_NUMBERS, read_extra

FILE = click.Path(path_type=Path)
"""A file to read or to write: whoever does so says in a sentence what is wrong with it."""


class BadFile(click.ClickException):
    """A file that cannot be read as what it should be, or written."""

    exit_code = 2


@contextmanager
def sentences(exit_code: int = 1) -> Iterator[None]:
    """A PerfsimError becomes one line on stderr and an exit code."""
    try:
        yield
    except PerfsimError as error:
        raise (BadFile if exit_code == 2 else click.ClickException)(str(error)) from None


def with_files(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every verb has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table."),
        click.option("--sources", is_flag=True, help="Print where each figure comes from."),
        click.option("--models", "models_file", type=FILE, help="A CSV file with more models."),
        click.option(
            "--hardware", "hardware_file", type=FILE, help="A CSV file with more devices."
        ),
    ):
        command = option(command)
    return command


def known_with(hardware_file: Path | None, models_file: Path | None) -> Catalog:
    """The catalog, with the rows of more files."""
    devices = read_extra(hardware_file, HARDWARE_NUMBERS) if hardware_file else []
    models = read_extra(models_file, MODEL_NUMBERS) if models_file else []
    return catalog().extended(devices, models) if devices or models else catalog()
