"""What Linux tells of other processes: memory, and waiting for a processor. Seen from outside, so
nothing that runs in them can change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def resident_bytes(pids: Iterable[int]) -> float:
    """The bytes of memory that some processes hold now; 0 where Linux does not tell."""
    return float(sum(_status_bytes(pid, "VmRSS") for pid in pids))


def peak_bytes(pids: Iterable[int]) -> float:
    """The most bytes of memory that each of some processes has held, added up."""
    return float(sum(_status_bytes(pid, "VmHWM") for pid in pids))


def waited_s(pids: Iterable[int]) -> float:
    """The seconds that all threads of some processes were ready to run and got no processor."""
    return sum(_schedule_ns(pid)[1] for pid in pids) / 1e9


def ran_s(pids: Iterable[int]) -> float:
    """The seconds that all threads of some processes have run."""
    return sum(_schedule_ns(pid)[0] for pid in pids) / 1e9


def descendants(pid: int) -> list[int]:
    """A process and all below it, as far as they can be seen."""
    pids = [pid]
    for parent in pids:
        for task in _listed(PROC / str(parent) / "task"):
            with suppress(OSError):
                pids += map(int, (task / "children").read_text().split())
    return pids


def _status_bytes(pid: int, field: str) -> int:
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return 1024 * int(line.split()[1])
    return 0


def _schedule_ns(pid: int) -> tuple[int, int]:
    ran = waited = 0
    for task in _listed(PROC / str(pid) / "task"):
        with suppress(OSError, ValueError):
            words = (task / "schedstat").read_text().split()
            ran, waited = ran + int(words[0]), waited + int(words[1])
    return ran, waited


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
