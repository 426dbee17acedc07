"""Linux calls that Python has no function for, through ctypes; each raises OSError when refused.

Numbers of system calls are the same on x86_64 and aarch64 for all that came after 2018.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct

NEW_NS, NEW_UTS, NEW_IPC = 0x20000, 0x4000000, 0x8000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
RECURSIVE, PRIVATE = 1 << 14, 1 << 18
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_PDEATHSIG, _SET_DUMPABLE, _CAPBSET_DROP, _SUBREAPER = 1, 4, 24, 36
_NO_NEW_PRIVS, _CAP_AMBIENT, _CLEAR_ALL = 38, 47, 4
_DETACH, _AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE = 2, -100, 0x1000, 0x8000
_CAPABILITIES_3 = struct.pack("Ii", 0x20080522, 0)

_libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: int | bytes | None) -> int:
    """A system call by its number."""
    c_arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _check_result(
        _libc.syscall(ctypes.c_long(number), *c_arguments), f"system call {number}"
    )


def _check_result(result: int, action: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{action}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    c_arguments = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return _check_result(_libc.prctl(option, *c_arguments), f"prctl {option}")


def unshare(flags: int) -> None:
    _check_result(_libc.unshare(flags), "new namespaces")


def mount(kind: str, path: str, flags: int, options: str = "") -> None:
    """A new file system of a `kind` that needs no device."""
    name, data = kind.encode(), options.encode()
    result = _libc.mount(name, path.encode(), name, ctypes.c_ulong(flags), data)
    _check_result(result, f"mount {kind} on {path}")


def make_private(path: str) -> None:
    """Nothing mounted below `path` is seen elsewhere from now on."""
    flags = ctypes.c_ulong(RECURSIVE | PRIVATE)
    _check_result(_libc.mount(None, path.encode(), None, flags, None), f"private mounts in {path}")


def copy_tree(source: str, attributes: int) -> int:
    """A detached copy of all that is mounted at `source`, with `attributes`, as a descriptor."""
    flags = 1 | os.O_CLOEXEC | _AT_RECURSIVE
    tree = call(_OPEN_TREE, _AT_FDCWD, source.encode(), flags)
    if attributes:
        _set_attributes(tree, attributes, _AT_RECURSIVE)
    return tree


def _set_attributes(tree: int, attributes: int, flags: int) -> None:
    struct_bytes = struct.pack("QQQQ", attributes, 0, 0, 0)
    call(_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH | flags, struct_bytes, len(struct_bytes))


def attach(tree: int, path: str) -> None:
    """Mount a detached copy at `path` and close its descriptor. FileNotFoundError where the file or
    folder has no name any more; the descriptor is then left open."""
    call(_MOVE_MOUNT, tree, b"", _AT_FDCWD, path.encode(), 4)
    os.close(tree)


def restrict(path: str, attributes: int) -> None:
    """Set attributes of the one mount at `path`."""
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    _set_attributes(descriptor, attributes, 0)
    os.close(descriptor)


def pivot(root: str) -> None:
    """Make `root` the root of the file system; the old one is gone."""
    os.chdir(root)
    _check_result(_libc.pivot_root(b".", b"."), f"pivot_root to {root}")
    _check_result(_libc.umount2(b".", _DETACH), "umount of the old root")
    os.chdir("/")


def die_with_parent() -> None:
    """Be killed when the parent ends. Subtle: a change of uid clears this, so it is asked again."""
    prctl(_PDEATHSIG, signal.SIGKILL)


def outlive_parent() -> None:
    """Undo `die_with_parent`, for a process that has to clear up after its parent."""
    prctl(_PDEATHSIG, 0)


def set_dumpable(dumpable: bool) -> None:
    """Whether others of the same uid may read this process's memory and environment."""
    prctl(_SET_DUMPABLE, int(dumpable))


def adopt_orphans() -> None:
    prctl(_SUBREAPER, 1)


def no_new_privileges() -> None:
    prctl(_NO_NEW_PRIVS, 1)


def empty_bounding_set() -> None:
    """No program started from here can get a capability. Needs CAP_SETPCAP."""
    for capability in range(64):
        try:
            prctl(_CAPBSET_DROP, capability)
        except OSError as end:
            if end.errno == errno.EINVAL and capability:
                return
            raise


def drop_capabilities() -> None:
    prctl(_CAP_AMBIENT, _CLEAR_ALL)
    _check_result(_libc.capset(_CAPABILITIES_3, bytes(24)), "capset")
