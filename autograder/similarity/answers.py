"""The answers of a class, question by question, found in the submitted notebooks as grading does.

A question is a cell that students write: a solution cell, a written answer, or a task, whose
answer is the student's own text behind it. A cell is found by its grade_id, else its cell id, else
the names it defines (`grading/repair.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.collecting.submitted import submissions
from autograder.files import read_plain
from autograder.grading.repair import repair
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, Cell, Notebook
from autograder.notebook.code_blocks import read_blocks
from autograder.notebook.validate import open_notebook
from autograder.settings.nbgrader_strip import graded_form
from autograder.settings.source_notebook import read_source, source_path
from autograder.similarity.plain_code import parsed
from autograder.similarity.uncalled import NOTHING, Names, defined_names, names_of

MAX_BYTES = 20 << 20  # of a notebook
GroupOf = Callable[[str], str]


@dataclass(frozen=True)
class Question:
    """A cell that students write. tests: the names of the graded cells behind it. is_code: whether
    code was asked for. released: its text as students got it."""

    notebook: str
    cell: str
    tests: tuple[str, ...]
    is_code: bool
    released: str


@dataclass(frozen=True)
class ClassAnswers:
    """texts: question -> student -> what was answered. given: the code cells, and the other cells,
    of every released notebook. asked_names: those by which something may call what the answer to a
    question defines (`uncalled.py`). unread: a sentence for each notebook that could not be read.
    """

    texts: Mapping[Question, Mapping[str, str]]
    given_code: tuple[str, ...]
    given_prose: tuple[str, ...]
    asked_names: Mapping[Question, Names]
    unread: tuple[str, ...]


def class_answers(course: Course, assignment: Assignment, question: str = "") -> ClassAnswers:
    """The answers that stand in `submitted/`; question: only this one, by the name of its cell or
    of its test. CourseError where there is no such question."""
    models = {name: graded_form(course, assignment, name) for name in assignment.notebooks}
    questions = _chosen_questions(
        assignment, [q for n, m in models.items() for q in _questions(n, m)], question
    )
    texts: dict[Question, dict[str, str]] = {q: {} for q in questions}
    unread = []
    for submission in submissions(course, assignment):
        for name in dict.fromkeys(q.notebook for q in questions):
            try:
                notebook = _repaired(submission, name, models[name])
            except CourseError as fault:
                unread.append(f"{submission.student}: {name}.ipynb {fault}")
                continue
            for q in (q for q in questions if q.notebook == name):
                texts[q][submission.student] = _answer(notebook, models[name], q)
    released = [cell for model in models.values() for cell in model["cells"]]
    code, prose = (
        tuple(_as_released(c) for c in released if (c["cell_type"] == "code") == is_code)
        for is_code in (True, False)
    )
    names = {q: _asked_names(course, assignment, models[q.notebook], q) for q in questions}
    return ClassAnswers(texts, code, prose, names, tuple(unread))


def _asked_names(
    course: Course, assignment: Assignment, model: Notebook, question: Question
) -> Names:
    """The names by which the notebook asks for what the answer to a question defines.

    They are the names in the released cell and in its tests, hidden ones included. Of the names in
    the other cells only those count that the cell of the source defines: a helper that a later
    question needs, and no function that another question asks for.
    """
    blocks = read_blocks(model)
    near = {question.cell, *question.tests}
    own_names = [names_of(parsed(b.text)) for b in blocks if cells.grade_id(b.cell) in near]
    other_names = [names_of(parsed(b.text)) for b in blocks if cells.grade_id(b.cell) not in near]
    source = read_source(source_path(course, assignment, question.notebook))
    solved = (b for b in read_blocks(source) if cells.grade_id(b.cell) == question.cell)
    defined = NOTHING.union(*(defined_names(parsed(b.text)) for b in solved))
    return NOTHING.union(*own_names) | (NOTHING.union(*other_names) & defined)


def _questions(name: str, model: Notebook) -> Iterator[Question]:
    for place, cell in enumerate(model["cells"]):
        if cells.is_solution(cell) or cells.nbgrader(cell).get("task"):
            tests = tuple(_tests_behind(model["cells"][place + 1 :]))
            is_code = cell["cell_type"] == "code"
            yield Question(name, cells.grade_id(cell), tests, is_code, _as_released(cell))


def _tests_behind(later: Iterable[Cell]) -> Iterator[str]:
    """The graded cells up to the next one that students write."""
    for cell in later:
        if cells.is_solution(cell):
            return
        if cells.is_test(cell):
            yield cells.grade_id(cell)


def _chosen_questions(
    assignment: Assignment, questions: list[Question], name: str
) -> list[Question]:
    matches = [q for q in questions if name in ("", q.cell, *q.tests)]
    if not matches:
        names = ", ".join(q.cell for q in questions) or "none"
        missing_question = f"no question '{name}'" if name else "no question that students answer"
        raise CourseError(f"'{assignment.id}' has {missing_question}. It has: {names}.")
    return matches


def _repaired(submission: Submission, name: str, model: Notebook) -> Notebook:
    path = submission.folder / f"{name}.ipynb"
    try:
        data = read_plain(path, MAX_BYTES + 1)
    except FileNotFoundError:
        raise CourseError("was not handed in.") from None
    except OSError as fault:
        raise CourseError(f"cannot be read ({fault.strerror or fault}).") from fault
    if len(data) > MAX_BYTES:
        raise CourseError(f"is larger than {MAX_BYTES >> 20} MB.")
    return repair(open_notebook(data), model).notebook


def _answer(notebook: Notebook, model: Notebook, question: Question) -> str:
    """The text of an answer, '' where it is absent or still what was released."""
    places = [i for i, c in enumerate(notebook["cells"]) if cells.grade_id(c) == question.cell]
    if not places:
        return ""
    cell = notebook["cells"][places[-1]]
    if not cells.is_solution(cell):
        return _behind(notebook["cells"][places[-1] + 1 :], model)
    text = "\n".join(re.split(r"\r\n?|\n", cells.source(cell)))
    return text if _squeezed(text) != _squeezed(question.released) else ""


def _behind(later: Iterable[Cell], model: Notebook) -> str:
    """What a student wrote behind a task: their own cells up to the next one of the course."""
    released = {_squeezed(_as_released(cell)) for cell in model["cells"]}
    student_texts = []
    for cell in later:
        if cells.grade_id(cell):
            break
        if _squeezed(cells.source(cell)) not in released:
            student_texts.append(cells.source(cell))
    return "\n\n".join(student_texts)


def _as_released(cell: Cell) -> str:
    return cells.remove_regions(cells.remove_regions(cells.source(cell), HIDDEN), SCHEME)


def _squeezed(text: str) -> str:
    return "".join(text.split())
