"""Where a question's visible test comes from.

First the checks packaged with the course (`coursekit/checks/<assignment>.json`), which a student
cannot edit by accident; else a notebook in the current folder, its hidden tests left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit import notebook, workspace
from coursekit.syllabus import CourseError

PACKAGED = Path(__file__).parent / "checks"


@dataclass(frozen=True)
class Question:
    """A graded test cell: its name, its visible source, and the assignment it belongs to."""

    name: str
    source: str
    assignment: str
    points: float = 0


def of(assignment_id: str, packaged: Path = PACKAGED) -> list[Question]:
    """The questions packaged for an assignment, in order; [] where none are."""
    return _packaged(assignment_id, "questions", packaged)


def written_answers(assignment_id: str, packaged: Path = PACKAGED) -> list[Question]:
    """The cells of an assignment that a person marks, as released; [] where none are packaged."""
    return _packaged(assignment_id, "written", packaged)


def _packaged(assignment_id: str, kind: str, packaged: Path) -> list[Question]:
    table = workspace.read_json(packaged / f"{assignment_id}.json")
    rows = table.get(kind, []) if isinstance(table, dict) else []
    return [
        Question(row["name"], row["source"], assignment_id, row.get("points", 0)) for row in rows
    ]


def packaged_all(packaged: Path = PACKAGED) -> list[Question]:
    paths = sorted(packaged.glob("*.json"))
    return [question for path in paths for question in of(path.stem, packaged)]


def inside(path: Path) -> list[Question]:
    """The questions of a notebook file. Raises CourseError where it cannot be read."""
    cells = notebook.read(path)["cells"]
    return [_question(cell, path) for cell in cells if notebook.is_test(cell)]


def nearby(folder: Path) -> Iterator[Question]:
    """The questions of the notebooks in a folder, the folder's namesake first; damaged ones not."""
    paths = sorted(folder.glob("*.ipynb"), key=lambda path: (path.stem != folder.name, path.name))
    for path in paths:
        try:
            yield from inside(path)
        except CourseError:
            continue


def available(folder: Path, packaged: Path = PACKAGED) -> dict[str, Question]:
    """Every question that can be checked from `folder`, by name; the packaged ones go first."""
    by_name: dict[str, Question] = {}
    for question in (*packaged_all(packaged), *nearby(folder)):
        by_name.setdefault(question.name, question)
    return by_name


def notebook_here(folder: Path) -> str:
    """The assignment whose notebook stands in `folder`, '' where that cannot be told."""
    stems = [path.stem for path in sorted(folder.glob("*.ipynb"))]
    if folder.name in stems or (PACKAGED / f"{folder.name}.json").exists():
        return folder.name
    return stems[0] if len(stems) == 1 else ""


def _question(cell: dict[str, Any], path: Path) -> Question:
    text = notebook.python(notebook.visible(notebook.source(cell)))
    points = float(notebook.meta(cell).get("points") or 0)
    return Question(notebook.name(cell), text, path.parent.name, points)
