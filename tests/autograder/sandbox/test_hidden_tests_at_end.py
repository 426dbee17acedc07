"""A hidden test asks a copy of the submission once all cells have run: what it passes reaches no
output of a cell, and what it does changes nothing that a later cell or test sees."""

import contextlib
import json
import threading
import time
from pathlib import Path

import psutil
import pytest
from small_course import answered, code, save, write_course

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.notebook import cells
from autograder.reporting.feedback import write as write_feedback
from autograder.sandbox import run_notebook
from autograder.sandbox.limits import Limits

SQUARE = "def square(x):\n    return x**2"
DOUBLE = "def double(x):\n    return x + x"
SPYING_ANSWER = """\
seen = []
def double(x):
    seen.append(x)
    print("the argument is", x)
    open("seen.txt", "a").write(str(x))
    return x + x"""
SHOW = """\
import atexit, os, threading
print("seen", globals().get("seen"))
print(open("seen.txt").read() if os.path.exists("seen.txt") else "no file")"""
SECRET = "3.5"  # stands in a hidden test only


@pytest.fixture
def course(tmp_path: Path):
    return write_course(tmp_path / "course")


def graded(course, double: str, *last_cells: str, settings: Settings | None = None):
    """The grade of a submission with these cells at its end, and its executed notebook."""
    document = answered(double, SQUARE)
    document["cells"] += [code(f"free{n}", text) for n, text in enumerate(last_cells)]
    save(course.submitted / "ann" / "functions" / "functions.ipynb", document)
    (assignment,) = course.assignments
    grade_class(course, assignment, settings or Settings())
    (grade,) = grades(course, assignment)
    return grade, cells.load(course.autograded / "ann" / "functions" / "functions.ipynb")


def shown_outputs(notebook) -> str:
    """What the cells show that are no tests."""
    outputs = [c.get("outputs", []) for c in notebook["cells"] if not cells.grade_id(c)]
    return json.dumps(outputs)


def test_no_cell_shows_what_a_hidden_test_passed(course):
    grade, notebook = graded(course, SPYING_ANSWER, SHOW)
    assert grade.score == 5
    assert "seen []" in shown_outputs(notebook) and "no file" in shown_outputs(notebook)
    assert SECRET not in json.dumps([c.get("outputs") for c in notebook["cells"]])
    (page,) = write_feedback(course, course.assignments[0], [grade])
    assert SECRET not in page.read_text()


def test_a_submission_that_ends_its_process_keeps_its_points_and_shows_nothing(course):
    grade, notebook = graded(course, SPYING_ANSWER, SHOW, "import os; os._exit(3)")
    assert grade.score == 5
    assert SECRET not in json.dumps([c.get("outputs") for c in notebook["cells"]])
    assert "ended the Python process;" in grade.message and "(exit code" not in grade.message


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os._exit(3)"])
def test_a_later_display_of_an_earlier_cell_shows_nothing_either(course, end):
    first = "box = display('nothing yet', display_id='box')"
    answer = SPYING_ANSWER.replace("print(", "box.update(str(x)); print(")
    document = answered(answer, SQUARE)
    document["cells"].insert(1, code("first", first))
    document["cells"].append(code("last", f"import os\nbox.update(str(seen))\n{end}"))
    save(course.submitted / "ann" / "functions" / "functions.ipynb", document)
    grade_class(course, course.assignments[0], Settings())
    (grade,) = grades(course, course.assignments[0])
    assert grade.score == 5
    notebook = cells.load(course.autograded / "ann" / "functions" / "functions.ipynb")
    assert SECRET not in json.dumps([c.get("outputs") for c in notebook["cells"]])


def test_the_sentence_of_a_lost_mark_shows_no_value_of_the_test(course):
    telling = "def double(x):\n    if x != 2:\n        raise ValueError(repr(x))\n    return 4"
    grade, _ = graded(course, telling)
    (double,) = [mark for mark in grade.marks if mark.cell == "double"]
    assert double.points == 0 and double.message == "ValueError"
    quoting = telling.replace(
        "ValueError(repr(x))", "AssertionError('twice two is four' + repr(x))"
    )
    grade, _ = graded(course, quoting)
    (double,) = [mark for mark in grade.marks if mark.cell == "double"]
    assert double.points == 0 and SECRET not in double.message


@pytest.mark.parametrize("name", ["NotRun", "TimeLimit", "SubmissionLost", "Forged", "EndOfTest"])
def test_an_error_that_is_named_like_one_of_the_graders_shows_no_value_either(course, name):
    telling = f"class {name}(Exception):\n    pass\n\n\ndef double(x):\n    if x != 2:\n"
    grade, _ = graded(course, f"{telling}        raise {name}(repr(x))\n    return 4")
    (double,) = [mark for mark in grade.marks if mark.cell == "double"]
    assert double.points == 0 and SECRET not in double.message


