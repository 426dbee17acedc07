"""The program that puts an emulated board behind a serial device.

    python -m hardware_labs.emulation.program FIRMWARE.elf --board nano33

The file is what the board runs; for `--board pi` it is the model. The program prints one line of
JSON with its port and process id, and lives exactly as long as whoever started it: its standard
input is a pipe from there, and the end of that pipe, however it comes about, is the end of the
board. Ending it is also how a board is unplugged.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from hardware_labs.boards import BOARDS, BoardKind, board_kind
from hardware_labs.emulation import registry
from hardware_labs.emulation.bridge import run_program
from hardware_labs.emulation.pi import machine
from hardware_labs.emulation.qemu import qemu_command
from hardware_labs.emulation.wire import PtyWire, SocketWire, Wire
from hardware_labs.errors import BoardError

STACK_BYTES = 512 * 1024


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


Run = Callable[[], None]


def prepared(kind: BoardKind, firmware: Path, wire: Wire, fast: bool, ram_bytes: int | None) -> Run:
    """What emulates the board until its wire ends, ready to start: all libraries are loaded.

    Each kind of board loads only its own: a board is there sooner without NumPy.
    """
    if kind.emulator == "agent":
        return _agent(firmware, wire, fast, ram_bytes or machine.usual_limit_bytes(kind.ram_bytes))
    if kind.emulator == "qemu":
        return partial(run_program, qemu_command(firmware, fast), wire, lambda: os._exit(1))
    if kind.emulator == "simavr":
        from hardware_labs.emulation.simavr import simavr_command

        return partial(run_program, simavr_command(firmware, fast), wire, lambda: os._exit(1))
    from hardware_labs.emulation.cortex_m import MAX_INSTRUCTIONS, Emulator

    return Emulator(firmware, kind, wire, realtime=not fast, patience=MAX_INSTRUCTIONS).run


def _agent(model: Path, wire: Wire, fast: bool, ram_bytes: int) -> Run:
    """The limit is set before the model is loaded, after everything else is."""
    from hardware_labs.emulation.pi.agent import Agent
    from hardware_labs.emulation.pi.stored_model import load_model

    threading.stack_size(STACK_BYTES)
    base = machine.limit_memory(ram_bytes) if ram_bytes else machine.data_bytes()
    return Agent(load_model(model), wire, fast=fast, limit_bytes=ram_bytes, base=base).run


def refuse(kind: BoardKind, ram_bytes: int | None, error: Exception) -> None:
    """Ends with a sentence where the limit leaves no room to start; Python says "can't start new
    thread" for that, or nothing."""
    if kind.emulator != "agent" or not ram_bytes:
        raise error
    words = f"{ram_bytes / 2**20:g} MB are too little for the agent and its model"
    print(f"{words}. Give it more, as in emu:pi?ram=64M.", file=sys.stderr, flush=True)
    os._exit(1)


@click.command()
@click.argument("firmware", type=click.Path(exists=True, path_type=Path))
@click.option("--board", type=click.Choice([kind.name for kind in BOARDS]), default="nano33")
@click.option("--fast", is_flag=True, help="Do not hold the board's clock to the time on the wall.")
@click.option("--socket", is_flag=True, help="A TCP port, also where there are pseudo-terminals.")
@click.option("--ram", type=int, help="Bytes of memory that a Raspberry Pi's agent may take.")
def main(firmware: Path, board: str, fast: bool, socket: bool, ram: int | None) -> None:
    """Run FIRMWARE on an emulated board until standard input ends."""
    owner = os.getppid()
    detach()
    wire = SocketWire() if socket else best_wire()
    kind = board_kind(board)
    try:
        start = prepared(kind, firmware, wire, fast, ram)
        entry = announce(board, wire.port, owner)
        live_with(owner, entry)
    except (MemoryError, RuntimeError) as error:
        refuse(kind, ram, error)
    print(json.dumps({"port": wire.port, "pid": os.getpid()}), flush=True)
    try:
        start()
    except BoardError as error:
        print(error, file=sys.stderr, flush=True)
    end(entry)


if __name__ == "__main__":
    main()
