"""C to firmware for the Arduino Uno: the only file that runs avr-gcc, from Debian.

The processor reads flash with instructions of its own, so the weights are marked to stay there, the
texts of the protocol too (`SAY` in text.h), and the dense layer is another one; everything else is
the same C.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.errors import BuildError
from hardware_labs.models.network import Network

NOT_HERE = (  # avr-libc starts the program; the dense layer is another one, and the only kernel
    "start.c", "add.c", "conv2d.c", "dense.c", "depthwise.c", "input.c", "pool.c", "requantize.c",
    "softmax.c",
)  # fmt: skip
STACK_BYTES = 256
FLAGS = (
    "-Os", "-std=gnu11", "-Wall", "-Wextra", "-ffunction-sections", "-fdata-sections",
    "-Wl,--gc-sections", "-s",
)  # fmt: skip


def check_kernels(model: Network) -> None:
    """Raises BuildError where a layer of the model has no kernel for this processor."""
    kinds = sorted({layer.kind for layer in model.layers} - {"dense"})
    if kinds:
        raise BuildError(
            f"The Uno has a kernel for dense layers only, and {model.name} has {', '.join(kinds)}. "
            "Take the digits model, or a board with a Cortex-M."
        )


def weights_in_flash(header: str) -> str:
    """`model.h` with every array of numbers marked to stay in flash."""
    array = r"static const (u?int\d+_t) (\w+\[\w*\])"
    marked = re.sub(array, r"static const \1 \2 PROGMEM", header)
    return "#include <avr/pgmspace.h>\n" + marked


def run_avr_gcc(kind: BoardKind, work: Path) -> subprocess.CompletedProcess[str]:
    """Compiles what is in the folder `work` into its `firmware.elf`."""
    sources = sorted(path.name for path in work.glob("*.c") if path.name not in NOT_HERE)
    command = ["avr-gcc", *avr_flags(kind), *sources, "-o", "firmware.elf"]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)


def avr_flags(kind: BoardKind) -> list[str]:
    """The compiler's and the linker's options, with the board's sizes."""
    regions = {
        "TEXT_REGION_LENGTH": kind.flash_bytes,
        "DATA_REGION_ORIGIN": kind.ram_address,
        "DATA_REGION_LENGTH": kind.ram_bytes - STACK_BYTES,
    }
    sizes = [f"-Wl,--defsym=__{name}__={size}" for name, size in regions.items()]
    return [f"-mmcu={kind.chip}", *FLAGS, *sizes]


def avr_version() -> str:
    """The compiler's own version."""
    completed = subprocess.run(
        ["avr-gcc", "-dumpversion"], capture_output=True, text=True, check=True
    )
    return completed.stdout.strip()


def overflow(stderr: str, kind: BoardKind) -> tuple[str, str, str] | None:
    """(section, region, bytes) of what did not fit, in the linker's words; None where all did.

    Of flash the linker tells the excess, of RAM the address that a section reaches.
    """
    section = re.search(r"section `(\S+)' will not fit in region `text'", stderr)
    over = re.search(r"region `text' overflowed by (\d+) bytes", stderr)
    if section and over:
        return section[1], "FLASH", over[1]
    reached = re.search(r"address (0x\w+) of \S+ section `(\S+)' is not within region", stderr)
    if reached:
        end = kind.ram_address + kind.ram_bytes - STACK_BYTES
        return reached[2], "RAM", str(int(reached[1], 16) - end)
    return None
