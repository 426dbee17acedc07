"""The page of assignments, made from the syllabus and the instructor's notebooks.

`python benchmarks/assignments_page.py` writes course/assignments.md; a test compares the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coursekit import syllabus
from coursekit.syllabus import Assignment, Syllabus

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "course" / "assignments.md"
HEAD = """\
# The assignments

`python benchmarks/assignments_page.py` writes this page from `course/syllabus.toml` and `source/`.
The link of an assignment leads to the notebook that students get. The course has five tracks:

{tracks}

Whoever has done the assignments under "needs" can begin; what those need in their turn is not
repeated. A chapter of BUILD uses the modules that its student has exported from earlier ones.

| assignment | track | title | minutes | points | needs |
|---|---|---|--:|--:|---|
"""


def page() -> str:
    """The text of the page: a table of all assignments, then a section for each."""
    course = syllabus.load()
    head = HEAD.format(tracks="\n".join(_track(course, track) for track in syllabus.TRACKS))
    table = "".join(_row(assignment) for assignment in course.assignments)
    sections = "".join(_section(assignment) for assignment in course.assignments)
    return f"{head}{table}{sections}"


def _track(course: Syllabus, track: str) -> str:
    has_some = any(assignment.track == track for assignment in course.assignments)
    return f"- **{track}**, {course.tracks[track]}{'' if has_some else ' (planned)'}"


def _row(assignment: Assignment) -> str:
    notebook = f"[`{assignment.id}`](../release/{assignment.id}/{_sources(assignment)[0].name})"
    needs = ", ".join(f"`{name}`" for name in assignment.prerequisites)
    figures = f"{assignment.minutes} | {assignment.points:g}"
    return f"| {notebook} | {assignment.track} | {assignment.title} | {figures} | {needs} |\n"


def _section(assignment: Assignment) -> str:
    notebooks = [cells.load(path) for path in _sources(assignment)]
    exports = f" Exported to `{assignment.exports}`." if assignment.exports else ""
    questions = "; ".join(question for notebook in notebooks for question in _questions(notebook))
    return (
        f"\n## {assignment.id}: {assignment.title}\n\n{_opening(notebooks[0])}\n\n"
        f"Graded: {questions}.{exports}\n"
    )


def _sources(assignment: Assignment) -> list[Path]:
    return sorted((ROOT / "source" / assignment.id).glob("*.ipynb"))


def _opening(notebook: Notebook) -> str:
    """The first paragraph that is no heading."""
    paragraphs = cells.source(notebook["cells"][0]).split("\n\n")
    return next(text.strip() for text in paragraphs if text.strip() and not text.startswith("#"))


def _questions(notebook: Notebook) -> Iterator[str]:
    """Each graded cell with its points; what a person marks says so."""
    for cell in notebook["cells"]:
        if cells.is_test(cell) or cells.is_manual(cell):
            yield f"`{cells.grade_id(cell)}` {cells.points(cell):g}{_marker(cell)}"


def _marker(cell: Cell) -> str:
    return " (a person marks it)" if cells.is_manual(cell) else ""


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"{TARGET} written")
