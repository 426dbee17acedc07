"""A local heat: where an entry stands on this machine, by the judge's own code, before it enters.

Entry and reference run in plain processes of one's own, without walls: this is for code that one
wrote oneself. Inputs and machine are not the judge's, so what comes out is no judged score.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import perf_counter

import numpy as np

from olympics import processes, wire
from olympics.conclusion import Answer, EntryFault, Outcome
from olympics.entry import Entry
from olympics.errors import OlympicsError
from olympics.events import Event, event
from olympics.machine import calibrate
from olympics.reference import files_to_run, reference_entry
from olympics.series import run_series, sources
from olympics.workload import Workload, weight_fault, workload

START_S = 60.0
TURNS = 12
# subtle: packages of the course on this machine would stand in for files that an entry lacks, so
# they are hidden but for an event whose program needs them.
BOOTSTRAP = """
import sys, os, pathlib, numpy
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
hidden = [p for p in sys.path if (pathlib.Path(p) / "tinytorch").is_dir() and not sys.argv[3]]
sys.path = ["."] + [p for p in sys.path if p and p not in hidden]
for number in (1, 2):
    name = sys.argv[number]
    exec(compile(pathlib.Path(name).read_text(encoding="utf-8"), name, "exec"))
    print(number, file=answers, flush=True)
for line in sys.stdin:
    data = from_line(line, len(line))
    print(to_line(_answer(data)), file=answers, flush=True)
"""


class PlainWorker:
    """A Python process with an entry's files in its folder, stopped between its answers."""

    def __init__(self, process: subprocess.Popen[str], log: Path, run_s: float) -> None:
        self._process, self._log, self._run_s = process, log, run_s
        self._line(START_S)
        self._before_bytes = processes.resident_bytes([process.pid])
        self._line(START_S)
        self._stop()

    def answer(self, data: bytes) -> Answer:
        """The answer to some inputs. EntryFault where none comes in time."""
        self._signal("SIGCONT")
        waited_s = processes.waited_s([self._process.pid])
        start = perf_counter()
        reply = self._ask(data)
        seconds = perf_counter() - start
        self._stop()
        return Answer(seconds, reply, processes.waited_s([self._process.pid]) - waited_s)

    def peak_bytes(self) -> float:
        """The most bytes that the entry's code added to its process; 0 where nobody tells."""
        peak = processes.peak_bytes(processes.descendants(self._process.pid))
        return max(0.0, peak - self._before_bytes)

    def _ask(self, data: bytes) -> bytes:
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.write(wire.to_line(data) + "\n")
            self._process.stdin.flush()
        line = self._line(self._run_s)
        try:
            return wire.from_line(line, len(line))
        except wire.WireError as fault:
            raise EntryFault(f"Its answer cannot be read: {fault}") from fault

    def _line(self, limit_s: float) -> str:
        """The next line. The process is killed where it does not come in time."""
        assert self._process.stdout
        timer = threading.Timer(limit_s, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise EntryFault(self._end(limit_s))
        return line

    def _end(self, limit_s: float) -> str:
        code = self._process.wait()
        if sys.platform != "win32" and code == -signal.SIGKILL:
            return f"It took over {limit_s:.0f} s and was stopped."
        words = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"It ended: {words[-1] if words else f'exit code {code}'}"

    def _stop(self) -> None:
        self._signal("SIGSTOP")

    def _signal(self, name: str) -> None:
        """Windows has no such signals; there a process waits for its next line and no more."""
        if hasattr(signal, name):
            with suppress(ProcessLookupError):
                self._process.send_signal(getattr(signal, name))


@contextmanager
def plain_worker(files: Mapping[str, bytes], task: Workload, rules: Event) -> Iterator[PlainWorker]:
    """A worker for an entry's files, ended on leaving. EntryFault where it does not start."""
    with tempfile.TemporaryDirectory(prefix="heat-", ignore_cleanup_errors=True) as name:
        home, sandbox = Path(name) / "entry", Path(name)
        for path, data in files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_bytes(data)
        for place, text in zip(("wire.py", "program.py"), sources(task), strict=True):
            (sandbox / place).write_text(text, encoding="utf-8")
        process = _start(sandbox, home, rules)
        try:
            yield PlainWorker(process, sandbox / "log", rules.limits.run_s)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]


def _start(sandbox: Path, home: Path, rules: Event) -> subprocess.Popen[str]:
    paths = [str(sandbox / place) for place in ("wire.py", "program.py")]
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    with (sandbox / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-c", BOOTSTRAP, *paths, " ".join(rules.libraries)],
            cwd=home,
            env={**os.environ, **one_thread, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def heat(entry: Entry, against: Entry | None = None, seed: int = 0) -> Outcome:
    """The outcome of an entry on this machine. against: another entry to time it against, where
    this machine has no reference. OlympicsError where the reference does not run."""
    rules, task = event(entry.event), workload(entry.event)
    if too_heavy := weight_fault(entry):
        return Outcome("wrong", too_heavy)
    reference = against or reference_entry(entry.event)
    with ExitStack() as stack:
        try:
            other = stack.enter_context(plain_worker(reference.files, task, rules))
        except EntryFault as fault:
            raise OlympicsError(
                f"The reference does not run on this machine. {fault} Compare with another folder: "
                f"olympics try {rules.id} FOLDER --against OTHER_FOLDER"
            ) from fault
        try:
            worker = stack.enter_context(plain_worker(files_to_run(entry, reference), task, rules))
        except EntryFault as fault:
            return Outcome("wrong", str(fault))
        seed_of = practice_seeds(rules, seed)
        rng = np.random.default_rng()
        return run_series(rules, task, entry, (worker, other), seed_of, rng, calibrate())


def practice_seeds(rules: Event, seed: int) -> Callable[[int, str], int]:
    """The seeds of a local heat, as a judge has them: one for both halves of a counted event; of
    times one for each repetition, whose remainders take turns, so that each width of a network
    comes as often as any other."""
    seeds = np.random.default_rng(seed).integers(0, 2**40, 1000)
    if rules.kind == "counted":
        return lambda _number, _phase: int(seeds[0])
    return lambda number, _phase: int(seeds[number]) // TURNS * TURNS + number % TURNS
