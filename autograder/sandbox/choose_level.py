"""The choice of the level of isolation. A level works where a trial slot could be built with it
just now; no version of the kernel or of bubblewrap is looked at."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import autograder
from autograder.model import CourseError
from autograder.sandbox import bubblewrap
from autograder.sandbox.levels import BUBBLEWRAP, LEVELS, NONE, Level

TRIAL_MODULE = "autograder.sandbox.inside.walls.probe"
TRIAL_S = 20
ADVICE = (
    "Install bubblewrap (Debian, Ubuntu, Fedora: package bubblewrap) on Linux 5.12 or newer. Where "
    "there is no Linux, run the grader in a container whose IMAGE has bubblewrap and this package: "
    f"{shlex.join(bubblewrap.docker_command('IMAGE', Path(), ['grade', 'ASSIGNMENT']))}. For files "
    "that you wrote yourself, --trust-submissions runs them unprotected."
)


def strongest_level() -> Level:
    """The first level that works on this machine for this user; NONE where no other does."""
    return next(level for level in LEVELS if not level_fault(level))


def require_level(name: str | None, trust: bool) -> Level:
    """The level of that name, or the strongest for None. CourseError where it cannot be had, and
    for 'none' unless submissions are trusted."""
    level = _level_by_name(name) if name else strongest_level()
    reason = level_fault(level)
    if reason:
        raise CourseError(f"isolation '{level.name}' does not work here: {reason}. {ADVICE}")
    if level is NONE and not trust:
        reason = level_fault(BUBBLEWRAP)
        raise CourseError(f"submissions cannot be walled off here: {reason}. {ADVICE}")
    return level


def _level_by_name(name: str) -> Level:
    for level in LEVELS:
        if level.name == name:
            return level
    names = ", ".join(level.name for level in LEVELS)
    raise CourseError(f"there is no isolation called '{name}'. There is: {names}.")


@cache
def level_fault(level: Level) -> str:
    """Why a level does not work here; '' where a trial slot could be built and ended."""
    if level is NONE:
        return ""
    if sys.platform != "linux":
        return f"it needs Linux, this is {sys.platform}"
    if level.behind_bubblewrap and not bubblewrap.bwrap_path():
        return "bwrap is not installed"
    return _try_level(level)


def _try_level(level: Level) -> str:
    visible = bubblewrap.VisiblePaths((*bubblewrap.system_paths(), *sandbox_code_paths()))
    python = [sys.executable, "-P", "-m", TRIAL_MODULE, level.walls, *visible.read_only]
    path = str(Path(autograder.__file__).parents[1])
    try:
        trial = subprocess.run(
            bubblewrap.command(level, python, visible),
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TRIAL_S,
        )
    except subprocess.TimeoutExpired:
        return f"a trial did not end within {TRIAL_S} s"
    return _reason(trial.stdout, trial.stderr)


def _reason(stdout: str, stderr: str) -> str:
    lines = stdout.splitlines()
    if not lines:
        last = stderr.strip().splitlines()[-1:] or ["a trial ended and said nothing"]
        return last[0].rstrip(".")
    report = json.loads(lines[0])
    return "" if report == {"exit": 0} else str(report.get("error", f"a trial ended with {report}"))


def sandbox_code_paths() -> tuple[str, ...]:
    """The parts of this package that have to be visible behind the walls; grading is not there."""
    package = Path(autograder.__file__).parent
    parts = ("__init__.py", "sandbox/__init__.py", "sandbox/inside")
    return tuple(str(package / part) for part in parts)
