"""A page for each graded submission: the score, what each lost mark says, the notebook itself.

Pages stand where nbgrader keeps feedback and are the same bytes every time. Nothing in them runs,
and nothing of the hidden tests or the mark schemes is in them but what a person who marked wrote
into a comment or an item of the rubric.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from autograder.collecting.requests import Question, Request, by_cell, requests
from autograder.files import write_file
from autograder.model import Assignment, Course, CourseError, Grade, Mark
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.reporting.html_page import render
from autograder.reporting.notebook_html import Part, cell_parts, secret_lines, without_secrets
from autograder.reporting.rubric_lines import (
    NO_REASONS,
    ReasonsByCell,
    read_reasons,
    rubric_lines,
)

RequestsByCell = Mapping[Question, Sequence[Request]]
NOBODY_ASKED: RequestsByCell = MappingProxyType({})


class GradedCell(NamedTuple):
    """A cell as its page shows it. name: what a link to it says; mark: None where none is given.
    is_task: it asks, and the answer stands in the cells that follow."""

    name: str
    parts: list[Part]
    mark: Mark | None
    is_task: bool


def write(course: Course, assignment: Assignment, grades: Iterable[Grade]) -> list[Path]:
    """Write the pages of `grades` into feedback/<student>/<id>/; unchanged files stay untouched.

    A submission of which nothing could be run gets <id>.html, which says the fault. Who handed
    nothing in has no page. What a student asked about a mark, and the answer, stand beside it.
    """
    page_paths: list[Path] = []
    class_requests = requests(course, assignment.id)
    grades = list(grades)
    has_marks = any(grade.marks for grade in grades)
    reasons = read_reasons(course, assignment) if has_marks else NO_REASONS
    for grade in grades:
        if grade.status == "no hand-in":
            continue
        folder = course.feedback / grade.student / assignment.id
        student_requests = by_cell(class_requests, grade.student)
        pages = {
            folder / f"{name}.html": text
            for name, text in _pages(course, assignment, grade, student_requests, reasons)
        }
        for path, text in pages.items():
            _write_page(path, text)
        for stale in set(folder.glob("*.html")) - set(pages):
            stale.unlink()
        page_paths += pages
    return page_paths


def _write_page(path: Path, text: str) -> None:
    try:
        write_file(path, text.encode("utf-8", "replace"))
    except OSError as fault:
        raise CourseError(
            f"{path} cannot be written ({fault.strerror or fault}). The pages so far are whole. "
            f"Free the disk or give yourself the right to write there, then run feedback again."
        ) from fault


def _pages(
    course: Course,
    assignment: Assignment,
    grade: Grade,
    cell_requests: RequestsByCell,
    reasons: ReasonsByCell,
) -> list[tuple[str, str]]:
    folder = course.autograded / grade.student / assignment.id
    names = [n for n in assignment.notebooks if (folder / f"{n}.ipynb").is_file()]
    if grade.status == "not graded" or not names:
        return [(assignment.id, page(None, grade, assignment, "", cell_requests, reasons))]
    return [
        (n, page(cells.load(folder / f"{n}.ipynb"), grade, assignment, n, cell_requests, reasons))
        for n in names
    ]


def page(
    notebook: Notebook | None,
    grade: Grade,
    assignment: Assignment,
    name: str = "",
    cell_requests: RequestsByCell = NOBODY_ASKED,
    reasons: ReasonsByCell = NO_REASONS,
) -> str:
    """The feedback on a graded notebook as one HTML page; None where there is none to show.

    name: which of the assignment's notebooks this is; its marks are shown ('' shows all marks).
    cell_requests: those of the student, by the graded cell that they are about. reasons: what marks
    of the review were given for.
    """
    secret = secret_lines(notebook) if notebook else frozenset()
    marks = [mark for mark in _open_marks(grade, secret) if name in ("", mark.notebook)]
    by_cell = {mark.cell: mark for mark in marks}
    graded_cells = list(_cells(notebook, by_cell, secret)) if notebook else []
    return render(
        "feedback.html",
        assignment=assignment,
        grade=replace(grade, integration=without_secrets(grade.integration, secret)),
        marks=marks,
        notebook_name=name if len(assignment.notebooks) > 1 else "",
        submitted=_written_out(grade.submitted_at),
        waiting=sum(mark.out_of for mark in grade.marks if mark.needs_review),
        sentences=[without_secrets(sentence, secret) for sentence in grade.messages],
        cells=graded_cells,
        cell_names={cell.name for cell in graded_cells},
        cell_requests=cell_requests,
        rubric={
            (mark.notebook, mark.cell): rubric_lines(
                mark,
                reasons.get((grade.student, mark.notebook, mark.cell)),
                has_asked=(mark.notebook, mark.cell) in cell_requests,
            )
            for mark in marks
        },
    )


def _open_marks(grade: Grade, secret: frozenset[str]) -> Iterator[Mark]:
    """The marks, and in their messages nothing secret."""
    for mark in grade.marks:
        yield replace(mark, message=without_secrets(mark.message, secret))


def _written_out(moment: datetime | None) -> str:
    """A time as a sentence has it, '' for none."""
    if moment is None:
        return ""
    zone = moment.tzname() or ""
    return f"{moment.day} {moment:%B %Y, %H:%M} {zone}".rstrip()


def _cells(
    notebook: Notebook, marks: dict[str, Mark], secret: frozenset[str]
) -> Iterator[GradedCell]:
    graded = {cells.grade_id(cell) for cell in notebook["cells"]}
    for cell in notebook["cells"]:
        grade_id, own_id = cells.grade_id(cell), str(cell.get("id", ""))
        name = grade_id or (own_id if own_id not in graded else "")
        is_task = bool(cells.nbgrader(cell).get("task"))
        yield GradedCell(name, list(cell_parts(cell, secret)), marks.get(grade_id), is_task)
