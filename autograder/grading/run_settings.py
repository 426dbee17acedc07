"""How a class is run: limits, executor, isolation and engine, from options and from the course."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autograder.model import Course, CourseError
from autograder.sandbox import choose_level as levels
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.settings.grading_options import grading_options

ORDINARY = Limits()


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
    course: Course,
    cell_limit: float | None = None,
    memory_mb: int | None = None,
    disk_mb: int | None = None,
    slots: int | None = None,
    executor: str = "warm",
    isolation: str | None = None,
    trust_submissions: bool = False,
    engine: str = "here",
    scheduler: str | None = None,
) -> Settings:
    """The settings that the options of the command `grade` name; where they name none, those of
    the course's nbgrader_config.py."""
    if scheduler and engine != "dask":
        raise CourseError("--scheduler names a dask scheduler: add --engine dask, or leave it out.")
    limits = course_limits(course, cell_s=cell_limit)
    if memory_mb is not None:
        limits = replace(limits, memory_bytes=memory_mb << 20)
    if disk_mb is not None:
        limits = replace(limits, disk_bytes=disk_mb << 20)
    return Settings(limits, executor, isolation, trust_submissions, slots, engine, scheduler)


def course_limits(course: Course, limits: Limits = ORDINARY, cell_s: float | None = None) -> Limits:
    """`limits` with what the course configures in their place. cell_s: seconds for a cell, whatever
    the course says."""
    options = grading_options(course)
    seconds = options.cell_s if cell_s is None else cell_s
    if seconds is not None:
        limits = with_cell_limit(limits, seconds)
    return replace(
        limits,
        memory_bytes=options.memory_bytes or limits.memory_bytes,
        disk_bytes=options.disk_bytes or limits.disk_bytes,
    )


def with_cell_limit(limits: Limits, seconds: float) -> Limits:
    """The limits with another one for a cell, and those for the rest that go with it."""
    after_s = min(seconds, max(limits.after_s, seconds / 10))
    return replace(
        limits, cell_s=seconds, after_s=after_s, notebook_s=max(limits.notebook_s, 3 * seconds)
    )


def choose_level(settings: Settings) -> Level:
    """The isolation that these settings get on this machine. CourseError where there is none."""
    return levels.require_level(settings.isolation, settings.trust)