def test_an_answer_that_draws_with_a_seed_of_its_own_draws_the_same_in_a_copy(course):
    first = "def double(x):\n    if not drawn:\n        drawn.append(random.random())\n"
    answer = f"import random\nrandom.seed(1)\ndrawn = []\n\n\n{first}"
    grade, _ = graded(course, f"{answer}    return 2 * x if drawn == [0.13436424411240122] else 0")
    assert grade.score == 5


def kill_copy(killed):
    """Kill one process of a submission that answers a hidden test, once it sleeps in its answer."""
    until = time.monotonic() + 20
    while not killed and time.monotonic() < until:
        below = psutil.Process().children(recursive=True)
        for process in below:
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                if process.name() == "slot" and process.status() == psutil.STATUS_SLEEPING:
                    waits_in = Path(f"/proc/{process.pid}/wchan").read_text()
                    if "nanosleep" in waits_in or "hrtimer" in waits_in:
                        process.kill()
                        killed.append(process.pid)
                        break
        time.sleep(0.02)


def test_a_copy_that_is_killed_while_it_answers_costs_no_mark(course):
    slow = "def double(x):\n    import time\n    time.sleep(1.0)\n    return x + x"
    graded(course, slow)  # the reference's run is remembered from here on
    killed = []
    killer = threading.Thread(target=kill_copy, args=(killed,))
    killer.start()
    grade, _ = graded(course, slow + "  # again")
    killer.join()
    assert killed and grade.score == 5


def test_an_answer_that_ends_its_process_is_said_to(course):
    grade, _ = graded(course, "import os\ndef double(x):\n    os._exit(0)")
    (double,) = [mark for mark in grade.marks if mark.cell == "double"]
    assert double.points == 0 and double.message == "the submission's process ended during the test"


def test_an_answer_that_needs_a_thread_keeps_its_points(course):
    threads = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(1)\npool.submit(int).result()\n"
        "def double(x):\n    return pool.submit(lambda: x + x).result()"
    )
    settings = Settings(Limits(cell_s=3.0, after_s=3.0))
    grade, _ = graded(course, threads, settings=settings)
    assert grade.score == 5


def test_a_cell_that_never_ends_takes_no_time_from_a_test_before_it(course):
    slow = "def double(x):\n    import time\n    time.sleep(1.5)\n    return x + x"
    settings = Settings(Limits(cell_s=4.0, after_s=0.5))
    grade, _ = graded(course, slow, "while True: pass", settings=settings)
    assert grade.score == 5


def test_a_cell_that_changes_an_answer_later_changes_no_mark(course):
    grade, _ = graded(course, DOUBLE, "double = square = None")
    assert grade.score == 5


def test_an_answer_that_never_returns_costs_its_own_points_only(course):
    forever = "def double(x):\n    while x != 2:\n        pass\n    return 4"
    settings = Settings(Limits(cell_s=2.0, after_s=2.0))
    grade, _ = graded(course, forever, settings=settings)
    points = {mark.cell: mark.points for mark in grade.marks}
    assert (points["double"], points["square"]) == (0, 3)
    assert "stopped after 2 s" in grade.message


def test_an_answer_that_ends_its_copy_costs_its_own_points_only(course):
    ending_answer = (
        "def double(x):\n    import os\n    os._exit(0) if x != 2 else None\n    return 4"
    )
    grade, notebook = graded(course, ending_answer, "print('still here')")
    points = {mark.cell: mark.points for mark in grade.marks}
    assert (points["double"], points["square"]) == (0, 3)
    assert "still here" in shown_outputs(notebook)


def graded_with_a_visible_test(course, double: str, *last_cells: str):
    """The grade of a submission that ends its process at the end, where a test without a hidden
    part follows the hidden ones, and its executed notebook."""
    for path in course.source.rglob("functions.ipynb"):
        source = cells.load(path)
        source["cells"].append(code("seen", VISIBLE_TEST, grade=True, locked=True, points=1))
        save(path, source)
    (assignment,) = course.assignments
    document = answered(double, SQUARE)
    document["cells"].append(code("seen", VISIBLE_TEST, grade=True, locked=True, points=1))
    document["cells"] += [code(f"free{n}", text) for n, text in enumerate(last_cells)]
    save(course.submitted / "ann" / "functions" / "functions.ipynb", document)
    grade_class(course, assignment, Settings())
    (grade,) = grades(course, assignment)
    return grade, cells.load(course.autograded / "ann" / "functions" / "functions.ipynb")


VISIBLE_TEST = 'assert double(1) == 2, f"one and one are not {double(1)}"'
END = "import os; os._exit(3)"


