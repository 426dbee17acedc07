"""A class graded by dask workers has the marks of one graded here, whatever is killed meanwhile."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from child_processes import hear_interrupts, left
from click.testing import CliRunner
from distributed import Client
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, write_course

from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.grading import cluster
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("cluster")

DASK = Settings(engine="dask", slots=2)
HALF = "def square(x):\n    return x * abs(x)"
EXIT = "def square(x):\n    import os\n    os._exit(3)"
ANSWERS = (RIGHT_SQUARE, HALF, RIGHT_SQUARE, EXIT)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A class of 12, graded by the engine of this machine."""
    course = write_course(tmp_path_factory.mktemp("here"))
    for k in range(12):
        hand_in(course, f"s{k:02}", answered(RIGHT_DOUBLE, ANSWERS[k % 4]))
    grade_class(course, course.assignments[0], Settings())
    return course


@pytest.fixture
def waiting(here, tmp_path):
    """The same class before anything was graded, with the reference run remembered."""
    root = tmp_path / "course"
    shutil.copytree(here.root, root, ignore=shutil.ignore_patterns("autograded", "gradebook.db"))
    config = (root / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(config.replace(str(here.root), str(root)))
    return open_course(root)


def results(course):
    """All that is known of the class but for how long it took."""
    return [replace(grade, seconds=0.0) for grade in grades(course, course.assignments[0])]


def rows(course):
    with open_gradebook.gradebook(course) as book:
        return sorted((s.student.id, s.score) for s in book.assignment_submissions("functions"))


def notebooks(course):
    files = course.autograded.rglob("*.ipynb")
    return {path.relative_to(course.autograded): path.read_bytes() for path in files}


def below(pid=None):
    """The processes below one that may be gone already."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def workers(pid=None):
    """The workers that a process has started for itself."""
    processes = []
    for process in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            processes += [process] if any("spawn_main" in w for w in process.cmdline()) else []
    return processes


def command(course, *words):
    return ["grade", "functions", "--course", str(course.root), "--engine", "dask", *words]


@pytest.mark.slow
def test_a_killed_worker_costs_no_mark_and_nothing_is_graded_twice(here, waiting):
    started, victims, listening = set(), [], set()

    def watch(event):
        for process in [psutil.Process(), *workers()]:
            with suppress(psutil.NoSuchProcess):  # the one that was killed
                ports = process.net_connections("inet")
                listening.update(port.laddr.ip for port in ports if port.status == "LISTEN")
        started.update(tree for worker in workers() for tree in [worker, *below(worker.pid)])
        if event.kind == "done" and not victims:
            victims.append(workers()[0])
            victims[0].send_signal(signal.SIGKILL)

    outcomes = grade_class(waiting, waiting.assignments[0], DASK, watch)
    assert [outcome.student for outcome in outcomes] == [f"s{k:02}" for k in range(12)]
    assert results(waiting) == results(here)
    assert rows(waiting) == rows(here)
    assert notebooks(waiting) == notebooks(here)
    assert victims and len(started) > 6
    assert listening == {"127.0.0.1"}
    assert left(started) == []


def test_a_scheduler_that_does_not_answer_is_named(waiting, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        run = CliRunner().invoke(main, command(waiting, "--scheduler", address))
    assert run.exit_code == 1
    assert f"no dask scheduler answers at {address} (nothing in 0.5 s)" in run.stderr


def test_without_dask_the_extra_is_named(waiting, monkeypatch):
    monkeypatch.delitem(sys.modules, "autograder.grading.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    run = CliRunner().invoke(main, command(waiting))
    assert run.exit_code == 1
    assert "needs distributed, which is not installed. Run: pip install 'mlsys-" in run.stderr


def test_a_scheduler_without_the_engine_is_refused(waiting):
    words = ["grade", "functions", "--course", str(waiting.root), "--scheduler", "tcp://h:1"]
    run = CliRunner().invoke(main, words)
    assert (run.exit_code, "add --engine dask" in run.stderr) == (1, True)


def started(course, *words):
    """The real command, in a process group of its own, once its first submission is graded."""
    program = str(Path(sys.executable).parent / "autograder")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command_line = [program, *command(course, "--json", *words)]
    run = subprocess.Popen(
        command_line, start_new_session=True, preexec_fn=hear_interrupts, **pipes
    )
    assert any('"done"' in line for line in run.stdout)
    return run


@pytest.mark.slow
def test_control_c_leaves_no_worker_behind(waiting):
    run = started(waiting, "--slots", "2")
    tree, two = below(run.pid), workers(run.pid)
    os.killpg(run.pid, signal.SIGINT)
    _, complaint = run.communicate(timeout=20)
    assert (run.returncode, len(two)) == (130, 2)
    assert complaint == "autograder: stopped; what was finished is kept. Run it again.\n"
    assert left(tree) == []


@pytest.mark.slow
def test_a_killed_coordinator_takes_its_workers_along(waiting):
    run = started(waiting, "--slots", "2")
    tree = below(run.pid)
    run.kill()
    run.communicate(timeout=20)
    assert left(tree) == []


@pytest.fixture
def elsewhere(tmp_path):
    """A dask cluster that somebody else started: its address, its scheduler and its worker."""
    scheduler_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    where = ["--host", "127.0.0.1", "--scheduler-file", str(scheduler_file), "--no-dashboard"]
    starts = [
        [*dask, "scheduler", "--port", "0", *where],
        [*dask, "worker", "--nworkers", "2", "--nthreads", "1", *where],
    ]
    with (tmp_path / "dask.log").open("w") as log:
        processes = [subprocess.Popen(words, stderr=log, cwd=tmp_path) for words in starts]
    until = time.monotonic() + 60
    while not scheduler_file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield json.loads(scheduler_file.read_text())["address"], *processes
    tree = [process for one in processes for process in below(one.pid)]
    for one in processes:
        one.terminate()
        one.wait(20)
    assert left(tree) == []


@pytest.mark.slow
def test_a_cluster_that_is_there_grades_through_the_command(here, waiting, elsewhere):
    address, _, worker = elsewhere
    run = CliRunner().invoke(main, command(waiting, "--scheduler", address))
    assert run.exit_code == 0, run.output
    assert results(waiting) == results(here)
    names = [process.name() for process in below(worker.pid)]
    assert len(names) >= 2
    assert not {"zygote", "bwrap"} & set(names)


@pytest.mark.slow
def test_a_submission_whose_workers_die_is_one_row_and_tried_again(here, waiting, monkeypatch):
    monkeypatch.setitem(cluster.OPTIONS, "distributed.scheduler.allowed-failures", 0)
    for student in ("s00", "s01", "s02"):
        hand_in(waiting, student, answered(f"import time; time.sleep(1)\n{RIGHT_DOUBLE}", HALF))
    victims = []

    def watch(event):
        if event.kind == "done" and not victims:
            time.sleep(0.5)
            victims.extend(workers())
            victims[0].send_signal(signal.SIGKILL)

    grade_class(waiting, waiting.assignments[0], replace(DASK, slots=1), watch)
    ungraded_results = [result for result in results(waiting) if result.status == "not graded"]
    assert [result.student for result in ungraded_results] == ["s01"]
    assert ungraded_results[0].message.startswith("each worker that ran it was killed (")
    again = grade_class(waiting, waiting.assignments[0], Settings())
    assert [outcome.student for outcome in again if outcome.fresh] == ["s01"]


@pytest.mark.slow
def test_a_worker_without_the_grader_is_told_from_a_broken_cluster(waiting, elsewhere, tmp_path):
    address, *_ = elsewhere
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "autograder.py").write_text("")
    words = [sys.executable, "-m", "dask", "worker", address, "--host", "127.0.0.1"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "strange")}
    quiet = {"stderr": subprocess.DEVNULL, "cwd": tmp_path, "env": env}
    stranger = subprocess.Popen([*words, "--no-dashboard", "--no-nanny"], **quiet)
    with Client(address) as client:
        client.wait_for_workers(3, timeout=60)
    run = CliRunner().invoke(main, command(waiting, "--scheduler", address))
    stranger.terminate()
    stranger.wait(20)
    assert run.exit_code == 1
    assert "a dask worker cannot load the grader (ModuleNotFoundError" in run.stderr


@pytest.mark.slow
def test_workers_that_stay_away_are_a_sentence(waiting, elsewhere, monkeypatch):
    monkeypatch.setattr(cluster, "LOST_S", 2.0)
    address, _, worker = elsewhere

    def watch(event):
        if event.kind == "done":
            worker.kill()

    dask = Settings(engine="dask", scheduler=address)
    with pytest.raises(CourseError, match=f"{address} has lost its scheduler or all its workers"):
        grade_class(waiting, waiting.assignments[0], dask, watch)


@pytest.mark.slow
def test_a_scheduler_that_dies_is_a_sentence_and_the_next_run_completes(here, waiting, elsewhere):
    address, scheduler, _ = elsewhere
    run = started(waiting, "--scheduler", address)
    scheduler.kill()
    _, complaint = run.communicate(timeout=60)
    assert run.returncode == 1
    assert complaint.startswith(f"autograder: the dask cluster at {address} has lost its scheduler")
    assert complaint.count("\n") == 1
    grade_class(waiting, waiting.assignments[0], Settings())
    assert results(waiting) == results(here)
