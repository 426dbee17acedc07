"""The command `perfsim`."""

from __future__ import annotations

import click

from perfsim.commands.ask import estimate_command
from perfsim.commands.compare import validate
from perfsim.commands.draw import plot
from perfsim.commands.lists import devices, models


@click.group()
@click.version_option(package_name="mlsys-course", message="perfsim of mlsys-course %(version)s")
def main() -> None:
    """Predict time, memory, energy and cost of a model on a device."""


for command in (devices, models, estimate_command, validate, plot):
    main.add_command(command)
