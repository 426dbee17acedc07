"""Grading takes no root: an ordinary user grades the same class behind the same walls."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from ordinary_user import NOBODY
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, write_course

from autograder.grading.read_grades import grades
from autograder.sandbox.choose_level import strongest_level

SPY = """\
import glob, os
found = [p for p in glob.glob('{COURSE}/**/*', recursive=True)] + glob.glob('/root/*')
print('found', found, os.getuid())
def square(x):
    return x * x"""


@pytest.fixture
def course():
    if os.geteuid():
        pytest.skip("the other tests grade as this user already: root is tried against them")
    root = Path(tempfile.mkdtemp(prefix="course-of-nobody-"))
    course = write_course(root)
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    hand_in(
        course, "spy", answered("def double(x):\n    return x", SPY.replace("{COURSE}", str(root)))
    )
    for path in (root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    yield course
    shutil.rmtree(root)


def test_an_ordinary_user_grades_behind_walls(course):
    user = Path(__file__).parents[1] / "ordinary_user.py"
    words = ["-m", "autograder.commands.cli", "grade", "functions", "--json"]
    words += ["--course", str(course.root)]
    completed = subprocess.run(
        [sys.executable, str(user), sys.executable, *words],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(course.root), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert completed.returncode == 0, completed.stderr[-3000:]
    last = json.loads(completed.stdout.splitlines()[-1])
    assert last["isolation"] == strongest_level().name
    grades_by_student = {grade.student: grade for grade in grades(course, course.assignments[0])}
    assert {student: grade.score for student, grade in grades_by_student.items()} == {
        "ada": 5,
        "spy": 3,
    }
    graded = json.loads((course.autograded / "spy/functions/functions.ipynb").read_text())
    printed = [o["text"] for c in graded["cells"] for o in c.get("outputs", []) if "text" in o]
    assert printed == [f"found [] {NOBODY}\n"]
