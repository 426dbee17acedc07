"""Late penalties as the course configures them: nbgrader's own preprocessor with its plugin.

    c.LateSubmissionPlugin.penalty_method = "zero"
    c.AssignLatePenalties.plugin_class = ...

The penalty follows from the time in timestamp.txt and the due date in the gradebook. A course that
configures neither has none, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterable

import nbformat
from nbgrader.preprocessors import AssignLatePenalties

from autograder.gradebook.connection import database_url
from autograder.model import Assignment, Course, CourseError
from autograder.settings.nbgrader_config import QUIET, config

SECTIONS = ("LateSubmissionPlugin", "AssignLatePenalties")


def has_late_penalties(course: Course) -> bool:
    """Whether nbgrader_config.py says anything about them."""
    settings = config(course.root)
    return any(len(settings[section]) for section in SECTIONS)


def assign_late_penalties(course: Course, assignment: Assignment, students: Iterable[str]) -> None:
    """Write each student's penalty into the gradebook, where there is a plugin.

    Raises CourseError where the plugin fails.
    """
    if not has_late_penalties(course):
        return
    url = database_url(course).render_as_string(hide_password=False)
    notebook = nbformat.v4.new_notebook()
    for student in students:
        for name in assignment.notebooks:
            names = {"notebook": name, "assignment": assignment.id, "student": student}
            try:
                penalties = AssignLatePenalties(config=config(course.root), log=QUIET)
                penalties.preprocess(notebook, {"nbgrader": {**names, "db_url": url}})
            except Exception as fault:  # the plugin is anybody's code
                raise CourseError(
                    f"The late penalty of {student} could not be found: the plugin of "
                    f"nbgrader_config.py raised {type(fault).__name__}: {fault}. The marks are "
                    f"recorded, without a penalty."
                ) from fault
