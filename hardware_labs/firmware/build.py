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
from hardware_labs.models.network import Model, c_header, c_sizes

SOURCES = Path(__file__).parent / "c"
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
    texts = {
        "memory.ld": _memory(kind),
        "sizes.h": "#pragma once\n" + _board_sizes(kind) + c_sizes(model),
        "model.h": c_header(model),
    }
    key = _key(kind, texts)
    elf = cache_dir() / "firmware" / f"{kind.name}-{key[:16]}.elf"
    if not elf.exists():
        _compile(kind, texts, elf)
    return Build(elf, kind, key)


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _memory(kind: BoardKind) -> str:
    return (
        "MEMORY {\n"
        f"  FLASH (rx) : ORIGIN = {kind.flash_address:#010x}, LENGTH = {kind.flash_bytes}\n"
        f"  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = {kind.ram_bytes}\n"
        "}\n"
    )


def _board_sizes(kind: BoardKind) -> str:
    return (
        f'#define BOARD_NAME "{kind.name}"\n#define BOARD_CORE "{kind.core}"\n'
        f"#define BOARD_CLOCK_HZ {kind.clock_hz}\n#define BOARD_FLASH_BYTES {kind.flash_bytes}\n"
        f"#define BOARD_RAM_BYTES {kind.ram_bytes}\n"
        '#define BOARD_TICKS "instructions"\n'  # what the emulator's cycle counter counts
    )


def _sources() -> list[Path]:
    return sorted(path for path in SOURCES.iterdir() if path.suffix in {".c", ".h", ".ld"})


def _key(kind: BoardKind, texts: dict[str, str]) -> str:
    digest = hashlib.sha256("\0".join([*FLAGS, kind.zig_cpu, _zig_version()]).encode())
    for path in _sources():
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
        for path in _sources():
            (work / path.name).write_bytes(path.read_bytes())
        for name, text in texts.items():
            (work / name).write_text(text)
        completed = _run_zig(kind, work)
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
    overflow = re.search(
        r"section '(\S+)' will not fit in region '(\w+)': overflowed by (\d+)", stderr
    )
    if overflow is None:
        errors = [line for line in stderr.splitlines() if "error" in line]
        return "The firmware does not compile:\n" + "\n".join(errors[:5] or [stderr[-500:]])
    section, region, over = overflow.groups()
    size = kind.flash_bytes if region == "FLASH" else kind.ram_bytes
    return (
        f"The firmware does not fit the {kind.title}: section '{section}' will not fit in region "
        f"'{region}' of {size} bytes: overflowed by {over} bytes. "
        "Take a smaller model, or a board with more memory."
    )
