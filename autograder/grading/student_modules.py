"""What a student has built so far: their own modules of the chapters that an assignment rests on.

A chapter is read from what the student handed in for it, and exported by the course's own exporter,
in a process of its own: it only parses, but a hostile notebook may take a parser down.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autograder.files import sha256
from autograder.model import Assignment, Course
from autograder.settings.student_packages import chapters

COMMAND = "from coursekit.cli import main; main()"
EXPORT = (sys.executable, "-P", "-c", COMMAND, "export", "--partial")
EXPORT_S = 60.0
BYTES = 20_000_000  # of a notebook that is still exported


@dataclass(frozen=True)
class StudentModules:
    """modules: chapter -> (path in the package, text). absent: chapters that were not handed in or
    cannot be exported; the reference stands in for them."""

    modules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


def handed_in_chapters(course: Course, assignment: Assignment, student: str) -> dict[str, Path]:
    """The student's notebooks of these chapters, as far as they handed them in."""
    home = course.submitted / student
    paths = {a.id: home / a.id / f"{a.id}.ipynb" for a in chapters(course, assignment)}
    return {name: path for name, path in paths.items() if _is_readable(path)}


def version(course: Course, assignment: Assignment, student: str) -> str:
    """Changes with any byte of these notebooks; '' where there are none."""
    ids = handed_in_chapters(course, assignment, student)
    parts = [sha256(path.read_bytes()) for path in ids.values()]
    return " ".join(parts)


def read_student_modules(course: Course, assignment: Assignment, student: str) -> StudentModules:
    """The student's own modules of the chapters that `assignment` builds on."""
    notebooks = handed_in_chapters(course, assignment, student)
    if not notebooks:
        return StudentModules()
    with tempfile.TemporaryDirectory(prefix="autograder-own-") as folder:
        for name, path in notebooks.items():
            (Path(folder) / f"{name}.ipynb").write_bytes(path.read_bytes())
        _export(course, Path(folder))
        needed_chapters = chapters(course, assignment)
        exports = {a.id: a.exports for a in needed_chapters if (Path(folder) / a.exports).is_file()}
        modules = {
            name: (path, (Path(folder) / path).read_text(encoding="utf-8"))
            for name, path in exports.items()
        }
    return StudentModules(modules, tuple(a.id for a in needed_chapters if a.id not in modules))


def _export(course: Course, folder: Path) -> None:
    """Write what can be exported; a notebook that cannot, or not in time, leaves no module."""
    path = os.pathsep.join([str(course.root / "course"), os.environ.get("PYTHONPATH", "")])
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            EXPORT,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=EXPORT_S,
            check=False,
        )


def _is_readable(path: Path) -> bool:
    if any(part.is_symlink() for part in (path, path.parent, path.parent.parent)):
        return False
    return path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= BYTES
