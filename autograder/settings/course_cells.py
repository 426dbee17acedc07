"""The cells that a course with a syllabus puts around each notebook: what it is, and what is next.

The first says track, minutes, points and prerequisites; the second installs the students' wheel
where coursekit is missing; the last leads to the next notebook. They are made from the syllabus for
the release and for the form that submissions are restored from, and stand in no source notebook.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.settings import packages

LOCKED = {"deletable": False, "editable": False}
FOLDED = {**LOCKED, "jupyter": {"source_hidden": True}}
INSTALL = """\
# The tools of the course: installed here where they are missing, as in Colab.
import importlib.util

if importlib.util.find_spec("coursekit") is None:
    import pathlib
    import subprocess
    import sys

    places = [".", "..", "/content", "/content/drive/MyDrive", *sys.path]
    patterns = ["*student-*.whl", "*-student-*/*student-*.whl"]
    wheels = [w for place in places for p in patterns for w in pathlib.Path(place).glob(p)]
    if not wheels:
        raise ImportError(
            "coursekit is missing, and its wheel is not beside this notebook or in the folder "
            "above. In Colab, mount your Drive and change into the folder of the course "
            "(README.md shows how); on your computer, run the first command of README.md."
        )
    print(f"coursekit is missing, so this installs {wheels[0].name}")
    command = [sys.executable, "-m", "pip", "install", "-q", f"{wheels[0]}EXTRA"]
    subprocess.run(command, check=True)
    importlib.invalidate_caches()
"""


def with_course_cells(
    course: Course, assignment: Assignment, name: str, notebook: Notebook
) -> Notebook:
    """The notebook `name` between the cells of the course; as it is where the syllabus does not
    say of which track it is."""
    if not (course.ours and assignment.track):
        return notebook
    opening = markdown_cell(name, "line", _line(course, assignment, name, notebook))
    closing = markdown_cell(name, "next", _next_line(course, assignment, name))
    imports = packages.imported_by(notebook)
    tools = [install_cell(name, imports)] if "coursekit" in imports else []
    return {**notebook, "cells": [opening, *tools, *notebook["cells"], closing]}


def install_cell(name: str, imports: set[str]) -> Cell:
    """The cell that installs the students' wheel, with the extra that a notebook's imports need."""
    extras = ",".join(sorted(packages.EXTRA[p] for p in imports & set(packages.EXTRA)))
    text = INSTALL.rstrip().replace("EXTRA", f"[{extras}]" if extras else "")
    cell = {**markdown_cell(name, "tools", text), "cell_type": "code", "metadata": dict(FOLDED)}
    return {**cell, "execution_count": None, "outputs": []}


def next_notebook(course: Course, assignment: Assignment, name: str) -> tuple[Assignment, str]:
    """The notebook that follows: the next of the assignment, else the first of the assignment of
    the track that is due next. The assignment and '' where none follows."""
    later = assignment.notebooks[assignment.notebooks.index(name) + 1 :]
    if later:
        return assignment, later[0]
    track = [row for row in course.assignments if row.track == assignment.track and row.notebooks]
    track.sort(key=lambda row: row.due or datetime.max.replace(tzinfo=UTC))
    following = track[track.index(assignment) + 1 :]
    return (following[0], following[0].notebooks[0]) if following else (assignment, "")


def link(assignment: Assignment, name: str) -> str:
    """The way to a notebook from the folder of another assignment, as Markdown."""
    label = assignment.id if name == assignment.id else f"{assignment.id}, {name}"
    return f"[{label}](../{assignment.id}/{name}.ipynb)"


def _line(course: Course, assignment: Assignment, name: str, notebook: Notebook) -> str:
    points = sum(map(cells.points, notebook["cells"]))
    has_own_map = "coursekit" in packages.imported_by(notebook)
    parts = [
        f"**{assignment.track}**",
        f"{assignment.minutes} minutes" if assignment.minutes else "",
        f"{points:g} points",
        _needs(course, assignment),
        f"[map of the course](../index.{'ipynb' if has_own_map else 'html'})",
    ]
    if course.colab:
        address = f"{course.colab.rstrip('/')}/{assignment.id}/{name}.ipynb"
        parts.append(f"[open in Colab]({address})")
    return " · ".join(part for part in parts if part)


def _needs(course: Course, assignment: Assignment) -> str:
    rows = [course.assignment(needed) for needed in assignment.prerequisites]
    links = [link(row, row.notebooks[0]) if row.notebooks else row.id for row in rows]
    return f"needs {', '.join(links)}" if links else "needs nothing before it"


def _next_line(course: Course, assignment: Assignment, name: str) -> str:
    following, next_name = next_notebook(course, assignment, name)
    if not next_name:
        return (
            f"**Next**: this is the last assignment of the {assignment.track} track. The "
            f"[map of the course](../index.ipynb) shows the others."
        )
    title = f": {following.title}" if following is not assignment and following.title else ""
    minutes = f" ({following.minutes} minutes)" if title and following.minutes else ""
    return f"**Next**: {link(following, next_name)}{title}{minutes}"


def markdown_cell(name: str, kind: str, text: str) -> Cell:
    return {
        "cell_type": "markdown",
        "id": _cell_id(name, kind),
        "metadata": dict(LOCKED),
        "source": text,
    }


def closing_cell_id(name: str) -> str:
    """The id of the cell that ends a notebook: what is next."""
    return _cell_id(name, "next")


def _cell_id(name: str, kind: str) -> str:
    """An id that no other notebook has: by ids, copies of different notebooks are told apart."""
    return f"{re.sub(r'[^A-Za-z0-9_-]', '-', name)[:48]}-{kind}"
