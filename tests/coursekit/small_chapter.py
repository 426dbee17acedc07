"""Notebooks made cell by cell, to test on."""

from typing import Any

Cell = dict[str, Any]


def code(name: str, text: str, *tags: str, **nbgrader: Any) -> Cell:
    """A code cell; keywords become its nbgrader metadata (grade, solution, points)."""
    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if nbgrader:
        fields = {"grade": False, "solution": False, "locked": False, "task": False, **nbgrader}
        metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **fields}
    cell = {"id": name, "cell_type": "code", "metadata": metadata, "source": text}
    return {**cell, "outputs": [], "execution_count": None}


def solution(name: str, text: str) -> Cell:
    return code(f"{name}-solution", text, "export", solution=True)


def question(name: str, text: str) -> Cell:
    return code(name, text, grade=True, locked=True, points=2)


def markdown(name: str, text: str) -> Cell:
    return {"id": name, "cell_type": "markdown", "metadata": {}, "source": text}


def notebook(*cells: Cell, **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


DOUBLE = '''def double(x: np.ndarray) -> np.ndarray:
    """Twice `x`."""
    # Your task: multiply.
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''

TESTS = """assert double(3) == 6, "twice three is six"
assert np.array_equal(double(np.ones(2)), [2, 2])
### BEGIN HIDDEN TESTS
assert double(-1) == -2, "hidden"
### END HIDDEN TESTS"""
