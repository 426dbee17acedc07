"""The landlock wall: a process gives up file rights, where it may not make namespaces.

It keeps the submission from other files and (since Linux 6.12) from sending signals to other
processes. Landlock does not control modes, owners and sockets; the filter on system calls does. It
cannot hide processes either, and the processes that a submission leaves must be found and killed.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Sequence

from autograder.sandbox.inside.walls import syscalls

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_READS = _EXECUTE | _READ_FILE | _READ_FOLDER
_FILE_ONLY_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_TCP, _SCOPES = 3, 3
_FILE_RIGHT_COUNT = {3: 15, 4: 15}  # how many of them a version knows; 16 since version 5
_FIRST_USABLE_ABI = 3  # before, any file could be cut to nothing
_FIRST_ABI_WITH_SCOPES, _FIRST_ABI_WITH_TCP = 6, 4
DEVICES = ("null", "zero", "full", "random", "urandom")
READABLE_PROC_FILES = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/kernel/osrelease")


def abi_version() -> int:
    """The version of landlock's interface in this kernel; 0 where it has none."""
    try:
        return syscalls.call(_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def blocks_signals() -> bool:
    return abi_version() >= _FIRST_ABI_WITH_SCOPES


def restrict(read_only: Sequence[str], writable: Sequence[str]) -> None:
    """From here on: read `read_only`, do anything below `writable`, touch no other file, no TCP."""
    abi = abi_version()
    if abi < _FIRST_USABLE_ABI:
        raise OSError("landlock as of Linux 6.2 is needed")
    everything = (1 << _FILE_RIGHT_COUNT.get(abi, 16)) - 1
    tcp = _TCP if abi >= _FIRST_ABI_WITH_TCP else 0
    scopes = _SCOPES if abi >= _FIRST_ABI_WITH_SCOPES else 0
    size = 24 if scopes else 16 if tcp else 8
    ruleset = struct.pack("QQQ", everything, tcp, scopes)[:size]
    rules = syscalls.call(_CREATE_RULESET, ruleset, size, 0)
    for path in (*read_only, *READABLE_PROC_FILES):
        _allow(rules, path, _READS & everything)
    devices = (f"/dev/{name}" for name in DEVICES)
    for path in (*writable, *devices):
        _allow(rules, path, everything)
    syscalls.call(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        rights &= _FILE_ONLY_RIGHTS
    syscalls.call(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, descriptor), 0)
    os.close(descriptor)
