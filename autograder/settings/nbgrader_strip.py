"""The door to nbgrader's release: its preprocessors turn a source notebook into a student's.

Stripping and checksums are nbgrader's own code, so that any course and any `nbgrader` command in
the same root agree with us. Its gradebook has a door of its own.
"""

from __future__ import annotations

from typing import Any

import nbformat
from jsonschema import ValidationError as BadMetadata
from nbgrader import preprocessors
from nbgrader.nbgraderformat.common import ValidationError as BadNotebook
from traitlets.config import Config

from autograder.model import Assignment, Course, CourseError
from autograder.notebook.cells import Notebook
from autograder.settings.nbgrader_config import QUIET, config, in_folder


def brought_up_to_date(outdated: Config) -> Config:
    """A configuration with the names of an old nbgrader, under the names it has today."""
    from nbgrader.apps import NbGrader

    found: Config = NbGrader(log=QUIET, config=outdated).config
    return found


def stripped(course: Course, assignment: Assignment, name: str) -> str:
    """The student's notebook: nbgrader's preprocessors in nbgrader's order, without its database.

    Raises CourseError with nbgrader's complaint where the source breaks its rules.
    """
    return _written(_through(course, assignment, name, _until_saved() + _after_saved()))


def graded_form(course: Course, assignment: Assignment, name: str) -> Notebook:
    """The form a submission is restored from: solutions stripped, hidden tests still in place."""
    return _plain(_through(course, assignment, name, _until_saved()))


def _until_saved() -> list[type]:
    """What `nbgrader generate_assignment` does before it saves the cells in its gradebook."""
    return [
        preprocessors.IncludeHeaderFooter,
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        preprocessors.ClearOutput,
        preprocessors.CheckCellMetadata,
        preprocessors.ComputeChecksums,
    ]


def _after_saved() -> list[type]:
    return [
        preprocessors.ClearHiddenTests,
        preprocessors.ClearMarkScheme,
        preprocessors.ComputeChecksums,
        preprocessors.CheckCellMetadata,
    ]


def _through(course: Course, assignment: Assignment, name: str, steps: list[type]) -> Any:
    path = course.source / assignment.id / f"{name}.ipynb"
    settings = config(course.root)
    resources = _resources(course, assignment, name)
    notebook = nbformat.read(path, as_version=4)
    if any("AUTOTEST" in cell.source for cell in notebook.cells):
        steps = [steps[0], preprocessors.InstantiateTests, *steps[1:]]
    try:
        with in_folder(course.root):
            for step in steps:
                made = step(config=settings, log=QUIET)
                notebook, resources = made.preprocess(notebook, resources)
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
