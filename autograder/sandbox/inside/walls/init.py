"""The first process of a slot: it waits for the submission, reports how it ended, and ends too.

In namespaces its end is the end of every process in them. Without namespaces it adopts the
processes that the submission leaves behind and kills them. It has no capabilities, and the
submission cannot read its memory.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

MAX_DESCRIPTORS = 1 << 20
POLL_S = 0.02


@contextmanager
def report_setup_faults(report_fd: int) -> Iterator[None]:
    """Report a fault of the setup, before the submission runs, in a sentence; then end."""
    try:
        yield
    except OSError as fault:
        write_report(report_fd, error=f"the walls of a slot could not be built: {fault}")
        os._exit(1)


def write_report(report_fd: int, **report: Any) -> None:
    """Write one line of JSON about how the slot ended."""
    with suppress(OSError):
        os.write(report_fd, json.dumps(report).encode() + b"\n")


def close_descriptors_except(descriptors: Sequence[int]) -> None:
    """Close every descriptor but these."""
    start = 0
    for descriptor in sorted(descriptors):
        if descriptor > start:  # subtle: an empty range closes everything
            os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, MAX_DESCRIPTORS)


def reset_signal_handlers() -> None:
    """Drop inherited handlers: pid 1 of a namespace gets no signal from inside without one."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def end_with_init(init: int) -> NoReturn:
    """In the parent of init: end when init does. If this parent is killed, init and every process
    after it end too, and nothing is reported."""
    os.waitpid(init, 0)
    os._exit(0)


def run_as_pid_1(main: int, start_read: int, report_fd: int) -> NoReturn:
    """As pid 1: wait for `main` and every orphan, report how main ended, end everything.

    start_read: one byte comes on it when the submission starts. Where none comes, the setup failed
    and the fault has been reported already.
    """
    started = os.read(start_read, 1)
    pid = 0
    while pid != main:
        pid, status = os.wait()
    if started:
        _report_exit(report_fd, status)
    os._exit(0)


def run_as_guard(
    main: int, start_read: int, report_fd: int, parent_alive: int, home: str
) -> NoReturn:
    """The same without namespaces: here the processes that the submission left are looked for and
    killed, and its home is removed. That also happens when `parent_alive` closes because the parent
    is gone."""
    started = os.read(start_read, 1)
    status = _wait_for_main(main, parent_alive)
    if started and status is not None:
        _report_exit(report_fd, status)
    _kill_survivors(main)
    shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def _report_exit(report_fd: int, status: int) -> None:
    code = os.waitstatus_to_exitcode(status)
    write_report(report_fd, **({"exit": code} if code >= 0 else {"signal": -code}))


def _wait_for_main(main: int, parent_alive: int) -> int | None:
    """The exit status of `main`; None where the parent of init ended first."""
    while not select.select([parent_alive], [], [], POLL_S)[0]:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == main:
            return status
    return None


def _kill_survivors(main: int) -> None:
    """Kill the processes that the submission left. Their children become ours in turn."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(main, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            for child in _children():
                os.kill(child, signal.SIGKILL)
            os.wait()


def _children() -> list[int]:
    children_file = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in children_file.read_text().split()] if children_file.exists() else []
