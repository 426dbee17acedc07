"""A class of students for the demo: each hands in the released notebook with answers filled in.

Answers are real ones. Right answers are the instructor's or the right variants among the proofs,
mistakes are the wrong solutions among them. Some students hand in what a course gets every year:
nothing done, a cell deleted, an endless loop, a truncated file, a module that shadows NumPy.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from autograder import proofs
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import SOLUTION, Cell, Notebook
from autograder.proofs import Proof
from autograder.settings.source_notebook import source_notebook

WRITTEN_ANSWER = "The small shapes are far above the prediction: a call has a fixed cost."
LOOP = "while True:\n    pass"


@dataclass(frozen=True)
class Student:
    """Who hands in what. answers: 'right', 'variant', 'wrong' or 'blank' per question in order, the
    last one for all that follow. fault: what is wrong with the file ('' for nothing)."""

    name: str
    answers: tuple[str, ...]
    fault: str = ""


CLASS = {
    "01_tensor": (
        Student("ada", ("right",)),
        Student("blaise", ("variant",)),
        Student("charles", ("right", "right", "wrong", "right")),
        Student("dorothy", ("right", "wrong", "right", "wrong", "right", "wrong", "right")),
        Student("edsger", ("right", "right", "right", "right", "blank")),
        Student("frances", ("blank",)),
        Student("grace", ("right",), "endless loop"),
        Student("haskell", ("right", "right", "wrong", "right"), "deleted test cell"),
        Student("ida", ("right",), "truncated"),
        Student("john", ("right", "blank"), "shadowing module"),
    ),
    "02_activations": (
        Student("ada", ("variant",)),
        Student("charles", ("right", "wrong", "right")),
        Student("dorothy", ("right", "right", "blank")),
    ),
    "03_layers": (
        Student("charles", ("right", "variant", "wrong", "right")),
        Student("dorothy", ("variant",)),
        Student("frances", ("right", "blank")),
    ),
    "x01_deployment_limits": (
        Student("charles", ("right", "wrong", "right")),
        Student("edsger", ("variant",)),
        Student("frances", ("blank",)),
    ),
    "d01_connect": (
        Student("charles", ("right", "right", "wrong", "right")),
        Student("frances", ("right", "right", "right", "blank")),
        Student("john", ("right",), "metadata lost"),
    ),
}


def notebook(course: Course, assignment: Assignment, student: Student) -> Notebook:
    """The notebook `student` hands in, before anything happens to the file."""
    name = assignment.notebooks[0]
    source = source_notebook(course, assignment, name)
    released = cells.load(course.release / assignment.id / f"{name}.ipynb")
    assignment_proofs = proofs.read(course.proofs / f"{assignment.id}.py")
    texts = _answers(source, assignment_proofs, student)
    for cell in released["cells"]:
        cell["source"] = texts.get(cells.grade_id(cell), cell["source"])
        if str(cell.get("id", "")).endswith("-answer") and "blank" not in student.answers:
            cell["source"] = WRITTEN_ANSWER
    return _spoiled(released, student.fault)


def _answers(source: Notebook, assignment_proofs: list[Proof], student: Student) -> dict[str, str]:
    """The text of each solution cell that the student filled in, by grade_id."""
    texts: dict[str, str] = {}
    solution: Cell | None = None
    earlier: list[Cell] = []  # other solution cells of the same question
    question, tested = 0, False
    for cell in source["cells"]:
        if cells.is_solution(cell) and cell["cell_type"] == "code":
            earlier += [solution] if solution and not tested else []
            solution, tested = cell, False
        elif cells.is_test(cell) and solution is not None:
            kind = student.answers[min(question, len(student.answers) - 1)]
            for other_solution in earlier if kind != "blank" else ():
                text = _without_markers(cells.source(other_solution))
                texts.setdefault(cells.grade_id(other_solution), text)
            earlier, tested = [], True
            answer = _answer(solution, assignment_proofs, cells.grade_id(cell), kind)
            if answer is not None:
                texts[cells.grade_id(solution)] = answer
            question += 1
    return texts


def _answer(solution: Cell, assignment_proofs: list[Proof], question: str, kind: str) -> str | None:
    if kind == "blank":
        return None
    if kind != "right":
        matching = [
            p
            for p in assignment_proofs
            if p.question == question and p.is_right == (kind == "variant")
        ]
        if matching and matching[0].cell in ("", cells.grade_id(solution)):
            return _without_markers(matching[0].solution(cells.source(solution)))
    return _without_markers(cells.source(solution))


def _without_markers(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not any(m in line for m in SOLUTION))


def _spoiled(document: Notebook, fault: str) -> Notebook:
    spoiled = copy.deepcopy(document)
    tested = [cell for cell in spoiled["cells"] if cells.is_test(cell)]
    if fault == "endless loop":
        before = spoiled["cells"].index(tested[-2]) + 1
        loop = next(c for c in spoiled["cells"][before:] if cells.is_solution(c))
        loop["source"] = f"{loop['source']}\n\n\n{LOOP}"
    elif fault == "deleted test cell":
        spoiled["cells"].remove(tested[1])
    elif fault == "metadata lost":
        for cell in spoiled["cells"]:
            cell["metadata"] = {}
    return spoiled
