"""The one door to nbgrader: its folders, its preprocessors, its gradebook, in our few nouns.

Stripping, checksums and the rule that turns an executed cell into points are nbgrader's own code,
so that any course and any `nbgrader` command in the same root agree with us.
"""

from __future__ import annotations

import fnmatch
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

import nbformat
from jsonschema import ValidationError as BadMetadata
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGrader
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat.common import ValidationError as BadNotebook
from nbgrader.preprocessors import (
    InstantiateTests,
    SaveAutoGrades,
    SaveCells,
)
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.cells import Notebook
from autograder.nouns import Assignment, Course, CourseError

QUIET = logging.getLogger("autograder.nbgrader")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@dataclass(frozen=True)
class Folders:
    """nbgrader's folders under a course root, as its configuration names them."""

    source: Path
    release: Path
    submitted: Path
    autograded: Path
    feedback: Path
    db_url: str
    course_id: str


def folders(root: Path) -> Folders:
    """The folders that nbgrader_config.py in `root` names, nbgrader's defaults without one."""
    directory = CourseDirectory(config=_config(root))
    return Folders(
        source=root / directory.source_directory,
        release=root / directory.release_directory,
        submitted=root / directory.submitted_directory,
        autograded=root / directory.autograded_directory,
        feedback=root / directory.feedback_directory,
        db_url=directory.db_url,
        course_id=directory.course_id,
    )


def _config(root: Path) -> Config:
    app = NbGrader(log=QUIET)
    with _in_folder(root):
        app.config_file_paths.insert(0, str(root))
        app.load_config_file()
    config: Config = app.config
    config.CourseDirectory.root = str(root)
    return config


_ONE_AT_A_TIME = RLock()


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    """nbgrader resolves relative names against the current folder, which all threads share."""
    with _ONE_AT_A_TIME:
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def support_files(course: Course, assignment: Assignment) -> list[Path]:
    """Every file beside the source notebooks that nbgrader copies along, relative to the folder."""
    folder = course.source / assignment.id
    ignore = CourseDirectory(config=_config(course.root)).ignore
    files = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    return [
        f
        for f in files
        if not (len(f.parts) == 1 and f.suffix == ".ipynb")
        and not any(fnmatch.fnmatch(part, pattern) for part in f.parts for pattern in ignore)
    ]


def stripped(course: Course, assignment: Assignment, name: str) -> str:
    """The student's notebook: nbgrader's preprocessors in nbgrader's order, without its database.

    Raises CourseError with nbgrader's complaint where the source breaks its rules.
    """
    steps = [step for step in GenerateAssignment().preprocessors if step is not SaveCells]
    return _written(_through(course, assignment, name, steps))


def graded_form(course: Course, assignment: Assignment, name: str) -> Notebook:
    """The form a submission is restored from: solutions stripped, hidden tests still in place."""
    return _plain(_through(course, assignment, name, _until_saved()))


def _until_saved() -> list[type]:
    steps = list(GenerateAssignment().preprocessors)
    return steps[: steps.index(SaveCells)]


def _through(course: Course, assignment: Assignment, name: str, steps: list[type]) -> Any:
    path = course.source / assignment.id / f"{name}.ipynb"
    config = _config(course.root)
    resources = _resources(course, assignment, name)
    notebook = nbformat.read(path, as_version=4)
    if not any("AUTOTEST" in cell.source for cell in notebook.cells):
        steps = [step for step in steps if step is not InstantiateTests]
    try:
        with _in_folder(course.root):
            for step in steps:
                notebook, resources = step(config=config, log=QUIET).preprocess(notebook, resources)
    except (RuntimeError, ValueError, BadMetadata, BadNotebook) as fault:
        raise CourseError(f"{path}: {fault}") from fault
    return notebook


def _resources(
    course: Course, assignment: Assignment, name: str, student: str = "."
) -> dict[str, Any]:
    return {
        "unique_key": name,
        "output_files_dir": f"{name}_files",
        "metadata": {"path": str(course.source / assignment.id)},
        "nbgrader": {
            "assignment": assignment.id,
            "notebook": name,
            "student": student,
            "db_url": course.db_url,
        },
    }


def _written(notebook: Any) -> str:
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else text + "\n"


def _plain(notebook: Any) -> Notebook:
    plain: Notebook = nbformat.from_dict(notebook)
    return plain


