"""Every kind of thing that a notebook gives is the instructor's in a test, whatever a submission
binds under its name: objects, functions, classes, tables."""

from small_course import code, hand_in, notebook, save, write_course

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.sandbox.limits import Limits

IMPORTS = """import abc
import functools
import numpy as np
from collections import namedtuple
from dataclasses import dataclass
raw = np.random.default_rng(3).normal(size=8)
labels = (raw > 0).astype(int)"""
RIGHT = "def predict(x):\n    return (x > 0).astype(int)"
WRONG = "zeros = np.zeros(8, int)\ndef predict(x):\n    return np.zeros(len(x), int)"
# A given cell, what a test asks of it, and what a cheat binds.
KINDS = [
    (
        "class Data:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "data = Data(raw, labels)",
        "np.mean(predict(data.x) == data.y) == 1",
        "data.y = zeros",
    ),
    (
        "Pair = namedtuple('Pair', 'x y')\npair = Pair(raw, labels)",
        "np.mean(predict(pair.x) == pair.y) == 1",
        "pair = Pair(raw, zeros)",
    ),
    (
        "@dataclass\nclass Table:\n    x: object\n    y: object\ntable = Table(raw, labels)",
        "np.mean(predict(table.x) == table.y) == 1",
        "table = Table(raw, zeros)",
    ),
    (
        "rows = np.array(list(zip(raw, labels)), dtype=[('x', float), ('y', int)])",
        "np.mean(predict(rows['x']) == rows['y']) == 1",
        "rows['y'] = 0",
    ),
    (
        "np.savez('data.npz', y=labels)\nloaded = np.load('data.npz')",
        "np.mean(predict(raw) == loaded['y']) == 1",
        "loaded = {'y': zeros}",
    ),
    ("score = lambda f: np.mean(f(raw) == labels)", "score(predict) == 1", "score = lambda f: 1"),
    (
        "close = functools.partial(np.allclose, labels)",
        "close(predict(raw))",
        "close = lambda x: True",
    ),
    (
        "def accuracy(f, wanted=labels):\n    return np.mean(f(raw) == wanted)",
        "accuracy(predict) == 1",
        "accuracy = lambda f: 1",
    ),
    (
        "if True:\n    def share(f):\n        return np.mean(f(raw) == labels)",
        "share(predict) == 1",
        "share = lambda f: 1",
    ),
    (
        "class Judge:\n    def score(self, f):\n        return np.mean(f(raw) == labels)",
        "Judge().score(predict) == 1",
        "class Judge:\n    def score(self, f):\n        return 1",
    ),
    (
        "class Strict(abc.ABC):\n    def score(self, f):\n        return np.mean(f(raw) == labels)",
        "Strict().score(predict) == 1",
        "class Strict:\n    def score(self, f):\n        return 1",
    ),
    (
        "class Jury:\n    def score(self, f):\n        return np.mean(f(raw) == labels)\n"
        "first = Jury()",
        "first is not None and Jury().score(predict) == 1",
        "class Jury:\n    def score(self, f):\n        return 1",
    ),
    (
        "def load():\n    global wanted\n    wanted = labels.copy()\nload()",
        "np.mean(predict(raw) == wanted) == 1",
        "wanted = zeros",
    ),
    (
        "def above(x):\n    return (x > raw.min() - 1) & (x > 0)\nexpected = above(raw)",
        "np.mean(predict(raw) == expected) == 1",
        "expected = zeros",
    ),
]


def document(given_texts, answer, tests):
    """A notebook of given cells, an answer, and hidden tests of one point each."""
    return notebook(
        *[code(f"given{n}", text, locked=True) for n, text in enumerate(given_texts)],
        code("answer", answer, solution=True),
        *[
            code(f"test{n}", f"assert {text}", grade=True, locked=True, points=1)
            for n, text in enumerate(tests)
        ],
    )


