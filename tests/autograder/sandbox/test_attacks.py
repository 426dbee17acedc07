"""The attack suite: a class in which everybody cheats, graded once by the real grader."""

import json
import threading
from contextlib import contextmanager

import psutil
import pytest
from cheats import CHEATS
from child_processes import left
from small_course import code, notebook, save

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.releasing.release import release
from autograder.reporting.feedback import write as write_feedback
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("attacks")

SECRET = "fr0st-in-the-hidden-test"
SOLUTION = """\
import numpy as np

def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


class Vector:
    def __init__(self, items):
        ### BEGIN SOLUTION
        self.items = np.asarray(items, dtype=float)
        ### END SOLUTION

    def __add__(self, other):
        ### BEGIN SOLUTION
        return Vector(self.items + other.items)
        ### END SOLUTION"""
NUMBER = f"""\
assert double(2) == 4, "twice two is four"
### BEGIN HIDDEN TESTS
hidden = "{SECRET}"
for value in (1.5, -3.5, 1e9):
    assert double(value) == 2 * value, "floats double too"
assert abs(double(0.25) - 0.5) < 1e-12, "small ones too"
assert 0.4 < double(0.25) < 0.6 and not double(0.25) > 1, "it lies between its neighbours"
assert double("ab") == "abab" and double([1]) == [1, 1], "whatever can be added can be doubled"
### END HIDDEN TESTS"""
ARRAY = f"""\
assert np.array_equal(double(np.arange(3)), [0, 2, 4]), "an array doubles"
### BEGIN HIDDEN TESTS
hidden = "{SECRET}"
rng = np.random.default_rng(5)
values = rng.normal(size=(3, 4))
assert np.allclose(double(values), values * 2), "of any shape"
np.testing.assert_allclose(double(values[0]), values[0] + values[0])
### END HIDDEN TESTS"""
OBJECT = f"""\
total = Vector([1, 2]) + Vector([3, 4])
assert total.items.tolist() == [4, 6], "vectors add item by item"
### BEGIN HIDDEN TESTS
hidden = "{SECRET}"
assert np.array_equal((Vector([1.5]) + Vector([2.5])).items, [4.0]), "of any length"
assert isinstance(total, Vector), "the sum is a vector again"
### END HIDDEN TESTS"""
GRADED = ("number", "array", "object")


TAMPERED = "edited, deleted and copied test cells"
QUICK = Settings(Limits(cell_s=4.0, after_s=1.0, memory_bytes=1 << 30))


def graded_cell(name, text):
    return code(name, text, grade=True, locked=True, points=2)


def vault():
    return notebook(
        code("answer", SOLUTION, solution=True),
        graded_cell("number", NUMBER),
        graded_cell("array", ARRAY),
        graded_cell("object", OBJECT),
        code("after", "print('still here')"),
    )


def attack(text, course):
    document = json.loads((course.release / "vault" / "vault.ipynb").read_text())
    document["cells"][0]["source"] = text.replace("{COURSE}", str(course.root))
    return document


def tampered(course):
    """Asserts cut out, a test deleted, one copied with its id, points and flags changed."""
    document = attack("def double(x):\n    return x", course)
    answer, number, _, object_test, after = document["cells"]
    number["source"] = "assert True"
    number["metadata"]["nbgrader"] |= {"points": 100, "solution": True, "locked": False}
    copied = json.loads(json.dumps(object_test)) | {"id": "copy", "source": "pass"}
    extra = code("extra", "assert True", grade=True, locked=True, points=50)
    document["cells"] = [answer, number, copied, object_test, copied, extra, after]
    return document


STARTED_PROCESSES = set()


@contextmanager
def watch_processes(processes):
    """Fill `processes` with every process that is started below this one meanwhile."""
    over = threading.Event()
    earlier = set(psutil.Process().children(recursive=True))  # multiprocessing's tracker, say

    def look():
        while not over.wait(0.02):
            processes.update(set(psutil.Process().children(recursive=True)) - earlier)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("vault")
    save(root / "source" / "vault" / "vault.ipynb", vault())
    course = open_course(root)
    (assignment,) = course.assignments
    release(course, assignment, audited=False)
    folder = course.submitted
    for number, text in enumerate(CHEATS.values()):
        save(folder / f"m{number:02}" / "vault" / "vault.ipynb", attack(text, course))
    save(folder / "tamperer" / "vault" / "vault.ipynb", tampered(course))
    save(folder / "victim" / "vault" / "vault.ipynb", vault())
    with watch_processes(STARTED_PROCESSES):
        grade_class(course, assignment, QUICK)
    write_feedback(course, assignment, grades(course, assignment))
    return course


@pytest.fixture(scope="module")
def results(course):
    return {result.student: result for result in grades(course, course.assignments[0])}


def of(results, name):
    return results[f"m{list(CHEATS).index(name):02}"]


@pytest.mark.parametrize("name", CHEATS)
def test_an_attack_gains_nothing(results, name):
    result = of(results, name)
    assert {mark.cell: mark.points for mark in result.marks} == {
        "number": 0,
        "array": 0,
        "object": 0,
    }, result.message
    assert result.max_score == 6


def test_tampered_cells_gain_nothing(results):
    assert (results["tamperer"].score, results["tamperer"].max_score) == (0, 6)


def test_an_honest_classmate_keeps_every_point(results):
    assert (results["victim"].score, results["victim"].max_score) == (6, 6)


def shown_by(course, student):
    """The outputs of the cells that are not tests; those of tests are for staff."""
    graded = json.loads((course.autograded / student / "vault" / "vault.ipynb").read_text())
    cells = (cell for cell in graded["cells"] if cell["id"] not in ("number", "array", "object"))
    return [output for cell in cells for output in cell["outputs"]]


@pytest.mark.parametrize("name", CHEATS)
def test_an_attack_is_told_nothing_of_a_hidden_test(course, name):
    student = f"m{list(CHEATS).index(name):02}"
    outputs = [json.dumps(output) for output in shown_by(course, student)]
    page = (course.feedback / student / "vault" / "vault.html").read_text()
    record = (course.autograded / student / "vault" / "grade.json").read_text()
    assert not any(SECRET in text for text in (*outputs, page, record))


def test_an_attack_sees_nothing_of_the_course(course):
    student = f"m{list(CHEATS).index('reads the course'):02}"
    printed = "".join(out.get("text", "") for out in shown_by(course, student))
    assert "found 0 []" in printed


def test_no_process_outlives_the_grading(course):
    assert len(STARTED_PROCESSES) > len(CHEATS)
    assert left(STARTED_PROCESSES) == []
