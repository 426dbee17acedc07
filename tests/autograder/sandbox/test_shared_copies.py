"""Tests between which the submission only defines new names ask one copy of it, in turn."""

import pytest
from small_course import answered, code, save, write_course

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.notebook.definitions import NamesSoFar, defined_names
from autograder.sandbox import time_budget
from autograder.sandbox.execution import Execution
from autograder.sandbox.limits import Limits

DOUBLE = "def double(x):\n    return x + x"
SQUARE = "def square(x):\n    return x**2"


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course")


@pytest.fixture
def fork_counts(monkeypatch):
    """How many copies each fork of the submission made, in order."""
    counts, fork = [], Execution._fork_copies
    monkeypatch.setattr(Execution, "_fork_copies", lambda *a: counts.append(a[1]) or fork(*a))
    return counts


def graded(course, double, square, between=None, settings=None):
    """{question: points} of a submission with a cell of its own between the two questions."""
    document = answered(double, square)
    if between is not None:
        place = [cell["id"] for cell in document["cells"]].index("double")
        document["cells"].insert(place + 1, code("between", between))
    save(course.submitted / "ann" / "functions" / "functions.ipynb", document)
    grade_class(course, course.assignments[0], settings or Settings())
    (grade,) = grades(course, course.assignments[0])
    return {mark.cell: mark.points for mark in grade.marks if mark.cell in ("double", "square")}


def test_two_answers_that_only_define_share_a_copy_and_its_reserve(course, fork_counts):
    assert graded(course, DOUBLE, SQUARE) == {"double": 2, "square": 3}
    assert fork_counts[-1:] == [2]


@pytest.mark.parametrize("between", ["print(double(4))", "double = None", "%time double(4)"])
def test_a_cell_that_may_change_something_parts_them(course, fork_counts, between):
    assert graded(course, DOUBLE, SQUARE, between) == {"double": 2, "square": 3}
    assert fork_counts[-2:] == [1, 1]


def test_a_helper_that_is_defined_after_its_use_is_not_there_at_the_test(course):
    double = "def double(x):\n    return twice(x)"
    late = "def twice(x):\n    return 2 * x"
    assert graded(course, double, SQUARE, late) == {"double": 0, "square": 3}


@pytest.mark.parametrize(
    "end", ["import os\n    os._exit(0)", "while True:\n        pass", "raise SystemExit"]
)
def test_the_answer_that_ends_a_shared_copy_loses_its_own_points_alone(course, end):
    double = f"def double(x):\n    {end}"
    settings = Settings(Limits(cell_s=3.0, after_s=3.0))
    assert graded(course, double, SQUARE, settings=settings) == {"double": 0, "square": 3}


def test_after_a_test_over_its_time_the_reserve_is_as_the_copy_was(course, monkeypatch):
    monkeypatch.setattr(time_budget, "STARVED_SHARE", 0)  # on a busy machine, too
    double = "seen = []\n\n\ndef double(x):\n    seen.append(x)\n    while True:\n        pass"
    square = "def square(x):\n    return x**2 if not seen else 0"
    settings = Settings(Limits(cell_s=3.0, after_s=3.0))
    assert graded(course, double, square, settings=settings) == {"double": 0, "square": 3}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(x, y=1, *, z=[]):\n    return g(x)", {"f"}),
        ("def f(x: np.ndarray) -> list[int]:\n    return x", {"f"}),
        (
            "class A:\n    'A.'\n    n = 0\n\n    @property\n    def m(self):\n        return 1",
            {"A"},
        ),
        ("import math\nimport os.path as p\nfrom collections import deque", {"math", "p", "deque"}),
        ("'only a docstring'", set()),
        ("LIMIT = -1\nSHAPE = (2, 3)", {"LIMIT", "SHAPE"}),
    ],
)
def test_cells_that_only_define(text, names):
    assert defined_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "f(1)",
        "x = f(1)",
        "@cache\ndef f(x):\n    return x",
        "def f(x=g()):\n    return x",
        "class A(B):\n    pass",
        "class A:\n    print(1)",
        "class A:\n    x: f() = 1",
        "import antigravity_of_the_course",
        "from numpy import *",
        "del x",
        "x += 1",
        "x[0] = 1",
        "x.y = 1",
        "for x in (1, 2): pass",
        "%time 1",
        "def f(:",
    ],
)
def test_cells_that_do_more_or_cannot_be_read(text):
    assert defined_names(text) is None


@pytest.mark.parametrize(
    ("earlier", "cell", "is_new"),
    [
        ("import numpy as np\nnp.mean([1])", "def mean(x):\n    return 1", True),
        ("def f():\n    return g()", "def g():\n    return 1", False),
        ("def f():\n    return 1", "def f():\n    return 2", False),
        ("x = 1", "def x():\n    return 2", False),
        ("globals()['g'] = 1", "def h():\n    return 1", False),
        ("%matplotlib inline\ng(1)", "def g():\n    return 1", False),
        ("pass", "def sum(x):\n    return 1", False),
    ],
)
def test_a_definition_is_new_where_nothing_before_could_have_read_it(earlier, cell, is_new):
    names = NamesSoFar()
    names.add(earlier)
    assert names.has_no_use_of(cell) is is_new
