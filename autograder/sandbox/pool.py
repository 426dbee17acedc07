"""The zygote from outside: started behind the outer wall, asked for slots, replaced when it dies.

One pool serves one assignment. Several threads may ask for slots; each gets a number that no other
slot of this process has, so that those that run at the same time are strangers to each other.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import autograder
from autograder.files import temporary_folder
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.sandbox import bubblewrap, cgroup
from autograder.sandbox.choose_level import sandbox_code_paths
from autograder.sandbox.inside.walls import jail
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.run_result import GraderFault
from autograder.sandbox.turns import Turns

STARTS = 3  # of a zygote that does not come up
STARTS_S = 60.0  # seconds it may take
ENDS_S = 5.0
SLOTS = 64  # slots and testers that this process can have open at a time
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # forking a threaded OpenBLAS can deadlock
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NBGRADER_EXECUTION": "autograde",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
}
PASSED_ON = ("PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ", "LC_ALL")


_NUMBERS: queue.SimpleQueue[int] = queue.SimpleQueue()
for _number in range(SLOTS):
    _NUMBERS.put(_number)


@dataclass(frozen=True)
class Warm:
    """What a zygote is warmed with: folders on its path, modules to import."""

    libraries: tuple[Path, ...] = ()
    preload: tuple[str, ...] = ()


@dataclass
class WalledProcess:
    """A process behind the walls: the socket to it, the pipe on which its end is reported, and a
    handle to kill it by. program: what it is called to a person."""

    talk: socket.socket
    exit_report: int
    handle: int
    group: cgroup.Group | None
    log: Path
    program: str = "Python process"

    def log_tail(self) -> str:
        """The last words of what went wrong before a submission could run."""
        return self.log.read_text(errors="replace").strip()[-1500:]

    def close(self) -> None:
        """Kill it with all it started, and wait until nothing of it is left: its pid 1 holds the
        other end of `exit_report`."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        while select.select([self.exit_report], [], [], ENDS_S)[0] and os.read(
            self.exit_report, 4096
        ):
            continue
        self.talk.close()
        for descriptor in (self.handle, self.exit_report):
            os.close(descriptor)
        if self.group:
            self.group.remove()