def node(notebook: Notebook) -> Any:
    """A notebook as nbformat's own object, in the current minor version, with cell ids."""
    return nbformat.v4.upgrade(nbformat.from_dict(notebook))


@contextmanager
def gradebook(course: Course) -> Iterator[Gradebook]:
    """The open gradebook. nbgrader creates one by calling a bare `alembic`, so the environment's
    own programs must be on PATH, or a half-made file is left behind."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own habit of half-built objects
        with Gradebook(course.db_url, course.name) as book:
            yield book


def register(course: Course, assignment: Assignment) -> None:
    """Write the assignment and its cells into the gradebook, as `generate_assignment` does.

    Raises CourseError where cells were added or removed after submissions had been graded.
    """
    due = assignment.due.astimezone(UTC).replace(tzinfo=None) if assignment.due else None
    with gradebook(course) as book:
        book.update_or_create_assignment(assignment.id, **({"duedate": due} if due else {}))
    for name in assignment.notebooks:
        _through(course, assignment, name, [*_until_saved(), SaveCells])


@dataclass(frozen=True)
class Recorded:
    """A graded cell as the gradebook has it. `points` is None until somebody marks it."""

    notebook: str
    cell: str
    points: float | None
    out_of: float
    needs_review: bool
    comment: str


def record(
    course: Course,
    assignment: Assignment,
    student: str,
    submitted_at: datetime | None,
    executed: dict[str, Notebook],
) -> None:
    """Save the automatic marks of one submission; a person's marks and comments stay as they are.

    executed maps notebook names to executed notebooks; a notebook that is missing scores 0. A
    warning on stderr is not a failure, so stderr of test cells is not shown to nbgrader.
    """
    stamp = submitted_at.astimezone(UTC).replace(tzinfo=None) if submitted_at else None
    with gradebook(course) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(assignment.id, student, timestamp=stamp)
        for name in set(assignment.notebooks) - set(executed):
            _zero(book, book.find_submission_notebook(name, assignment.id, student))
    for name, notebook in executed.items():
        resources = _resources(course, assignment, name, student)
        SaveAutoGrades(log=QUIET).preprocess(_without_stderr(notebook), resources)


def _zero(book: Gradebook, missing: Any) -> None:
    for grade in missing.grades:
        grade.auto_score, grade.needs_manual_grade = 0, False
    book.db.commit()


def _without_stderr(notebook: Notebook) -> Any:
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if utils.is_grade(cell) and cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    return copy


def automatic_points(cell: dict[str, Any]) -> tuple[float | None, float]:
    """(points, out of) of an executed graded cell by nbgrader's rule; None: a person must mark."""
    points, out_of = utils.determine_grade(_without_stderr({"cells": [cell]}).cells[0], QUIET)
    return points, out_of


def recorded(course: Course, assignment: Assignment, student: str) -> list[Recorded]:
    """The marks the gradebook holds for one submission; [] where it holds none."""
    with gradebook(course) as book:
        try:
            submission = book.find_submission(assignment.id, student)
        except MissingEntry:
            return []
        return [
            row
            for notebook in sorted(submission.notebooks, key=lambda n: n.name)
            for row in _recorded_notebook(notebook)
        ]


def _recorded_notebook(notebook: Any) -> Iterator[Recorded]:
    comments = {comment.name: comment.comment or "" for comment in notebook.comments}
    for grade in sorted(notebook.grades, key=lambda grade: grade.cell_id):
        unmarked = grade.manual_score is None and grade.auto_score is None
        yield Recorded(
            notebook=notebook.name,
            cell=grade.name,
            points=None if unmarked else float(grade.score),
            out_of=float(grade.max_score),
            needs_review=bool(grade.needs_manual_grade or unmarked),
            comment=comments.get(grade.name, ""),
        )


def parse_stamp(text: str) -> datetime | None:
    """The time in nbgrader's timestamp.txt, UTC; None where it cannot be read."""
    try:
        return utils.parse_utc(text).replace(tzinfo=UTC)
    except (ValueError, AttributeError, OverflowError):
        return None


def students_recorded(course: Course, assignment: Assignment) -> list[str]:
    """Ids of the students with a submission in the gradebook."""
    with gradebook(course) as book:
        try:
            return sorted(s.student.id for s in book.find_assignment(assignment.id).submissions)
        except MissingEntry:
            return []
