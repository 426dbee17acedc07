"""A Cortex-M55 with Helium: the only file that runs QEMU, from Debian.

With -icount every instruction takes 32 ns of the board's time, 1.024 ticks of its 32 MHz counter,
so the same work takes the same ticks (to one) on every machine. QEMU sends a byte at once: the wire
of this board is faster than 115,200 baud.
"""

from __future__ import annotations

from pathlib import Path

NS_PER_INSTRUCTION_LOG2 = 5


def qemu_command(elf: Path, fast: bool) -> list[str]:
    """The command line. `fast` does not hold the clock back while the processor sleeps."""
    sleep = "off" if fast else "on"
    return [
        "qemu-system-arm", "-machine", "mps3-an547", "-nodefaults", "-display", "none",
        "-monitor", "none", "-serial", "stdio", "-kernel", str(elf),
        "-icount", f"shift={NS_PER_INSTRUCTION_LOG2},sleep={sleep}",
    ]  # fmt: skip
