"""Tests that cannot run in the tester: run in a fork, flagged, and not simply believed."""

import json

import pytest
from small_course import code, notebook, save

from autograder.grading.class_run import prepared
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings, choose_level
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("forked_tests")

ANSWER = """\
class Shape:
    def area(self):
        ### BEGIN SOLUTION
        return 1.0
        ### END SOLUTION"""
SUBCLASS = """\
class Square(Shape):
    def area(self):
        return 2 * super().area()


assert Square().area() == 2.0, "a subclass builds on the class"
### BEGIN HIDDEN TESTS
secret = "fr0st"
assert Shape().area() == 1.0, "the area itself is 1"
### END HIDDEN TESTS"""
RIGHT = "class Shape:\n    def area(self):\n        return 1.0"
HALF = "class Shape:\n    def area(self):\n        return 1"
WRONG = "class Shape:\n    def area(self):\n        return 3.0"
PATCHED = f"""\
import builtins
shell = get_ipython()
shell.run_cell = lambda *a, **k: None
type(shell).run_cell_async = type(shell).run_cell = lambda self, *a, **k: None
{WRONG}"""
EQUAL = """\
class Any_(float):
    def __eq__(self, other): return True
    __hash__ = float.__hash__
    def __rmul__(self, other): return self
class Shape:
    def area(self):
        return Any_()"""
LOUD = f"""\
{WRONG}
import sys
def area(self):
    frame = sys._getframe()
    while frame:
        print(frame.f_code.co_consts)
        frame = frame.f_back
    raise ValueError(str(sys._getframe(1).f_code.co_consts))
Shape.area = area"""
CLASS = {"right": RIGHT, "half": HALF, "wrong": WRONG, "loud": LOUD, "patched": PATCHED}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("forked")
    test = code("subclass", SUBCLASS, grade=True, locked=True, points=2)
    document = notebook(code("shape", ANSWER, solution=True), test)
    save(root / "source" / "shapes" / "shapes.ipynb", document)
    for student, text in {**CLASS, "equal": EQUAL}.items():
        changed = json.loads(json.dumps(document))
        changed["cells"][0]["source"] = text
        save(root / "submitted" / student / "shapes" / "shapes.ipynb", changed)
    ended = json.loads(json.dumps(document))
    ended["cells"][0]["source"] = RIGHT
    ended["cells"].append(code("own", "import os\nos._exit(0)"))
    save(root / "submitted" / "ended" / "shapes" / "shapes.ipynb", ended)
    course = open_course(root)
    grade_class(course, course.assignments[0], Settings(Limits(cell_s=5.0)))
    return course


@pytest.fixture
def results(course):
    return {result.student: result for result in grades(course, course.assignments[0])}


def test_a_test_that_subclasses_runs_in_a_fork(course):
    settings = Settings(Limits(cell_s=5.0))
    with prepared(course, course.assignments[0], settings, choose_level(settings)) as (context, _):
        assert not context.plans["shapes"]["subclass"].in_tester


def test_right_answers_earn_their_points_and_the_mark_is_flagged(results):
    assert [results[name].score for name in ("right", "half", "wrong")] == [2, 2, 0]
    assert all(mark.forked for mark in results["right"].marks)


def test_the_message_of_the_test_is_told(results):
    assert results["wrong"].marks[0].message == "a subclass builds on the class"


def test_nothing_but_messages_of_the_test_comes_out_of_a_fork(course, results):
    assert results["loud"].score == 0
    graded = (course.autograded / "loud" / "shapes" / "shapes.ipynb").read_text()
    outputs = [cell["outputs"] for cell in json.loads(graded)["cells"]]
    assert "fr0st" not in json.dumps(outputs) + results["loud"].marks[0].message


def test_a_shell_that_runs_nothing_is_caught_by_the_canary(results):
    assert results["patched"].score == 0
    assert "without an answer" in results["patched"].marks[0].message


def test_an_object_equal_to_everything_can_win_here_which_is_why_the_mark_is_flagged(results):
    assert (results["equal"].score, results["equal"].marks[0].forked) == (2, True)


def test_who_ends_the_process_after_the_test_keeps_its_points(results):
    assert (results["ended"].score, results["ended"].marks[0].forked) == (2, True)


@pytest.mark.slow
def test_a_test_that_not_even_a_fork_can_run_runs_in_its_place(tmp_path):
    needs_a_thread = (
        "class Loud(Echo):\n    pass\n"
        "assert ready.wait(2) is True, 'the thread of the answer is alive'\n"
        "### BEGIN HIDDEN TESTS\n"
        "asked.set()\n"
        "assert answered.wait(2), 'it answers'\n"
        "### END HIDDEN TESTS"
    )
    answer = (
        "import threading\n"
        "ready, asked, answered = (threading.Event() for _ in range(3))\n"
        "class Echo(threading.Thread):\n"
        "    def run(self):\n"
        "        ### BEGIN SOLUTION\n"
        "        ready.set()\n"
        "        asked.wait(20) and answered.set()\n"
        "        ### END SOLUTION\n"
        "Echo(daemon=True).start()"
    )
    test = code("thread", needs_a_thread, grade=True, locked=True, points=1)
    document = notebook(code("echo", answer, solution=True), test)
    save(tmp_path / "source" / "echo" / "echo.ipynb", document)
    save(tmp_path / "submitted" / "ada" / "echo" / "echo.ipynb", document)
    course = open_course(tmp_path)
    grade_class(course, course.assignments[0], Settings(Limits(cell_s=4.0)))
    (result,) = grades(course, course.assignments[0])
    assert (result.score, result.marks[0].forked) == (1, True)


