"""Slots that run a notebook in its own Jupyter kernel: a tree of processes for each submission.

The same walls and limits as for slots of the zygote, and no tester: a hidden test in another
language can only run in the submission's own kernel. `UnwalledSlot` is for the instructor's own
notebooks where there is no Linux to build walls with.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from autograder.files import temporary_folder
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.sandbox import bubblewrap
from autograder.sandbox.choose_level import sandbox_code_paths
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.inside.shell.notebook_kernel import STARTS_S, NotebookKernel
from autograder.sandbox.kernel_language import kernel_name, language
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import (
    ENDS_S,
    WalledProcess,
    environment,
    jail_settings,
    pid_of,
    slot_group,
    slot_number,
)
from autograder.sandbox.process_handles import GRACE_S, DeadlinePassed, ProcessEnded
from autograder.sandbox.run_result import GraderFault
from autograder.sandbox.turns import Turns

DRIVER = "autograder.sandbox.inside.processes.kernel_driver"
CONFIGURATION = ("/etc/R", "/etc/julia", "/etc/octave.conf")  # of languages, outside /usr
INSTALL = {
    "r": "apt-get install r-base r-cran-irkernel",
    "julia": """julia -e 'using Pkg; Pkg.add("IJulia")'""",
    "octave": "apt-get install octave, then pip install octave_kernel",
    "python": "pip install ipykernel",
}


class MissingKernel(CourseError):
    """A notebook needs a kernel that is not installed on this machine."""


@dataclass(frozen=True)
class Kernel:
    """A kernel that is installed: its kernel.json, and the absolute paths that this names."""

    language: str
    spec: Mapping[str, Any]
    paths: tuple[str, ...]

    @property
    def program(self) -> str:
        return "Python process" if self.language == "python" else f"{self.spec['language']} kernel"


def installed_kernel(notebook: Notebook) -> Kernel:
    """The kernel of a notebook. A Python notebook whose kernel has a name from elsewhere (conda's,
    say) gets this Python's; any other raises MissingKernel."""
    specs, name = KernelSpecManager(), kernel_name(notebook)
    spoken = language(notebook)
    if spoken == "python" and name not in specs.find_kernel_specs():
        name = "python3"
    try:
        return _kernel(specs.get_kernel_spec(name), spoken)
    except NoSuchKernel as fault:
        how = f" ({INSTALL[spoken]})" if spoken in INSTALL else ""
        raise MissingKernel(
            f"needs the Jupyter kernel '{name}' ({spoken}), which is not installed here. Install "
            f"it{how}, so that `jupyter kernelspec list` names it, then grade again"
        ) from fault


def _kernel(spec: Any, spoken: str) -> Kernel:
    argv = [word.replace("{resource_dir}", spec.resource_dir) for word in spec.argv]
    words = [spec.resource_dir, *argv]
    words += [part for value in spec.env.values() for part in value.split(os.pathsep)]
    paths = tuple(word for word in words if Path(word).is_absolute() and Path(word) != Path("/"))
    return Kernel(spoken, {**spec.to_dict(), "argv": argv}, paths)


