"""Which machine this is, and how much memory the agent may take.

The limit is the kernel's own (RLIMIT_DATA of setrlimit(2)): what a process asks for beyond it is
refused, and NumPy raises MemoryError. It counts from what Python and NumPy hold before a model is
loaded, which is near 40 MB and no part of the question.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from hardware_labs.errors import BoardMissing

MODEL_FILE = Path("/proc/device-tree/model")
CLOCK_FILE = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq")


def pi_model() -> str:
    """What a Raspberry Pi calls itself ("Raspberry Pi 4 Model B Rev 1.4"), "" elsewhere."""
    try:
        text = MODEL_FILE.read_text().strip("\0\n ")
    except OSError:
        return ""
    return text if text.startswith("Raspberry Pi") else ""


def host() -> str:
    """The machine in a few words; off a Raspberry Pi it says that it is none."""
    return pi_model() or f"{platform.machine()} {platform.system()}, a process on no Raspberry Pi"


def usual_limit_bytes(board_bytes: int) -> int:
    """What an agent is held to where nobody says: a board's memory, on Linux off a Raspberry Pi."""
    return 0 if pi_model() or not sys.platform.startswith("linux") else board_bytes


def clock_hz() -> int:
    """The fastest clock of the first core as Linux tells it, 0 where it does not."""
    try:
        return 1000 * int(CLOCK_FILE.read_text())
    except (OSError, ValueError):
        return 0


def ram_bytes() -> int:
    """The machine's memory, 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def data_bytes() -> int:
    """What RLIMIT_DATA counts of this process now: VmData. 0 where there is no /proc."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmData:"))


def limit_memory(limit_bytes: int) -> int:
    """Holds this process to what it has now and `limit_bytes` more; returns what it has now."""
    if not sys.platform.startswith("linux"):
        raise BoardMissing(
            "A memory limit (emu:pi?ram=...) needs Linux: other systems do not enforce one."
        )
    import resource

    now = data_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (now + limit_bytes, hard))
    return now
