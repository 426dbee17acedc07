"""An instructor's notebook as every stage reads it: with nbgrader's default region markers.

A course may mark its solutions, hidden tests and mark schemes in other words
(`c.ClearHiddenTests.begin_test_delimeter`, spelled so in nbgrader). They are translated here, in
memory, so that no stage takes a hidden test for a visible one.
"""

from __future__ import annotations

from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, SOLUTION, Notebook
from autograder.settings.nbgrader_config import config

MARKERS = {
    ("ClearSolutions", "begin_solution_delimeter"): SOLUTION[0],
    ("ClearSolutions", "end_solution_delimeter"): SOLUTION[1],
    ("ClearHiddenTests", "begin_test_delimeter"): HIDDEN[0],
    ("ClearHiddenTests", "end_test_delimeter"): HIDDEN[1],
    ("ClearMarkScheme", "begin_mark_scheme_delimeter"): SCHEME[0],
    ("ClearMarkScheme", "end_mark_scheme_delimeter"): SCHEME[1],
}


def source_notebook(course: Course, assignment: Assignment, name: str) -> Notebook:
    """The instructor's notebook `name`. Raises as `cells.load` does."""
    notebook = cells.load(course.source / assignment.id / f"{name}.ipynb")
    return with_default_markers(course, notebook)


def with_default_markers(course: Course, notebook: Notebook) -> Notebook:
    """The notebook with the course's own markers replaced by nbgrader's default ones."""
    markers = _own_markers(course)
    for cell in notebook["cells"] if markers else ():
        for marker, default in markers:
            cell["source"] = cells.source(cell).replace(marker, default)
    return notebook


def _own_markers(course: Course) -> list[tuple[str, str]]:
    """(the course's own marker, the default one), the longest first."""
    settings = config(course.root)
    pairs = [
        (str(settings[section].get(option, default)), default)
        for (section, option), default in MARKERS.items()
    ]
    return sorted(((a, b) for a, b in pairs if a and a != b), key=lambda pair: -len(pair[0]))
