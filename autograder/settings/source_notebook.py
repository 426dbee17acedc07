"""An instructor's notebook as every stage reads it: with nbgrader's default region markers.

A course may mark its solutions, hidden tests and mark schemes in other words
(`c.ClearHiddenTests.begin_test_delimeter`, spelled so in nbgrader). They are translated here, in
memory, so that no stage takes a hidden test for a visible one.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, SOLUTION, Notebook
from autograder.notebook.upgrade import has_old_metadata, is_old_format
from autograder.notebook.validate import open_notebook
from autograder.settings.nbgrader_config import config
from autograder.settings.nbgrader_update import to_current_metadata

MARKERS = {
    ("ClearSolutions", "begin_solution_delimeter"): SOLUTION[0],
    ("ClearSolutions", "end_solution_delimeter"): SOLUTION[1],
    ("ClearHiddenTests", "begin_test_delimeter"): HIDDEN[0],
    ("ClearHiddenTests", "end_test_delimeter"): HIDDEN[1],
    ("ClearMarkScheme", "begin_mark_scheme_delimeter"): SCHEME[0],
    ("ClearMarkScheme", "end_mark_scheme_delimeter"): SCHEME[1],
}


def source_notebook(course: Course, assignment: Assignment, name: str) -> Notebook:
    """The instructor's notebook `name` between the course's header and footer, sources as text.

    Raises CourseError where one of them is no notebook.
    """
    notebook = read_source(source_path(course, assignment, name))
    header, footer = (_included(course, option) for option in ("header", "footer"))
    notebook = {**notebook, "cells": [*header, *notebook["cells"], *footer]}
    return with_default_markers(course, notebook)


def _included(course: Course, option: str) -> list[cells.Cell]:
    """The cells of the notebook that nbgrader's IncludeHeaderFooter puts before or after each."""
    path = config(course.root).IncludeHeaderFooter.get(option, "")
    return list(read_source(course.root / path)["cells"]) if path else []


def source_path(course: Course, assignment: Assignment, name: str) -> Path:
    return course.source / assignment.id / f"{name}.ipynb"


def read_source(path: Path) -> Notebook:
    """The notebook at `path` in today's formats. Raises CourseError where it is none."""
    try:
        notebook = open_notebook(path.read_bytes())
        if has_old_metadata(notebook):
            notebook = to_current_metadata(notebook)
    except OSError as fault:
        raise CourseError(f"{path} cannot be read ({fault.strerror}).") from fault
    except CourseError as fault:
        raise CourseError(f"{path} {fault}") from fault
    for cell in notebook["cells"]:
        cell["source"] = cells.source(cell)
    return notebook


def old_formats(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each notebook of the assignment that is read in an older format."""
    sentences = []
    for name in assignment.notebooks:
        path = source_path(course, assignment, name)
        try:
            document = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue
        if is_old_format(document):
            age = f"nbformat {document.get('nbformat', 3)}"
        elif has_old_metadata(document):
            age = "an older schema of nbgrader's metadata"
        else:
            continue
        sentences.append(
            f"{path} has {age} and is read as if it had been brought up to date. To do so for "
            f"good, run: nbgrader update {path}"
        )
    return sentences


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
