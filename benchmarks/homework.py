"""A plain homework to measure on: eight functions and their tests, no figure, little to compute.

Its cells cost next to nothing, so that grading it costs what the grader itself costs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.model import Course
from autograder.settings.open_course import open_course

NAME = "homework"
QUESTIONS = {
    "total": ("np.sum(x)", "np.sum(x)"),
    "mean": ("np.sum(x) / np.size(x)", "np.mean(x)"),
    "spread": ("np.max(x) - np.min(x)", "np.ptp(x)"),
    "centred": ("x - np.mean(x)", "x - np.sum(x) / np.size(x)"),
    "unit": ("x / np.linalg.norm(x)", "x / np.sqrt(np.sum(x**2))"),
    "clipped": ("np.clip(x, 0, 1)", "np.minimum(1, np.maximum(0, x))"),
    "softmax": ("np.exp(x - np.max(x)) / np.exp(x - np.max(x)).sum()", None),
    "backwards": ("x[::-1]", "np.flip(x)"),
}
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'homework'\n"
STAMP = "2027-02-01 12:00:00.000000 UTC"


def course_of(folder: Path, students: int) -> Course:
    """A course in `folder` with the homework, not released yet, handed in by so many: a third of
    the answers is wrong, in turns."""
    _save(folder / "source" / NAME / f"{NAME}.ipynb", _notebook())
    (folder / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    for number in range(students):
        home = folder / "submitted" / f"s{number:02}" / NAME
        _save(home / f"{NAME}.ipynb", _handed_in(number))
        (home / "timestamp.txt").write_text(STAMP, "utf-8")
    return open_course(folder)


def _notebook() -> dict[str, Any]:
    cells = [_cell("imports", "import numpy as np")]
    for name, (answer, variant) in QUESTIONS.items():
        text = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {answer}\n    ### END SOLUTION"
        cells.append(_cell(f"{name}-solution", text, solution=True))
        test = _test(name, variant or answer)
        cells.append(_cell(name, test, grade=True, locked=True, points=1))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _test(name: str, expression: str) -> str:
    return (
        f"assert np.allclose({name}(np.array([3.0, 4.0])), (lambda x: {expression})("
        f'np.array([3.0, 4.0]))), "by hand"\n'
        "### BEGIN HIDDEN TESTS\n"
        "for _seed in range(5):\n"
        "    _x = np.random.default_rng(_seed).normal(size=7)\n"
        f'    assert np.allclose({name}(_x), (lambda x: {expression})(_x)), "for any numbers"\n'
        "### END HIDDEN TESTS"
    )


def _handed_in(number: int) -> dict[str, Any]:
    document = _notebook()
    for place, cell in enumerate(document["cells"]):
        lines = [line for line in cell["source"].split("\n") if "SOLUTION" not in line]
        cell["source"] = "\n".join(lines).split("### BEGIN HIDDEN TESTS")[0].rstrip()
        if cell["id"].endswith("-solution") and (place // 2 + number) % 3 == 0:
            cell["source"] = cell["source"].replace("return ", "return 1 + ")
    return document


def _cell(name: str, text: str, **meta: Any) -> dict[str, Any]:
    flags = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    full = {**flags, "schema_version": 3, "grade_id": name, "cell_type": "code", **meta}
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"nbgrader": full} if meta else {},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def _save(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
