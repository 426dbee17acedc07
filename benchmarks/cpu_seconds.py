"""What a command costs: wall seconds, and CPU seconds of all processes that it ever started.

Counted by a control group, since a process behind a wall that dies without being waited for is in
nobody's account. Where this user may not make one, only waited-for processes count, and
`counted` says so.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter

MOUNT = Path("/sys/fs/cgroup")
JOIN = 'echo $$ > "$0" && exec "$@"'  # a shell that joins the group and becomes the command


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """(wall, CPU) seconds of a command run in `folder`. Its failure ends the benchmark."""
    group = _group()
    joined = ["sh", "-c", JOIN, str(group / "cgroup.procs"), *command] if group else command
    before, start = _waited_s(), perf_counter()
    completed = subprocess.run(joined, cwd=folder, env=env, capture_output=True)
    wall_s, waited_s = perf_counter() - start, _waited_s() - before
    cpu_s = _used_s(group) if group else waited_s
    if group:
        with suppress(OSError):
            group.rmdir()
    if completed.returncode:
        message = (completed.stdout + completed.stderr).decode(errors="replace")[-3000:]
        raise SystemExit(f"{' '.join(command)} failed:\n{message}")
    return wall_s, cpu_s


def _group() -> Path | None:
    """A new control group that counts CPU time, version 1 or 2; None where we may not make one."""
    parent = MOUNT / "cpuacct" if (MOUNT / "cpuacct").is_dir() else MOUNT
    group = parent / f"benchmark-{os.getpid()}-{perf_counter():.6f}"
    try:
        group.mkdir()
        (group / "cgroup.procs").read_text()
    except OSError:
        return None
    return group


def _used_s(group: Path) -> float:
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    rows = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(rows["usage_usec"]) / 1e6


def _waited_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def counted() -> str:
    """Whose CPU seconds these are."""
    group = _group()
    if group is None:
        return "the processes that were waited for (no control group could be made)"
    group.rmdir()
    return "all processes"
