"""The inner wall: it separates a submission from the machine and from every other submission.

`enter_jail` is called in a fresh fork S of the zygote and returns in another process, main:

    S       makes the namespaces and waits
    init    pid 1 of them: builds the file system, reaps, reports how main ended, ends everything
    main    the submission: no capabilities, limits, a filter on system calls, a home of its own

Killing the zygote, S or init kills every process after it. tests/autograder/sandbox/test_jail.py
attacks each part of the wall.
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
    for netlink in ((False, True) if LINUX and seccomp.is_supported() else ())
}
_SET_INTERFACE_FLAGS = 0x8914
_LOOPBACK_UP = struct.pack("16sH14x", b"lo", 1)


@dataclass(frozen=True)
class JailSettings:
    """The jail of one slot.

    slot: its number; where we are root, each number is another user, from `first_uid` on. Two
    graders on one machine need a `first_uid` each: the limit on processes counts those of a user.
    read_only: absolute paths that it sees. hidden: folders below those that it sees empty (in
    namespaces only). disk_bytes: of all files that it can write. walls: 'namespaces', 'landlock' or
    'none'; only the first makes `home`, the others use a temporary folder. netlink: whether it may
    ask for its network interfaces, as a Jupyter kernel's sockets do. open_descriptors: those that
    stay open in main besides 0, 1 and 2; None leaves all open but the one for the report.
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
    open_descriptors: Sequence[int] | None = None
    first_uid: int = FIRST_UID
    hidden: Sequence[str] = ()
    netlink: bool = False


def enter_jail(settings: JailSettings, report_fd: int, parent: int = 0) -> None:
    """Return in the jailed process. init reports how it ends as one line of JSON on the descriptor
    `report_fd`: {"exit": code}, {"signal": number}, or {"error": sentence} where it never started.
    No line at all means that init or S was killed.

    Needs a single-threaded process. parent: pid of the zygote, to notice that it has just died.
    """
    os.umask(0o022)
    with init.report_setup_faults(report_fd):
        _die_with(parent)
        _volunteer_for_oom_kill()
        home, parent_alive = _fork_init(settings)
        first = os.getpid()
        start_read, start_write = os.pipe()
        main = os.fork()
        if main:
            _run_init(settings, main, start_read, report_fd, parent_alive, home)
        os.close(parent_alive)
        os.close(start_read)
        _die_with(first)
        _become_student(settings, home)
        _close_descriptors(settings, report_fd, start_write)
        os.write(start_write, b"!")
        os.close(start_write)


def _die_with(parent: int) -> None:
    if LINUX:
        syscalls.die_with_parent()
    if parent and os.getppid() != parent:
        os._exit(1)


def _volunteer_for_oom_kill() -> None:
    """Let Linux kill a submission before the grader when the machine runs out of memory."""
    if LINUX:
        with suppress(PermissionError):
            Path("/proc/self/oom_score_adj").write_text("900")


def _fork_init(settings: JailSettings) -> tuple[str, int]:
    """Return in the process that becomes init, with its namespaces built: the path of the home, and
    a descriptor that becomes readable when S is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    in_namespaces = settings.walls == "namespaces"
    if in_namespaces:
        _unshare(*_user_and_group(settings))
    parent_alive, parent_end = os.pipe()
    first = os.fork()
    if first:
        init.close_descriptors_except([parent_end])
        init.end_with_init(first)
    os.close(parent_end)
    home = _build_file_system(settings, parent_alive) if in_namespaces else _make_home(settings)
    return home, parent_alive


def _build_file_system(settings: JailSettings, parent_alive: int) -> str:
    syscalls.die_with_parent()
    if select.select([parent_alive], [], [], 0)[0]:
        os._exit(1)
    uid, gid = _user_and_group(settings)
    mounts.build(settings.read_only, settings.hidden, settings.home, settings.disk_bytes, uid, gid)
    return settings.home


def _make_home(settings: JailSettings) -> str:
    if LINUX:
        syscalls.outlive_parent()
        syscalls.adopt_orphans()
    home = tempfile.mkdtemp(prefix="slot-")
    if settings.walls == "landlock":
        os.chown(home, *_user_and_group(settings))
    return home


def _is_root() -> bool:
    return os.geteuid() == 0


def _user_and_group(settings: JailSettings) -> tuple[int, int]:
    """The user and group of the slot: its own where we are root, ours otherwise."""
    if _is_root():
        return settings.first_uid + settings.slot, settings.first_uid + settings.slot
    return os.getuid(), os.getgid()


def _unshare(uid: int, gid: int) -> None:
    if not seccomp.is_supported():
        raise OSError(f"the filter for system calls knows {', '.join(seccomp.MACHINES)} only")
    syscalls.unshare(NAMESPACES if _is_root() else NAMESPACES | syscalls.NEW_USER)
    if not _is_root():
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        syscalls.die_with_parent()
    socket.sethostname("slot")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SET_INTERFACE_FLAGS, _LOOPBACK_UP)


def _run_init(
    settings: JailSettings, main: int, start_read: int, report_fd: int, parent_alive: int, home: str
) -> NoReturn:
    init.close_descriptors_except([start_read, report_fd, parent_alive])
    init.reset_signal_handlers()
    if settings.walls != "none":
        syscalls.set_dumpable(False)
    if settings.walls != "namespaces":
        init.run_as_guard(main, start_read, report_fd, parent_alive, home)
    syscalls.no_new_privileges()
    syscalls.drop_capabilities()
    init.run_as_pid_1(main, start_read, report_fd)


def _become_student(settings: JailSettings, home: str) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    temporary = "/tmp" if settings.walls == "namespaces" else home
    os.environ.update(HOME=home, TMPDIR=temporary)
    tempfile.tempdir = None
    if settings.walls != "none":
        _drop_privileges(settings, home)
    os.chdir(home)


def _drop_privileges(settings: JailSettings, home: str) -> None:
    """The last steps of main. The order matters: each step takes away a right that an earlier one
    needed."""
    landlocked = settings.walls == "landlock"
    uid, gid = _user_and_group(settings)
    own_processes = 0 if _is_root() else len(("S", "init"))
    other_processes = rlimits.count_threads(uid) if landlocked else own_processes
    if _is_root() or not landlocked:
        syscalls.empty_bounding_set()
    if _is_root():
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        syscalls.die_with_parent()
    syscalls.set_dumpable(True)
    syscalls.no_new_privileges()
    syscalls.drop_capabilities()
    rlimits.apply_rlimits(
        settings.memory_bytes,
        settings.disk_bytes,
        settings.processes + other_processes,
        settings.open_files,
        settings.cpu_s,
    )
    if landlocked:
        landlock.restrict(settings.read_only, [home])
        seccomp.install(seccomp.program(False, signals=landlock.blocks_signals()))
    else:
        seccomp.install(FILTERS[settings.netlink])


def _close_descriptors(settings: JailSettings, report_fd: int, start_write: int) -> None:
    """Main can neither write its own report nor use a descriptor that it was not given."""
    os.close(report_fd)
    if settings.open_descriptors is not None:
        init.close_descriptors_except([0, 1, 2, start_write, *settings.open_descriptors])
