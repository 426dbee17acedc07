"""Debian packages that some emulated boards take, and which of them this machine lacks."""

from __future__ import annotations

import shutil
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BoardMissing

PROGRAMS = {"gcc-avr": "avr-gcc", "qemu-system-arm": "qemu-system-arm"}
FILES = {
    "avr-libc": Path("/usr/lib/avr/include/avr/io.h"),
    "libsimavr-dev": Path("/usr/include/simavr/sim_avr.h"),
    "libelf-dev": Path("/usr/include/libelf.h"),
}


def missing_packages(kind: BoardKind) -> list[str]:
    """The packages that `kind` takes and that are not installed."""
    return [package for package in kind.packages if not _is_installed(package)]


def need_packages(kind: BoardKind) -> None:
    """Raises BoardMissing with the line to type where a package is not installed."""
    missing = missing_packages(kind)
    if missing:
        raise BoardMissing(
            f"An emulated {kind.title} needs what pip has not got: {', '.join(missing)}. On Debian "
            f"or Ubuntu run: sudo apt install {' '.join(missing)}  "
            "(elsewhere take another board: emu:nano33, emu:nicla and emu:m4 need pip alone)"
        )


def _is_installed(package: str) -> bool:
    if package in PROGRAMS:
        return shutil.which(PROGRAMS[package]) is not None
    return FILES[package].exists()
