"""C to firmware: the only file that runs ziglang, a C cross-compiler in a wheel.

A build is stored under the hash of everything that went into it, so the same sources are compiled
once per machine. The linker script has the board's real sizes: what does not fit fails as it would
on the desk.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hardware_labs.boards import BoardKind, board_kind
from hardware_labs.errors import BuildError, missing_library
from hardware_labs.firmware.avr import (
    avr_flags,
    avr_version,
    check_kernels,
    overflow,
    run_avr_gcc,
    weights_in_flash,
)
from hardware_labs.firmware.cache import cache_dir, writing_to
from hardware_labs.firmware.replacements import SOURCES, replaceable
from hardware_labs.models.arena import ArenaPlan, plan_arena
from hardware_labs.models.c_text import c_header, c_sizes
from hardware_labs.models.network import Network
from hardware_labs.packages import need_packages
from hardware_labs.protocol.stated_model import StatedModel

CHIPS = SOURCES / "chips"
FLAGS = (
    "-O2", "-std=c11", "-Wall", "-Wextra", "-ffreestanding", "-nostdlib",
    "-fno-sanitize=all", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections",
    "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-fomit-frame-pointer",
    "-Wl,-e,reset", "-g0",
)  # fmt: skip
ERROR_LINES = 16
COMPILE_S = 20
TRIAL = board_kind("nano33")
SMLAD_CORES = {"cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"}


@dataclass(frozen=True)
class Build:
    """A firmware file, the board it is for, the model in it, and where the arena has the model's
    int8 outputs: `output_at` bytes from its start, `outputs` of them."""

    elf: Path
    kind: BoardKind
    model: StatedModel
    output_at: int
    outputs: int


def build(
    kind: BoardKind,
    model: Network,
    *,
    kernels: str = "scalar",
    replacements: Mapping[str, str] | None = None,
    arena: ArenaPlan | None = None,
) -> Build:
    """The firmware of `model` for `kind`, from the cache where it is there. Raises BuildError.

    kernels: "scalar", or "smlad" for dense and conv2d with the DSP instructions of a Cortex-M4 or
    M7. replacements: for a kernel file such as "dense.c", C to be compiled in its place; it sees
    `kernels.h`. Such a firmware is for the emulator. arena: where the values lie, if not where
    `plan_arena` would put them; whether they overlap is not looked at.
    """
    if kind.emulator == "agent":
        raise BuildError(f"A {kind.title} runs a program in Python: there is nothing to build.")
    need_packages(kind)
    _check_weights(kind, model)
    texts = _sources(kind, kernels) | {
        "memory.ld": _memory(kind),
        "sizes.h": "#pragma once\n" + board_sizes(kind) + c_sizes(model, arena),
        "model.h": c_header(model, arena),
    }
    texts |= replaceable(replacements or {})
    if kind.emulator == "simavr":
        check_kernels(model)
        texts["model.h"] = weights_in_flash(texts["model.h"])
    key = _key(kind, texts)
    elf = cache_dir() / "firmware" / f"{kind.name}-{key[:16]}.elf"
    if not elf.exists():
        _compile(kind, texts, elf)
    plan = arena or plan_arena(model)
    return Build(elf, kind, _stated(model), plan.offset_of(len(model.layers)), model.outputs)


def _check_weights(kind: BoardKind, model: Network) -> None:
    """Raises BuildError where the weights alone are more than the flash: the compiler would take
    long to say so."""
    excess = model.weights - kind.flash_bytes
    if excess > 0:
        raise BuildError(
            f"The firmware does not fit the {kind.title}: {model.weights} bytes of weights will "
            f"not fit in region 'FLASH' of {kind.flash_bytes} bytes: overflowed by {excess} bytes, "
            "before any code. Take a smaller model, or a board with more memory."
        )


def _stated(model: Network) -> StatedModel:
    return StatedModel(model.name, model.input_type, model.input_bytes, model.macs)


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


def _sources(kind: BoardKind, kernels: str) -> dict[str, str]:
    """{file name: text}: the files of every board, the headers of chips, this chip's own C files. A
    kernel keeps its name whichever variant it is."""
    if kernels not in ("scalar", "smlad"):
        raise BuildError(f"Kernels are 'scalar' or 'smlad', not '{kernels}'.")
    if kernels == "smlad" and kind.core not in SMLAD_CORES:
        raise BuildError(f"The {kind.title} ({kind.core}) has no SMLAD. Use scalar kernels.")
    shared = [path for path in SOURCES.iterdir() if path.suffix in {".c", ".h", ".ld"}]
    paths = [*shared, *CHIPS.glob("*.h"), *CHIPS.glob(f"{kind.chip}*.c")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(paths)}
    variants = {name for name in texts if name.endswith("_smlad.c")}
    chosen = variants if kernels == "smlad" else set()
    texts |= {name.replace("_smlad", ""): texts[name] for name in chosen}
    return {name: text for name, text in texts.items() if name not in variants}


def _key(kind: BoardKind, texts: dict[str, str]) -> str:
    if kind.emulator == "simavr":
        compiler = [*avr_flags(kind), avr_version()]
    else:
        compiler = [*FLAGS, kind.zig_cpu, _zig_version()]
    digest = hashlib.sha256("\0".join(compiler).encode())
    for name, text in sorted(texts.items()):
        digest.update(f"\0{name}\0{text}".encode())
    return digest.hexdigest()


def _zig_version() -> str:
    try:
        return version("ziglang")
    except PackageNotFoundError as error:
        raise missing_library("ziglang", "Building the firmware", error) from None


def _compile(kind: BoardKind, texts: dict[str, str], elf: Path) -> None:
    folder = elf.parent
    with writing_to(folder), tempfile.TemporaryDirectory(dir=folder, prefix="build-") as name:
        work = Path(name)
        for file, text in texts.items():
            (work / file).write_text(text, encoding="utf-8", newline="\n")
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
    compiler = subprocess.Popen(
        command,
        cwd=work,
        env=os.environ | places,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        stdout, stderr = compiler.communicate(timeout=COMPILE_S)
    except subprocess.TimeoutExpired:
        _kill(compiler)
        raise BuildError(
            f"The compiler did not end within {COMPILE_S} s and was stopped. Either this "
            "machine is very busy, or a macro of the C grows without end."
        ) from None
    except BaseException:  # an interrupt, say: the compiler must not go on alone
        _kill(compiler)
        raise
    return subprocess.CompletedProcess(command, compiler.returncode, stdout, stderr)


def _kill(compiler: subprocess.Popen[str]) -> None:
    """Ends it with all that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(compiler.pid, signal.SIGKILL)
    compiler.kill()
    compiler.communicate()


