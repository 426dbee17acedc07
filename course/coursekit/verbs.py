"""The verbs export, submit and progress: called in a cell, and by the command `course`.

    from coursekit import export, progress, submit

Each gives an Answer and raises nothing, so that Run All goes on. While a notebook is graded they do
nothing.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from html import escape
from pathlib import Path
from typing import ParamSpec

from coursekit import archive, course_map, exporter, map_page, questions, syllabus, workspace
from coursekit.syllabus import CourseError, nearest
from coursekit.workspace import Workspace

STUDENT = ("COURSE_STUDENT", "JUPYTERHUB_USER")  # environment variables that name the student
P = ParamSpec("P")


@dataclass(frozen=True)
class Answer:
    """What a verb says. ok: it did what was asked; html: the same for a notebook, '' for text."""

    text: str
    ok: bool = True
    html: str = ""

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html or f'<pre style="white-space: pre-wrap">{escape(self.text)}</pre>'


def _answering(verb: Callable[P, Answer]) -> Callable[P, Answer]:
    """A CourseError or an OSError becomes the answer; while grading there is nothing to do."""

    @wraps(verb)
    def answering(*arguments: P.args, **options: P.kwargs) -> Answer:
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            return Answer("Nothing is exported or packed while a notebook is graded.")
        try:
            return verb(*arguments, **options)
        except CourseError as error:
            return Answer(str(error), ok=False)
        except OSError as error:
            where = error.filename or "a file"
            return Answer(f"{where} could not be used: {error.strerror}.", ok=False)

    return answering


@_answering
def export(target: str | None = None, partial: bool = False) -> Answer:
    """Writes a notebook's tagged cells into your own tinytorch/. Save the notebook first.

    target: an assignment or a notebook's file; without it the one of this folder, or every one
    there is. partial: unfinished cells too.
    """
    space = workspace.current()
    sentences, refused = [], []
    for path in _exporting(target, space):
        try:
            exported = exporter.export(
                path, space.packages, syllabus.load(), partial, keeps_edits(space)
            )
            sentences += _export_sentences(exported, space)
        except CourseError as error:
            refused.append(str(error))
    importlib.invalidate_caches()  # this kernel may have looked for the module before
    return Answer("\n".join([*sentences, *refused]), ok=not refused)


@_answering
def submit(assignment: str | None = None, student: str = "") -> Answer:
    """Packs an assignment for handing in: a zip in submissions/, and a receipt. Save first.

    assignment: its id; without it the one of this folder. student: your name in the course, put
    into the file's name.
    """
    space = workspace.current()
    name = assignment or questions.notebook_here(Path.cwd())
    if not name:
        raise CourseError('Which assignment? Name one: submit("01_tensor").')
    row = syllabus.load().assignment(name)
    who = student or next((os.environ[n] for n in STUDENT if os.environ.get(n)), "")
    return Answer("\n".join(_submit_sentences(archive.submit(space, row, datetime.now(UTC), who))))


@_answering
def progress() -> Answer:
    """Where you stand in the five tracks: checked, exported, submitted, and what is next."""
    space, table, now = workspace.current(), syllabus.load(), datetime.now(UTC)
    rows = course_map.rows(space, table)
    page = map_page.html(space, table, rows, now, Path.cwd())
    return Answer(course_map.text(table, rows, now), html=page)


def notebooks(target: str | None) -> list[Path]:
    """The notebooks that are meant: a file, an assignment's, or those of the current folder.

    Raises CourseError where there is none.
    """
    space = workspace.current()
    if target and target.endswith(".ipynb"):
        if not Path(target).is_file():
            raise CourseError(f"There is no notebook {target}.")
        return [Path(target)]
    ids = [row.id for row in syllabus.load().assignments]
    paths = space.notebooks(target or Path.cwd().name)
    if paths:
        return paths
    if target is None:
        raise CourseError(f"Which assignment? Name one: {', '.join(ids)}.")
    if target in ids:
        raise CourseError(
            f"{space.root} holds no notebook of {target}. In Colab, unpack the course into your "
            f"Drive and open the notebook from there."
        )
    raise CourseError(f"There is no assignment '{target}'. {nearest(target, ids)}")


def keeps_edits(space: Workspace) -> bool:
    """Whether hand edits are kept beside: in the repository git does that."""
    return space.packages == space.root


def _exporting(target: str | None, space: Workspace) -> list[Path]:
    """The notebooks to export: as `notebooks`, and above them every one that exports."""
    if target or space.notebooks(Path.cwd().name):
        return notebooks(target)
    ids = [row.id for row in syllabus.load().assignments if row.exports]
    paths = [path for name in ids for path in space.notebooks(name)]
    if not paths:
        raise CourseError(f"{space.root} holds no notebook that exports: {', '.join(ids)}.")
    return paths


def _export_sentences(exported: exporter.Exported, space: Workspace) -> list[str]:
    sentence = f"Wrote {exported.path.relative_to(space.packages)}: {', '.join(exported.names)}."
    return [*exported.notes, sentence]


def _submit_sentences(submitted: archive.Submitted) -> list[str]:
    return [
        *(f"Note: {warning}" for warning in submitted.warnings),
        f"Packed: {submitted.archive}",
        f"Files: {', '.join(submitted.files)}",
        f"sha256 {submitted.sha256}",
        f"Receipt: {submitted.receipt.name}. Upload the zip where your course collects.",
    ]
