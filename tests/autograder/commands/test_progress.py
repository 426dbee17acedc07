"""A class being graded can be watched by a person or a program, stopped, and gone on with."""

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest
from child_processes import hear_interrupts, left
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, write_course

from autograder.commands.progress import Tally, clock
from autograder.grading.class_run import Event
from autograder.grading.read_grades import grades
from autograder.grading.record import Outcome

SLOW = "import time\ntime.sleep(1.0)\n" + RIGHT_DOUBLE


def command(course, *options):
    words = [sys.executable, "-m", "autograder.commands.cli", "grade", "functions", *options]
    return [*words, "--course", str(course.root)]


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path)
    for number in range(6):
        hand_in(course, f"s{number}", answered(SLOW, RIGHT_SQUARE))
    return course


@pytest.mark.slow
def test_every_event_is_a_line_of_json(course):
    cut = hand_in(course, "cut", answered("", ""))
    (cut / "functions.ipynb").write_text("{")
    completed = subprocess.run(command(course, "--json"), capture_output=True, text=True)
    events = [json.loads(line) for line in completed.stdout.splitlines()]
    assert completed.returncode == 1, completed.stderr
    assert events[0] | {"at_s": 0} == {"event": "waiting", "at_s": 0, "of": 7}
    assert [e["event"] for e in events].count("done") == 7
    assert {e["student"] for e in events if e["event"] == "started"} >= {"s0", "s5"}
    marks = {e["student"]: e["score"] for e in events if e["event"] == "grade"}
    assert marks == {**{f"s{number}": 5.0 for number in range(6)}, "cut": 0.0}
    assert events[-1]["event"] == "finished"
    assert (events[-1]["needs review"], events[-1]["not graded"]) == (6, 1)


@pytest.mark.slow
def test_a_log_says_the_level_and_prints_a_table(course):
    completed = subprocess.run(command(course), capture_output=True, text=True)
    assert completed.stdout.startswith("isolation: ")
    assert completed.stdout.count("5 / 6") == 6


def test_ctrl_c_stops_cleanly_and_a_rerun_goes_on(course):
    run = subprocess.Popen(
        command(course, "--json", "--slots", "2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    tree = until_one_is_done(run)
    run.send_signal(signal.SIGINT)
    _, complaint = run.communicate(timeout=30)
    assert run.returncode == 130
    assert complaint == "autograder: stopped; what was finished is kept. Run it again.\n"
    assert left(tree) == []
    first = {grade.student for grade in grades(course, course.assignments[0]) if grade.marks}
    assert 0 < len(first) < 6
    again = subprocess.run(command(course, "--json"), capture_output=True, text=True)
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert events[0]["of"] == 6 - len(first)
    assert {grade.score for grade in grades(course, course.assignments[0])} == {5.0}


def until_one_is_done(run):
    """Wait for the first submission; the processes that run then."""
    for line in run.stdout:
        if json.loads(line)["event"] == "done":
            break
    time.sleep(0.2)
    return psutil.Process(run.pid).children(recursive=True)


def test_a_level_that_is_not_there_is_refused_with_those_there_are(course):
    completed = subprocess.run(
        command(course, "--isolation", "tin"), capture_output=True, text=True
    )
    assert completed.returncode == 1
    assert "there is no isolation called 'tin'. There is: bubblewrap" in completed.stderr


@pytest.mark.slow  # a class is graded for it
def test_a_folder_whose_name_is_markup_is_refused_with_a_sentence(course):
    hand_in(course, "<b>bob", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    completed = subprocess.run(command(course), capture_output=True, text=True)
    assert completed.returncode == 1
    assert "submitted/<b>bob is not graded" in completed.stdout
    assert completed.stdout.count("5 / 6") == 6


def test_the_time_left_follows_the_pace():
    tally = Tally()
    assert tally.line() == "the submissions are being looked through"
    tally.take(Event("waiting", total=10))
    assert tally.remaining_s() is None
    tally.began -= 8.0
    for number in range(4):
        tally.take(Event("started", f"s{number}"))
        tally.take(Event("done", f"s{number}", outcome=Outcome(f"s{number}", True, 2.0, "")))
    assert tally.remaining_s() == pytest.approx(12.0, abs=0.5)
    assert tally.line().startswith("4 of 10 done, 0 running, 0 with something to say, 2.0 s each")


def test_times_are_said_as_a_person_says_them():
    assert [clock(seconds) for seconds in (0.4, 59.2, 60, 3601)] == [
        *("0 s", "59 s", "1 min 00 s", "60 min 01 s")
    ]
