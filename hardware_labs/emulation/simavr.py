"""An ATmega328P: compiles `run_uno.c`, the program around simavr, from Debian.

simavr is under the GPL, so it is a program of its own, made on the machine of whoever asks for it.
It counts cycles, each instruction with the cycles of the data sheet.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from hardware_labs.errors import BuildError
from hardware_labs.firmware.cache import cache_dir, writing_to

SOURCE = Path(__file__).parent / "run_uno.c"
LIBRARIES = Path(f"/usr/lib/{platform.machine()}-linux-gnu")


def simavr_command(elf: Path, fast: bool) -> list[str]:
    """The command line. `fast` does not hold the board's clock to the time on the wall."""
    return [str(runner()), str(elf), "fast" if fast else "realtime"]


def runner() -> Path:
    """The program around simavr, compiled once per machine. Raises BuildError."""
    key = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    program = cache_dir() / "firmware" / f"run-uno-{key}"
    if not program.exists():
        place = program.parent
        with writing_to(place), tempfile.TemporaryDirectory(dir=place, prefix="build-") as folder:
            _compile(Path(folder) / "run_uno")
            (Path(folder) / "run_uno").replace(program)
    return program


def _compile(program: Path) -> None:
    zig_cache = str(cache_dir() / "zig")
    command = [
        sys.executable, "-m", "ziglang", "cc", "-O2", str(SOURCE), "-I/usr/include",
        f"-L{LIBRARIES}", "-lsimavr", "-lelf", "-o", str(program),
    ]  # fmt: skip
    places = {"ZIG_GLOBAL_CACHE_DIR": zig_cache, "ZIG_LOCAL_CACHE_DIR": zig_cache}
    completed = subprocess.run(
        command, env=os.environ | places, capture_output=True, text=True, check=False
    )
    if completed.returncode:
        raise BuildError(f"The program around simavr does not compile:\n{completed.stderr[-500:]}")
