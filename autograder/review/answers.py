"""What a student wrote for a question, as it stands in autograded/, and its checksum.

What is shown has been made inert, links too: a page in which someone marks for hours is no place
from which a submission leads elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.files import read_plain, sha256
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.reporting.html_page import Markup
from autograder.reporting.notebook_html import Part, staff_parts
from autograder.review.questions import ANSWER, TASK, Place, Question
from autograder.sanitizing.sanitize import make_inert
from autograder.settings.course_cells import closing_cell_id

LINK = re.compile(r'<a\b((?: [\w-]+="[^"]*+")*+)>')
HREF = re.compile(r' href="([^"]*+)"')
FLAGS = ("grade", "solution", "locked", "task")


def notebook_path(course: Course, assignment: Assignment, student: str, name: str) -> Path:
    return course.autograded / student / assignment.id / f"{name}.ipynb"


def answer_cells(notebook: Notebook, place: Place) -> list[Cell]:
    """The cells of a graded notebook that answer the question at `place`, in order: of a task, all
    that stand below it, also those that every student found there."""
    names = [cells.grade_id(cell) for cell in notebook["cells"]]
    if place.cell not in names:
        return []
    at = names.index(place.cell)
    if place.kind == ANSWER:
        return [notebook["cells"][at]]
    if place.kind == TASK:
        return list(_until_question(notebook["cells"][at + 1 :], place.end))
    before = list(_until_test(reversed(notebook["cells"][:at])))
    return [*reversed(before), notebook["cells"][at]]


def _until_question(following: list[Cell], end: str) -> Iterator[Cell]:
    """What stands below a task, up to the next cell that is the instructor's."""
    for cell in following:
        is_locked = cell["metadata"].get("editable") is False
        is_instructors = is_locked or any(cells.nbgrader(cell).get(flag) for flag in FLAGS)
        if is_instructors or (end and cells.source(cell).strip() == end):
            return
        yield cell


def own_cells(answer: list[Cell], question: Question) -> list[Cell]:
    """Of an answer below a task what a marker reads: without the texts that the source has there,
    and without the cell with which the course ends a notebook. Code cells stay: their output may be
    what was asked for. A text of the source that was changed since is shown, for it might be the
    student's."""
    closing = closing_cell_id(question.place.notebook)
    return [
        cell
        for cell in answer
        if cell["cell_type"] == "code"
        or not (cells.source(cell).strip() in question.texts_below or cell.get("id") == closing)
    ]


def _until_test(before: Iterator[Cell]) -> Iterator[Cell]:
    """The answers that a test is about: those between it and the test before it."""
    for cell in before:
        if cells.is_test(cell) or cells.is_manual(cell):
            return
        if cells.is_solution(cell):
            yield cell


def checksums(
    course: Course, assignment: Assignment, student: str, places: tuple[Place, ...]
) -> dict[Place, str]:
    """The sha256 of the text of each answer; nothing of an answer that is not there."""
    digests: dict[Place, str] = {}
    for name in dict.fromkeys(place.notebook for place in places):
        path = notebook_path(course, assignment, student, name)
        try:
            facts = path.lstat()
        except OSError:
            continue
        here = tuple(place for place in places if place.notebook == name)
        digests |= _checksums(path, facts.st_mtime_ns, facts.st_size, here)
    return digests


@lru_cache(maxsize=8192)
def _checksums(path: Path, _changed: int, _size: int, places: tuple[Place, ...]) -> dict:
    notebook = read_notebook(path)
    if notebook is None:
        return {}
    return {place: _checksum(answer_cells(notebook, place)) for place in places}


def _checksum(answer: list[Cell]) -> str:
    texts = [[cell["cell_type"], cells.source(cell)] for cell in answer]
    return sha256(json.dumps(texts).encode())


def read_notebook(path: Path) -> Notebook | None:
    """A graded notebook; None where there is none that can be read. Links are not followed."""
    try:
        notebook: Any = json.loads(read_plain(path).decode("utf-8"))
    except (OSError, ValueError):
        return None
    is_notebook = isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)
    return notebook if is_notebook else None


def answer_parts(
    course: Course, assignment: Assignment, student: str, question: Question
) -> list[Part]:
    """An answer as HTML that runs nothing, loads nothing and leads nowhere."""
    place = question.place
    notebook = read_notebook(notebook_path(course, assignment, student, place.notebook))
    if notebook is None:
        return []
    shown_cells = own_cells(answer_cells(notebook, place), question)
    inert = make_inert({**notebook, "cells": shown_cells})
    return list(inert_parts(inert["cells"]))


def inert_parts(shown_cells: list[Cell]) -> Iterator[Part]:
    """Cells as HTML for staff, links as text with their address behind them."""
    for cell in shown_cells:
        for part in staff_parts(cell):
            yield Part(part.kind, Markup(LINK.sub(_without_address, part.content)))


def _without_address(tag: re.Match[str]) -> str:
    href = HREF.search(tag[1])
    return f'<a class="address" data-address="{href[1]}">' if href else "<a>"
