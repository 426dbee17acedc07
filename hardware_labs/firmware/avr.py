"""C to firmware for the Arduino Uno: the only file that runs avr-gcc, from Debian.

The processor reads flash with instructions of its own, so the weights are marked to stay there and
the dense layer is another one; everything else is the same C. An Uno has 2 KB of RAM, and the texts
of the protocol take more than half of it.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from hardware_labs.boards import BoardKind

NOT_HERE = ("start.c", "mlp.c")  # avr-libc starts the program; the dense layer is another one
STACK_BYTES = 256
RAM_FROM_DATA = 0xA0  # the linker's region "data" begins at 0x60, the RAM at 0x100
FLAGS = (
    "-Os", "-std=gnu11", "-Wall", "-Wextra", "-ffunction-sections", "-fdata-sections",
    "-Wl,--gc-sections", "-s",
)  # fmt: skip


def weights_in_flash(header: str) -> str:
    """`model.h` with every array of numbers marked to stay in flash."""
    marked = re.sub(r"static const (u?int\d+_t) (\w+\[\])", r"static const \1 \2 PROGMEM", header)
    return "#include <avr/pgmspace.h>\n" + marked


def run_avr_gcc(kind: BoardKind, work: Path) -> subprocess.CompletedProcess[str]:
    """Compiles what is in the folder `work` into its `firmware.elf`."""
    sources = sorted(path.name for path in work.glob("*.c") if path.name not in NOT_HERE)
    data_bytes = RAM_FROM_DATA + kind.ram_bytes - STACK_BYTES
    command = [
        "avr-gcc", f"-mmcu={kind.chip}", *FLAGS,
        f"-Wl,--defsym=__TEXT_REGION_LENGTH__={kind.flash_bytes}",
        f"-Wl,--defsym=__DATA_REGION_LENGTH__={data_bytes}",
        *sources, "-o", "firmware.elf",
    ]  # fmt: skip
    return subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)


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
