"""The folder a notebook runs in: the files the instructor keeps beside it, and no others.

What a student hands in beside the notebook never gets there: `numpy.py` would shadow NumPy.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.model import Assignment, Course
from autograder.settings import nbgrader_config


def lay_out(course: Course, assignment: Assignment, folder: Path) -> None:
    """Copy the instructor's files beside the notebooks of `assignment` into `folder`."""
    for name in nbgrader_config.support_files(course, assignment):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(course.source / assignment.id / name, target)
