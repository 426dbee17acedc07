"""Values that a notebook gives (data, points) are the instructor's in a test, whatever a submission
binds under their names."""

import pytest
from small_course import code, hand_in, notebook, save, write_course
from two_processes import NO_SCOPE, bench

from autograder.grading.grade_class import Settings, grade_class
from autograder.grading.read_grades import grades
from autograder.sandbox.limits import Limits
from autograder.sandbox.test_scope import read_scopes

IMPORTS = "import numpy as np"
DATA = "rng = np.random.default_rng(3)\nx = rng.normal(size=8)\ny = (x > 0).astype(int)"
STUB = "### BEGIN SOLUTION\ndef predict(x):\n    return (x > 0).astype(int)\n### END SOLUTION"
TEST = "assert np.mean(predict(x) == y) == 1.0"


def values_of(*given, test="x", answer="def answer(): pass"):
    cells = [code(f"given{n}", text) for n, text in enumerate(given)]
    for cell in cells:
        cell["metadata"] = {}
    cells.insert(1, code("answer", answer, solution=True))
    document = notebook(*cells, code("q", test, grade=True, locked=True, points=1))
    return read_scopes(document)["q"].values.splitlines()


def test_the_values_that_a_test_reads_come_with_what_they_need():
    lines = DATA.split("\n")
    assert values_of(IMPORTS, DATA, "z = x + 1", test="z") == [*lines[:2], "z = x + 1"]
    assert values_of(IMPORTS, DATA, test="y") == lines


def test_what_draws_from_a_generator_before_comes_along():
    drawn = "rng = np.random.default_rng(3)\na = rng.normal()\nb = rng.normal()\nc = rng.normal()"
    assert values_of(IMPORTS, drawn, test="b") == drawn.split("\n")[:3]


def test_several_names_and_a_file_are_values():
    text = "with open('digits.txt') as file:\n    lines, count = (file.readlines(), 3)"
    assert values_of(IMPORTS, text, test="count") == text.split("\n")
    assert values_of(IMPORTS, "limit: int = len('abc')", test="limit") == [
        "limit: int = len('abc')"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x = answer()",
        "x = np.zeros(3)\nx[0] = 1",
        "x = [3, 1]\nx.sort()",
        "x = np.arange(9)\nnp.random.shuffle(x)",
        "x = np.zeros(3)\nx = x + 1",
        "x = np.zeros(3)\nx += 1",
        "for x in range(3):\n    pass",
        "x = np.random.rand(3)",
        "x = np.random.default_rng().normal()",
        "x = input()",
        "x = unknown + 1",
    ],
)
def test_what_needs_the_answer_or_another_run_makes_otherwise_is_the_submissions(text):
    assert values_of(IMPORTS, text) == []


def test_a_name_that_an_answer_binds_is_the_submissions():
    assert values_of(IMPORTS, "x = np.zeros(3)", answer="x = np.ones(3)") == []


SCOPE = {**NO_SCOPE, "submission_names": ["predict", "x", "y"], "values": DATA}
CHEAT = "def predict(x):\n    return np.zeros(8)\ny = np.zeros(8)"


def verdicts(answer, *tests):
    with bench(IMPORTS, sources=[f"{IMPORTS}\n{DATA}\n{answer}"]) as both:
        return [both.test(f"q{n}", text, SCOPE, [])["passed"] for n, text in enumerate(tests)]


def test_labels_that_a_submission_binds_anew_earn_nothing():
    assert verdicts("def predict(x):\n    return (x > 0).astype(int)", TEST) == [True]
    assert verdicts(CHEAT, TEST) == [False]


def test_each_test_has_values_of_its_own():
    assert verdicts(CHEAT, "y[:] = 7", "assert y.max() == 1") == [True, True]


def test_a_value_that_refuses_to_be_copied_is_made_again():
    given = "lock = __import__('threading').Lock()"
    with bench(sources=[""]) as both:
        scope = {**NO_SCOPE, "values": given}
        tests = ("lock.acquire()", "assert not lock.locked()")
        assert all(both.test(text, text, scope, [])["passed"] for text in tests)


def test_a_value_that_cannot_be_made_is_missing_and_the_test_says_so():
    with bench(sources=[""]) as both:
        verdict = both.test("q", "x", {**NO_SCOPE, "values": "x = 1 / 0"}, [])
    assert not verdict["passed"] and "x" in verdict["outputs"][-1]["evalue"]


def reference():
    data, after = code("data", f"{IMPORTS}\n{DATA}"), code("after", "opened = open('log.txt', 'w')")
    data["metadata"] = after["metadata"] = {}
    write = code("write", "print(predict(x), file=opened, flush=True)")
    write["metadata"] = {}
    return notebook(
        data,
        code("predict", STUB, solution=True),
        code("test_predict", TEST, grade=True, locked=True, points=2),
        after,
        write,
        code("log", "assert opened.tell() > 0", grade=True, locked=True, points=1),
    )


def test_the_marks_of_a_course_rest_on_the_given_values_where_the_reference_can_do_so(tmp_path):
    course = write_course(tmp_path / "course")
    save(course.source / "functions" / "functions.ipynb", reference())
    honest, cheat = reference(), reference()
    cheat["cells"][1]["source"] = "def predict(x):\n    return 0 * x\ny = predict(x)"
    hand_in(course, "ada", honest)
    hand_in(course, "eve", cheat)
    assignment = course.assignment("functions")
    grade_class(course, assignment, Settings(Limits(cell_s=15.0)))
    points = {
        grade.student: {mark.cell: mark.points for mark in grade.marks}
        for grade in grades(course, assignment)
    }
    assert points == {
        "ada": {"test_predict": 2, "log": 1},
        "eve": {"test_predict": 0, "log": 1},
    }
