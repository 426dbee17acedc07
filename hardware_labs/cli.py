"""The command `hardware-labs`. What goes wrong is one sentence on stderr and exit code 1."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hardware_labs.boards import BOARDS, board_kind
from hardware_labs.doctor import examine
from hardware_labs.errors import BoardError
from hardware_labs.packages import missing_packages

if TYPE_CHECKING:
    from hardware_labs.models.network import Network


@contextmanager
def sentences() -> Iterator[None]:
    """A BoardError becomes one line on stderr and exit code 1."""
    try:
        yield
    except BoardError as error:
        raise click.ClickException(str(error)) from None


def chosen(model_id: str) -> Network:
    """The digits model, or the untrained MLPerf Tiny model of that id."""
    from hardware_labs.models.mlperf_tiny import mlperf_tiny
    from hardware_labs.models.network import digits_model

    return digits_model() if model_id == "digits" else mlperf_tiny(model_id)


@click.group()
@click.version_option(package_name="mlsys-course")
def main() -> None:
    """Microcontrollers on a serial port, real or emulated."""


@main.command()
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


@main.command()
@click.argument("address")
def identify(address: str) -> None:
    """Connect to ADDRESS (a port, or emu:KIND) and print what the board says about itself."""
    with sentences():
        from hardware_labs.board import Board

        with Board.connect(address) as board:
            facts = board.info()
    for key, value in facts.items():
        click.echo(f"{key:12} {value}")


@main.command()
@click.argument("kind", default="nano33")
@click.option("--hidden", type=click.IntRange(1), help="Units in the hidden layer (32 as trained).")
@click.option("--sketch", type=click.Path(path_type=Path), help="A folder for an Arduino sketch.")
@click.option(
    "--model", "model_id", default="digits", help="digits, or an untrained MLPerf Tiny id."
)
@click.option("--kernels", type=click.Choice(["scalar", "smlad"]), default="scalar")
def build(kind: str, hidden: int | None, sketch: Path | None, model_id: str, kernels: str) -> None:
    """Build the lab firmware for KIND; with --hidden, ask whether a wider model would fit; with
    --sketch, write it as an Arduino sketch instead."""
    with sentences():
        from hardware_labs.firmware.build import build as build_firmware
        from hardware_labs.firmware.elf import sizes
        from hardware_labs.firmware.sketch import write_sketch
        from hardware_labs.models.network import widened

        model = chosen(model_id)
        if hidden is not None and model_id != "digits":
            raise BoardError("--hidden widens the digits model only: leave out --model.")
        model = model if hidden is None else widened(model, hidden)
        if sketch is not None:
            click.echo(write_sketch(board_kind(kind), model, sketch))
            return
        image = build_firmware(board_kind(kind), model, kernels=kernels)
        used = sizes(image.elf)
    click.echo(f"{image.elf}  ({model.name}, {model.weights} weights)")
    click.echo(f"flash {used.flash_bytes:>9,} of {image.kind.flash_bytes:,} bytes")
    click.echo(f"RAM   {used.ram_bytes:>9,} of {image.kind.ram_bytes:,} bytes, and the stack")


@main.command()
@click.argument("kind", default="nano33")
@click.option("--fast", is_flag=True, help="Do not hold the board's clock to the time on the wall.")
@click.option("--model", "model_id", default="digits", help="digits, kws01, vww01, ...")
def emulate(kind: str, fast: bool, model_id: str) -> None:
    """Run an emulated board until Ctrl-C, for other programs to connect to."""
    with sentences():
        from hardware_labs.emulation.launch import EmulatedBoard

        with EmulatedBoard(board_kind(kind), model=chosen(model_id), fast=fast) as board:
            click.echo(f"An emulated {kind} is on {board.port}. Ctrl-C unplugs it.")
            try:
                while board.alive:
                    time.sleep(0.2)
            except KeyboardInterrupt:
                click.echo("Unplugged.")


@main.command()
def doctor() -> None:
    """Look at this machine: libraries, ports, firmware, an emulated board; and say the fix."""
    findings = examine()
    for finding in findings:
        click.echo(f"{'ok ' if finding.good else 'BAD'}  {finding.subject:16} {finding.message}")
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
