"""The wall where a process may not make namespaces: landlock, which a process builds around itself.

It keeps the submission from files and (Linux 6.12) from signals to processes that are not its own.
What it does not know of (modes, owners, sockets) the filter on system calls refuses; it cannot hide
processes, and what a submission leaves behind has to be found and killed.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Sequence

from autograder.sandbox.inside.walls import syscalls

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_READS = _EXECUTE | _READ_FILE | _READ_FOLDER
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_TCP, _SCOPES = 3, 3
_FILE_RIGHTS = {3: 15, 4: 15}  # how many of them a version knows; 16 since version 5
_TRUNCATES = 3  # before, any file could be cut to nothing
_SCOPES_SINCE, _TCP_SINCE = 6, 4
DEVICES = ("null", "zero", "full", "random", "urandom")
FACTS = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/kernel/osrelease")


def version() -> int:
    """What this kernel can do: 0 where it has no landlock."""
    try:
        return syscalls.call(_CREATE, None, 0, 1)
    except OSError:
        return 0


def holds_signals() -> bool:
    return version() >= _SCOPES_SINCE


def restrict(read_only: Sequence[str], writable: Sequence[str]) -> None:
    """From here on: read `read_only`, do anything below `writable`, touch no other file, no TCP."""
    known = version()
    if known < _TRUNCATES:
        raise OSError("landlock as of Linux 6.2 is needed")
    everything = (1 << _FILE_RIGHTS.get(known, 16)) - 1
    tcp = _TCP if known >= _TCP_SINCE else 0
    scopes = _SCOPES if known >= _SCOPES_SINCE else 0
    size = 24 if scopes else 16 if tcp else 8
    wanted = struct.pack("QQQ", everything, tcp, scopes)[:size]
    rules = syscalls.call(_CREATE, wanted, size, 0)
    for path in (*read_only, *FACTS):
        _allow(rules, path, _READS & everything)
    devices = (f"/dev/{name}" for name in DEVICES)
    for path in (*writable, *devices):
        _allow(rules, path, everything)
    syscalls.call(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= _OF_FILES
    syscalls.call(_ADD, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)
