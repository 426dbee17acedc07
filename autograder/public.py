"""The functions that `import autograder` offers: each stage of the pipeline as one call.

    course = autograder.open_course(Path("."))
    homework = course.assignment("hw1")
    autograder.release(course, homework)
    autograder.collect(course, homework, Path("inbox.zip"), datetime.now(UTC))
    grades = autograder.grade(course, homework)
    autograder.feedback(course, homework, grades)
    Path("marks.csv").write_text(autograder.export(grades))

Whatever goes wrong is a `CourseError`, a sentence for a person. What a stage needs is imported when
it is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.model import Assignment, Course, CourseError, Grade, Mark, Submission

if TYPE_CHECKING:
    from autograder.collecting.collect import Collected
    from autograder.grading.run_settings import Settings
    from autograder.releasing.release import Released

__all__ = ["Assignment", "Course", "CourseError", "Grade", "Mark", "Submission"]
__all__ += ["collect", "export", "feedback", "grade", "open_course", "release"]


def open_course(root: Path) -> Course:
    """The nbgrader course at `root`. Raises CourseError where there is no folder of sources."""
    from autograder.settings.open_course import open_course

    return open_course(root)


def release(
    course: Course,
    assignment: Assignment,
    audited: bool = True,
    accepted_cells: Iterable[str] = (),
) -> Released:
    """Strip source/<id> into release/<id>. Raises CourseError where something secret would be left
    or, with `audited`, where the proofs of the assignment do not hold.

    accepted_cells: cells whose secrets students may see where they stand now.
    """
    from autograder.releasing.release import release

    return release(course, assignment, audited, accepted_cells)


def collect(course: Course, assignment: Assignment, path: Path, now: datetime) -> Collected:
    """Take the hand-ins in a folder, an LMS download or one notebook at `path` into the course.

    now: the time of collecting, with a time zone. Collecting the same path again changes nothing.
    """
    from autograder.collecting.collect import collect
    from autograder.roster.matching import roster_ids

    return collect(course, assignment, path, now, class_ids=roster_ids(course))


def grade(course: Course, assignment: Assignment, settings: Settings | None = None) -> list[Grade]:
    """Grade what is new or changed behind walls, record it in nbgrader's gradebook, and return the
    grades of the whole class in order of student, also of people of roster.csv without a hand-in.

    settings: an `autograder.grading.run_settings.Settings`; by default the strongest isolation that
    this machine has, 30 s for a cell, a submission at a time for each core.
    """
    from autograder.grading.grade_class import grade_class
    from autograder.grading.read_grades import class_grades
    from autograder.grading.run_settings import Settings, course_limits

    grade_class(course, assignment, settings or Settings(course_limits(course)))
    return class_grades(course, assignment)


def feedback(course: Course, assignment: Assignment, grades: Iterable[Grade]) -> list[Path]:
    """Write a page of feedback for each of these grades; the paths of the pages."""
    from autograder.reporting.feedback import write

    return write(course, assignment, grades)


def export(grades: Iterable[Grade], kind: str = "csv") -> str:
    """The grades as a file for a learning platform or a spreadsheet: 'csv' or 'json'."""
    from autograder.reporting.marks_file import to_csv, to_json

    formats = {"csv": to_csv, "json": to_json}
    if kind not in formats:
        raise CourseError(f"'{kind}' is no format of marks. Name one of: {', '.join(formats)}.")
    return formats[kind](grades)
