"""The command `hardware-labs`: its verbs stand in `commands/`, a file for each idea."""

from __future__ import annotations

import click

from hardware_labs.commands.finding import boards, doctor, identify
from hardware_labs.commands.making import build, emulate, flash
from hardware_labs.commands.measuring import bench
from hardware_labs.commands.serving import serve


@click.group()
@click.version_option(package_name="mlsys-course")
def main() -> None:
    """Microcontrollers on a serial port, real or emulated."""


for _verb in (boards, identify, bench, flash, serve, build, emulate, doctor):
    main.add_command(_verb)


if __name__ == "__main__":
    main()
