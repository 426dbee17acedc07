"""kill -9 of the coordinator, the zygote, a tester or a slot: run again, and all is right.

The class has 24 submissions of a small assignment. Each time one process of the grader is killed at
a seeded random moment; then `grade` runs again, and every mark must be there, right, and once.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from child_processes import left
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, write_course

from autograder.gradebook import open_gradebook
from autograder.grading.read_grades import grades

PROGRAM = """\
import sys
from pathlib import Path
from autograder.grading.grade_class import grade_class
from autograder.grading.run_settings import Settings
from autograder.settings.open_course import open_course
course = open_course(Path(sys.argv[1]))
def watch(event):
    print(event.kind, flush=True)
grade_class(course, course.assignments[0], Settings(), watch)
"""
HALF = "def square(x):\n    return x * abs(x)"
EXPECTED_SCORES = {f"s{k:02}": 5 if k % 3 else 2 for k in range(24)}
VICTIMS = (
    "coordinator",
    pytest.param("zygote", marks=pytest.mark.slow),
    pytest.param("tester", marks=pytest.mark.slow),
    pytest.param("slot", marks=pytest.mark.slow),
)


@pytest.fixture(params=[1, pytest.param(13, marks=pytest.mark.slow)])
def kills(request):
    """How many times: once in `make test`, 55 times more in `make test-all`."""
    return request.param


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A class that nobody has graded, with the assignment's reference run remembered."""
    course = write_course(tmp_path_factory.mktemp("killed"))
    hand_in(course, "first", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    finished(course)
    shutil.rmtree(course.submitted / "first")
    shutil.rmtree(course.autograded)
    (course.root / "gradebook.db").unlink()
    for student, score in EXPECTED_SCORES.items():
        hand_in(course, student, answered(RIGHT_DOUBLE, RIGHT_SQUARE if score == 5 else HALF))
    return course


def started(course):
    command = [sys.executable, "-c", PROGRAM, str(course.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(course):
    run = started(course)
    _, complaint = run.communicate(timeout=120)
    assert run.returncode == 0, complaint[-3000:]


def victims(run, kind):
    """The living processes of that kind below the coordinator, itself among them."""
    if kind == "coordinator":
        return [psutil.Process(run.pid)]
    with_name = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            with_name += [process] if process.name() == kind else []
        except psutil.NoSuchProcess:
            continue
    return with_name


def shot(run, kind, dice):
    """Kill a process of that kind once some submissions are done; whether one was there."""
    for _ in range(dice.randint(0, 20)):
        run.stdout.readline()
    time.sleep(dice.uniform(0, 0.1))
    until = time.monotonic() + 3
    while run.poll() is None and time.monotonic() < until:
        processes = victims(run, kind)
        if processes:
            process = dice.choice(processes)
            with suppress(psutil.NoSuchProcess):  # it was done before it could be killed
                tree = [process, *process.children(recursive=True)] if kind == VICTIMS[0] else []
                process.send_signal(signal.SIGKILL)
                return True, tree
    return False, []


def rows(course):
    with open_gradebook.gradebook(course) as book:
        submissions = book.assignment_submissions("functions")
        return sorted((s.student.id, s.score) for s in submissions)


def check(course):
    results = grades(course, course.assignments[0])
    assert {r.student: r.score for r in results} == EXPECTED_SCORES
    assert rows(course) == sorted(EXPECTED_SCORES.items())
    records = course.autograded.glob("*/functions/grade.json")
    assert all(json.loads(path.read_text())["key"] for path in records)


@pytest.mark.parametrize("kind", VICTIMS)
def test_after_a_kill_and_a_rerun_every_mark_is_right_and_there_once(ready, kind, kills):
    dice = random.Random(f"{kind} {kills}")
    hits = 0
    for _ in range(kills):
        shutil.rmtree(ready.autograded, ignore_errors=True)
        (ready.root / "gradebook.db").unlink(missing_ok=True)
        run = started(ready)
        hit, tree = shot(run, kind, dice)
        hits += hit
        _, complaint = run.communicate(timeout=120)
        assert kind == "coordinator" or run.returncode == 0, complaint[-3000:]
        assert left(tree) == []
        finished(ready)
        check(ready)
    assert hits > kills / 2
