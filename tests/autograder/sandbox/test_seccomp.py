"""The filter on system calls, run by a BPF machine of our own: for processors that are not here."""

import ctypes
import errno
import struct

import pytest

from autograder.sandbox.inside.walls import seccomp

ALLOWED, KILLED = "allowed", "killed"
COMMON = {  # read, write, mmap, exit_group, futex, openat, execve, clock_gettime
    "x86_64": (0, 1, 9, 231, 202, 257, 59, 228),
    "aarch64": (63, 64, 222, 94, 98, 56, 221, 113),
}
UNKNOWN_NAME = -1  # libseccomp's __NR_SCMP_ERROR
machines = pytest.mark.parametrize("machine", seccomp.MACHINES)


@pytest.fixture
def libseccomp():
    """The library that knows every system call's number on every processor."""
    try:
        return ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("libseccomp is not there; install it: apt-get install libseccomp2")


def judged(program, machine, number, *arguments, architecture=None):
    """What the filter says to a call: 'allowed', 'killed' or the name of an error."""
    words = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    call_architecture = architecture or seccomp.MACHINES[machine][0]
    data = struct.pack("<IIQ6Q", number, call_architecture, 0, *words)
    loaded, at = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        if code == 0x06:
            return _verdict(value)
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            loaded &= value
        else:
            tests = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}
            at += if_true if tests[code] else if_false


def _verdict(value):
    kinds = {0x7FFF0000: ALLOWED, 0x80000000: KILLED}
    return kinds.get(value) or errno.errorcode[value & 0xFFFF]


@machines
def test_what_notebooks_do_is_allowed_and_what_they_need_not_is_refused(machine):
    program = seccomp.program(True, machine=machine)
    column = seccomp.MACHINES[machine][1]
    refused = [pair[column] for pair in seccomp.REFUSED.values() if pair[column] is not None]
    assert {judged(program, machine, number) for number in refused} == {"EPERM"}
    assert {judged(program, machine, number) for number in COMMON[machine]} == {ALLOWED}
    assert not set(refused) & set(COMMON[machine])


@machines
def test_calls_of_another_processor_end_the_process(machine):
    program = seccomp.program(True, machine=machine)
    assert judged(program, machine, 0, architecture=0x40000003) == KILLED


@machines
def test_a_clone_is_a_process_or_a_thread_but_no_namespace(machine):
    program = seccomp.program(True, machine=machine)
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    threads, fork = 0x3D0F00, 0x1200011
    assert [judged(program, machine, clone, flags) for flags in (threads, fork)] == [ALLOWED] * 2
    assert judged(program, machine, clone, fork | 0x10000000) == "EPERM"
    assert judged(program, machine, 435) == "ENOSYS"


@machines
def test_sockets_are_local_or_of_the_internet_and_among_others_only_pairs(machine):
    sockets, pairs = {"x86_64": (41, 53), "aarch64": (198, 199)}[machine]
    alone, among = (seccomp.program(namespaces, machine=machine) for namespaces in (True, False))
    kinds = (1, 2, 10, 16, 17, 38, 40)
    verdicts = [judged(alone, machine, sockets, kind, 1) for kind in kinds]
    assert verdicts == [ALLOWED] * 3 + ["EAFNOSUPPORT"] * 4
    assert {judged(among, machine, sockets, kind, 1) for kind in kinds} == {"EAFNOSUPPORT"}
    streams = [judged(among, machine, pairs, 1, kind | 0x80000) for kind in (1, 2, 5)]
    assert streams == [ALLOWED, "EAFNOSUPPORT", "EAFNOSUPPORT"]


@machines
def test_among_others_modes_stay_and_limits_are_ones_own(machine):
    program = seccomp.program(False, machine=machine)
    column = seccomp.MACHINES[machine][1]
    columns = [numbers[column] for numbers in seccomp.FILE_ATTRIBUTE_CALLS.values()]
    numbers = [number for number in columns if number is not None]
    assert {judged(program, machine, number) for number in numbers} == {"EPERM"}
    limits = {"x86_64": 302, "aarch64": 261}[machine]
    assert [judged(program, machine, limits, who) for who in (0, 77)] == [ALLOWED, "EPERM"]


@machines
def test_where_landlock_does_not_hold_signals_they_reach_only_oneself(machine):
    without_signals = seccomp.program(False, signals=False, machine=machine)
    kill = {"x86_64": 62, "aarch64": 129}[machine]
    free = seccomp.program(True, machine=machine)
    assert judged(without_signals, machine, kill, 1, 9) == "EPERM"
    assert judged(without_signals, machine, kill, 2**32 - 1, 9) == "EPERM"
    assert judged(free, machine, kill, 1, 9) == ALLOWED


@machines
def test_the_numbers_of_system_calls_are_those_of_libseccomp(machine, libseccomp):
    architecture, column = seccomp.MACHINES[machine]
    tables = {**seccomp.REFUSED, **seccomp.FILE_ATTRIBUTE_CALLS}
    numbers = {
        name: libseccomp.seccomp_syscall_resolve_name_arch(architecture, name.encode())
        for name in tables
    }
    known_numbers = {name: number for name, number in numbers.items() if number != UNKNOWN_NAME}
    ours = {name: tables[name][column] for name in known_numbers}
    assert ours == {name: number if number >= 0 else None for name, number in known_numbers.items()}
    assert len(known_numbers) > 0.9 * len(tables)  # an old libseccomp lacks the latest calls
