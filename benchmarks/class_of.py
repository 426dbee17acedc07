"""A course to measure on: a copy of this repository's, with a class that has handed in 01_tensor.

Right answers, right ones written differently, wrong ones and blanks, in equal shares; every
notebook runs to its end, so that no program is timed at waiting for an endless loop.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.demo.demo_class import Student, notebook
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.releasing.release import write
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[1]
TAUGHT = ("course", "hardware_labs", "source", "tests/proofs")
FILES = ("nbgrader_config.py", "pyproject.toml")
ANSWERS = (
    ("right",),
    ("variant",),
    ("right", "right", "wrong", "right"),
    ("wrong", "right", "wrong", "right", "wrong", "right"),
    ("right", "variant", "right", "right", "blank"),
    ("blank",),
)
STAMP = "2027-02-01 12:00:00.000000 UTC"
MEASURED = "01_tensor"


def course_of(folder: Path, students: int) -> Course:
    """A course in `folder`, not released yet, with so many submissions of 01_tensor."""
    unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.pyc")
    for name in TAUGHT:
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    course = open_course(folder)
    assignment = course.assignment(MEASURED)
    write(course, assignment, course.release / assignment.id)
    for number in range(students):
        _hand_in(course, assignment, Student(f"s{number:02}", ANSWERS[number % len(ANSWERS)]))
    shutil.rmtree(course.release)
    return course


def _hand_in(course: Course, assignment: Assignment, student: Student) -> None:
    folder = course.submitted / student.name / assignment.id
    folder.mkdir(parents=True)
    document = notebook(course, assignment, student)
    (folder / f"{assignment.notebooks[0]}.ipynb").write_text(cells.dump(document), "utf-8")
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
