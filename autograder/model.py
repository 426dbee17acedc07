"""The five nouns that every stage shares: Course, Assignment, Submission, Mark, Grade.

A stage takes some of them and returns others; none of them does anything by itself. How a course
root becomes a `Course` is in `settings/open_course.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path


class CourseError(Exception):
    """A sentence for the person at the command line: what was needed, what came, what to do."""


@dataclass(frozen=True)
class Assignment:
    """One row of the syllabus and the notebooks in `source/<id>/` (names without `.ipynb`)."""

    id: str
    notebooks: tuple[str, ...]
    title: str = ""
    track: str = ""
    chapter: str = ""
    prerequisites: tuple[str, ...] = ()
    exports: str = ""
    due: datetime | None = None
    minutes: int = 0
    points: float = 0


@dataclass(frozen=True)
class Course:
    """A course root with nbgrader's folders in it. `ours` is true where a syllabus.toml stands.

    time_zone: of a time that names no zone (c.Exchange.timezone of nbgrader). title: the course's
    name for students. tracks: each track and what it is about. colab: the address under which Colab
    opens release/, '' where there is none.
    """

    root: Path
    name: str
    assignments: tuple[Assignment, ...]
    ours: bool
    source: Path
    release: Path
    submitted: Path
    autograded: Path
    feedback: Path
    db_url: str
    time_zone: tzinfo = field(default=UTC, hash=False)  # dateutil's zones have no hash
    title: str = ""
    tracks: tuple[tuple[str, str], ...] = ()
    colab: str = ""

    @property
    def aside(self) -> Path:
        """Where `collect` sets files aside that cannot be graded, each with its sentence."""
        return self.root / "aside"

    @property
    def proofs(self) -> Path:
        return self.root / "tests" / "proofs"

    @property
    def audits(self) -> Path:
        """The records of audits, which are committed with the course."""
        return self.root / "tests" / "audits"

    @property
    def store(self) -> Path:
        """Where `collect` keeps everything that was ever handed in."""
        return self.root / "store"

    @property
    def state(self) -> Path:
        """Caches that can be deleted at any time (plans of tests)."""
        return self.root / ".autograder"

    def assignment(self, assignment_id: str) -> Assignment:
        """The assignment of that id, or a CourseError that lists the ids there are."""
        for assignment in self.assignments:
            if assignment.id == assignment_id:
                return assignment
        ids = ", ".join(a.id for a in self.assignments) or "none"
        raise CourseError(
            f"{self.root} has no assignment '{assignment_id}'. It has: {ids}. "
            f"An assignment is a folder source/ID with a notebook in it."
        )


@dataclass(frozen=True)
class Submission:
    """Whose work, for which assignment, when, and its bytes: `files` maps each name to a sha256."""

    assignment: str
    student: str
    folder: Path
    submitted_at: datetime | None
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mark:
    """A graded cell: points of out_of, and what it says to the student where points were lost.

    forked: its test ran in the submission's own process or a copy of it, which could have lied.
    extra_credit: how many of the points a person gave beyond what the cell is worth; they are no
    part of out_of.
    """

    notebook: str
    cell: str
    points: float
    out_of: float
    message: str = ""
    needs_review: bool = False
    comment: str = ""
    forked: bool = False
    extra_credit: float = 0.0


@dataclass(frozen=True)
class Grade:
    """The marks of one submission, with how it ran.

    status: 'graded'; 'needs review' (a person must still mark a cell); 'not graded' (nothing could
    be run); 'no hand-in' (of somebody in roster.csv). late_penalty: points that are taken off for
    lateness; late_reason: why, '' where there is nothing to say. messages: a sentence for each
    thing that went wrong; of what was not graded, why. isolation: the level of isolation it ran in.
    integration: how it fares on the student's own earlier chapters; no mark rests on it. group: the
    students who share the work, '' for who works alone; handed_in_by: which of them handed it in.
    """

    assignment: str
    student: str
    status: str
    marks: tuple[Mark, ...]
    submitted_at: datetime | None = None
    seconds: float = 0.0
    messages: tuple[str, ...] = ()
    isolation: str = ""
    integration: str = ""
    late_penalty: float = 0.0
    late_reason: str = ""
    group: str = ""
    handed_in_by: str = ""

    @property
    def message(self) -> str:
        """The messages in one line."""
        return "; ".join(self.messages)

    @property
    def points(self) -> float:
        """The points of all marks, before anything is taken off for lateness."""
        return sum(mark.points for mark in self.marks)

    @property
    def score(self) -> float:
        return max(0.0, self.points - self.late_penalty)

    @property
    def max_score(self) -> float:
        return sum(mark.out_of for mark in self.marks)
