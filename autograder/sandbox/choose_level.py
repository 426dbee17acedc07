"""The choice of the level of isolation. A level works where a trial slot could be built with it
just now; no version of the kernel or of bubblewrap is looked at."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import autograder
from autograder.model import CourseError
from autograder.sandbox import bubblewrap
from autograder.sandbox.levels import BUBBLEWRAP, LEVELS, NONE, Level

TRIAL_MODULE = "autograder.sandbox.inside.walls.probe"
TRIAL_S = 20


def _advice(words: list[str], more: str = "") -> str:
    """What a person can do who has no walls. words: the command, as it is called in a container."""
    return (
        "Install bubblewrap (Debian, Ubuntu, Fedora: package bubblewrap) on Linux 5.12 or newer. "
        "Where there is no Linux, run it in a container whose IMAGE has bubblewrap and this "
        f"package: {shlex.join(bubblewrap.docker_command('IMAGE', Path(), words))}.{more}"
    )


ADVICE = _advice(
    ["grade", "ASSIGNMENT"],
    " For files that you wrote yourself, --trust-submissions runs them unprotected.",
)
JUDGE_ADVICE = _advice(["olympics", "judge", "ENTRIES"])


def strongest_level() -> Level:
    """The first level that works on this machine for this user; NONE where no other does."""
    return next(level for level in LEVELS if not level_fault(level))


def require_level(name: str | None, trust: bool, advice: str = ADVICE) -> Level:
    """The level of that name, or the strongest for None. CourseError where it cannot be had, and
    for 'none' unless submissions are trusted. advice: what a person can do then."""
    level = _level_by_name(name, LEVELS) if name else strongest_level()
    reason = level_fault(level)
    if reason:
        raise CourseError(f"isolation '{level.name}' does not work here: {reason}. {advice}")
    if level is NONE and not trust:
        if name:
            raise CourseError(
                "isolation 'none' has no walls, and submissions are not trusted. Leave --isolation "
                f"away, which takes the strongest level. {advice}"
            )
        raise CourseError(
            f"submissions cannot be walled off here: {level_fault(BUBBLEWRAP)}. {advice}"
        )
    return level


def require_walls(name: str | None) -> Level:
    """The level of that name, or the strongest for None, for what strangers wrote and nobody may
    trust. CourseError where there is none with walls."""
    if name:
        _level_by_name(name, tuple(level for level in LEVELS if level is not NONE))
    return require_level(name, False, JUDGE_ADVICE)


def _level_by_name(name: str, levels: Sequence[Level]) -> Level:
    for level in levels:
        if level.name == name:
            return level
    names = ", ".join(level.name for level in levels)
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