class KernelPool:
    """Starts a process tree for each slot. A context manager; leaving it ends them all."""

    def __init__(self, level: Level, libraries: tuple[Path, ...] = ()):
        if level.walls == "landlock":
            raise CourseError(
                f"a notebook's own kernel talks over sockets, which isolation '{level.name}' "
                f"refuses. It needs namespaces: Linux 5.12 with user namespaces, or root."
            )
        self.level, self.libraries = level, tuple(map(str, libraries))
        self.closed = False
        self.turns = Turns()
        self.lock = threading.Lock()
        self.processes: set[subprocess.Popen[bytes]] = set()

    def __enter__(self) -> KernelPool:
        self.folder = temporary_folder("pool")
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _value: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self.stop()
        self.folder.cleanup()

    def stop(self) -> None:
        """End every slot, at once; asking for another raises GraderFault."""
        with self.lock:
            self.closed = True
            for process in self.processes:
                process.kill()

    @contextmanager
    def slot(self, notebook: Notebook, limits: Limits) -> Iterator[WalledProcess]:
        """A new slot with the kernel of `notebook`. Raises MissingKernel."""
        kernel = installed_kernel(notebook)
        with slot_number() as number, _closing(socket.socketpair()) as (talk, theirs):
            exit_report, report_end = os.pipe()
            log = Path(self.folder.name) / f"slot-{number}.log"
            job = self._job(kernel, number, limits)
            try:
                process = self._start(job, theirs, report_end, log)
            except BaseException:
                os.close(exit_report)
                raise
            finally:
                theirs.close()
                os.close(report_end)
            try:
                yield from _started_slot(talk, exit_report, number, limits, log, kernel)
            finally:
                self._end(process)

    def _job(self, kernel: Kernel, number: int, limits: Limits) -> dict[str, Any]:
        paths = (*bubblewrap.system_paths(), *CONFIGURATION, *sandbox_code_paths(), *self.libraries)
        visible = tuple(dict.fromkeys((*paths, *kernel.paths)))
        return {
            "jail": jail_settings(
                number, visible, bubblewrap.distribution_packages(), limits, self.level
            ),
            "kernel": kernel.spec,
            "libraries": self.libraries,
        }

    def _start(
        self, job: dict[str, Any], theirs: socket.socket, report_end: int, log: Path
    ) -> subprocess.Popen[bytes]:
        descriptors = [theirs.fileno(), report_end]
        words = [*map(str, descriptors), json.dumps(job)]
        python = [sys.executable, "-P", "-m", DRIVER, *words]
        visible = bubblewrap.VisiblePaths(job["jail"]["read_only"])
        with self.lock, log.open("wb") as errors:
            if self.closed:
                raise GraderFault("the pool is closed")
            process = subprocess.Popen(
                bubblewrap.command(self.level, python, visible),
                pass_fds=descriptors,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            self.processes.add(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with self.lock:
            self.processes.discard(process)


@contextmanager
def _closing(
    pair: tuple[socket.socket, socket.socket],
) -> Iterator[tuple[socket.socket, socket.socket]]:
    try:
        yield pair
    finally:
        for end in pair:
            end.close()


def _started_slot(
    talk: socket.socket, exit_report: int, number: int, limits: Limits, log: Path, kernel: Kernel
) -> Iterator[WalledProcess]:
    """The slot once its kernel has started, closed afterwards."""
    talk.settimeout(STARTS_S)
    try:
        _, _, (handle,) = framing.receive_with_fds(talk, 1000)
    except (EOFError, OSError, ValueError) as fault:
        os.close(exit_report)
        log_tail = log.read_text(errors="replace").strip()[-1500:]
        raise GraderFault(f"a notebook's kernel did not start: {log_tail or fault}") from fault
    slot = WalledProcess(talk, exit_report, handle, slot_group(number, limits), log, kernel.program)
    try:
        if slot.group:
            slot.group.add(pid_of(handle))
        talk.send(b"!")
        select.select([talk], [], [], STARTS_S)
        yield slot
    except BrokenPipeError as fault:
        raise GraderFault(f"a notebook's kernel was killed: {fault}") from fault
    finally:
        slot.close()


class UnwalledSlot:
    """A kernel of one's own notebook with one's own rights, asked like a slot."""

    def __init__(self, notebook: Notebook, files: Mapping[str, bytes], libraries: tuple[Path, ...]):
        kernel = installed_kernel(notebook)
        self.program = kernel.program
        self.folder = tempfile.TemporaryDirectory(prefix="slot-", ignore_cleanup_errors=True)
        for name, data in files.items():
            path = Path(self.folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        paths = os.pathsep.join(map(str, libraries))
        ours = {**os.environ, **environment(), "HOME": str(Path.home()), "PYTHONPATH": paths}
        self.kernel = NotebookKernel(kernel.spec, self.folder.name, ours, self._raise_ended)

    def close(self) -> None:
        self.kernel.close()
        self.folder.cleanup()

    def ask(self, request: dict[str, Any], limit_s: float, _link: int | None = None) -> Any:
        """As `Slot.ask`, of cells and of the widgets' state."""
        if request["do"] == "state":
            return {"widgets": self.kernel.widget_state()}
        interrupt = threading.Timer(limit_s, self.kernel.interrupt)
        self.kill = threading.Timer(limit_s + GRACE_S, self.kernel.kill)
        interrupt.start()
        self.kill.start()
        try:
            ran = self.kernel.run(request["text"], request["id"], request["most"])
        finally:
            late = interrupt.finished.is_set()
            interrupt.cancel()
            self.kill.cancel()
        reply = {"outputs": ran.outputs, "count": ran.execution_count, "cut": ran.cut}
        reply["changed"] = ran.changed
        if late:
            raise DeadlinePassed(reply)
        return reply

    def out_of_memory(self) -> bool:
        return False

    def cpu_seconds(self) -> float | None:
        return None

    def _raise_ended(self, exit_code: int) -> NoReturn:
        if self.kill.finished.is_set():
            raise ProcessEnded("did not stop when it was interrupted after its time limit")
        raise ProcessEnded(f"ended the {self.program} (exit code {exit_code})")
