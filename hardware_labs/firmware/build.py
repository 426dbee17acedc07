"""C to firmware: the only file that runs ziglang, a C cross-compiler in a wheel.

A build is stored under the hash of everything that went into it, so the same sources are compiled
once per machine. The linker script has the board's real sizes: what does not fit fails as it would
on the desk.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BuildError, missing_library
from hardware_labs.firmware.avr import (
    avr_flags,
    avr_version,
    overflow,
    run_avr_gcc,
    weights_in_flash,
)
from hardware_labs.models.network import Model, c_header, c_sizes
from hardware_labs.packages import need_packages

SOURCES = Path(__file__).parent / "c"
CHIPS = SOURCES / "chips"
FLAGS = (
    "-O2", "-std=c11", "-Wall", "-Wextra", "-ffreestanding", "-nostdlib",
    "-fno-sanitize=all", "-Wl,-e,reset", "-g0", "-s",
)  # fmt: skip


@dataclass(frozen=True)
class Build:
    """A firmware file and the board it is for."""

    elf: Path
    kind: BoardKind
    key: str


def cache_dir() -> Path:
    """$MLSYS_CACHE, else the platform's cache folder, else one in the temporary folder."""
    places = {"darwin": "~/Library/Caches", "win32": os.environ.get("LOCALAPPDATA", "~/AppData")}
    usual = places.get(sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    chosen = os.environ.get("MLSYS_CACHE") or str(Path(usual).expanduser() / "mlsys-course")
    fallback = Path(tempfile.gettempdir()) / f"mlsys-cache-{_user()}"
    for folder in (Path(chosen), fallback):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise BuildError(
        f"Neither {chosen} nor {fallback} can be written. Set MLSYS_CACHE to a folder."
    )


def build(kind: BoardKind, model: Model) -> Build:
    """The firmware of `model` for `kind`, from the cache where it is there. Raises BuildError."""
    if kind.emulator == "agent":
        raise BuildError(f"A {kind.title} runs a program in Python: there is nothing to build.")
    need_packages(kind)
    texts = {
        "memory.ld": _memory(kind),
        "sizes.h": "#pragma once\n" + board_sizes(kind) + c_sizes(model),
        "model.h": c_header(model),
    }
    if kind.emulator == "simavr":
        texts["model.h"] = weights_in_flash(texts["model.h"])
    key = _key(kind, texts)
    elf = cache_dir() / "firmware" / f"{kind.name}-{key[:16]}.elf"
    if not elf.exists():
        _compile(kind, texts, elf)
    return Build(elf, kind, key)


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _memory(kind: BoardKind) -> str:
    regions = [
        ("FLASH (rx)", kind.flash_address, kind.flash_bytes),
        ("RAM (rwx)", kind.ram_address, kind.ram_bytes),
        *((f"{bank.name} (rwx)", bank.address, bank.size_bytes) for bank in kind.banks),
    ]
    rows = [f"  {name} : ORIGIN = {at:#010x}, LENGTH = {size}\n" for name, at, size in regions]
    return "MEMORY {\n" + "".join(rows) + "}\n"


def board_sizes(kind: BoardKind) -> str:
    """The #defines of a board, for `sizes.h`."""
    return (
        f'#define BOARD_NAME "{kind.name}"\n#define BOARD_CORE "{kind.core}"\n'
        f"#define BOARD_CLOCK_HZ {kind.clock_hz}\n#define BOARD_FLASH_BYTES {kind.flash_bytes}\n"
        f"#define BOARD_RAM_BYTES {kind.ram_bytes}\n#define BOARD_BAUD {kind.baud}\n"
        f'#define BOARD_TICKS "{kind.ticks}"\n'  # what the emulator's cycle counter counts
    )


def _sources(kind: BoardKind) -> list[Path]:
    """The files of every board, the headers of chips, and this chip's own C files."""
    shared = [path for path in SOURCES.iterdir() if path.suffix in {".c", ".h", ".ld"}]
    return sorted([*shared, *CHIPS.glob("*.h"), *CHIPS.glob(f"{kind.chip}*.c")])


def _key(kind: BoardKind, texts: dict[str, str]) -> str:
    if kind.emulator == "simavr":
        compiler = [*avr_flags(kind), avr_version()]
    else:
        compiler = [*FLAGS, kind.zig_cpu, _zig_version()]
    digest = hashlib.sha256("\0".join(compiler).encode())
    for path in _sources(kind):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    for name, text in sorted(texts.items()):
        digest.update(f"\0{name}\0{text}".encode())
    return digest.hexdigest()


def _zig_version() -> str:
    try:
        return version("ziglang")
    except PackageNotFoundError:
        raise missing_library("ziglang", "Building the firmware") from None


def _compile(kind: BoardKind, texts: dict[str, str], elf: Path) -> None:
    elf.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=elf.parent, prefix="build-") as folder:
        work = Path(folder)
        for path in _sources(kind):
            (work / path.name).write_bytes(path.read_bytes())
        for name, text in texts.items():
            (work / name).write_text(text)
        compiler = run_avr_gcc if kind.emulator == "simavr" else _run_zig
        completed = compiler(kind, work)
        if completed.returncode:
            raise BuildError(_why(completed.stderr, kind))
        (work / "firmware.elf").replace(elf)


def _run_zig(kind: BoardKind, work: Path) -> subprocess.CompletedProcess[str]:
    sources = sorted(path.name for path in work.glob("*.c"))
    command = [
        sys.executable, "-m", "ziglang", "cc", "-target", "thumb-freestanding-eabi",
        f"-mcpu={kind.zig_cpu}", *FLAGS, "-T", "board.ld", *sources, "-o", "firmware.elf",
    ]  # fmt: skip
    zig_cache = str(cache_dir() / "zig")
    places = {"ZIG_GLOBAL_CACHE_DIR": zig_cache, "ZIG_LOCAL_CACHE_DIR": zig_cache}
    return subprocess.run(
        command, cwd=work, env=os.environ | places, capture_output=True, text=True, check=False
    )


def _why(stderr: str, kind: BoardKind) -> str:
    """The linker's or compiler's own words, in a sentence."""
    lld = re.search(r"section '(\S+)' will not fit in region '(\w+)': overflowed by (\d+)", stderr)
    over = lld.groups() if lld else overflow(stderr, kind)
    if over is None:
        errors = [line for line in stderr.splitlines() if "error" in line]
        return "The firmware does not compile:\n" + "\n".join(errors[:5] or [stderr[-500:]])
    section, region, excess = over
    size = kind.flash_bytes if region == "FLASH" else kind.ram_bytes
    return (
        f"The firmware does not fit the {kind.title}: section '{section}' will not fit in region "
        f"'{region}' of {size} bytes: overflowed by {excess} bytes. "
        "Take a smaller model, or a board with more memory."
    )