@pytest.mark.parametrize(
    "telling",
    [
        "raise ValueError(repr(seen))",
        "return repr(seen)",
        "raise type(repr(seen), (Exception,), {})",
    ],
)
def test_a_visible_test_after_a_hidden_one_shows_nothing_of_it(course, telling):
    answer = (
        f"seen = []\ndef double(x):\n    seen.append(x)\n    if x == 1: {telling}\n    return 2 * x"
    )
    grade, notebook = graded_with_a_visible_test(course, answer, END)
    (seen_mark,) = [mark for mark in grade.marks if mark.cell == "seen"]
    assert seen_mark.points == 0 and "hidden test ran before it" in seen_mark.message
    assert SECRET not in json.dumps([c.get("outputs") for c in notebook["cells"]])
    assert SECRET not in str(grade)


def test_no_message_says_which_cell_printed_too_much_or_ended_the_process(course):
    loud = "print('x' * 1_100_000)"
    quiet = ["", *[loud] * 3, END, loud]
    grade, notebook = graded(course, SPYING_ANSWER, *quiet)
    assert grade.score == 5
    assert "free" not in grade.message and "printed too much" in grade.message
    assert shown_outputs(notebook).count("NotRun") == 0


@pytest.mark.parametrize(
    ("setup", "change"),
    [
        ("open('n.txt', 'w').write('2')", "open('n.txt', 'w').write('7')"),
        ("open('n.txt', 'w').write('2')", "import os; os.remove('n.txt')"),
        ("file = open('n.txt', 'w+'); file.write('2'); file.seek(0)", "file.read()"),
    ],
)
def test_a_file_that_a_later_cell_changes_costs_no_point(course, setup, change):
    read = "file.read()" if "seek" in setup else "open('n.txt').read()"
    answer = f"{setup}\ndef double(x):\n    return x * int({read}) if x != 2 else 4"
    grade, notebook = graded(course, answer, change, "print('still shown')")
    assert grade.score == 5
    assert "still shown" in shown_outputs(notebook)


THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2]), plt.title('{} \u03b1')\nplt.show()"


@pytest.mark.parametrize(
    ("before", "after", "doubtful"),
    [
        ("open('n.txt', 'w').close()", "", ()),
        ("", "open('n.txt', 'w').close()", ("double", "square")),
        (THREAD, "", ("double", "square")),
        ("", THREAD, ()),
        (FIGURE.format("abc"), FIGURE.format("xyz"), ()),
        ("log = open('n.txt', 'w+')", "log.read(); log.seek(3)", ("double", "square")),
    ],
)
def test_a_failed_test_is_in_doubt_only_where_files_or_threads_were_others(
    course, monkeypatch, before, after, doubtful
):
    run, results = run_notebook.run, []
    monkeypatch.setattr(run_notebook, "run", lambda *a: results.append(run(*a)) or results[-1])
    graded(course, f"{before}\ndef double(x):\n    return 4", after)
    assert [result.doubtful for result in results] == [(), doubtful]


def test_a_test_in_doubt_that_fails_in_its_turn_too_stays_failed(course):
    wrong = "def double(x):\n    return 4"
    grade, notebook = graded(course, wrong, "open('n.txt', 'w').write('7')", "print('still shown')")
    points = {mark.cell: mark.points for mark in grade.marks}
    assert (points["double"], points["square"]) == (0, 3)
    assert "still shown" in shown_outputs(notebook)


IN_COPY = "import os\nin_copy = []\nos.register_at_fork(after_in_child=lambda: in_copy.append(1))\n"


def test_an_answer_that_knows_a_copy_from_its_turn_has_one_guess(course):
    double = f"{IN_COPY}def double(x):\n    return 2 * x if in_copy else 0"
    square = "def square(x):\n    return 0 if in_copy else x**2"
    document = answered(double, square)
    document["cells"].append(code("last", "open('n.txt', 'w').close()"))
    save(course.submitted / "ann" / "functions" / "functions.ipynb", document)
    grade_class(course, course.assignments[0], Settings())
    (grade,) = grades(course, course.assignments[0])
    points = {mark.cell: mark.points for mark in grade.marks}
    assert (points["double"], points["square"]) == (0, 3)


@pytest.mark.slow
def test_an_answer_that_ends_its_copy_after_a_wrong_guess_has_no_second_one(course):
    second_attempt = time.time() + 15  # the first ends then
    double = f"import os, time\ndef double(x):\n    return 2 * x * (time.time() > {second_attempt})"
    square = f"""def square(x):
    if time.time() < {second_attempt}:
        time.sleep({second_attempt} - time.time())
        os._exit(1)
    return x**2"""
    save(course.submitted / "ann" / "functions" / "functions.ipynb", answered(double, square))
    grade_class(course, course.assignments[0], Settings())
    (grade,) = grades(course, course.assignments[0])
    points = {mark.cell: mark.points for mark in grade.marks}
    assert (points["double"], points["square"]) == (0, 3)
