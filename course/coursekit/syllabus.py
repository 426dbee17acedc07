"""The syllabus: the one table of assignments, read from syllabus.toml.

In the repository the table stands beside this package (`course/syllabus.toml`); in the students'
wheel it is packaged as `coursekit/syllabus.toml`. Everything else asks here what an assignment is.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

TRACKS = ("READ", "EXPLORE", "BUILD", "DEPLOY", "PROVE")


class CourseError(Exception):
    """A sentence for the student: what was needed, what came, what to do."""


@dataclass(frozen=True)
class Assignment:
    """One row. `due` is a moment with its time zone, `minutes` the time a student should plan.

    everyday: the names of the exported module that its package offers too; () for every public one.
    """

    id: str
    track: str
    title: str
    chapter: str = ""
    prerequisites: tuple[str, ...] = ()
    exports: str = ""
    everyday: tuple[str, ...] = ()
    points: float = 0
    due: datetime | None = None
    minutes: int = 0


@dataclass(frozen=True)
class Syllabus:
    """The course's name, its assignments, and what each track is about."""

    course: str
    assignments: tuple[Assignment, ...]
    tracks: Mapping[str, str] = field(default_factory=dict)

    def assignment(self, assignment_id: str) -> Assignment:
        """The row of that id, or a CourseError that names the nearest ids."""
        for row in self.assignments:
            if row.id == assignment_id:
                return row
        raise CourseError(
            f"The syllabus has no assignment '{assignment_id}'. "
            + nearest(assignment_id, [row.id for row in self.assignments])
        )


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The sentence that helps after a misspelt name: the nearest known ones, else all of them."""
    names = list(dict.fromkeys(candidates))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if not names:
        return "There are none here."
    remainder = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"There are: {', '.join(names[:12])}{remainder}."


def load(path: Path | None = None) -> Syllabus:
    """The syllabus at `path`, default: the course's own. Raises CourseError if unusable."""
    place = path or home()
    try:
        table = tomllib.loads(place.read_text(encoding="utf-8"))
        rows = tuple(_row(entry) for entry in table.get("assignment", []))
    except OSError as error:
        raise CourseError(f"The syllabus {place} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise CourseError(f"The syllabus {place} is not as it should be: {error}.") from error
    return Syllabus(str(table.get("course", "")), rows, dict(table.get("tracks", {})))


def home() -> Path:
    """Where the course's own syllabus stands: packaged in the wheel, else beside the package."""
    packaged = Path(__file__).parent / "syllabus.toml"
    return packaged if packaged.exists() else Path(__file__).parent.parent / "syllabus.toml"


def _row(entry: dict[str, Any]) -> Assignment:
    lists = {name: tuple(entry.get(name, ())) for name in ("prerequisites", "everyday")}
    return Assignment(**{**entry, **lists})
