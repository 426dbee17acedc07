"""The stage as a whole: which walls there are, the ground and its reference run, the class."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from autograder.grading import engine
from autograder.grading.grade import Watch, grade
from autograder.grading.ground import Ground, ground
from autograder.grading.record import Outcome
from autograder.grading.ways import complete
from autograder.nouns import Assignment, Course, CourseError
from autograder.running import level as levels
from autograder.running.limits import Limits
from autograder.running.walls import Level


@dataclass(frozen=True)
class Settings:
    """How a class is graded. executor: 'warm' or 'kernel'. isolation: the name of a level that is
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


def prepared(course: Course, assignment: Assignment, settings: Settings, level: Level) -> Ground:
    """The complete ground of an assignment; its reference run is remembered in the course."""
    bare = ground(course, assignment, settings.limits, settings.executor)
    return complete(course, assignment, bare, level)


def grade_class(
    course: Course,
    assignment: Assignment,
    settings: Settings,
    watch: Watch = lambda _event: None,
) -> list[Outcome]:
    """Grade what is new or changed of an assignment; one outcome per submission."""
    level = level_of(settings)
    ready = prepared(course, assignment, settings, level)
    return grade(course, assignment, ready, lambda on: _engine(on, settings, level), watch)


def _engine(on: Ground, settings: Settings, level: Level) -> AbstractContextManager[engine.Engine]:
    """The engine that the settings name. CourseError where dask is not installed."""
    if settings.engine == "here":
        return engine.here(on, level, settings.slots)
    try:
        from autograder.grading.cluster import on_dask
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"--engine dask needs {fault.name}, which is not installed. "
            f"Run: pip install 'mlsys-course[cluster]'"
        ) from fault
    isolation, trust = settings.isolation, settings.trust
    return on_dask(on, isolation, trust, settings.slots, settings.scheduler)
