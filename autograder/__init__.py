"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

In a program, `import autograder` offers the functions and nouns of `public`, each imported when it
is first used.

Reading order: model (the nouns), files (writes that survive a crash), write_ahead_log (SQLite that
several commands open at once), proofs (wrong and right solutions), then the rooms in order of
dependence, each with a reading order of its own: notebook (what a notebook is made of), settings (a
course root becomes a Course), sandbox (cells and hidden tests behind walls), gradebook (nbgrader's
database), sanitizing (what staff open is inert), collecting (downloads become submissions), roster
(who is in the class, in which group, until when), grading (submissions become marks), releasing
(what students get, proved strong and tight), distributing (the release in other shapes), reporting
(pages and tables of marks), authoring (a new course or assignment, calendar and syllabus), review
(marking by people, in a browser), reports (what a class shows), similarity (answers that are
alike), olympics (the judge of entries, and its board), public (each stage as one call), commands
(the command line), demo (the class of `make demo`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.public import (
        Assignment,
        Course,
        CourseError,
        Grade,
        Mark,
        Submission,
        collect,
        export,
        feedback,
        grade,
        open_course,
        release,
    )

__all__ = [
    "Assignment",
    "Course",
    "CourseError",
    "Grade",
    "Mark",
    "Submission",
    "collect",
    "export",
    "feedback",
    "grade",
    "open_course",
    "release",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'autograder' has no attribute '{name}'")
    from autograder import public

    return getattr(public, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
