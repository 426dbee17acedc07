"""The program that puts an emulated board behind a serial device.

    python -m hardware_labs.emulation.program FIRMWARE.elf --board nano33

It prints one line of JSON with its port and process id, and lives exactly as long as whoever
started it: its standard input is a pipe from there, and the end of that pipe, however it comes
about, is the end of the board. Ending it is also how a board is unplugged.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import click

from hardware_labs.boards import BOARDS, board_kind
from hardware_labs.emulation import registry
from hardware_labs.emulation.cortex_m import Emulator
from hardware_labs.emulation.wire import PtyWire, SocketWire, Wire


def detach() -> None:
    """Goes on in a child of nobody, so that the owner has no process to wait for."""
    if hasattr(os, "fork") and os.fork():
        os._exit(0)


def live_with(owner: int, entry: Path | None) -> None:
    """Ends this process with its standard input, or its owner: a fork of that may hold the pipe."""

    def watch_input() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        end(entry)

    def watch_owner() -> None:
        while registry.alive(owner):
            time.sleep(1)
        end(entry)

    for watch in (watch_input, watch_owner):
        threading.Thread(target=watch, daemon=True).start()


def end(entry: Path | None) -> None:
    """At once: the emulator may be deep in a loop of the firmware."""
    if entry is not None:
        entry.unlink(missing_ok=True)
    os._exit(0)


def announce(board: str, port: str, owner: int) -> Path | None:
    """Enters the board in the registry; a board that cannot be listed still works."""
    try:
        return registry.add(registry.Running(board, port, os.getpid(), owner))
    except OSError as error:
        print(f"This board will not be listed: {error}", file=sys.stderr)
        return None


def best_wire() -> Wire:
    """A pseudo-terminal; a socket where there are none."""
    try:
        return PtyWire()
    except (AttributeError, ImportError, OSError):
        return SocketWire()


@click.command()
@click.argument("elf", type=click.Path(exists=True, path_type=Path))
@click.option("--board", type=click.Choice([kind.name for kind in BOARDS]), default="nano33")
@click.option("--fast", is_flag=True, help="Do not hold the board's clock to the time on the wall.")
@click.option("--socket", is_flag=True, help="A TCP port, also where there are pseudo-terminals.")
def main(elf: Path, board: str, fast: bool, socket: bool) -> None:
    """Run the firmware ELF on an emulated board until standard input ends."""
    owner = os.getppid()
    detach()
    wire = SocketWire() if socket else best_wire()
    entry = announce(board, wire.port, owner)
    live_with(owner, entry)
    print(json.dumps({"port": wire.port, "pid": os.getpid()}), flush=True)
    Emulator(elf, board_kind(board), wire, realtime=not fast).run()
    end(entry)


if __name__ == "__main__":
    main()
