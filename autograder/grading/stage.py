"""The stage as a whole: which walls there are, the ground and its reference run, the class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from autograder.grading import engine
from autograder.grading.context import Context, context, supplies
from autograder.grading.grade_class import Watch, grade
from autograder.grading.record import Outcome
from autograder.grading.test_plan import complete
from autograder.model import Assignment, Course, CourseError
from autograder.sandbox import choose_level as levels
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool


@dataclass(frozen=True)
class Settings:
    """How a class is graded. executor: 'warm', or 'kernel' for the notebook's own kernel (which a
    notebook in another language than Python gets anyhow). isolation: the name of a level that is
    demanded, None for the strongest there is. trust: run without walls. slots: at a time. engine:
    'here' or 'dask', with the address of its scheduler (None: workers on this machine)."""

    limits: Limits = field(default_factory=Limits)
    executor: str = "warm"
    isolation: str | None = None
    trust: bool = False
    slots: int | None = None
    engine: str = "here"
    scheduler: str | None = None


def settings(
    cell_limit: float,
    slots: int | None,
    executor: str,
    isolation: str | None,
    trust_submissions: bool,
    engine: str = "here",
    scheduler: str | None = None,
) -> Settings:
    """The settings that the options of the command `grade` name."""
    if scheduler and engine != "dask":
        raise CourseError("--scheduler names a dask scheduler: add --engine dask, or leave it out.")
    limits = Limits(cell_s=cell_limit)
    return Settings(limits, executor, isolation, trust_submissions, slots, engine, scheduler)


def level_of(settings: Settings) -> Level:
    """The isolation that these settings get on this machine. CourseError where there is none."""
    return levels.demanded(settings.isolation, settings.trust)


@contextmanager
def prepared(
    course: Course, assignment: Assignment, settings: Settings, level: Level
) -> Iterator[tuple[Context, Pool | KernelPool]]:
    """The complete ground of an assignment and a pool for it, which warms up meanwhile. The
    reference run is remembered in the course."""
    needed = supplies(course, assignment, settings.executor)
    with engine.opened_pool(needed, level) as pool:
        bare = context(course, assignment, settings.limits, needed)
        yield complete(course, assignment, bare, pool), pool


def grade_class(
    course: Course,
    assignment: Assignment,
    settings: Settings,
    watch: Watch = lambda _event: None,
) -> list[Outcome]:
    """Grade what is new or changed of an assignment; one outcome per submission."""
    level = level_of(settings)
    with prepared(course, assignment, settings, level) as (ready, pool):

        def start(on: Context) -> AbstractContextManager[engine.Engine]:
            if settings.engine == "here":
                return nullcontext(engine.here(pool, on, settings.slots))
            return _on_dask(on, settings)

        return grade(course, assignment, ready, start, watch)


def _on_dask(on: Context, settings: Settings) -> AbstractContextManager[engine.Engine]:
    """The engine of a cluster. CourseError where dask is not installed."""
    try:
        from autograder.grading.cluster import on_dask
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"--engine dask needs {fault.name}, which is not installed. "
            f"Run: pip install 'mlsys-course[cluster]'"
        ) from fault
    isolation, trust = settings.isolation, settings.trust
    return on_dask(on, isolation, trust, settings.slots, settings.scheduler)
