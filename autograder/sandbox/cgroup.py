"""The control group of a slot: it bounds memory and processes of all of the slot together, and
gives each slot the same share of the processor, however many processes it has.

The process that started the zygote makes it, outside the walls and where this user may: it calls
`slot_group`, then `add`s the slot's first process before that goes behind the inner wall, so that
all its children are counted too.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
REMOVE_S = 2.0
FREEZE_S = 2.0


@dataclass(frozen=True)
class Group:
    """A slot's control group: one folder in version 2, one for each controller in version 1."""

    folders: tuple[Path, ...]

    def add(self, pid: int) -> bool:
        """Put a process, and all it forks from now on, into the group; False where refused."""
        try:
            for folder in self.folders:
                (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            return False
        return True

    def oom_kills(self) -> int:
        """The number of its processes that were killed for lack of memory."""
        for name in ("memory.events", "memory.oom_control"):
            for folder in self.folders:
                with suppress(FileNotFoundError):
                    return _oom_kill_count((folder / name).read_text())
        return 0

    def cpu_seconds(self) -> float | None:
        """What all its processes have used of the processor; None where that is not counted."""
        for folder in self.folders:
            with suppress(OSError, ValueError):
                return int((folder / "cpuacct.usage").read_text()) / 1e9
            with suppress(OSError, ValueError, KeyError):
                lines = (folder / "cpu.stat").read_text().splitlines()
                return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6
        return None

    def memory_bytes(self) -> int:
        """The bytes of memory that all its processes hold now; 0 where they are not counted."""
        return self._first_number("memory.current", "memory.usage_in_bytes")

    def memory_peak_bytes(self) -> int:
        """The most that they have held together, those that have ended included; 0 likewise."""
        return self._first_number("memory.peak", "memory.max_usage_in_bytes")

    def _first_number(self, *names: str) -> int:
        for path in (folder / name for folder in self.folders for name in names):
            with suppress(OSError, ValueError):
                return int(path.read_text())
        return 0

    def pids(self) -> list[int]:
        """Its processes, by their numbers outside the walls."""
        for folder in self.folders:
            with suppress(OSError):
                return [int(word) for word in (folder / "cgroup.procs").read_text().split()]
        return []

    def prefer(self) -> None:
        """Let it have the processor before other groups, as far as this kernel knows shares: for
        what is timed."""
        for folder in self.folders:
            for name, most in (("cpu.weight", 10_000), ("cpu.shares", 262_144)):
                with suppress(OSError):
                    if (folder / name).exists():
                        (folder / name).write_text(str(most))

    def freeze(self) -> bool:
        """Stop all its processes until `thaw`; False where that did not come about."""
        return any(_set_frozen(folder, True) for folder in self.folders)

    def thaw(self) -> bool:
        """Let its processes go on; False where they were never stopped."""
        return any(_set_frozen(folder, False) for folder in self.folders)

    def remove(self) -> None:
        """Kill what is left in it and take it away."""
        self.thaw()
        end = time.monotonic() + REMOVE_S
        for folder in self.folders:
            while not _remove_folder(folder) and time.monotonic() < end:
                _kill(folder)
                time.sleep(0.002)


def slot_group(name: str, memory_bytes: int, processes: int) -> Group | None:
    """A new control group, or None where this user may not make one (limits then hold for each
    process alone). `name` begins with our pid and a dash: groups of graders that are gone are
    cleared away."""
    for parents in (_version_2(), _version_1()):
        _sweep(tuple(parents))
        group = Group(tuple(parent / f"slot-{name}" for parent in parents))
        if parents and _create(group, memory_bytes, processes):
            return group
    return None


def _version_2() -> list[Path]:
    """The nearest ancestor of our own group that hands out memory."""
    for mount in (MOUNT, MOUNT / "unified"):
        group = mount / _current_group("").lstrip("/")
        for parent in (group, *group.parents):
            if "memory" in _read_words(parent / "cgroup.subtree_control") and _is_writable(parent):
                return [parent]
            if parent == mount:
                break
    return []


def _version_1() -> list[Path]:
    kinds = ("memory", "pids", "freezer", "cpu", "cpuacct")  # the last two are often one folder
    folders = [(MOUNT / kind / _current_group(kind).lstrip("/")).resolve() for kind in kinds]
    return [folder for folder in dict.fromkeys(folders) if _is_writable(folder)]


def _current_group(controller: str) -> str:
    """The path of our own group. A line is '4:memory:/a/b', or '0::/a/b' in version 2."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controller in controllers.split(","):
                return path
    return "/"


def _read_words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK)


@cache
def _sweep(parents: tuple[Path, ...]) -> None:
    """Once for each parent. One that cannot be removed yet still has processes in it; those that
    were frozen when their grader was killed can end once they are thawed."""
    for parent in parents:
        for folder in parent.glob("slot-*-*"):
            pid = folder.name.split("-")[1]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                _set_frozen(folder, False)
                _remove_folder(folder)


def _create(group: Group, memory_bytes: int, processes: int) -> bool:
    group.remove()
    try:
        _write_limits(group, memory_bytes, processes)
    except OSError:
        group.remove()
        return False
    return True


def _write_limits(group: Group, memory_bytes: int, processes: int) -> None:
    """Write each limit into those files that this version has; swap only where it is counted."""
    limits = {
        "memory.max": memory_bytes,
        "memory.swap.max": 0,
        "memory.oom.group": 0,
        "memory.limit_in_bytes": memory_bytes,
        "memory.memsw.limit_in_bytes": memory_bytes,
        "pids.max": processes + 2,
    }
    for folder in group.folders:
        folder.mkdir()
        for name, value in limits.items():
            if (folder / name).exists():
                (folder / name).write_text(str(value))


def _set_frozen(folder: Path, frozen: bool) -> bool:
    """Write to the folder's freezer and wait until it says so; False where it has none."""
    ways = (
        ("cgroup.freeze", "01", "cgroup.events", ("frozen 0", "frozen 1")),
        ("freezer.state", ("THAWED", "FROZEN"), "freezer.state", ("THAWED", "FROZEN")),
    )
    for name, words, answer, answers in ways:
        with suppress(OSError):
            if (folder / name).exists():
                (folder / name).write_text(words[frozen])
                return _is_said(folder / answer, answers[frozen])
    return False


def _is_said(path: Path, words: str) -> bool:
    end = time.monotonic() + FREEZE_S
    while words not in path.read_text():
        if time.monotonic() > end:
            return False
        time.sleep(0.0002)
    return True


def _oom_kill_count(events: str) -> int:
    facts = dict(line.split() for line in events.splitlines())
    return int(facts.get("oom_kill", 0))


def _remove_folder(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _kill(folder: Path) -> None:
    with suppress(OSError):
        for pid in (folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), signal.SIGKILL)
