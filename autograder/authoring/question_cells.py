"""The notebook that an author begins with: a question of each kind, with tests and a mark scheme.

A function is tested by calling it. A plot is tested by what its axes hold, so that no picture has
to be compared. A written answer is marked by a person, along a scheme that students never see.
"""

from __future__ import annotations

from typing import Any

from autograder.notebook.cells import Cell, Notebook

POINTS = {"function": 4, "plot": 3, "written": 3}
AVERAGE = """\
def moving_average(values, width):
    \"\"\"The mean of each `width` neighbouring numbers of `values`, as an array.

    >>> moving_average([1, 3, 5, 7], 2)
    array([2., 4., 6.])
    \"\"\"
    ### BEGIN SOLUTION
    sums = np.cumsum(np.concatenate([[0.0], values]))
    return (sums[width:] - sums[:-width]) / width
    ### END SOLUTION"""
AVERAGE_TEST = """\
means = moving_average([1, 3, 5, 7], 2)
assert len(means) == 3, "four numbers have three pairs of neighbours"
assert np.allclose(means, [2, 4, 6]), "each number is the mean of two neighbours"
### BEGIN HIDDEN TESTS
assert np.allclose(moving_average([4, 8], 1), [4, 8]), "with a width of one nothing changes"
assert np.allclose(moving_average([1, 2, 6], 3), [3]), "the width may be all there is"
### END HIDDEN TESTS"""
PLOT = """\
def plot_average(values, average):
    \"\"\"New axes with two lines, `values` and `average`, a label on each axis and a legend.\"\"\"
    ### BEGIN SOLUTION
    _, axes = plt.subplots()
    axes.plot(values, label="values")
    axes.plot(average, label="average")
    axes.set_xlabel("step")
    axes.set_ylabel("value")
    axes.legend()
    return axes
    ### END SOLUTION"""
PLOT_TEST = """\
axes = plot_average([1.0, 3.0, 5.0], [2.0, 4.0])
drawn = [[float(y) for y in line.get_ydata()] for line in axes.get_lines()]
assert len(drawn) == 2, "two lines are drawn"
assert axes.get_xlabel() != "" and axes.get_ylabel() != "", "each axis has a label"
assert axes.get_legend() is not None, "a legend says which line is which"
### BEGIN HIDDEN TESTS
assert drawn == [[1.0, 3.0, 5.0], [2.0, 4.0]], "the first line is the values, then the average"
### END HIDDEN TESTS"""
PICTURE = """\
series = [1, 3, 2, 6, 4, 8]
plot_average(series, moving_average(series, 2));"""
WRITTEN_QUESTION = """\
**Question 3.** A wider average is smoother. What does it cost? Name one case in which you would
choose a narrow one. Two or three sentences.

### BEGIN MARK SCHEME
1 point: a wide average reacts late to a change.
1 point: it also gives fewer numbers, or hides short peaks.
1 point: a case that fits, such as an alarm that has to come soon.
### END MARK SCHEME"""


def notebook(assignment_id: str, title: str, checked: bool) -> Notebook:
    """The instructor's notebook. checked: the course has coursekit, so that students run the
    visible tests themselves."""
    imports = ["import matplotlib.pyplot as plt", "import numpy as np"]
    imports += ["from coursekit import check"] if checked else []
    names = grade_ids(assignment_id)
    rows = [
        _text("title", f"# {title}\n\nSay here what the assignment is about, and why."),
        _code("imports", "\n".join(imports)),
        _text("function-task", "**Question 1.** Write `moving_average`."),
        *_tested(names["function"], AVERAGE, AVERAGE_TEST, POINTS["function"], checked),
        _text("plot-task", "**Question 2.** Write `plot_average`."),
        *_tested(names["plot"], PLOT, PLOT_TEST, POINTS["plot"], checked),
        _code("picture", PICTURE),
        _written_question(names["written"], WRITTEN_QUESTION, POINTS["written"]),
        _text(f"{names['written']}-answer", "*Write your answer in this cell.*"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
    metadata = {"kernelspec": kernel, "language_info": language}
    return {"cells": rows, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def grade_ids(assignment_id: str) -> dict[str, str]:
    """The names of the graded cells, which no other assignment of the course has."""
    stem, names = assignment_id.lower(), ("mean", "plot", "why")
    return {kind: f"{stem}-{name}" for kind, name in zip(POINTS, names, strict=True)}


def _tested(name: str, solution: str, test: str, points: float, checked: bool) -> list[Cell]:
    asking = [_code(f"{name}-check", f'check("{name}")')] if checked else []
    return [
        _code(f"{name}-solution", solution, solution=True),
        *asking,
        _code(name, test, grade=True, locked=True, points=points),
    ]


def _written_question(name: str, text: str, points: float) -> Cell:
    return _graded(_text(name, text), "markdown", task=True, locked=True, points=points)


def _text(name: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _code(name: str, text: str, **flags: Any) -> Cell:
    cell: Cell = {"cell_type": "code", "id": name, "metadata": {}, "source": text}
    cell |= {"execution_count": None, "outputs": []}
    return _graded(cell, "code", **flags) if flags else cell


def _graded(cell: Cell, kind: str, **flags: Any) -> Cell:
    """The cell with nbgrader's metadata: what it is, its name and its points."""
    defaults = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    facts = {"schema_version": 3, "grade_id": cell["id"], "cell_type": kind}
    return {**cell, "metadata": {"nbgrader": {**defaults, **facts, **flags}}}
