"""Late penalties as the course configures them: nbgrader's own preprocessor with its plugin.

    c.LateSubmissionPlugin.penalty_method = "zero"
    c.AssignLatePenalties.plugin_class = ...

The penalty follows from the time in timestamp.txt and the due date in the gradebook. A course that
configures neither has none, and nothing is done. Our own policy is in `lateness`.
"""

from __future__ import annotations

import nbformat
from nbgrader.preprocessors import AssignLatePenalties

from autograder.gradebook.connection import database_url
from autograder.gradebook.read_marks import recorded
from autograder.model import Assignment, Course, CourseError
from autograder.settings.late_policy import has_plugin
from autograder.settings.nbgrader_config import QUIET, config


def assign_late_penalties(course: Course, assignment: Assignment) -> None:
    """Write the penalty of each recorded submission into the gradebook, where there is a plugin.

    Raises CourseError where the plugin fails, once all others have theirs.
    """
    if not has_plugin(course):
        return
    url = database_url(course).render_as_string(hide_password=False)
    notebook = nbformat.v4.new_notebook()
    faults: list[str] = []
    for student in sorted(recorded(course, assignment)):
        for name in assignment.notebooks:
            names = {"notebook": name, "assignment": assignment.id, "student": student}
            try:
                penalties = AssignLatePenalties(config=config(course.root), log=QUIET)
                penalties.preprocess(notebook, {"nbgrader": {**names, "db_url": url}})
            except Exception as fault:  # noqa: BLE001  the plugin is anybody's code
                faults.append(f"{student} ({type(fault).__name__}: {fault})")
    if faults:
        raise CourseError(
            f"The late penalty could not be found, since the plugin of nbgrader_config.py raised "
            f"an error, of: {', '.join(faults)}. Their marks are recorded without a penalty."
        )
