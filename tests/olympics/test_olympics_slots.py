"""An entry in its slot: frozen between its answers, and seen from outside."""

import time
from dataclasses import replace

import pytest
from olympic_entries import HEAD, entry
from olympics import wire
from olympics.conclusion import EntryFault
from olympics.events import event
from olympics.reference import files_to_run, reference_entry
from olympics.workload import workload

from autograder.olympics.slots import slot_worker
from autograder.sandbox.cgroup import Group

RULES, TASK = event("framework_sprint"), workload("framework_sprint")
# A thread and a forked process count; the loss of the first batch tells how far they came.
COUNTERS = (
    HEAD
    + """
import mmap
import os
import threading

shared = mmap.mmap(-1, 16)
counts = np.frombuffer(shared, np.int64)


def count(place):
    while True:
        counts[place] += 1
        sum(range(100))


if os.fork() == 0:
    count(1)
threading.Thread(target=count, args=(0,), daemon=True).start()


def told(inputs):
    return {"counts": counts.copy()}


class Linear(CourseLinear):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        __main__.run = told
"""
)


def inputs(seed=0):
    return wire.encode(TASK.inputs(seed, "public"))


@pytest.fixture
def open_worker(pool):
    def opened(one):
        return slot_worker(pool, files_to_run(one, reference_entry(one.event)), RULES, TASK)

    return opened


def counts(worker):
    return wire.decode(worker.answer(inputs()).data, 10_000)["counts"]


def test_threads_and_forks_of_a_frozen_entry_stand_still(open_worker):
    with open_worker(entry(COUNTERS)) as worker:
        worker.answer(inputs())
        before = counts(worker)
        time.sleep(1.0)
        frozen = counts(worker) - before
        worker.thaw()
        time.sleep(1.0)
        running = counts(worker) - before - frozen
    assert (running > 5 * frozen).all(), (running, frozen)


def test_where_there_is_no_freezer_every_process_is_stopped(open_worker):
    with open_worker(entry(COUNTERS)) as worker:
        whole = worker._handle.opened.group
        plain = [path for path in whole.folders if not (path / "cgroup.freeze").exists()]
        worker._handle.opened.group = Group(tuple(p for p in plain if "freezer" not in str(p)))
        whole.thaw()
        worker.answer(inputs())
        before = counts(worker)
        time.sleep(1.0)
        frozen = counts(worker) - before
        worker.thaw()
        time.sleep(1.0)
        running = counts(worker) - before - frozen
        worker._handle.opened.group = whole
    assert (running > 5 * frozen).all(), (running, frozen)


def test_memory_is_counted_though_the_entry_stops_its_own_count(open_worker):
    hoard = HEAD + (
        "import tracemalloc\ntracemalloc.start(); tracemalloc.stop()\n"
        "tracemalloc.get_traced_memory = lambda: (0, 0)\n"
        "hoard = np.ones(6_000_000)\n"
    )
    with open_worker(entry(HEAD)) as plain, open_worker(entry(hoard)) as large:
        plain.answer(inputs())
        large.answer(inputs())
        assert large.peak_bytes() - plain.peak_bytes() == pytest.approx(48e6, rel=0.1)


def test_an_answer_is_the_same_bytes_as_the_program_gives_here(open_worker):
    names: dict = {}
    exec(TASK.PROGRAM, names)
    expected = names["run"](TASK.inputs(1, "public"))
    with open_worker(reference_entry("framework_sprint")) as worker:
        came = wire.decode(worker.answer(inputs(1)).data, 10_000_000)
    assert not TASK.faults({}, came, expected)


def test_an_entry_that_never_ends_is_stopped(pool):
    endless = HEAD + "class SGD(SGD):\n    def step(self):\n        while True:\n            pass\n"
    short = replace(RULES, limits=replace(RULES.limits, run_s=1.0))
    one = entry(endless)
    files = files_to_run(one, reference_entry(one.event))
    with slot_worker(pool, files, short, TASK) as worker, pytest.raises(EntryFault) as fault:
        worker.answer(inputs())
    assert str(fault.value) == "It took over 1 s and was stopped."


def test_sleep_while_the_outputs_become_bytes_is_in_the_time(open_worker):
    late = HEAD + (
        "import time\n\n\nclass Late:\n    def __array__(self, *_, **__):\n"
        "        time.sleep(0.3)\n        return np.zeros(3)\n\n\n"
        "class Linear(CourseLinear):\n    def __init__(self, *sizes):\n"
        "        super().__init__(*sizes)\n"
        "        __main__.run = lambda inputs: {'losses': Late()}\n"
    )
    with open_worker(entry(late)) as worker:
        worker.answer(inputs())
        assert worker.answer(inputs()).seconds > 0.3
