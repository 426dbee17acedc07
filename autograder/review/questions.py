"""What a person marks: written answers and tasks, and tested cells that wait for a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from autograder.gradebook.review_tables import QuestionKey
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Cell
from autograder.settings.source_notebook import source_notebook, source_path

ANSWER, TASK, TEST = "answer", "task", "test"


class Place(NamedTuple):
    """Where an answer stands in a notebook. kind: ANSWER (in the graded cell), TASK (below the
    cell that asks) or TEST (above the tested cell). end: of what stands below a task, the heading
    with which the instructor goes on, '' for none."""

    notebook: str
    cell: str
    kind: str
    end: str = ""


@dataclass(frozen=True)
class Question:
    """A question as a marker reads it.

    prompt: cells that put the question. scheme: the mark scheme as Markdown, '' for none. sample:
    the instructor's own answer, None for none. texts_below: those that students find below a task.
    """

    key: QuestionKey
    place: Place
    title: str
    prompt: tuple[Cell, ...]
    scheme: str
    sample: Cell | None
    texts_below: frozenset[str] = frozenset()


def questions(
    course: Course, assignment: Assignment, names: Collection[tuple[str, str]]
) -> list[Question]:
    """Those of the graded cells `names` (notebook, cell) that stand in the source, in order."""
    result: list[Question] = []
    for name in assignment.notebooks:
        source = _source_cells(course, assignment, name, _changed_ns(course, assignment, name))
        for index, cell in enumerate(source):
            is_graded = cells.is_manual(cell) or cells.is_test(cell)
            if is_graded and (name, cells.grade_id(cell)) in names:
                key = QuestionKey(assignment.id, name, cells.grade_id(cell))
                result.append(_question(key, source, index))
    return result


def _changed_ns(course: Course, assignment: Assignment, name: str) -> int:
    try:
        return source_path(course, assignment, name).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _source_cells(course: Course, assignment: Assignment, name: str, _changed: int) -> list[Cell]:
    source: list[Cell] = source_notebook(course, assignment, name)["cells"]
    return source


def _kind(cell: Cell) -> str:
    if cells.is_test(cell):
        return TEST
    return TASK if cells.nbgrader(cell).get("task") else ANSWER


def _question(key: QuestionKey, source: list[Cell], index: int) -> Question:
    cell = source[index]
    kind = _kind(cell)
    below = list(_below(source, index)) if kind == TASK else []
    prompt = list(_texts_before(source, index))
    text = cells.source(cell)
    if kind == TASK:
        prompt.append({**cell, "source": cells.remove_regions(text, cells.SCHEME)})
    if kind == TEST:
        prompt.append(cell)
    return Question(
        key=key,
        place=Place(key.notebook, key.cell, kind, _next_heading(below)),
        title=_title(prompt) or key.cell,
        prompt=tuple(prompt),
        scheme=_line_by_line("\n\n".join(map(str.strip, cells.regions(text, cells.SCHEME)))),
        sample=cell if kind == ANSWER and text.strip() else None,
        texts_below=frozenset(cells.source(cell).strip() for cell in below if _is_plain_text(cell)),
    )


def _below(source: list[Cell], index: int) -> Iterator[Cell]:
    """The cells below a task up to the next graded one."""
    return takewhile(lambda cell: not cells.grade_id(cell), source[index + 1 :])


def _texts_before(source: list[Cell], index: int) -> list[Cell]:
    """The text that leads to a cell: the run of plain text cells before it and its answer cells."""
    end = index
    while end and cells.is_solution(source[end - 1]) and not cells.is_manual(source[end - 1]):
        end -= 1
    start = end
    while start and _is_plain_text(source[start - 1]):
        start -= 1
    texts = source[start:end]
    if start and cells.nbgrader(source[start - 1]).get("task"):  # first where its answer is written
        headings = [place for place, text in enumerate(texts) if _is_heading(text)]
        return texts[headings[0] :] if headings else []
    return texts


def _is_heading(cell: Cell) -> bool:
    return cell["cell_type"] == "markdown" and cells.source(cell).lstrip().startswith("#")


def _next_heading(below: list[Cell]) -> str:
    """The text of the instructor's first heading below a task, '' for none."""
    headings = (cells.source(c).strip() for c in below if _is_plain_text(c) and _is_heading(c))
    return next(headings, "")


def _is_plain_text(cell: Cell) -> bool:
    meta = cells.nbgrader(cell)
    graded = any(meta.get(flag) for flag in ("grade", "solution", "task"))
    return cell["cell_type"] == "markdown" and not graded


def _title(prompt: list[Cell]) -> str:
    """The first heading or line of the text nearest to the question, without its marks."""
    for cell in reversed([c for c in prompt if c["cell_type"] == "markdown"]):
        for line in cells.source(cell).splitlines():
            words = re.sub(r"^[#>*\s-]+|[*_`$]", "", line).strip()
            if words:
                return words
    return ""


def _line_by_line(scheme: str) -> str:
    """The Markdown of a mark scheme in which each line stays a line, as it was written."""
    return re.sub(r"(?<=\S)\n(?=\S)", "  \n", scheme)
