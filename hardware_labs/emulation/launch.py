"""Starts and stops the program behind an emulated board.

The program detaches itself (where there is fork), so that it is nobody's child to wait for; what
binds it to its owner is a pipe, and the owner's life.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.pi.stored_model import store_model
from hardware_labs.emulation.registry import alive
from hardware_labs.emulation.simavr import runner
from hardware_labs.errors import BoardError
from hardware_labs.firmware.build import Build, build
from hardware_labs.firmware.cache import cache_dir
from hardware_labs.models.network import Network, digits_model

PATIENCE_S = 2.0
LAST_WORDS_S = 0.5


class EmulatedBoard:
    """A running emulated board: `port` is its serial device. Closing it unplugs it.

    firmware: what `build` made, with other kernels perhaps, in place of the lab firmware with
    `model`. Where it never comes back, the board ends and `last_words` says so.
    """

    def __init__(
        self,
        kind: BoardKind,
        *,
        model: Network | None = None,
        firmware: Build | None = None,
        fast: bool = False,
        socket: bool = False,
        ram_bytes: int | None = None,
    ) -> None:
        file = _built(kind, firmware) if firmware else _firmware(kind, model or digits_model())
        options = [*["--fast"] * fast, *["--socket"] * socket]
        if ram_bytes is not None:
            options.append(f"--ram={ram_bytes}")
        process = _start([str(file), "--board", kind.name, *options], _surroundings(kind))
        self.pid, self.port = _introduction(process)
        self._process = process
        self._finalizer = weakref.finalize(self, _stop, process, self.pid, os.getpid())

    @property
    def alive(self) -> bool:
        return alive(self.pid)

    def last_words(self) -> str:
        """Why the board ended by itself, "" where it runs, was unplugged or said nothing."""
        pipe, until = self._process.stderr, time.monotonic() + LAST_WORDS_S
        while self.alive and time.monotonic() < until:
            time.sleep(0.01)
        if self.alive or pipe is None or pipe.closed:
            return ""
        return pipe.read().decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Unplugs the board. May be called twice."""
        self._finalizer()

    def __enter__(self) -> EmulatedBoard:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _firmware(kind: BoardKind, model: Network) -> Path:
    """What the board runs; a Raspberry Pi's agent is in Python, and takes the model as a file."""
    if kind.emulator == "agent":
        return store_model(model, cache_dir() / "firmware")
    if kind.emulator == "simavr":
        runner()
    return build(kind, model).elf


def _built(kind: BoardKind, firmware: Build) -> Path:
    """The file of a firmware that was built for this kind of board."""
    if kind.emulator != "unicorn":
        raise BoardError(
            f"An emulated {kind.title} takes the lab firmware only: other kernels run on "
            "emu:nano33, emu:nicla and emu:m4, where a loop without end is stopped."
        )
    if firmware.kind.name != kind.name:
        raise BoardError(f"This firmware was built for {firmware.kind.name}, not for {kind.name}.")
    return firmware.elf


def _surroundings(kind: BoardKind) -> dict[str, str]:
    """An agent that measures its memory gets an allocator that gives back what was freed."""
    if kind.emulator != "agent":
        return {}
    return {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536"}


def _start(arguments: list[str], surroundings: dict[str, str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that interrupting the notebook does not unplug the board."""
    package_root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package_root, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "hardware_labs.emulation.program", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | surroundings | {"PYTHONPATH": path},
        start_new_session=True,
    )


def _introduction(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """(process id, port) from the line of JSON with which the board starts."""
    assert process.stdout is not None and process.stderr is not None
    line = process.stdout.readline()
    if not line:
        printed = process.stderr.read().decode("utf-8", "replace").strip()
        _stop(process, 0, os.getpid())
        process.wait()
        raise BoardError(f"The emulated board did not start. It said: {printed or 'nothing'}")
    if os.name != "nt":
        process.wait()  # only the part that detached the board
    board = json.loads(line)
    return int(board["pid"]), str(board["port"])


def _stop(process: subprocess.Popen[bytes], pid: int, owner: int) -> None:
    """Ends the board by the end of its pipe; a fork of the owner only lets go of its own ends."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    if os.getpid() != owner or not pid:
        return
    until = time.monotonic() + PATIENCE_S
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.002)
    if alive(pid):
        with suppress(ProcessLookupError):  # it may end between the question and the signal
            os.kill(pid, signal.SIGTERM)
    process.wait()
