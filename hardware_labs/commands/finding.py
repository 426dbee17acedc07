"""`boards`, `identify` and `doctor`: what there is, and what this machine can do with it."""

from __future__ import annotations

import click

from hardware_labs.boards import BOARDS
from hardware_labs.commands.sentences import sentences
from hardware_labs.packages import missing_packages


@click.command()
def boards() -> None:
    """List the boards there are to connect to, and the kinds that can be emulated."""
    with sentences():
        from hardware_labs.transports.serial_port import ports

        available = ports()
    for port in available:
        click.echo(f"{port.port:24} {port.board:10} {port.detail}")
    if not available:
        click.echo("No board is plugged in, and no emulated board is running.")
    for kind in BOARDS:
        missing = missing_packages(kind)
        need = f"; first run: sudo apt install {' '.join(missing)}" if missing else ""
        click.echo(f"{'emu:' + kind.name:24} {kind.name:10} starts an emulated {kind.title}{need}")


@click.command()
@click.argument("address")
def identify(address: str) -> None:
    """Connect to ADDRESS (a port, or emu:KIND) and print what the board says about itself."""
    with sentences():
        from hardware_labs.board import Board

        with Board.connect(address) as board:
            facts = board.info()
    for key, value in facts.items():
        click.echo(f"{key:12} {value}")


@click.command()
def doctor() -> None:
    """Look at this machine: libraries, ports, folders, every kind of board; and say the fix."""
    from hardware_labs.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(f"{finding.state:4} {finding.subject:18} {finding.message}")
    if any(finding.state == "BAD" for finding in findings):
        raise SystemExit(1)