def compiler_trouble() -> str:
    """Why ziglang does not compile here, "" where it does: it is tried on a function of one line.
    Raises BoardMissing or BuildError."""
    _zig_version()
    place = cache_dir()
    with tempfile.TemporaryDirectory(dir=place, prefix="trial-") as folder:
        (Path(folder) / "board.ld").write_text("SECTIONS { }")
        (Path(folder) / "trial.c").write_text("void reset(void) {}")
        completed = _run_zig(TRIAL, Path(folder))
    return completed.stderr.strip()[-300:] if completed.returncode else ""


def _why(stderr: str, kind: BoardKind) -> str:
    """The linker's or compiler's own words, in a sentence."""
    lld = re.search(r"section '(\S+)' will not fit in region '(\w+)': overflowed by (\d+)", stderr)
    over = lld.groups() if lld else overflow(stderr, kind)
    if over is None:
        return "The firmware does not compile:\n" + _first_errors(stderr)
    section, region, excess = over
    size = kind.flash_bytes if region == "FLASH" else kind.ram_bytes
    return (
        f"The firmware does not fit the {kind.title}: section '{section}' will not fit in region "
        f"'{region}' of {size} bytes: overflowed by {excess} bytes. "
        "Take a smaller model, or a board with more memory."
    )


def _first_errors(stderr: str) -> str:
    """From the first error on: each with the compiler's picture of the place."""
    lines = stderr.splitlines()
    first = next((i for i, line in enumerate(lines) if "error" in line), max(0, len(lines) - 8))
    return "\n".join(lines[first : first + ERROR_LINES])
