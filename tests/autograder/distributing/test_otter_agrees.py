"""Otter's marks equal ours for every assignment: the reference, the empty release, and a submission
that is partly right."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.demo.demo_class import Student, notebook
from autograder.distributing import otter_bundle
from autograder.gradebook.points import automatic_points
from autograder.grading.class_run import prepared
from autograder.grading.repair import repair
from autograder.grading.run_settings import Settings
from autograder.notebook import cells
from autograder.sandbox import run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
COURSE = open_course(ROOT)
ASSIGNMENTS = {a.id: a for a in COURSE.assignments}
LIMITS = Limits(cell_s=60.0)
CLASS = (
    Student("reference", ("right",)),
    Student("empty", ("blank",)),
    Student("half", ("variant", "wrong", "right", "blank", "right", "wrong", "right", "blank")),
)


@dataclass(frozen=True)
class Marks:
    ours: dict[str, float]
    otters: dict[str, float]


def marks(assignment, student, context, pool, grader, folder):
    """Points by test cell, as both grade what the student handed in."""
    name = assignment.notebooks[0]
    document = notebook(COURSE, assignment, student)
    mended = repair(document, context.models[name]).notebook
    ran = run_notebook.run(pool, context.job(name, mended), LIMITS).notebook
    path = folder / f"{name}.ipynb"
    path.write_text(cells.dump(document), encoding="utf-8")
    ours = {cells.grade_id(cell): automatic_points(cell)[0] or 0.0 for cell in cells.tests(ran)}
    return Marks(ours, otter_bundle.run(grader, path, limit_s=300))


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_otters_marks_equal_ours(name, tmp_path):
    assignment = ASSIGNMENTS[name]
    _student, grader = otter_bundle.bundle(COURSE, assignment, tmp_path / "out")
    with prepared(COURSE, assignment, Settings(LIMITS), strongest_level()) as (context, pool):
        marks_by_student = {
            student.name: marks(assignment, student, context, pool, grader, tmp_path)
            for student in CLASS
        }
    assert {name: pair.ours for name, pair in marks_by_student.items()} == {
        name: pair.otters for name, pair in marks_by_student.items()
    }
    totals = {name: sum(pair.ours.values()) for name, pair in marks_by_student.items()}
    assert totals["reference"] == 17
    assert totals["empty"] == 0
    assert 0 < totals["half"] < 17
