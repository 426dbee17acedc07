"""Bytes between an emulated board's port and another program that emulates its processor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable

from hardware_labs.emulation.wire import FOREVER, Wire
from hardware_labs.errors import BoardError


def run_program(command: list[str], wire: Wire, halt: Callable[[], None]) -> None:
    """Runs `command` with the wire as its standard input and output, until the wire ends.

    `halt` is called where the program ends first. The program ends with this process, however that
    ends (setpriv is in every Debian).
    """
    if shutil.which("setpriv"):
        command = ["setpriv", "--pdeathsig", "KILL", *command]
    try:
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise BoardError(f"{command[0]} could not be started: {error}.") from None

    def listen() -> None:
        assert program.stdout is not None
        while data := os.read(program.stdout.fileno(), 4096):
            wire.write(data)
        print(f"{command[0]} ended with {program.wait()}", file=sys.stderr)
        halt()

    threading.Thread(target=listen, daemon=True).start()
    _talk(program, wire)


def _talk(program: subprocess.Popen[bytes], wire: Wire) -> None:
    assert program.stdin is not None
    try:
        while True:
            program.stdin.write(wire.read(FOREVER))
            program.stdin.flush()
    except (EOFError, BrokenPipeError):
        program.kill()
