"""An entry in a slot of the grader's sandbox: asked by bytes, stopped between its answers.

The slot's own process belongs to the entry. So the clock, the memory and the waiting are read on
this side, what comes back is bytes up to a size, and between two answers every process of the slot
is frozen (control group, else SIGSTOP), whatever threads and forks the entry has.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from time import perf_counter
from typing import Any

from olympics import processes
from olympics.conclusion import Answer, EntryFault
from olympics.events import Event
from olympics.series import sources
from olympics.workload import Workload

from autograder.sandbox.cgroup import Group
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.limits import Limits
from autograder.sandbox.outputs import accept_outputs
from autograder.sandbox.pool import Pool, pid_of
from autograder.sandbox.process_handles import DeadlinePassed, ProcessEnded, SlotHandle
from autograder.sandbox.run_result import GraderFault

PROCESSES = 16
DISK_BYTES = 256 << 20  # a C compiler keeps what it made
SETUP_S = 60.0
TEXT_BYTES = 100_000  # that an entry may print besides its answer
MAX_LOSSES = 3  # of an entry's slot in one run
MAX_WORDS = 400  # characters of an entry's error in a sentence
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class SlotWorker:
    """One entry in its slot. Setting it up imports the entry; it is frozen afterwards."""

    def __init__(self, handle: SlotHandle, rules: Event, task: Workload) -> None:
        self._handle, self._rules = handle, rules
        ours, theirs = sources(task)
        self._run(ours)
        self._before_bytes = processes.resident_bytes(self._pids())
        self._group_before_bytes = self._group_bytes(Group.memory_bytes)
        self._run(theirs)
        self.freeze()

    def answer(self, data: bytes) -> Answer:
        """The answer to some inputs. EntryFault where none comes; GraderFault where the slot is
        lost by no doing of the entry."""
        pids = self._pids()
        waited_s = processes.waited_s(pids)
        self.thaw()
        start = perf_counter()
        reply, answers = self._call(data)
        seconds = perf_counter() - start
        self.freeze()
        _check_outputs(reply)
        if not answers:
            raise EntryFault("It gave no answer.")
        return Answer(seconds, answers[0], processes.waited_s(pids) - waited_s)

    def peak_bytes(self) -> float:
        """The most bytes that the entry's code added to its slot, seen from outside. The control
        group knows of processes that have ended, too."""
        added = processes.peak_bytes(self._pids()) - self._before_bytes
        group_added = self._group_bytes(Group.memory_peak_bytes) - self._group_before_bytes
        return max(0.0, added, group_added)

    def _group_bytes(self, count: Callable[[Group], int]) -> float:
        group = self._handle.opened.group
        return float(count(group)) if group else 0.0

    def freeze(self) -> None:
        """Stop every process of the slot."""
        group = self._handle.opened.group
        if not (group and group.freeze()):
            self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let every process of the slot go on."""
        group = self._handle.opened.group
        if not (group and group.thaw()):
            self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        """subtle: a process may fork while others are stopped, so it goes on until none is new."""
        reached: set[int] = set()
        while new := set(self._pids()) - reached:
            for pid in new:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            reached |= new

    def _pids(self) -> list[int]:
        opened = self._handle.opened
        pids = opened.group.pids() if opened.group else []
        return pids or processes.descendants(pid_of(opened.handle))

    def _call(self, data: bytes) -> tuple[Any, list[bytes]]:
        limits = self._rules.limits
        with _faults(limits.run_s):
            return self._handle.call("_answer", data, limits.run_s, limits.output_bytes)

    def _run(self, text: str) -> None:
        """Run a cell. EntryFault where it fails, ends its process or takes too long."""
        request = {"do": "run", "text": text, "id": "olympics", "most": TEXT_BYTES}
        with _faults(SETUP_S):
            reply = self._handle.ask(request, SETUP_S)
        _check_outputs(reply)


@contextmanager
def _faults(limit_s: float) -> Iterator[None]:
    try:
        yield
    except DeadlinePassed as fault:
        raise EntryFault(f"It took over {limit_s:.0f} s and was stopped.") from fault
    except ProcessEnded as fault:
        raise EntryFault(f"It {fault}.") from fault


def _check_outputs(reply: Any) -> None:
    """EntryFault for an error among what a cell shows; what it prints is of no interest."""
    outputs, _, _ = accept_outputs(reply, TEXT_BYTES)
    for output in outputs:
        if output["output_type"] == "error":
            raise EntryFault(_error_sentence(output))


def _error_sentence(output: Mapping[str, Any]) -> str:
    words = _COLOURS.sub("", f"{output['ename']}: {output['evalue']}")
    return f"It raised {' '.join(words.split())[:MAX_WORDS]}"


@contextmanager
def slot_worker(
    pool: Pool | KernelPool, files: Mapping[str, bytes], rules: Event, task: Workload
) -> Iterator[SlotWorker]:
    """A worker for an entry's files in a new slot, which ends on leaving."""
    limits = Limits(
        cell_s=rules.limits.run_s,
        memory_bytes=rules.limits.memory_bytes,
        disk_bytes=DISK_BYTES,
        processes=PROCESSES,
        output_bytes=rules.limits.output_bytes,
    )
    with pool.slot({}, limits) as opened:
        if opened.group:
            opened.group.prefer()
        handle = SlotHandle(opened, files, rules.limits.output_bytes + TEXT_BYTES)
        with closing(handle):
            try:
                yield SlotWorker(handle, rules, task)
            finally:
                _let_go(handle)


def _let_go(handle: SlotHandle) -> None:
    """subtle: in version 1 of control groups a frozen process cannot even be killed."""
    if handle.opened.group:
        handle.opened.group.thaw()
    handle.kill()


class LastingWorker:
    """An entry whose slot is opened again where it is lost. Only the repetition that was lost is
    asked again: those before it count, so that an entry which kills itself gets rid of no time
    that did not please it, nor of memory that it once held. A context manager."""

    def __init__(self, open_worker: Callable[[], AbstractContextManager[SlotWorker]]) -> None:
        self._open_worker, self._stack = open_worker, ExitStack()
        self._losses, self._earlier_peak_bytes = 0, 0.0
        self._worker: SlotWorker | None = self._stack.enter_context(open_worker())

    def __enter__(self) -> LastingWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def answer(self, data: bytes) -> Answer:
        """The answer to some inputs. EntryFault where none comes, or the slot is lost too often."""
        while self._losses < MAX_LOSSES:
            try:
                self._worker = self._worker or self._stack.enter_context(self._open_worker())
                return self._worker.answer(data)
            except GraderFault:
                self._lose()
        raise EntryFault(f"Its processes were killed {MAX_LOSSES} times in one run.")

    def peak_bytes(self) -> float:
        """As `SlotWorker.peak_bytes`, the most of all slots that the entry had."""
        now = self._worker.peak_bytes() if self._worker else 0.0
        return max(self._earlier_peak_bytes, now)

    def _lose(self) -> None:
        self._earlier_peak_bytes = self.peak_bytes()
        self._losses, self._worker = self._losses + 1, None
        self._stack.close()
