"""`--executor kernel`: a real ipykernel in the slot, the same walls, the same marks."""

import pytest
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, code, hand_in, notebook, write_course

from autograder.grading.grade_class import Settings, grade_class
from autograder.grading.read_grades import grades
from autograder.sandbox import run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.job import Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool, Warm

QUICK = Limits(cell_s=5.0, after_s=1.0, output_bytes=5000)
HALF = "def square(x):\n    return x * abs(x)"


@pytest.fixture(scope="module")
def pool():
    with Pool(strongest_level(), Warm(kernel=True)) as pool:
        yield pool


def outputs(pool, *sources):
    cells = [code(f"c{k}", text) for k, text in enumerate(sources)]
    run = run_notebook.run(pool, Job(notebook(*cells)), QUICK)
    return [cell["outputs"] for cell in run.notebook["cells"]], run.messages


def test_cells_run_in_a_kernel(pool):
    (first, second, third), message = outputs(
        pool,
        "get_ipython().kernel.implementation",
        "print('x')\n%time pass",
        "await __import__('asyncio').sleep(0, 4)",
    )
    assert first[0]["data"]["text/plain"] == "'ipython'"
    assert second[0]["text"].startswith("x\n")
    assert third[0]["data"]["text/plain"] == "4"
    assert message == ()


def test_the_kernel_is_behind_the_same_wall(pool):
    look = "import os, socket\nprint(os.getuid() != 0 or 'root', os.path.exists('/etc/shadow'))"
    (seen,), _ = outputs(pool, look)
    assert seen[0]["text"] == "True False\n"


def test_an_endless_loop_is_interrupted_and_the_kernel_goes_on(pool):
    (loop, after), message = outputs(pool, "while True: pass", "3")
    assert loop[-1]["ename"] == "TimeLimit"
    assert after[0]["data"]["text/plain"] == "3"
    assert message == ("cell 'c0' was stopped after 5 s",)


def test_a_kernel_that_dies_is_named_and_what_ran_is_kept(pool):
    (first, _, last), message = outputs(pool, "1", "import os; os._exit(0)", "3")
    assert first[0]["data"]["text/plain"] == "1"
    assert last[0]["ename"] == "NotRun"
    assert "'c1' ended the Python process" in message[0]


def test_marks_are_those_of_the_warm_shell(tmp_path):
    found = {}
    for executor in ("warm", "kernel"):
        course = write_course(tmp_path / executor)
        hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
        hand_in(course, "bob", answered(RIGHT_DOUBLE, HALF))
        hand_in(course, "cyd", answered("def double(x):\n    while True: pass", RIGHT_SQUARE))
        grade_class(course, course.assignments[0], Settings(QUICK, executor))
        found[executor] = {
            grade.student: [(m.cell, m.points, m.message) for m in grade.marks]
            for grade in grades(course, course.assignments[0])
        }
    assert found["kernel"] == found["warm"]
    assert [points for _, points, _ in found["warm"]["bob"]] == [2, 0, 0]
