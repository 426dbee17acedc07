"""The inner wall: parts a submission from the machine and from every other submission.

`enter` is called in a fresh fork S of the zygote and comes back in another process, main:

    S       makes the namespaces and waits
    init    pid 1 of them: builds the file system, reaps, tells the fate, ends everything
    main    the submission: no capabilities, limits, a filter on system calls, a home of its own

Killing the zygote, S or init kills all that comes after it. Every walled-off thing is tried by an
attack in tests/autograder/test_jail.py.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from autograder.sandbox.inside.walls import init, landlock, mounts, rlimits, seccomp, syscalls

FIRST_UID = 200_001
NAMESPACES = (
    syscalls.NEW_NS | syscalls.NEW_PID | syscalls.NEW_IPC | syscalls.NEW_UTS | syscalls.NEW_NET
)
LINUX = sys.platform == "linux"
FILTERS = {
    netlink: seccomp.program(namespaces=True, netlink=netlink)
    for netlink in ((False, True) if LINUX and seccomp.supported() else ())
}
_SET_INTERFACE_FLAGS = 0x8914
_LOOPBACK_UP = struct.pack("16sH14x", b"lo", 1)


@dataclass(frozen=True)
class Cage:
    """What one slot gets. Slots of different numbers are different users where we are root.

    read_only: absolute paths that it sees. disk_bytes: of all that it can write. walls:
    'namespaces', 'landlock' or 'none'; `home` is made by the first, the others get a temporary
    folder.
    hidden: folders below those that it sees empty (in namespaces only).
    netlink: whether it may ask for its network interfaces, as a Jupyter kernel's sockets do.
    keep: file descriptors that main keeps beside 0, 1 and 2; None keeps all but `fate`. Two graders
    on one machine need a `first_uid` each: the limit on processes counts those of a user.
    """

    slot: int
    read_only: Sequence[str]
    home: str = "/home/student"
    memory_bytes: int = 2 << 30
    disk_bytes: int = 64 << 20
    processes: int = 64
    open_files: int = 256
    cpu_s: int = 600
    walls: str = "namespaces"
    keep: Sequence[int] | None = None
    first_uid: int = FIRST_UID
    hidden: Sequence[str] = ()
    netlink: bool = False


def enter(cage: Cage, fate: int, parent: int = 0) -> None:
    """Come back in the jailed process. How it ends is one line of JSON on the descriptor `fate`:
    {"exit": code}, {"signal": number}, or {"error": sentence} where it never began. No line at all
    means that init or S was killed.

    Needs a single-threaded process. parent: pid of the zygote, to notice that it has just died.
    """
    os.umask(0o022)
    with init.telling(fate):
        _stay_with(parent)
        _meet_oom_first()
        home, alive = _apart(cage)
        first = os.getpid()
        began, begin = os.pipe()
        main = os.fork()
        if main:
            _be_init(cage, main, began, fate, alive, home)
        os.close(alive)
        os.close(began)
        _stay_with(first)
        _as_student(cage, home)
        _keep(cage, fate, begin)
        os.write(begin, b"!")
        os.close(begin)


def _stay_with(parent: int) -> None:
    if LINUX:
        syscalls.die_with_parent()
    if parent and os.getppid() != parent:
        os._exit(1)


def _meet_oom_first() -> None:
    """When the machine runs out of memory, a submission goes and the grader stays."""
    if LINUX:
        with suppress(PermissionError):
            Path("/proc/self/oom_score_adj").write_text("900")


def _apart(cage: Cage) -> tuple[str, int]:
    """Come back in the process that shall be init, in the slot's world: the path of its home, and a
    descriptor that can be read when S is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    walled = cage.walls == "namespaces"
    if walled:
        _unshare(*_ids(cage))
    alive, hold = os.pipe()
    first = os.fork()
    if first:
        init.keep_only([hold])
        init.outlive(first)
    os.close(hold)
    return (_own_world(cage, alive) if walled else _corner_of_this(cage)), alive


def _own_world(cage: Cage, alive: int) -> str:
    syscalls.die_with_parent()
    if select.select([alive], [], [], 0)[0]:
        os._exit(1)
    mounts.build(cage.read_only, cage.hidden, cage.home, cage.disk_bytes, *_ids(cage))
    return cage.home


def _corner_of_this(cage: Cage) -> str:
    if LINUX:
        syscalls.let_live()
        syscalls.adopt_orphans()
    home = tempfile.mkdtemp(prefix="slot-")
    if cage.walls == "landlock":
        os.chown(home, *_ids(cage))
    return home


def _root() -> bool:
    return os.geteuid() == 0


def _ids(cage: Cage) -> tuple[int, int]:
    """The user and group of the slot: its own where we are root, ours otherwise."""
    if _root():
        return cage.first_uid + cage.slot, cage.first_uid + cage.slot
    return os.getuid(), os.getgid()


def _unshare(uid: int, gid: int) -> None:
    if not seccomp.supported():
        raise OSError(f"the filter for system calls knows {', '.join(seccomp.MACHINES)} only")
    syscalls.unshare(NAMESPACES if _root() else NAMESPACES | syscalls.NEW_USER)
    if not _root():
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        syscalls.die_with_parent()
    socket.sethostname("slot")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_INTERFACE_FLAGS, _LOOPBACK_UP)


def _be_init(cage: Cage, main: int, began: int, fate: int, alive: int, home: str) -> NoReturn:
    init.keep_only([began, fate, alive])
    init.ignore_inside()
    if cage.walls != "none":
        syscalls.set_dumpable(False)
    if cage.walls != "namespaces":
        init.guard(main, began, fate, alive, home)
    syscalls.no_new_privileges()
    syscalls.drop_capabilities()
    init.reap(main, began, fate)


def _as_student(cage: Cage, home: str) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    temporary = "/tmp" if cage.walls == "namespaces" else home
    os.environ.update(HOME=home, TMPDIR=temporary)
    tempfile.tempdir = None
    if cage.walls != "none":
        _powerless(cage, home)
    os.chdir(home)


def _powerless(cage: Cage, home: str) -> None:
    """The last steps of main, in the only order that works: each takes away what the one before
    needed."""
    landlocked = cage.walls == "landlock"
    uid, gid = _ids(cage)
    others = rlimits.running(uid) if landlocked else 0 if _root() else len(("S", "init"))
    if _root() or not landlocked:
        syscalls.empty_bounding_set()
    if _root():
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        syscalls.die_with_parent()
    syscalls.set_dumpable(True)
    syscalls.no_new_privileges()
    syscalls.drop_capabilities()
    processes = cage.processes + others
    rlimits.limit(cage.memory_bytes, cage.disk_bytes, processes, cage.open_files, cage.cpu_s)
    if landlocked:
        landlock.restrict(cage.read_only, [home])
        seccomp.install(seccomp.program(False, signals=landlock.holds_signals()))
    else:
        seccomp.install(FILTERS[cage.netlink])


def _keep(cage: Cage, fate: int, begin: int) -> None:
    """Main can neither write its own fate nor reach what it was not given."""
    os.close(fate)
    if cage.keep is not None:
        init.keep_only([0, 1, 2, begin, *cage.keep])
