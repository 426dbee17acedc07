"""How a course wants its submissions graded, as its nbgrader_config.py says.

    c.Execute.timeout               seconds that a cell may run (ExecutePreprocessor.timeout too)
    c.Autograder.memory_mb          megabytes of memory that one submission may use
    c.Autograder.disk_mb            megabytes of files that one submission may write
    c.Autograder.accepted_files     names or patterns (`*.csv`) of files that students hand in
                                    beside the notebook and that are there when it runs
    c.Autograder.late               what lateness costs: see `late_policy`

The first is nbgrader's own setting; `Autograder` is ours, which nbgrader passes over.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from traitlets.config import Config, LazyConfigValue

from autograder.model import Course, CourseError
from autograder.settings.nbgrader_config import config

SECTION = "Autograder"
SETTINGS = ("memory_mb", "disk_mb", "accepted_files", "late")
# nbgrader's class last, as its own section goes before those of the classes that it inherits from
EXECUTORS = ("NotebookClient", "ExecutePreprocessor", "Execute")
# sections of nbgrader that change how it grades, and that are not read here beyond `timeout`
NOT_READ = (
    "Autograde",
    "Execute",
    "ExecutePreprocessor",
    "NotebookClient",
    "LimitOutput",
    "SaveAutoGrades",
    "OverwriteCells",
    "OverwriteKernelspec",
    "DeduplicateIds",
    "GetGrades",
    "GenerateFeedback",
    "GenerateAssignment",
)
NO_LIMIT_S = 1200.0  # for a course that sets no limit: a cell that never ends must end


@dataclass(frozen=True)
class GradingOptions:
    """What the course configures; None where it leaves the choice to the grader.

    cell_s: seconds. memory_bytes, disk_bytes: of one submission.
    """

    cell_s: float | None = None
    memory_bytes: int | None = None
    disk_bytes: int | None = None
    accepted_files: tuple[str, ...] = ()


def grading_options(course: Course) -> GradingOptions:
    """The options of a course. Raises CourseError where a value has the wrong kind."""
    settings = config(course.root)
    section = settings[SECTION]
    unknown = sorted(set(section) - set(SETTINGS))
    if unknown:
        raise CourseError(
            f"nbgrader_config.py sets c.{SECTION}.{unknown[0]}, which does not exist. There is: "
            f"{', '.join(SETTINGS)}."
        )
    return GradingOptions(
        _cell_seconds(settings),
        _megabytes(section, "memory_mb"),
        _megabytes(section, "disk_mb"),
        _patterns(section.get("accepted_files", [])),
    )


def unread_settings(course: Course) -> list[str]:
    """A sentence for each setting by which nbgrader would grade otherwise, and which is not read
    here."""
    settings = config(course.root)
    names = [
        f"c.{section}.{option}"
        for section in NOT_READ
        for option in sorted(settings[section])
        if option != "timeout"
    ]
    return [f"nbgrader_config.py sets {name}, which is not read here." for name in names]


def is_accepted(name: str, patterns: Iterable[str]) -> bool:
    """Whether a file that is no notebook may come along: its path or name fits a pattern."""
    last = name.rpartition("/")[2]
    return not last.endswith(".ipynb") and any(
        fnmatch.fnmatchcase(text, pattern) for text in (name, last) for pattern in patterns
    )


def _cell_seconds(settings: Config) -> float | None:
    limit: float | None = None
    for name in EXECUTORS:
        if "timeout" not in settings[name]:
            continue
        timeout = settings[name]["timeout"]
        if timeout is None or (_is_number(timeout) and timeout <= 0):
            limit = NO_LIMIT_S
        elif _is_number(timeout):
            limit = float(timeout)
        else:
            raise CourseError(
                f"nbgrader_config.py sets c.{name}.timeout to {timeout!r:.40}; a number of seconds "
                f"was needed."
            )
    return limit


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _megabytes(section: Any, name: str) -> int | None:
    value = section.get(name)
    if value is None:
        return None
    if not _is_number(value) or value < 1:
        raise CourseError(
            f"nbgrader_config.py sets c.{SECTION}.{name} to {value!r:.40}; a number of megabytes "
            f"was needed."
        )
    return int(value * (1 << 20))


def _patterns(value: Any) -> tuple[str, ...]:
    patterns = value.get_value([]) if isinstance(value, LazyConfigValue) else value
    if not isinstance(patterns, list | tuple) or not all(isinstance(p, str) for p in patterns):
        raise CourseError(
            f"nbgrader_config.py sets c.{SECTION}.accepted_files to {patterns!r:.40}; a list of "
            f"file names or patterns was needed."
        )
    return tuple(patterns)
