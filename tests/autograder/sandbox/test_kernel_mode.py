"""A notebook in its own kernel, the second way to run it: the same walls, the same marks."""

import shutil
import subprocess

import echo_kernel
import pytest
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    answered,
    code,
    hand_in,
    notebook,
    save,
    write_course,
)

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.sandbox import run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.job import Job
from autograder.sandbox.kernel_language import language
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.levels import LANDLOCK
from autograder.sandbox.limits import Limits

pytestmark = pytest.mark.xdist_group("kernel_mode")

QUICK = Limits(cell_s=5.0, after_s=2.0, output_bytes=5000)
HALF = "def square(x):\n    return x * abs(x)"
STUBBORN = "while True:\n    try:\n        sum(range(9999))\n    except BaseException: pass"
IR = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


@pytest.fixture(scope="module")
def pool():
    with KernelPool(strongest_level()) as pool:
        yield pool


def outputs(pool, *sources, metadata=None):
    book = notebook(*(code(f"c{k}", text) for k, text in enumerate(sources)))
    book["metadata"] = metadata or book["metadata"]
    run = run_notebook.run(pool, Job(book), QUICK)
    return [cell["outputs"] for cell in run.notebook["cells"]], run.messages


def test_cells_run_in_a_kernel_behind_the_same_wall(pool):
    (first, second, third, fourth, fifth), message = outputs(
        pool,
        "get_ipython().kernel.implementation",
        "print('x')\n%time pass",
        "await __import__('asyncio').sleep(0, 4)",
        "input()",
        "import os\nprint(os.getuid() != 0 or 'root', os.path.exists('/etc/shadow'))",
    )
    assert first[0]["data"]["text/plain"] == "'ipython'"
    assert second[0]["text"].startswith("x\n")
    assert third[0]["data"]["text/plain"] == "4"
    assert fourth[0]["ename"] == "StdinNotImplementedError"
    assert fifth[0]["text"] == "True False\n"
    assert message == ()


def test_an_endless_loop_is_interrupted_and_the_kernel_goes_on(pool):
    (loop, flood, after), message = outputs(
        pool, "while True: pass", "for k in range(2000): print('x' * 100)", "3"
    )
    assert loop[-1]["ename"] == "TimeLimit"
    assert len(str(flood)) < 2 * QUICK.output_bytes
    assert after[0]["data"]["text/plain"] == "3"
    assert message == ("cell 'c0' was stopped after 5 s", "cell 'c1' printed too much: cut")


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("import os; os._exit(0)", "ended the Python process (exit code 0)"),
        ("import ctypes; ctypes.string_at(0)", "ended the Python process (a crash: SIGSEGV)"),
        pytest.param(
            STUBBORN, "did not stop when it was interrupted", marks=pytest.mark.slow, id="stubborn"
        ),
    ],
)
def test_a_kernel_that_dies_is_named_and_what_ran_is_kept(pool, end, sentence):
    (first, _, last), message = outputs(pool, "1", end, "3")
    assert first[0]["data"]["text/plain"] == "1"
    assert last[0]["ename"] == "NotRun"
    assert f"'c1' {sentence}" in message[0]


@pytest.mark.slow
def test_marks_are_those_of_the_warm_shell_and_flagged(tmp_path):
    marks, flags = {}, {}
    for executor in ("warm", "kernel"):
        course = write_course(tmp_path / executor)
        hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
        hand_in(course, "bob", answered(RIGHT_DOUBLE, HALF))
        hand_in(course, "cyd", answered("def double(x):\n    while True: pass", RIGHT_SQUARE))
        grade_class(course, course.assignments[0], Settings(QUICK, executor))
        results = grades(course, course.assignments[0])
        marks[executor] = {
            grade.student: [(m.cell, m.points, m.message) for m in grade.marks] for grade in results
        }
        flags[executor] = {m.cell for grade in results for m in grade.marks if m.forked}
    assert marks["kernel"] == marks["warm"]
    assert [points for _, points, _ in marks["warm"]["bob"]] == [2, 0, 0]
    assert flags == {"warm": set(), "kernel": {"double", "square"}}


def test_a_cell_shows_what_it_prints_and_nothing_of_a_hidden_test_before_it(tmp_path):
    course = write_course(tmp_path)
    spied = answered(RIGHT_DOUBLE, RIGHT_SQUARE)
    spy = "print('own words', len(In))\nprint(In[-2].encode().hex())\nprint(In[-4].encode().hex())"
    spied["cells"].append(code("spy", spy))
    hand_in(course, "eve", spied)
    grade_class(course, course.assignments[0], Settings(QUICK, "kernel"))
    (result,) = grades(course, course.assignments[0])
    graded_text = (course.autograded / "eve" / "functions" / "functions.ipynb").read_text()
    assert result.score == 5
    assert "own words" in graded_text
    assert b"BEGIN HIDDEN".hex() not in graded_text


