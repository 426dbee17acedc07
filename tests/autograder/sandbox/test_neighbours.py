"""What one submission does to the machine costs no other one its points."""

import socket
import subprocess
import sys
import threading
from pathlib import Path
from subprocess import Popen
from time import perf_counter

import pytest
from small_course import answered, code, hand_in, write_course

from autograder.files import temporary_folder
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.sandbox import cgroup, run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.inside.bridge import framing
from autograder.sandbox.job import Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool, Warm, slot_group
from autograder.sandbox.process_handles import ReplyReader
from autograder.sandbox.turns import Turns

SQUARE = "def square(x):\n    return x**2"
DOUBLE = "def double(x):\n    return x + x"
BURN = "import subprocess, sys\n" + (
    "for _ in range(12):\n    subprocess.Popen([sys.executable, '-c', 'while True: pass'])"
)
WORK = "total = 0\nfor number in range(8_000_000):\n    total += number"


def counts_processor_time() -> bool:
    group = slot_group(63, Limits())
    seconds = group.cpu_seconds() if group else None
    if group:
        group.remove()
    return seconds is not None


counted = pytest.mark.skipif(
    not counts_processor_time(), reason="needs a control group that counts processor time: be root"
)


def test_processes_that_a_neighbour_leaves_behind_cost_nobody_a_point(tmp_path):
    course = write_course(tmp_path / "course")
    for number in range(2):
        burning = answered(DOUBLE, SQUARE)
        burning["cells"].insert(0, code("burn", BURN))
        hand_in(course, f"burner{number}", burning)
        working = answered(DOUBLE, SQUARE)
        working["cells"].insert(0, code("work", WORK))
        hand_in(course, f"worker{number}", working)
    (assignment,) = course.assignments
    grade_class(course, assignment, Settings(Limits(cell_s=10.0), slots=4))
    scores = {grade.student: grade.score for grade in grades(course, assignment)}
    assert scores["worker0"] == scores["worker1"] == 5


def one_cell(text: str) -> Job:
    return Job({"cells": [code("only", text)], "metadata": {}})


@pytest.mark.slow
@counted
def test_who_hit_a_limit_without_the_processor_runs_again_alone():
    sleeping = one_cell("import time; time.sleep(60)")
    with Pool(strongest_level(), Warm()) as pool:
        run_notebook.run(pool, one_cell("1"), Limits())
        neighbour = pool.turns.shared()
        neighbour.__enter__()
        threading.Timer(1.0, neighbour.__exit__, (None, None, None)).start()
        start = perf_counter()
        result = run_notebook.run(pool, sleeping, Limits(cell_s=2.0))
        beside = perf_counter() - start
        without_company = run_notebook.run(pool, sleeping, Limits(cell_s=1.0))
    assert result.starved and without_company.starved
    assert beside >= 4.0
    assert "stopped after 2 s" in result.messages[0]


@counted
def test_a_slot_s_group_counts_and_shares_the_processor():
    group = slot_group(62, Limits())
    assert group is not None
    with Popen(["sh", "-c", "read go; while :; do :; done"], stdin=-1) as busy:
        assert group.add(busy.pid)
        busy.stdin.write(b"go\n")
        busy.stdin.flush()
        while not group.cpu_seconds():
            pass
        group.remove()
    assert not any(folder.exists() for folder in group.folders)
    assert any("cpu" in str(folder) for folder in group.folders) or cgroup._version_2()


def test_one_turn_alone_waits_for_the_others_and_keeps_them_out():
    turns, order = Turns(), []
    inside, leave = threading.Event(), threading.Event()

    def shared() -> None:
        with turns.shared():
            inside.set()
            leave.wait()
            order.append("shared")

    def alone() -> None:
        with turns.alone():
            order.append("alone")

    first, second = threading.Thread(target=shared), threading.Thread(target=alone)
    first.start()
    inside.wait()
    second.start()
    leave.set()
    first.join()
    second.join()
    with turns.shared():
        order.append("later")
    assert order == ["shared", "alone", "later"]


