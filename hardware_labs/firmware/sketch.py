"""The lab firmware as an Arduino sketch: a folder to open in the Arduino IDE.

The C files are those of the emulated boards; `arduino/` holds the thin layer over Arduino's Serial
and micros().
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BuildError
from hardware_labs.firmware.avr import NOT_HERE, check_kernels, weights_in_flash
from hardware_labs.firmware.build import CHIPS, SOURCES, board_sizes
from hardware_labs.models.c_text import c_header, c_sizes
from hardware_labs.models.network import Network

LAYER = Path(__file__).parent / "arduino"
BOARDS_OF_ARDUINO = ("nano33", "nicla", "uno")


def write_sketch(kind: BoardKind, model: Network, folder: Path) -> Path:
    """Writes `folder`/lab with the sketch and returns its lab.ino. Raises BuildError.

    Files of an earlier sketch there that this one has not are removed; other files stay.
    """
    if kind.name not in BOARDS_OF_ARDUINO:
        raise BuildError(
            f"There is no Arduino sketch for {kind.title}, only for {', '.join(BOARDS_OF_ARDUINO)}."
        )
    if kind.emulator == "simavr":
        check_kernels(model)
    sketch, files = folder / "lab", _files(kind, model)
    try:
        sketch.mkdir(parents=True, exist_ok=True)
        for path in [*SOURCES.iterdir(), *CHIPS.iterdir()]:
            if path.is_file() and path.name not in files:
                (sketch / path.name).unlink(missing_ok=True)
        for name, data in files.items():
            (sketch / name).write_bytes(data)
    except OSError as error:
        raise BuildError(
            f"The sketch cannot be written to {folder} ({error.strerror}). Choose another folder."
        ) from None
    return sketch / "lab.ino"


def _files(kind: BoardKind, model: Network) -> dict[str, bytes]:
    """{name: content}: the layer over Arduino, the C files, and the board and model as C."""
    copied = {path.name: path.read_bytes() for path in [*LAYER.iterdir(), *_sources(kind)]}
    return copied | {name: text.encode() for name, text in _texts(kind, model).items()}


def _sources(kind: BoardKind) -> list[Path]:
    """All but what Arduino has itself: the start, and the chip's registers."""
    kernels = list(CHIPS.glob(f"{kind.chip}_dense.c"))
    absent = NOT_HERE if kernels else ("start.c",)
    shared = [path for path in SOURCES.iterdir() if path.suffix in {".c", ".h"}]
    variants = [path for path in shared if path.stem.endswith("_smlad")]
    return [p for p in shared if p.name not in absent and p not in variants] + kernels


def _texts(kind: BoardKind, model: Network) -> dict[str, str]:
    header = c_header(model)
    return {
        "model.h": weights_in_flash(header) if kind.emulator == "simavr" else header,
        "sizes.h": (
            "#pragma once\n"
            "#define main lab_main  // Arduino has a main of its own\n"
            + board_sizes(replace(kind, ticks="cycles"))
            + c_sizes(model)
        ),
    }
