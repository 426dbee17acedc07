"""Starts and stops the program behind an emulated board."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from types import TracebackType

from hardware_labs.boards import BoardKind
from hardware_labs.compile import build
from hardware_labs.errors import BoardError
from hardware_labs.model import Model, digits_model


class EmulatedBoard:
    """A running emulated board: `port` is its serial device. Closing it unplugs it."""

    def __init__(
        self,
        kind: BoardKind,
        *,
        model: Model | None = None,
        fast: bool = False,
        socket: bool = False,
    ) -> None:
        elf = build(kind, model or digits_model()).elf
        flags = ["--fast"] * fast + ["--socket"] * socket
        self._process = _start([str(elf), "--board", kind.name, *flags])
        self._finalizer = weakref.finalize(self, _stop, self._process)
        self.port = self._read_port()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Unplugs the board. May be called twice."""
        self._finalizer()

    def __enter__(self) -> EmulatedBoard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _read_port(self) -> str:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._process.stderr.read().decode("utf-8", "replace").strip()
            self.close()
            raise BoardError(f"The emulated board did not start. It said: {said or 'nothing'}")
        return str(json.loads(line)["port"])


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that interrupting the notebook does not unplug the board."""
    package_root = str(Path(__file__).parent.parent)
    path = os.pathsep.join(filter(None, [package_root, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "hardware_labs.emulated", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