def test_given_code_that_the_tester_cannot_run_gives_nobody_points(tmp_path):
    given_code = "def scale(rows=open('rows.txt').read()):\n    return float(rows)"
    answer = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    hidden = (
        "### BEGIN HIDDEN TESTS\nassert half(scale()) == 4, 'half of eight'\n### END HIDDEN TESTS"
    )
    document = notebook(
        code("file", "_ = open('rows.txt', 'w').write('8')"),
        code("given", given_code),
        code("half-solution", answer, solution=True),
        code("half", hidden, grade=True, locked=True, points=1),
    )
    save(tmp_path / "source" / "halves" / "halves.ipynb", document)
    for student, text in {"right": answer, "wrong": answer.replace("/ 2", "/ 3")}.items():
        changed = json.loads(json.dumps(document))
        changed["cells"][2]["source"] = text
        save(tmp_path / "submitted" / student / "halves" / "halves.ipynb", changed)
    course = open_course(tmp_path)
    grade_class(course, course.assignments[0], Settings(Limits(cell_s=10.0)))
    grades_by_student = {result.student: result for result in grades(course, course.assignments[0])}
    assert {student: result.score for student, result in grades_by_student.items()} == {
        "right": 1,
        "wrong": 0,
    }
    assert grades_by_student["right"].marks[0].forked


def test_a_later_cell_cannot_change_the_points_of_a_partly_right_one(tmp_path):
    partly = "### BEGIN HIDDEN TESTS\nsum([half(2) == 1, half(9) == 4.5])\n### END HIDDEN TESTS"
    answer = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    document = notebook(
        code("half-solution", answer, solution=True),
        code("half", partly, grade=True, locked=True, points=2),
        code("after", "1"),
    )
    save(tmp_path / "source" / "halves" / "halves.ipynb", document)
    forged = "{'cell_id': 'half', 'index': 0, 'metadata': {}, 'data': {'text/plain': '2'}}"
    changed = json.loads(json.dumps(document))
    changed["cells"][0]["source"] = "def half(x):\n    return x // 2"
    changed["cells"][2]["source"] = (
        "import sys\n"
        "slot = sys.modules['autograder.sandbox.inside.processes.submission']\n"
        "told = slot._cell_reply\n"
        f"slot._cell_reply = lambda ran: {{**told(ran), 'changed': [{forged}]}}"
    )
    changed["cells"].append(code("last", "2"))
    save(tmp_path / "submitted" / "forger" / "halves" / "halves.ipynb", changed)
    save(tmp_path / "submitted" / "ada" / "halves" / "halves.ipynb", document)
    course = open_course(tmp_path)
    grade_class(course, course.assignments[0], Settings(Limits(cell_s=10.0)))
    scores = {result.student: result.score for result in grades(course, course.assignments[0])}
    assert scores == {"ada": 2, "forger": 1}


def test_a_test_in_a_fork_has_what_earlier_tests_imported_and_defined(tmp_path):
    first = (
        "f\n### BEGIN HIDDEN TESTS\n"
        "from numpy.testing import assert_allclose as close\n"
        "unused = close\n"
        "def twice(x):\n    return 2 * x\n"
        "limit = twice(1)\n"
        "close(f(), 1)\n### END HIDDEN TESTS"
    )
    second = "k = 1\nclose(g(), limit)"
    document = notebook(
        code("f-answer", "def f():\n    return 1", solution=True),
        code("f", first, grade=True, locked=True, points=2),
        code("g-answer", "def g():\n    return k + 1", solution=True),
        code("g", second, grade=True, locked=True, points=5),
    )
    save(tmp_path / "source" / "shared" / "shared.ipynb", document)
    answers = {"right": (0, "f"), "no-f": (0, "def f():\n    return 0"), "no-g": (2, "g = max")}
    for student, (place, text) in answers.items():
        changed = json.loads(json.dumps(document))
        changed["cells"][place]["source"] = text if student != "right" else "def f(): return 1"
        save(tmp_path / "submitted" / student / "shared" / "shared.ipynb", changed)
    course = open_course(tmp_path)
    grade_class(course, course.assignments[0], Settings(Limits(cell_s=10.0)))
    scores = {result.student: result.score for result in grades(course, course.assignments[0])}
    assert scores == {"right": 7, "no-f": 5, "no-g": 2}