class Pool:
    """A warm zygote and the slots forked from it. A context manager; leaving it ends them all."""

    def __init__(self, level: Level, warm: Warm):
        self.level, self.warm = level, warm
        self.lock = threading.Lock()
        self.closed = False
        self.turns = Turns()
        libraries = map(str, warm.libraries)
        paths = (*bubblewrap.system_paths(), *sandbox_code_paths(), *libraries)
        self.read_only = tuple(dict.fromkeys(paths))
        self.hidden = bubblewrap.distribution_packages()

    def __enter__(self) -> Pool:
        _allow_descriptors()
        self.folder = temporary_folder("pool")
        self.log = Path(self.folder.name) / "zygote.log"
        self._start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _value: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self.stop()
        self.folder.cleanup()

    def _start(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        job = {"libraries": list(map(str, self.warm.libraries)), "preload": self.warm.preload}
        with suppress(OSError):  # one that has ended already is started again
            self.control.send(json.dumps(job).encode())
        self.ready = False

    def _wait_until_ready(self) -> None:
        """The first fork waits until the zygote is warm. One that is killed before is started
        again; CourseError where none comes up."""
        for _ in range(STARTS):
            if self._is_up() or self.closed:
                return
            why = self._log()
            self._stop()
            self._start()
        raise CourseError(f"the grader's warm Python did not start: {why}")

    def _is_up(self) -> bool:
        self.control.settimeout(STARTS_S)
        try:
            self.ready = bool(self.control.recv(1 << 16))
        except OSError:
            self.ready = False
        return self.ready

    def _command(self, descriptor: int) -> list[str]:
        module = "autograder.sandbox.inside.processes.zygote"
        python = [sys.executable, "-P", "-m", module, str(descriptor)]
        return bubblewrap.command(self.level, python, bubblewrap.VisiblePaths(self.read_only))

    def stop(self) -> None:
        """End the zygote and every slot, at once; asking for another raises GraderFault."""
        self.closed = True
        self._stop()

    def _stop(self) -> None:
        """The zygote ends when its socket closes, and all that it forked with it."""
        self.control.close()
        if not self.ready:
            self.process.kill()
        try:
            self.process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _log(self) -> str:
        text = self.log.read_text(errors="replace").strip()
        return text[-1500:] or f"it ended with exit code {self.process.poll()} and said nothing"

    @contextmanager
    def open_process(self, fork: str, limits: Limits) -> Iterator[WalledProcess]:
        """A new 'slot' or 'tester', closed on leaving. GraderFault where the zygote is gone."""
        with slot_number() as number:
            process = self._fork(fork, number, limits)
            try:
                yield process
            finally:
                process.close()

    def slot(self, _notebook: Notebook, limits: Limits) -> AbstractContextManager[WalledProcess]:
        """A new slot; any notebook may run there."""
        return self.open_process("slot", limits)

    def _fork(self, fork: str, number: int, limits: Limits) -> WalledProcess:
        talk, theirs = socket.socketpair()
        exit_report, report_end = os.pipe()
        try:
            handle = self._request_fork(
                self._request(fork, number, limits), [theirs.fileno(), report_end]
            )
        except GraderFault:
            talk.close()
            os.close(exit_report)
            raise
        finally:
            theirs.close()
            os.close(report_end)
        return self._let_start(
            WalledProcess(talk, exit_report, handle, slot_group(number, limits), self.log)
        )

    def _let_start(self, fork: WalledProcess) -> WalledProcess:
        """Give a new fork the word to go behind the inner wall, once its group counts it."""
        try:
            if fork.group:
                fork.group.add(pid_of(fork.handle))
            fork.talk.send(b"!")
        except OSError as fault:
            fork.close()
            raise GraderFault(f"a fork of the zygote was killed: {fault}") from fault
        return fork

    def _request(self, fork: str, number: int, limits: Limits) -> dict[str, Any]:
        return {
            "fork": fork,
            "jail": jail_settings(number, self.read_only, self.hidden, limits, self.level),
        }

    def _request_fork(self, request: dict[str, Any], descriptors: list[int]) -> int:
        """Ask the zygote for a fork; the handle (pidfd) of the new process."""
        with self.lock:
            if not self.ready:
                self._wait_until_ready()
            try:
                socket.send_fds(self.control, [json.dumps(request).encode()], descriptors)
                reply, handles, _, _ = socket.recv_fds(self.control, 64, 1)
            except OSError as fault:
                reply, reason = b"", fault
            else:
                reason = OSError("it hung up")
            if not reply:
                self._stop()
                if not self.closed:
                    self._start()
                raise GraderFault(f"the zygote ended: {reason}")
        return int(handles[0])


def _allow_descriptors() -> None:
    """As many open descriptors as this user may have: each test that waits holds one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def slot_number() -> Iterator[int]:
    """A number that no other slot of this process has meanwhile."""
    number = _NUMBERS.get()
    try:
        yield number
    finally:
        _NUMBERS.put(number)


def jail_settings(
    number: int,
    read_only: tuple[str, ...],
    hidden: tuple[str, ...],
    limits: Limits,
    level: Level,
) -> dict[str, Any]:
    """What the inner wall around slot `number` is built with, see jail.JailSettings."""
    return {
        "slot": number,
        "read_only": read_only,
        "memory_bytes": limits.memory_bytes,
        "disk_bytes": limits.disk_bytes,
        "processes": limits.processes,
        "walls": level.walls,
        "hidden": hidden,
        "first_uid": jail.FIRST_UID + SLOTS * (os.getpid() % 10_000),
    }


def slot_group(number: int, limits: Limits) -> cgroup.Group | None:
    """The control group of slot `number`, None where this user may not make one."""
    return cgroup.slot_group(f"{os.getpid()}-{number}", limits.memory_bytes, limits.processes)


def environment() -> dict[str, str]:
    """The environment of what runs behind the walls."""
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = str(Path(autograder.__file__).parents[1])
    return {**inherited, **ENVIRONMENT, "PYTHONPATH": path}


def pid_of(handle: int) -> int:
    """The process behind a pidfd, by its number outside the walls."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))