def marks(folder, given_texts, answers, tests):
    """The marks of each answer; the first is the reference."""
    course = write_course(folder / "course")
    reference = f"### BEGIN SOLUTION\n{answers[0]}\n### END SOLUTION"
    path = course.source / "functions" / "functions.ipynb"
    save(path, document(given_texts, reference, tests))
    for n, answer in enumerate(answers):
        hand_in(course, f"student{n}", document(given_texts, answer, tests))
    assignment = course.assignment("functions")
    grade_class(course, assignment, Settings(Limits(cell_s=15.0)))
    return [grade.marks for grade in grades(course, assignment)]


def test_no_kind_of_given_thing_that_a_submission_binds_anew_earns_points(tmp_path):
    given_texts, tests, anew = zip(*KINDS, strict=True)
    forged = "\n".join([WRONG, *anew])
    honest, cheat = marks(tmp_path, (IMPORTS, *given_texts), (RIGHT, forged), tests)
    assert [mark.points for mark in honest] == [1] * len(KINDS)
    assert [mark.cell for mark in cheat if mark.points] == []


def test_a_given_class_of_which_the_answer_makes_objects_is_the_submissions(tmp_path):
    given_texts = (
        "names = ['a', 'b']",
        "class Box:\n    def __init__(self):\n        self.size = len(names)",
    )
    tests = ("isinstance(box(), Box) and box().size == len(names)",)
    ((mark,),) = marks(tmp_path, given_texts, ("def box():\n    return Box()",), tests)
    assert (mark.points, mark.forked) == (1, False)


def test_a_given_value_that_only_the_submission_can_make_leaves_the_others_the_instructors(
    tmp_path,
):
    course = write_course(tmp_path / "course")
    answer = "def predict(x):\n    return (x > 0).astype(int)"
    write = "np.save('out.npy', predict(raw))"

    def chapter(text):
        cells = document((IMPORTS, "wanted = labels.copy()"), text, ())["cells"]
        ask = "assert table.size == 8 and np.mean(predict(raw) == wanted) == 1"
        given_cell = code("read", "table = np.load('out.npy')", locked=True)
        test = code("test", ask, grade=True, locked=True, points=1)
        return notebook(*cells, given_cell, test)

    reference = chapter(f"### BEGIN SOLUTION\n{answer}\n{write}\n### END SOLUTION")
    save(course.source / "functions" / "functions.ipynb", reference)
    hand_in(course, "ada", chapter(f"{answer}\n{write}"))
    hand_in(course, "eve", chapter(f"{WRONG}\n{write}\nwanted = zeros"))
    grade_class(course, course.assignment("functions"), Settings(Limits(cell_s=15.0)))
    scores = [grade.score for grade in grades(course, course.assignment("functions"))]
    assert scores == [1, 0]


def test_an_answer_knows_the_given_classes_that_read_given_values(tmp_path):
    given_texts = ("import collections\nEdge = collections.namedtuple('Edge', 'w a b')", "size = 2",
                   "class Box:\n    def __init__(self):\n        self.size = size")  # fmt: skip
    reference = "def f(edges, box):\n    return min(edges, key=lambda e: e.w).w, box.size"
    answer = (
        "def f(edges, box):\n    assert isinstance(box, Box) and isinstance(edges[0], tuple)\n"
        "    assert (1, 1, 2) in edges and len(set(edges)) == 2\n"
        "    return sorted(edges)[0].w, box.size"
    )
    tests = ("f([Edge(3, 0, 1), Edge(1, 1, 2)], Box()) == (1, 2)",)
    (_, (mark,)) = marks(tmp_path, given_texts, (reference, answer), tests)
    assert (mark.points, mark.forked) == (1, False)


def test_objects_with_which_the_reference_computes_live_beside_the_answer_where_they_can(tmp_path):
    given_texts = (
        "class Weight:\n    def __init__(self, value):\n        self.value, self.slope = value, 1\n"
        "    def __mul__(self, k):\n        return Weight(self.value * k)",
        "def loss_of(size):\n    return total(Weight(size))",
    )
    reference = "def total(weight):\n    return (weight * 2).value"
    answer = "def total(weight):\n    weight.slope = None\n    return 2 * weight.value"
    tests = ("loss_of(3) == 6",)
    (_, (mark,)) = marks(tmp_path, given_texts, (reference, answer), tests)
    assert (mark.points, mark.forked) == (1, False)
