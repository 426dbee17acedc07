"""The example course of `nbgrader quickstart` through every command, beside stock nbgrader."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.distributing import otter_bundle
from autograder.gradebook.read_marks import recorded
from autograder.settings.open_course import open_course

BIN = Path(sys.executable).parent
ENVIRONMENT = {
    **os.environ,
    "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
    "PYTHONWARNINGS": "ignore",
}
SQUARES = """\
def squares(n):
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i**2 for i in range(1, n + 1)]
"""
NO_ERROR = "def squares(n):\n    return [i**2 for i in range(1, n + 1)]\n"
SUM = "def sum_of_squares(n):\n    return sum(squares(n))\n"
ALONE = "def sum_of_squares(n):\n    return sum(i**2 for i in range(1, n + 1))\n"
CLASS = {
    "bitdiddle": {"squares": SQUARES, "sum_of_squares": SUM, "sum_of_squares_equation": "$1+4$"},
    "hacker": {"squares": NO_ERROR, "sum_of_squares": ALONE},
    "reasoner": {"squares": SQUARES},
    "untouched": {},
}


def run(program, *words, cwd):
    command = [str(BIN / program), *map(str, words)]
    completed = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert completed.returncode == 0, (
        f"{command}: {completed.stdout[-2000:]}{completed.stderr[-2000:]}"
    )
    return completed.stdout


def hand_in(root, inbox):
    for student, answers in CLASS.items():
        folder = inbox / student / "ps1"
        shutil.copytree(root / "release" / "ps1", folder)
        document = json.loads((folder / "problem1.ipynb").read_text())
        for cell in document["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(name, cell["source"])
        (folder / "problem1.ipynb").write_text(json.dumps(document))


pytestmark = [
    pytest.mark.xdist_group("quickstart"),
    pytest.mark.slow,
]  # stock nbgrader and Otter run beside ours


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """(ours, stock): marks per student and cell after the whole road, and the course root."""
    work = tmp_path_factory.mktemp("quickstart")
    run("nbgrader", "quickstart", "ours", cwd=work)
    shutil.copytree(work / "ours", work / "stock")
    config = (work / "stock" / "nbgrader_config.py").read_text()
    (work / "stock" / "nbgrader_config.py").write_text(config.replace("/ours", "/stock"))
    ours, stock = work / "ours", work / "stock"
    run("autograder", "release", "ps1", "--no-audit", cwd=ours)
    hand_in(ours, work / "inbox")
    run("autograder", "collect", "ps1", work / "inbox", cwd=ours)
    run("autograder", "grade", "ps1", cwd=ours)
    run("nbgrader", "generate_assignment", "ps1", cwd=stock)
    shutil.copytree(work / "inbox", stock / "submitted")
    run("nbgrader", "autograde", "ps1", cwd=stock)
    return ours, {root.name: marks_in(root) for root in (ours, stock)}


def marks_in(root):
    course = open_course(root)
    work = course.assignment("ps1")
    return {
        (student, row.notebook, row.cell): (row.points, row.out_of, row.needs_review)
        for student, submission in recorded(course, work).items()
        for row in submission.marks
    }


def test_marks_equal_stock_nbgraders_cell_for_cell(marks):
    _, marks_by_grader = marks
    assert marks_by_grader["ours"] == marks_by_grader["stock"]
    assert {student for student, _, _ in marks_by_grader["ours"]} == set(CLASS)
    assert marks_by_grader["ours"]["bitdiddle", "problem1", "correct_squares"][0] == 1
    assert marks_by_grader["ours"]["hacker", "problem1", "squares_invalid_input"][0] == 0


def test_the_release_equals_stock_nbgraders(marks):
    ours, _ = marks
    for name in ("problem1.ipynb", "problem2.ipynb", "jupyter.png"):
        stock = ours.parent / "stock" / "release" / "ps1" / name
        assert (ours / "release" / "ps1" / name).read_bytes() == stock.read_bytes()


def test_feedback_export_and_status_work_there(marks):
    ours, _ = marks
    run("autograder", "feedback", "ps1", cwd=ours)
    page = (ours / "feedback" / "hacker" / "ps1" / "problem1.html").read_text()
    assert "squares_invalid_input" in page
    rows = json.loads(run("autograder", "export", "ps1", "--to", "json", cwd=ours))
    assert [row["student"] for row in rows] == sorted(CLASS)
    assert run("autograder", "export", "ps1", cwd=ours).splitlines()[0].startswith("student,")
    assert "ps1" in run("autograder", "status", cwd=ours)


def test_a_foreign_course_can_be_published(marks):
    ours, _ = marks
    printed = run("autograder", "publish", "out", cwd=ours)
    assert "no wheel" in printed
    assert list((ours / "out").rglob("problem1.ipynb"))


def test_otter_gives_the_same_marks_to_its_notebooks(marks, tmp_path):
    ours, marks_by_grader = marks
    run("autograder", "otter", "ps1", "--to", tmp_path, cwd=ours)
    handed_in = ours / "submitted" / "bitdiddle" / "ps1" / "problem1.ipynb"
    otter = otter_bundle.run(tmp_path / "problem1" / "autograder.zip", handed_in)
    mine = {
        c: p
        for (s, n, c), (p, _, _) in marks_by_grader["ours"].items()
        if (s, n) == ("bitdiddle", "problem1")
    }
    assert otter == {cell: mine[cell] for cell in otter}
    assert len(otter) == 4


def test_an_audit_of_a_course_without_proofs_says_what_is_missing(marks):
    ours, _ = marks
    command = [str(BIN / "autograder"), "audit", "ps1"]
    completed = subprocess.run(command, cwd=ours, env=ENVIRONMENT, capture_output=True, text=True)
    assert completed.returncode == 1
    assert "has 0 wrong and 0 right solutions" in completed.stdout
