"""The resource limits (RLIMIT_*) of every process of a slot, whatever walls it has."""

from __future__ import annotations

import os
import resource
from pathlib import Path


def apply_rlimits(
    memory_bytes: int, disk_bytes: int, processes: int, open_files: int, cpu_s: int
) -> None:
    """Memory is on top of what is mapped already: a warm Python maps much that it never touches.

    A limit that is already tighter stays as it is.
    """
    limits = {
        resource.RLIMIT_AS: _mapped_bytes() + memory_bytes,
        resource.RLIMIT_FSIZE: disk_bytes,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, value in limits.items():
        _, highest = resource.getrlimit(kind)
        bound = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(kind, (bound, bound))


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def count_threads(uid: int) -> int:
    """Threads of that user on this machine: without namespaces, RLIMIT_NPROC counts them all."""
    count = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            count += _threads(Path(entry.path), uid)
    return count


def _threads(process: Path, uid: int) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(facts["Threads"]) if int(facts["Uid"].split()[0]) == uid else 0
