"""What this machine can do with boards, and for what it cannot, the line to type."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware_labs.boards import BOARDS
from hardware_labs.errors import BoardError, permission_fix


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `says` is what was found, and where it is bad, the fix."""

    subject: str
    good: bool
    message: str


def examine() -> list[Finding]:
    """All findings. The board is started only where its libraries are there."""
    libraries = [_library(*pair) for pair in (("serial", "pyserial"), ("unicorn", "unicorn"),
                                             ("ziglang", "ziglang"))]  # fmt: skip
    if not all(finding.good for finding in libraries):
        return [*libraries, _permission()]
    return [*libraries, _permission(), _try("firmware", _built), _try("emulated board", _pinged)]


def _library(module: str, package: str) -> Finding:
    if importlib.util.find_spec(module) is None:
        return Finding(package, False, f"not installed. Run: pip install {package}")
    return Finding(package, True, "installed")


def _permission() -> Finding:
    """On Linux a serial port belongs to a group; the other systems ask when it is opened."""
    devices = [*Path("/dev").glob("ttyACM*"), *Path("/dev").glob("ttyUSB*")]
    shut = [str(path) for path in devices if not os.access(path, os.R_OK | os.W_OK)]
    if shut and sys.platform.startswith("linux"):
        return Finding("serial ports", False, f"{', '.join(shut)}: no. {permission_fix()}")
    listed = ", ".join(map(str, devices)) or "no board on USB"
    return Finding("serial ports", True, listed)


def _try(subject: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, attempt())
    except BoardError as error:
        return Finding(subject, False, str(error))


def _built() -> str:
    from hardware_labs.firmware.build import build
    from hardware_labs.models.network import digits_model

    elf = build(BOARDS[0], digits_model()).elf
    return f"{elf} ({elf.stat().st_size} bytes)"


def _pinged() -> str:
    from hardware_labs.board import Board

    with Board.connect(f"emu:{BOARDS[0].name}") as board:
        return f"{board.name} on {board.port} answers in {board.ping():.1f} ms"
