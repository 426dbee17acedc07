"""An entry in its slot: frozen between its answers, and seen from outside."""

import time
from dataclasses import replace

import pytest
from olympic_entries import HEAD, entry
from olympics import processes, wire
from olympics.conclusion import EntryFault
from olympics.events import event
from olympics.reference import files_to_run, reference_entry
from olympics.workload import workload

from autograder.olympics.slots import LastingWorker, slot_worker
from autograder.sandbox.cgroup import Group

RULES, TASK = event("framework_sprint"), workload("framework_sprint")
# A thread and a forked process that never rest.
RESTLESS = (
    HEAD
    + """
import os
import threading


def burn():
    while True:
        sum(range(100))


if os.fork() == 0:
    burn()
threading.Thread(target=burn, daemon=True).start()
"""
)


def inputs(seed=0):
    return wire.encode(TASK.inputs(seed, "public"))


@pytest.fixture
def open_worker(pool):
    def opened(one):
        return slot_worker(pool, files_to_run(one, reference_entry(one.event)), RULES, TASK)

    return opened


def ran_while_frozen_and_thawed_s(worker):
    """The seconds that all threads of the slot ran in a second frozen, and in one that was not."""
    pids = worker._pids()
    worker.freeze()
    start_s = processes.ran_s(pids)
    time.sleep(1.0)
    frozen_s = processes.ran_s(pids) - start_s
    worker.thaw()
    time.sleep(1.0)
    return frozen_s, processes.ran_s(pids) - start_s - frozen_s


def without_freezer(group):
    """The same control group without the folders that can freeze it."""
    folders = group.folders if group else ()
    return Group(
        tuple(
            folder
            for folder in folders
            if not any((folder / name).exists() for name in ("cgroup.freeze", "freezer.state"))
        )
    )


def test_threads_and_forks_of_a_frozen_entry_stand_still(open_worker):
    with open_worker(entry(RESTLESS)) as worker:
        worker.answer(inputs())
        assert len(worker._pids()) >= 3
        frozen_s, thawed_s = ran_while_frozen_and_thawed_s(worker)
    assert frozen_s < 0.01 and thawed_s > 0.1, (frozen_s, thawed_s)


def test_where_there_is_no_freezer_every_process_is_stopped(open_worker):
    with open_worker(entry(RESTLESS)) as worker:
        original_group = worker._handle.opened.group
        worker.thaw()
        worker._handle.opened.group = without_freezer(original_group)
        frozen_s, thawed_s = ran_while_frozen_and_thawed_s(worker)
        worker._handle.opened.group = original_group
    assert frozen_s < 0.01 and thawed_s > 0.1, (frozen_s, thawed_s)


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


def test_memory_of_a_process_that_has_ended_is_counted_too(open_worker):
    hidden = HEAD + (
        "import os\n\nif os.fork() == 0:\n    hoard = np.ones(6_000_000)\n    os._exit(0)\n"
        "os.wait()\n"
    )
    with open_worker(entry(HEAD)) as plain, open_worker(entry(hidden)) as large:
        plain.answer(inputs())
        large.answer(inputs())
        if not large._handle.opened.group:
            pytest.skip("no control group can be made here")
        assert large.peak_bytes() - plain.peak_bytes() > 40e6


def test_an_answer_is_the_same_bytes_as_the_program_gives_here(open_worker):
    names: dict = {}
    exec(TASK.PROGRAM, names)
    expected = names["run"](TASK.inputs(1, "public"))
    with open_worker(reference_entry("framework_sprint")) as worker:
        outputs = wire.decode(worker.answer(inputs(1)).data, 10_000_000)
    assert not TASK.faults({}, outputs, expected)


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


def test_an_entry_that_kills_itself_is_asked_that_repetition_again_and_at_last_is_wrong(
    open_worker,
):
    twice = HEAD + (
        "import os\n\nmade = []\n\n\nclass SGD(SGD):\n    def __init__(self, *a, **k):\n"
        "        super().__init__(*a, **k)\n        made.append(np.ones(3_000_000))\n"
        "        if len(made) == 2:\n            os.kill(os.getpid(), 9)\n"
    )
    with LastingWorker(lambda: open_worker(entry(twice))) as worker:
        answers = [worker.answer(inputs(seed)) for seed in (0, 1, 2)]
        assert all(wire.decode(one.data, 10_000_000)["losses"].size for one in answers)
        assert worker.peak_bytes() > 24e6
        with pytest.raises(EntryFault, match="were killed 3 times in one run"):
            worker.answer(inputs(3))
