"""The seccomp filter: a classic BPF program that says which system calls a submission may make.

It refuses calls that no notebook needs and in which holes of kernels have been found. Calls newer
than the tables here do not exist for a submission. The filter is data, made once and installed in
every fork.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from autograder.sandbox.inside.walls import syscalls

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
MACHINES = {"x86_64": (X86_64, 0), "aarch64": (AARCH64, 1)}
NEWEST_CALL = 462  # mseal, Linux 6.10
_NEW_NAMESPACES = 0x7E020080
_SOCKETS, _STREAM, _UNIX = (1, 2, 10), 1, 1  # AF_UNIX, AF_INET, AF_INET6
_NETLINK = 16
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

# name: (number on x86_64, number on aarch64)
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "memfd_secret": (447, 447),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "create_module": (174, None),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "remap_file_pages": (216, 234),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
}
# Refused where only landlock stands before other files of the same user.
FILE_ATTRIBUTE_CALLS: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_IOCTL, _SOCKET, _SOCKETPAIR = (16, 29), (41, 198), (53, 199)
_KILL, _TGKILL, _PRLIMIT = (62, 129), (234, 131), (302, 261)
_OTHER_SIGNAL_CALLS = ((200, 130), (129, 138), (297, 240), (424, 424))

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_KILL_PROCESS, _ERROR, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER, _ARCHITECTURE = 0, 4


def is_supported() -> bool:
    """Whether the tables cover this machine."""
    return os.uname().machine in MACHINES and sys.maxsize > 1 << 32


def program(
    namespaces: bool, signals: bool = True, machine: str = "", netlink: bool = False
) -> bytes:
    """The filter for a submission. namespaces=False: it has no namespaces of its own, so it may not
    change modes and owners, and gets no socket that reaches outside. signals=False: it may signal
    only itself. netlink: it may ask for its network interfaces, as ZeroMQ does."""
    architecture, column = MACHINES[machine or os.uname().machine]
    steps = [
        *_return_unless(architecture, _ARCHITECTURE, _KILL_PROCESS),
        _step(_LOAD, _NUMBER),
        *_error_if(_AT_LEAST, NEWEST_CALL + 1, errno.ENOSYS),
        *_error_if(_EQUAL, _CLONE3[column], errno.ENOSYS),
    ]
    for numbers in _refused_calls(namespaces, signals):
        steps += _error_if(_EQUAL, numbers[column], errno.EPERM)
    steps += _when_call(
        _CLONE[column], [_argument(0), *_error_if(_ANY_BIT, _NEW_NAMESPACES, errno.EPERM)]
    )
    for command in (_TIOCSTI, _TIOCLINUX):
        steps += _when_call(
            _IOCTL[column], [_argument(1), *_error_if(_EQUAL, command, errno.EPERM)]
        )
    kinds = (*_SOCKETS, _NETLINK) if netlink else _SOCKETS
    steps += _socket_rules(column, kinds) if namespaces else _rules_without_namespaces(column)
    if not signals:
        for call in (_KILL, _TGKILL):
            steps += _when_call(
                call[column], [_argument(0), *_error_unless((os.getpid(),), errno.EPERM)]
            )
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _refused_calls(namespaces: bool, signals: bool) -> list[tuple[int | None, int | None]]:
    refused = [*REFUSED.values()]
    refused += [] if namespaces else FILE_ATTRIBUTE_CALLS.values()
    return refused if signals else [*refused, *_OTHER_SIGNAL_CALLS]


def _socket_rules(column: int, kinds: tuple[int, ...]) -> list[bytes]:
    return [
        step
        for call in (_SOCKET, _SOCKETPAIR)
        for step in _when_call(
            call[column], [_argument(0), *_error_unless(kinds, errno.EAFNOSUPPORT)]
        )
    ]


def _rules_without_namespaces(column: int) -> list[bytes]:
    """It may not change limits of other processes, and of sockets it gets only stream pairs: a
    datagram can be sent anywhere, from a pair too."""
    kind = [_argument(1), _step(_AND, 0xF), *_error_unless((_STREAM,), errno.EAFNOSUPPORT)]
    return [
        *_when_call(_PRLIMIT[column], [_argument(0), *_error_unless((0,), errno.EPERM)]),
        *_error_if(_EQUAL, _SOCKET[column], errno.EAFNOSUPPORT),
        *_when_call(
            _SOCKETPAIR[column], [_argument(0), *_error_unless((_UNIX,), errno.EAFNOSUPPORT)]
        ),
        *_when_call(_SOCKETPAIR[column], kind),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _argument(index: int) -> bytes:
    """Load the low half of an argument of the call (both machines are little-endian)."""
    return _step(_LOAD, 16 + 8 * index)


def _error_if(test: int, value: int | None, error: int) -> list[bytes]:
    """Return the error where the test of what is loaded holds."""
    if value is None:
        return []
    return [_step(test, value, 0, 1), _step(_RETURN, _ERROR | error)]


def _return_unless(value: int, offset: int, action: int) -> list[bytes]:
    return [_step(_LOAD, offset), _step(_EQUAL, value, 1, 0), _step(_RETURN, action)]


def _error_unless(values: tuple[int, ...], error: int) -> list[bytes]:
    """Return the error unless what is loaded is one of `values`."""
    last = len(values)
    tests = [_step(_EQUAL, value, last - i, 0) for i, value in enumerate(values)]
    return [*tests, _step(_RETURN, _ERROR | error)]


def _when_call(call: int, steps: list[bytes]) -> list[bytes]:
    """Do the steps where the call is this one, then load its number again."""
    return [_step(_EQUAL, call, 0, len(steps) + 1), *steps, _step(_LOAD, _NUMBER)]


def install(filter_program: bytes) -> None:
    """From here on and in all children. Needs no_new_privileges."""
    code = ctypes.create_string_buffer(filter_program)
    header = struct.pack("HxxxxxxQ", len(filter_program) // 8, ctypes.addressof(code))
    head = ctypes.create_string_buffer(header)
    syscalls.prctl(22, 2, ctypes.addressof(head))
