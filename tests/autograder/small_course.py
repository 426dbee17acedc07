"""A small nbgrader course in a temporary folder: one notebook with two questions and an essay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.model import Course
from autograder.settings.open_course import open_course

SOLUTION = """\
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return x + x  # the secret way
    ### END SOLUTION"""
TEST = """\
assert double(2) == 4, "twice two is four"
### BEGIN HIDDEN TESTS
assert double(-3.5) == -7.0, "negative numbers double too"
### END HIDDEN TESTS"""
SQUARE = """\
def square(x):
    ### BEGIN SOLUTION
    return x**2  # another secret
    ### END SOLUTION"""
SQUARE_TEST = """\
assert square(3) == 9, "three squared is nine"
### BEGIN HIDDEN TESTS
assert square(-3) == 9, "a square is never negative"
### END HIDDEN TESTS"""
ESSAY = """\
Why is the square of a negative number positive?

### BEGIN MARK SCHEME
1 point: names that the two signs cancel each other.
### END MARK SCHEME"""
PROOFS = """
from autograder.proofs import right, wrong


@wrong("double", "squares")
def _():
    def double(x):
        return x**2


@wrong("double", "forgets to return")
def _():
    def double(x):
        x + x


@wrong("double", "takes the absolute value")
def _():
    def double(x):
        return abs(2 * x)


@right("double", "multiplies")
def _():
    # a comment stays
    def double(x):
        return 2 * x


@wrong("square", "doubles")
def _():
    def square(x):
        return 2 * x


@wrong("square", "keeps the sign")
def _():
    def square(x):
        return x * abs(x)


@wrong("square", "cubes")
def _():
    def square(x):
        return x**3


@right("square", "multiplies")
def _():
    def square(x):
        return x * x
"""


def code(name: str, text: str, **meta: Any) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "id": name,
        "source": text,
        "outputs": [],
        "execution_count": None,
    }
    return {**cell, "metadata": _meta(name, "code", meta)}


def markdown(name: str, text: str, **meta: Any) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "id": name, "source": text}
    return {**cell, "metadata": _meta(name, "markdown", meta)}


def _meta(name: str, kind: str, meta: dict[str, Any]) -> dict[str, Any]:
    flags = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    full = {**flags, "schema_version": 3, "grade_id": name, "cell_type": kind, **meta}
    return {"nbgrader": full} if meta else {}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": list(cells),
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def source_notebook() -> dict[str, Any]:
    test = {"grade": True, "locked": True}
    return notebook(
        markdown("title", "# Two small functions"),
        code("double-solution", SOLUTION, solution=True),
        code("double", TEST, **test, points=2),
        code("square-solution", SQUARE, solution=True),
        code("square", SQUARE_TEST, **test, points=3),
        markdown("essay", ESSAY, task=True, locked=True, points=1),
        markdown("essay-answer", "*Write your answer here.*"),
    )


def write_course(root: Path, proofs: str = PROOFS) -> Course:
    """A course `root` with the assignment `functions`, and its proofs where there are some."""
    save(root / "source" / "functions" / "functions.ipynb", source_notebook())
    (root / "source" / "functions" / "numbers.csv").write_text("1,2\n")
    config = f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
    (root / "nbgrader_config.py").write_text(config + "c.CourseDirectory.course_id = 'small'\n")
    if proofs:
        (root / "tests" / "proofs").mkdir(parents=True)
        (root / "tests" / "proofs" / "functions.py").write_text(proofs)
    return open_course(root)


def save(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def hand_in(course: Course, student: str, document: dict[str, Any]) -> Path:
    """Put a notebook where nbgrader keeps what was submitted."""
    folder = course.submitted / student / "functions"
    save(folder / "functions.ipynb", document)
    (folder / "timestamp.txt").write_text("2027-02-01 12:00:00.000000 UTC")
    return folder


def answered(double: str, square: str) -> dict[str, Any]:
    """The notebook as a student hands it in: their two answers, the visible tests, no secret."""
    document = source_notebook()
    for cell in document["cells"]:
        lines = cell["source"].split("\n")
        begin = next((i for i, line in enumerate(lines) if "BEGIN HIDDEN" in line), len(lines))
        cell["source"] = "\n".join(lines[:begin])
    by_name = {cell["id"]: cell for cell in document["cells"]}
    by_name["double-solution"]["source"] = double
    by_name["square-solution"]["source"] = square
    by_name["essay"]["source"] = "Why is the square of a negative number positive?"
    by_name["essay-answer"]["source"] = "Because the signs cancel."
    return document


RIGHT_DOUBLE = "def double(x):\n    return 2 * x"
RIGHT_SQUARE = "def square(x):\n    return x * x"
