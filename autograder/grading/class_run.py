"""The run of a class: a pool that warms up, the engine, submissions side by side, and what is told
of them meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from autograder.grading import engine as engines
from autograder.grading.context import GradingContext, context, supplies
from autograder.grading.engine import Engine
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.record import Outcome
from autograder.grading.run_settings import Settings
from autograder.grading.test_plan import complete
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.levels import Level
from autograder.sandbox.pool import Pool


@dataclass(frozen=True)
class Event:
    """Something to show while a class is graded. kind: 'waiting' (of `total` submissions),
    'started', 'done' or 'note' (of what `message` says before anybody is graded); elapsed_s: since
    the run began."""

    kind: str
    student: str = ""
    elapsed_s: float = 0.0
    total: int = 0
    outcome: Outcome | None = None
    message: str = ""


Watch = Callable[[Event], None]
Start = Callable[[GradingContext], AbstractContextManager[Engine]]


@contextmanager
def prepared(
    course: Course, assignment: Assignment, settings: Settings, level: Level
) -> Iterator[tuple[GradingContext, Pool | KernelPool]]:
    """The complete context of an assignment and a pool for it, which warms up meanwhile. The
    reference run is remembered in the course."""
    required = supplies(course, assignment, settings.executor)
    with engines.open_pool(required, level) as pool:
        incomplete = context(course, assignment, settings.limits, required)
        yield complete(course, assignment, incomplete, pool), pool


def start_engine(
    pool: Pool | KernelPool, settings: Settings, context: GradingContext
) -> AbstractContextManager[Engine]:
    """The engine of these settings in `context`; `pool` is used where it is this machine."""
    if settings.engine == "here":
        return nullcontext(engines.on_this_machine(pool, context, settings.slots))
    return _dask_engine(context, settings)


def _dask_engine(context: GradingContext, settings: Settings) -> AbstractContextManager[Engine]:
    """The engine of a cluster. CourseError where dask is not installed."""
    try:
        from autograder.grading.cluster import on_dask
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"--engine dask needs {fault.name}, which is not installed. "
            f"Run: pip install 'mlsys-course[cluster]'"
        ) from fault
    isolation, trust = settings.isolation, settings.trust
    return on_dask(context, isolation, trust, settings.slots, settings.scheduler)


def run_in_parallel(
    engine: Engine, run: Callable[[Submission], SubmissionRun], waiting: list[Submission]
) -> Iterator[tuple[Submission, SubmissionRun]]:
    """Each submission with how it ran, as they finish. Leaving early stops what is running."""
    with ThreadPoolExecutor(engine.workers) as pool:
        jobs: dict[Future[SubmissionRun], Submission] = {
            pool.submit(run, submission): submission for submission in waiting
        }
        try:
            for job in as_completed(jobs):
                yield jobs.pop(job), job.result()
        finally:
            if jobs:
                pool.shutdown(wait=False, cancel_futures=True)
                engine.stop()
