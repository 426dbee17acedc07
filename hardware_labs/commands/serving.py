"""`serve`: a board for programs on other machines."""

from __future__ import annotations

from contextlib import ExitStack

import click

from hardware_labs.commands.sentences import sentences


@click.command()
@click.argument("address")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=2217, show_default=True,
    help="The TCP port on this machine; 0 for any that is free.",
)  # fmt: skip
def serve(address: str, port: int) -> None:
    """Serve the board at ADDRESS (a port, or emu:KIND) by RFC 2217 on this machine's loopback."""
    with sentences(), ExitStack() as stack:
        from hardware_labs.emulation.launch import EmulatedBoard
        from hardware_labs.emulation.options import emulated
        from hardware_labs.models.mlperf_tiny import named_model
        from hardware_labs.transports.address import is_emulated, place_and_baud
        from hardware_labs.transports.rfc2217_server import listen
        from hardware_labs.transports.rfc2217_server import serve as serve_port

        listener = stack.enter_context(listen(port))
        if is_emulated(address):
            kind, options = emulated(address)
            board = EmulatedBoard(
                kind,
                model=named_model(options.model),
                fast=options.fast,
                ram_bytes=options.ram_bytes,
            )
            device, baud = stack.enter_context(board).port, kind.baud
        else:
            device, baud = place_and_baud(address)
        number = listener.getsockname()[1]
        full_address = address if device == address else f"{address} ({device})"
        greeting = (
            f"{full_address} is served at rfc2217://127.0.0.1:{number}\n"
            f"From another machine: ssh -N -L {number}:127.0.0.1:{number} USER@THIS_MACHINE\n"
            "Ctrl-C ends it."
        )
        try:
            serve_port(device, baud, listener, click.echo, greeting)
        except KeyboardInterrupt:
            click.echo("No longer served.")
