"""The lab firmware as an Arduino sketch: a folder to open in the Arduino IDE.

The C files are those of the emulated boards; `arduino/` holds the thin layer over Arduino's Serial
and micros().
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BuildError
from hardware_labs.firmware.avr import NOT_HERE, weights_in_flash
from hardware_labs.firmware.build import CHIPS, SOURCES, board_sizes
from hardware_labs.models.network import Model, c_header, c_sizes

LAYER = Path(__file__).parent / "arduino"
BOARDS_OF_ARDUINO = ("nano33", "nicla", "uno")


def write_sketch(kind: BoardKind, model: Model, folder: Path) -> Path:
    """Writes `folder`/lab with the sketch and returns its lab.ino. Raises BuildError."""
    if kind.name not in BOARDS_OF_ARDUINO:
        raise BuildError(
            f"There is no Arduino sketch for {kind.title}, only for {', '.join(BOARDS_OF_ARDUINO)}."
        )
    sketch = folder / "lab"
    sketch.mkdir(parents=True, exist_ok=True)
    for path in [*LAYER.iterdir(), *_sources(kind)]:
        (sketch / path.name).write_bytes(path.read_bytes())
    for name, text in _texts(kind, model).items():
        (sketch / name).write_text(text)
    return sketch / "lab.ino"


def _sources(kind: BoardKind) -> list[Path]:
    """All but what Arduino has itself: the start, and the chip's registers."""
    kernels = list(CHIPS.glob(f"{kind.chip}_dense.c"))
    absent = NOT_HERE if kernels else ("start.c",)
    shared = [path for path in SOURCES.iterdir() if path.suffix in {".c", ".h"}]
    return [*(path for path in shared if path.name not in absent), *kernels]


def _texts(kind: BoardKind, model: Model) -> dict[str, str]:
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
