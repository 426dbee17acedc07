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
    """The statements that bind what `test` reads, where it also asks the function of the answer."""
    cells = [code(f"given{n}", text) for n, text in enumerate(given)]
    for cell in cells:
        cell["metadata"] = {}
    cells.insert(1, code("answer", answer, solution=True))
    asked = code("q", f"answer, {test}", grade=True, locked=True, points=1)
    return [text for text, _ in read_scopes(notebook(*cells, asked))["q"].values]


def test_the_values_that_a_test_reads_come_with_what_they_need():
    lines = DATA.split("\n")
    assert values_of(IMPORTS, DATA, "z = x + 1", test="z") == [*lines[:2], "z = x + 1"]
    assert values_of(IMPORTS, DATA, test="y") == lines


def test_several_names_and_a_file_are_values():
    text = "with open('digits.txt') as file:\n    lines, count = (file.readlines(), 3)"
    more = "with open('labels.txt') as file:\n    labels = file.readlines()"
    assert values_of(IMPORTS, text, more, test="count") == [text]
    assert values_of(IMPORTS, "size: int = len('abc')", test="size") == ["size: int = len('abc')"]
    assert values_of(IMPORTS, "[a, b] = {1}, {2}", test="a") == ["[a, b] = ({1}, {2})"]


@pytest.mark.parametrize(
    "text",
    [
        "x = answer()",
        "x = np.zeros(3)\nx = x + 1",
        "x = np.zeros(3)\nx += 1",
        "for x in range(3):\n    pass",
        "x = unknown + 1",
        "x = !ls",
    ],
)
def test_what_needs_the_answer_or_is_bound_twice_is_the_submissions(text):
    assert values_of(IMPORTS, text) == []


def test_a_name_that_an_answer_binds_is_the_submissions():
    both = "x = np.ones(3)\ndef answer(): pass"
    assert values_of(IMPORTS, "x = np.zeros(3)", answer=both) == []


def test_a_test_of_what_the_notebook_computed_reads_the_values_of_the_same_submission():
    assert values_of(IMPORTS, DATA, "z = answer(x)", test="y") != []
    assert values_of(IMPORTS, DATA, "z = answer(x)", test="(y, z)") == []
    assert values_of(IMPORTS, DATA, answer="answer = [1, 2]", test="y") == []


LINES = DATA.split("\n")
VALUES = [(LINES[0], []), (LINES[1], ["x"]), (LINES[2], ["y"])]
SCOPE = {**NO_SCOPE, "submission_names": ["predict", "x", "y"], "values": VALUES}
CHEAT = "def predict(x):\n    return np.zeros(8)\ny = np.zeros(8)"


def verdicts(answer, *tests):
    with bench(IMPORTS, sources=[f"{IMPORTS}\n{DATA}\n{answer}"]) as both:
        return [both.test(f"q{n}", text, SCOPE, [])["passed"] for n, text in enumerate(tests)]


def test_labels_that_a_submission_binds_anew_earn_nothing():
    assert verdicts("def predict(x):\n    return (x > 0).astype(int)", TEST) == [True]
    assert verdicts(CHEAT, TEST) == [False]


def test_each_test_has_values_of_its_own():
    honest = "def predict(x):\n    return (x > 0).astype(int)"
    assert verdicts(honest, "y[:] = 7", "assert y.max() == 1") == [True, True]


def test_an_input_that_the_answer_changes_in_place_is_seen():
    changing = "def predict(x):\n    x[:] = x > 0\n    return x.astype(int)\npredict(x)"
    keeping = "def predict(x):\n    return (x > 0).astype(int)\npredict(x)"
    test = "assert predict(np.ones(3)).sum() == 3 and len(set(x)) == 8, 'x was changed'"
    assert verdicts(keeping, test) == [True]
    assert verdicts(changing, test) == [False]


def test_labels_that_are_changed_in_place_earn_nothing():
    cheat = "def predict(x):\n    return np.zeros(8)\ny[:] = 0"
    assert verdicts(cheat, TEST) == [False]


def test_a_clock_that_the_notebook_stopped_is_the_submissions():
    clock = "from time import perf_counter, sleep\nstart = perf_counter()"
    values = [("start = perf_counter()", ["start"]), ("spent = perf_counter() - start", ["spent"])]
    slow = f"{clock}\nsleep(0.2)\nspent = perf_counter() - start\ndef f(): return 1"
    with bench("from time import perf_counter", sources=[slow]) as both:
        scope = {**NO_SCOPE, "submission_names": ["f", "spent"], "values": values}
        assert both.test("q", "assert f() == 1", scope, [])["passed"]
        assert not both.test("q", "assert f() == 1 and spent < 0.1", scope, [])["passed"]


def test_a_value_that_refuses_to_be_copied_is_the_same_in_every_test():
    given = [("lock = __import__('threading').Lock()", ["lock"])]
    with bench(sources=["lock = 1"]) as both:
        scope = {**NO_SCOPE, "values": given}
        tests = ("lock.acquire()", "assert lock.locked()")
        outputs = [both.test(text, text, scope, [])["outputs"] for text in tests]
    assert "Lock" not in str(outputs[1])


def test_a_value_that_cannot_be_made_fails_the_test_with_its_error():
    with bench(sources=["x = 3"]) as both:
        verdict = both.test("q", "x", {**NO_SCOPE, "values": [("x = 1 / 0", ["x"])]}, [])
    assert not verdict["passed"] and "division" in verdict["outputs"][-1]["evalue"]


def test_a_value_stands_behind_the_name_of_an_earlier_test():
    scope = {**NO_SCOPE, "submission_names": ["x", "y"], "earlier_test_names": ["y"]}
    with bench(IMPORTS, sources=[f"{IMPORTS}\n{DATA}"]) as both:
        assert both.test("before", "y = 7", NO_SCOPE, [])["passed"]
        scope["values"] = VALUES
        assert both.test("q", "assert y == 7 and len(x) == 8", scope, [])["passed"]


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


def test_a_value_that_the_notebook_changes_after_it_is_made_is_the_notebooks(tmp_path):
    course = write_course(tmp_path / "course")
    made, changed = code("made", "p = [5, 3, 1]"), code("changed", "p.sort()")
    made["metadata"] = changed["metadata"] = {}
    solution = "### BEGIN SOLUTION\ndef holds(p, v):\n    return v in p\n### END SOLUTION"
    test = code("holds", "assert holds(p, 3)", grade=True, locked=True, points=2)
    document = notebook(made, code("answer", solution, solution=True), changed, test)
    save(course.source / "functions" / "functions.ipynb", document)
    document["cells"][1]["source"] = (
        "from bisect import bisect_left\n\n\ndef holds(p, v):\n    return p[bisect_left(p, v)] == v"
    )
    hand_in(course, "ada", document)
    grade_class(course, course.assignment("functions"), Settings(Limits(cell_s=15.0)))
    (grade,) = grades(course, course.assignment("functions"))
    assert grade.score == 2