def test_an_error_of_the_submission_tells_nothing_of_a_hidden_test(tmp_path):
    course = write_course(tmp_path)
    spy = (
        "def square(x):\n"
        "    class TimeLimit(Exception): pass\n"
        "    kind = {kind}\n"
        "    raise kind('negative ' + In[-1].encode().hex()[-200:])"
    )
    for student, kind in {"ada": "AssertionError", "eve": "TimeLimit"}.items():
        hand_in(course, student, answered(RIGHT_DOUBLE, spy.format(kind=kind)))
    grade_class(course, course.assignments[0], Settings(QUICK, "kernel"))
    messages = [m.message for grade in grades(course, course.assignments[0]) for m in grade.marks]
    secret = b"HIDDEN TESTS".hex()
    assert [message for message in messages if secret[:20] in message] == []


@pytest.fixture
def echo(tmp_path, monkeypatch):
    echo_kernel.install(tmp_path / "jupyter")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def echo_notebook(answer, test):
    book = notebook(
        code("word-solution", answer, solution=True),
        code("word", test, grade=True, locked=True, points=2),
    )
    return {**book, "metadata": echo_kernel.METADATA}


def echo_course(tmp_path):
    course = write_course(tmp_path, proofs="")
    config = tmp_path / "nbgrader_config.py"
    stub = 'c.ClearSolutions.code_stub = {"echo-lang": "fail nothing"}\n'
    config.write_text(config.read_text() + stub)
    solution = "### BEGIN SOLUTION\nsay right\n### END SOLUTION"
    test = "say tested\n### BEGIN HIDDEN TESTS\nsay hidden\n### END HIDDEN TESTS"
    save(course.source / "functions" / "functions.ipynb", echo_notebook(solution, test))
    return course


def test_a_notebook_in_another_language_runs_in_its_own_kernel_unasked(tmp_path, echo):
    course = echo_course(tmp_path / "course")
    hand_in(course, "ada", echo_notebook("say right", "say tested"))
    hand_in(course, "bob", echo_notebook("die", "say tested"))
    grade_class(course, course.assignments[0], Settings(QUICK))
    ada, bob = grades(course, course.assignments[0])
    assert (ada.message, ada.score) == ("", 2)
    assert ada.marks[0].forked
    assert bob.score == 0
    assert "ended the echo-lang kernel (exit code 7)" in bob.message


@pytest.mark.slow
def test_another_language_is_interrupted_like_python(pool, echo):
    (loop, after, failed), _ = outputs(
        pool, "loop", "say on", "fail why", metadata=echo_kernel.METADATA
    )
    assert loop[-1]["ename"] == "TimeLimit"
    assert after[0]["text"] == "on\n"
    assert failed[0]["evalue"] == "why"


def test_a_missing_kernel_is_named_and_nothing_runs_as_python(tmp_path):
    course = echo_course(tmp_path)
    hand_in(course, "ada", echo_notebook("say right", "say tested"))
    grade_class(course, course.assignments[0], Settings(QUICK))
    (ada,) = grades(course, course.assignments[0])
    assert ada.status == "not graded"
    assert "needs the Jupyter kernel 'echo' (echo-lang), which is not installed" in ada.message


def test_a_missing_r_says_how_to_install_it(pool):
    if shutil.which("Rscript"):
        pytest.skip("R is installed here")
    with pytest.raises(CourseError, match="apt-get install r-base r-cran-irkernel"):
        outputs(pool, "1 + 1", metadata=IR)


def test_r_runs_in_its_own_kernel(pool, tmp_path, monkeypatch):
    rscript = shutil.which("Rscript") or "false"
    if subprocess.run([rscript, "-e", "IRkernel::main"]).returncode:
        pytest.skip("no R kernel here: apt-get install r-base r-cran-irkernel")
    words = ["Rscript", "-e", f"IRkernel::installspec(prefix='{tmp_path}')"]
    subprocess.run(words, check=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    (sum_outputs, error_outputs), _ = outputs(
        pool, "cat(sum(1:4))", "stopifnot(1 == 2)", metadata=IR
    )
    assert sum_outputs[0]["text"] == "10"
    assert error_outputs[0]["output_type"] == "error"


def test_a_level_without_sockets_says_so():
    with pytest.raises(CourseError, match="talks over sockets"):
        KernelPool(LANDLOCK)


@pytest.mark.slow
def test_an_unwalled_notebook_is_stopped_and_its_end_is_named():
    cells = [code("a", "while True: pass"), code("b", "2"), code("c", STUBBORN), code("d", "4")]
    run = run_notebook.run_unwalled(Job(notebook(*cells)), QUICK, ())
    loop, after, _, last = (cell["outputs"] for cell in run.notebook["cells"])
    assert loop[-1]["ename"] == "TimeLimit"
    assert after[0]["data"]["text/plain"] == "2"
    assert last[0]["ename"] == "NotRun"
    assert "'c' did not stop when it was interrupted" in run.messages[1]


@pytest.mark.parametrize(
    ("metadata", "spoken"),
    [
        ({}, "python"),
        ({"kernelspec": 7}, "python"),
        ({"kernelspec": {"name": "conda-base-py"}}, "python"),
        ({"kernelspec": {"name": "ir"}}, "ir"),
        ({"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}}, "r"),
    ],
)
def test_the_language_is_what_the_notebook_says(metadata, spoken):
    assert language({"metadata": metadata}) == spoken
