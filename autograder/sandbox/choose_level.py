"""Which level of isolation is in force: found out by building it once, not by asking a version."""

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

TRIAL = "autograder.sandbox.inside.walls.probe"
TRIAL_S = 20
ADVICE = (
    "Install bubblewrap (Debian, Ubuntu, Fedora: package bubblewrap) on Linux 5.12 or newer. Where "
    "there is no Linux, run the grader in a container whose IMAGE has bubblewrap and this package: "
    f"{shlex.join(bubblewrap.in_docker('IMAGE', Path(), ['grade', 'ASSIGNMENT']))}. For files "
    "that you wrote yourself, --trust-submissions runs them unprotected."
)


def strongest() -> Level:
    """The first level that works on this machine for this user; NONE where not one does."""
    return next(level for level in LEVELS if not fault(level))


def demanded(name: str | None, trust: bool) -> Level:
    """The level of that name, or the strongest for None. CourseError where it cannot be had, and
    for 'none' unless submissions are trusted."""
    level = _named(name) if name else strongest()
    reason = fault(level)
    if reason:
        raise CourseError(f"isolation '{level.name}' does not work here: {reason}. {ADVICE}")
    if level is NONE and not trust:
        reason = fault(BUBBLEWRAP)
        raise CourseError(f"submissions cannot be walled off here: {reason}. {ADVICE}")
    return level


def _named(name: str) -> Level:
    for level in LEVELS:
        if level.name == name:
            return level
    known = ", ".join(level.name for level in LEVELS)
    raise CourseError(f"there is no isolation called '{name}'. There is: {known}.")


@cache
def fault(level: Level) -> str:
    """Why a level does not work here; '' where a trial slot came and went."""
    if level is NONE:
        return ""
    if sys.platform != "linux":
        return f"it needs Linux, this is {sys.platform}"
    if level.behind_bubblewrap and not bubblewrap.bubblewrap():
        return "bwrap is not installed"
    return _tried(level)


def _tried(level: Level) -> str:
    visible = bubblewrap.Visible((*bubblewrap.system_paths(), *own_code()))
    python = [sys.executable, "-P", "-m", TRIAL, level.walls, *visible.read_only]
    path = str(Path(autograder.__file__).parents[1])
    try:
        done = subprocess.run(
            bubblewrap.command(level, python, visible),
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TRIAL_S,
        )
    except subprocess.TimeoutExpired:
        return f"a trial did not end within {TRIAL_S} s"
    return _reason(done.stdout, done.stderr)


def _reason(said: str, complaint: str) -> str:
    lines = said.splitlines()
    if not lines:
        last = complaint.strip().splitlines()[-1:] or ["a trial ended and said nothing"]
        return last[0].rstrip(".")
    told = json.loads(lines[0])
    return "" if told == {"exit": 0} else str(told.get("error", f"a trial ended with {told}"))


def own_code() -> tuple[str, ...]:
    """What of this package has to be visible inside: nothing that knows of grading."""
    package = Path(autograder.__file__).parent
    parts = ("__init__.py", "sandbox/__init__.py", "sandbox/inside")
    return tuple(str(package / part) for part in parts)