def test_one_that_waits_to_run_alone_keeps_nobody_waiting():
    turns, order = Turns(), []

    def alone() -> None:
        with turns.alone():
            order.append("alone")

    waiting = threading.Thread(target=alone)
    with turns.shared():
        waiting.start()
        waiting.join(0.2)
        with turns.shared():
            order.append("shared")
    waiting.join()
    assert order == ["shared", "alone"]


def test_a_reply_that_is_cut_off_by_its_deadline_is_read_on():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        message = framing.encode_message({"outputs": ["x" * 1000]})
        reader = ReplyReader(ours)
        for start in range(0, len(message), 300):
            with pytest.raises(TimeoutError):
                reader.read(0.05)
            theirs.sendall(message[start : start + 300])
        theirs.sendall(framing.encode_message({"next": 1}))
        assert reader.read(1.0) == {"outputs": ["x" * 1000]}
        assert reader.read(1.0) == {"next": 1}


def test_a_reply_that_came_in_time_is_read_however_late_this_process_gets_to_it():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(framing.encode_message({"in": "time"}))
        assert ReplyReader(ours).read(-1.0) == {"in": "time"}


def test_folders_that_a_killed_grader_left_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program = (
        "import os, tempfile\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "from autograder.files import temporary_folder\n"
        "folder = temporary_folder('supplies')\nos.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    (left_folder,) = tmp_path.iterdir()
    with temporary_folder("supplies") as first, temporary_folder("supplies") as second:
        assert not left_folder.exists()
        assert Path(first).is_dir() and Path(second).is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_submission_reads_no_name_that_only_hidden_tests_use(tmp_path):
    course = write_course(tmp_path / "course")
    path = course.source / "functions" / "functions.ipynb"
    path.write_text(
        path.read_text().replace(
            "### BEGIN HIDDEN TESTS\\nassert double",
            "### BEGIN HIDDEN TESTS\\nimport wave\\nassert double",
        )
    )
    document = answered(DOUBLE, SQUARE)
    looking = (
        "import sys\nprint(open('/proc/self/cmdline').read())\nprint('wave', 'wave' in sys.modules)"
    )
    document["cells"].append(code("look", looking))
    hand_in(course, "ann", document)
    (assignment,) = course.assignments
    grade_class(course, assignment, Settings())
    (grade,) = grades(course, assignment)
    assert grade.score == 5
    graded_text = (course.autograded / "ann" / "functions" / "functions.ipynb").read_text()
    assert "autograder.sandbox" in graded_text and "wave False" in graded_text
    assert "preload" not in graded_text


@pytest.mark.slow
def test_an_answer_that_does_not_let_go_is_named_and_run_once(tmp_path):
    course = write_course(tmp_path / "course")
    path = course.source / "functions" / "functions.ipynb"
    visible = (
        path.read_text()
        .replace("### BEGIN HIDDEN TESTS\\n", "")
        .replace("\\n### END HIDDEN TESTS", "")
    )
    path.write_text(visible)
    stubborn = (
        "import signal\n"
        "def double(x):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    while True:\n        pass"
    )
    hand_in(course, "ann", answered(stubborn, SQUARE))
    (assignment,) = course.assignments
    grade_class(course, assignment, Settings(Limits(cell_s=2.0)))
    (grade,) = grades(course, assignment)
    assert grade.score == 0
    assert "did not stop when it was interrupted after its time limit" in grade.message


NEW_FOLDERS = """
from pathlib import Path
from autograder.files import temporary_folder
for _ in range(300):
    with temporary_folder("race") as folder:
        assert (Path(folder) / ".lock").exists()
"""


def test_runs_that_begin_at_the_same_moment_take_no_folder_for_abandoned():
    program = [sys.executable, "-c", NEW_FOLDERS]
    runs = [subprocess.Popen(program, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [run.communicate()[1] for run in runs] == [""] * 4
