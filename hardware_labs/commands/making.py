"""`build`, `emulate` and `flash`: the firmware, and the board it runs on."""

from __future__ import annotations

import time
from pathlib import Path

import click

from hardware_labs.boards import board_kind
from hardware_labs.commands.sentences import sentences
from hardware_labs.errors import BoardError


@click.command()
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
        from hardware_labs.models.mlperf_tiny import named_model
        from hardware_labs.models.network import widened

        model = named_model(model_id)
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


@click.command()
@click.argument("kind", default="nano33")
@click.option("--fast", is_flag=True, help="Do not hold the board's clock to the time on the wall.")
@click.option("--model", "model_id", default="digits", help="digits, kws01, vww01, ...")
def emulate(kind: str, fast: bool, model_id: str) -> None:
    """Run an emulated board until Ctrl-C, for other programs to connect to."""
    with sentences():
        from hardware_labs.emulation.launch import EmulatedBoard
        from hardware_labs.models.mlperf_tiny import named_model

        with EmulatedBoard(board_kind(kind), model=named_model(model_id), fast=fast) as board:
            click.echo(f"An emulated {kind} is on {board.port}. Ctrl-C unplugs it.")
            try:
                while board.alive:
                    time.sleep(0.2)
            except KeyboardInterrupt:
                click.echo("Unplugged.")
                return
            words = board.last_words() or "nothing"
        raise BoardError(f"The emulated {kind} ended by itself. It said: {words}")


@click.command()
@click.argument("kind")
@click.option("--port", help="Where the board is; found by its USB numbers where it is left out.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and run nothing.")
def flash(kind: str, port: str | None, dry_run: bool) -> None:
    """Build the lab firmware for KIND and write it to a real board with the board's own tool."""
    with sentences():
        from hardware_labs.flash import flash as flash_firmware
        from hardware_labs.transports.address import is_emulated

        if is_emulated(kind):
            raise BoardError(
                f"An emulated board has its firmware already: hardware-labs identify {kind}. "
                "For a real one give the kind alone, as in hardware-labs flash nano33."
            )
        flash_firmware(board_kind(kind), port, click.echo, dry_run=dry_run)
