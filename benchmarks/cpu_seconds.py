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
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

MOUNT = Path("/sys/fs/cgroup")
JOIN = 'echo $$ > "$0" && exec "$@"'  # a shell that joins the group and becomes the command


@dataclass(frozen=True)
class Account:
    """What counts the CPU time of a command: its control group, or what was waited for before."""

    group: Path | None
    waited_s: float


def open_account() -> Account:
    return Account(_group(), _waited_s())


def join_account(account: Account, command: Sequence[str]) -> list[str]:
    """The command as one whose processes are all counted."""
    group = account.group
    return ["sh", "-c", JOIN, str(group / "cgroup.procs"), *command] if group else [*command]


def close_account(account: Account) -> float:
    """CPU seconds that were counted."""
    if not account.group:
        return _waited_s() - account.waited_s
    cpu_s = _used_s(account.group)
    with suppress(OSError):
        account.group.rmdir()
    return cpu_s


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """(wall, CPU) seconds of a command run in `folder`. Its failure ends the benchmark."""
    account, start = open_account(), perf_counter()
    completed = subprocess.run(
        join_account(account, command), cwd=folder, env=env, capture_output=True
    )
    wall_s = perf_counter() - start
    cpu_s = close_account(account)
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
