"""The door to nbgrader's release: its preprocessors turn a source notebook into a student's.

Stripping and checksums are nbgrader's own code, so that any course and any `nbgrader` command in
the same root agree with us; the cells of `course_cells` are all that is added. Its gradebook has a
door of its own.
"""

from __future__ import annotations

from typing import Any

import nbformat
from jsonschema import ValidationError as BadMetadata
from nbgrader import preprocessors
from nbgrader.nbgraderformat.common import ValidationError as BadNotebook
from nbgrader.utils import compute_checksum

from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.settings.course_cells import with_course_cells
from autograder.settings.nbgrader_config import QUIET, config
from autograder.settings.source_notebook import read_source, source_path, with_default_markers


def strip_notebook(course: Course, assignment: Assignment, name: str) -> str:
    """The student's notebook: nbgrader's preprocessors in nbgrader's order, without its database.

    Raises CourseError with nbgrader's complaint where the source breaks its rules.
    """
    return _as_text(
        _preprocessed(course, assignment, name, steps_before_saving() + steps_after_saving())
    )


def graded_form(course: Course, assignment: Assignment, name: str) -> Notebook:
    """The form a submission is restored from: solutions stripped, hidden tests still in place."""
    form = _as_dict(_preprocessed(course, assignment, name, steps_before_saving()))
    return with_default_markers(course, form)


def steps_before_saving() -> list[type]:
    """What `nbgrader generate_assignment` does before it saves the cells in its gradebook."""
    return [
        preprocessors.IncludeHeaderFooter,
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        preprocessors.ClearOutput,
        preprocessors.CheckCellMetadata,
        preprocessors.ComputeChecksums,
    ]


def steps_after_saving() -> list[type]:
    return [
        preprocessors.ClearHiddenTests,
        preprocessors.ClearMarkScheme,
        preprocessors.ComputeChecksums,
        preprocessors.CheckCellMetadata,
    ]


def _preprocessed(course: Course, assignment: Assignment, name: str, steps: list[type]) -> Any:
    path = source_path(course, assignment, name)
    settings = config(course.root)
    resources = _resources(course, assignment, name)
    source = with_course_cells(course, assignment, name, read_source(path))
    notebook = nbformat.reads(cells.dump(source), as_version=4)
    if any("AUTOTEST" in cell.source for cell in notebook.cells):
        steps = [steps[0], preprocessors.InstantiateTests, *steps[1:]]
    try:
        for step in steps:
            preprocessor = _in_course(step(config=settings, log=QUIET), course, assignment)
            notebook, resources = preprocessor.preprocess(notebook, resources)
    except (RuntimeError, ValueError, OSError, BadMetadata, BadNotebook) as fault:
        raise CourseError(f"{path}: {fault}") from fault
    return notebook


def _in_course(preprocessor: Any, course: Course, assignment: Assignment) -> Any:
    """The preprocessor with the file names of its configuration found from the course root.

    nbgrader itself opens them from the current folder, where its commands are run.
    """
    for name in ("header", "footer"):
        if path := getattr(preprocessor, name, ""):
            setattr(preprocessor, name, str(course.root / path))
    path = getattr(preprocessor, "autotest_filename", "")
    if path and not (course.source / assignment.id / path).is_file():
        preprocessor.autotest_filename = str(course.root / path)
    return preprocessor


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


def _as_text(notebook: Any) -> str:
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else text + "\n"


def _as_dict(notebook: Any) -> Notebook:
    document: Notebook = nbformat.from_dict(notebook)
    return document


def is_unedited(cell: Cell) -> bool:
    """Whether a cell of a student has the text that its checksum was made of: that of a release,
    not necessarily the present one. The checksum is in the student's hands, so this proves
    nothing."""
    checksum = cells.nbgrader(cell).get("checksum")
    try:
        return bool(checksum) and checksum == compute_checksum(nbformat.from_dict(cell))
    except (KeyError, TypeError, ValueError):  # whatever else stands in the student's metadata
        return False


def node(notebook: Notebook) -> Any:
    """A notebook as nbformat's own object, in the current minor version, with cell ids."""
    return nbformat.v4.upgrade(nbformat.from_dict(notebook))
