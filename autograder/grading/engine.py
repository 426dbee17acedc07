"""Where submissions run: on this machine, a jailed slot per core.

An engine gives a function that runs one submission: its files, and the student's own chapters that
it builds on. It is called from several threads; `workers` says from how many at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.files import temporary_folder
from autograder.grading.context import GradingContext, Supplies, lay_out
from autograder.grading.grade_one import SubmissionRun, run_submission
from autograder.grading.student_modules import StudentModules
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.levels import Level
from autograder.sandbox.pool import SLOTS, Pool, Warm


@dataclass(frozen=True)
class Engine:
    """run(files, student_modules) -> SubmissionRun. stop() ends what is running at once; `run`
    then raises GraderFault."""

    run: Callable[[Mapping[str, bytes], StudentModules], SubmissionRun]
    stop: Callable[[], None]
    workers: int


def on_this_machine(
    pool: Pool | KernelPool, context: GradingContext, slots: int | None = None
) -> Engine:
    """This machine, `slots` submissions at a time (default: one per core), in `pool`."""
    workers = min(slots or cores(), SLOTS // 2)  # each needs a slot and a tester
    return Engine(partial(run_submission, pool, context), pool.stop, workers)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


@contextmanager
def library_folder(supplies: Supplies) -> Iterator[Path]:
    """A temporary folder with the course's packages, which every user may read."""
    with temporary_folder("supplies") as folder:
        libraries = Path(folder) / "course"
        libraries.mkdir()
        lay_out(supplies.libraries, libraries)
        for path in (Path(folder), *libraries.rglob("*"), libraries):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield libraries


@contextmanager
def open_pool(supplies: Supplies, level: Level) -> Iterator[Pool | KernelPool]:
    """A pool with these supplies, the course's packages in a folder of its own. A zygote warms
    itself while the caller goes on; the first slot waits for it."""
    with library_folder(supplies) as libraries:
        if supplies.executor == "kernel":
            with KernelPool(level, (libraries,)) as kernels:
                yield kernels
        else:
            with Pool(level, Warm((libraries,), supplies.preload)) as pool:
                yield pool
