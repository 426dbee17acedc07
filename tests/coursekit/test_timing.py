"""The clock for calls: what it counts, what it leaves out, and when it warns."""

import time

import pytest
from coursekit import timing
from coursekit.timing import is_busy, one_thread, shortest_seconds
from threadpoolctl import threadpool_info


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_the_warm_up_does_not_count():
    slow_first = iter([0.08])
    assert shortest_seconds(lambda: time.sleep(next(slow_first, 0.005))) < 0.06


def test_a_long_call_is_run_as_often_as_asked_and_once_to_warm_up():
    runs = []
    shortest_seconds(lambda: (runs.append(1), time.sleep(0.003)), repeats=3)
    assert len(runs) == 4


def test_a_short_call_is_run_until_it_can_be_timed():
    runs = []
    seconds = shortest_seconds(runs.append, 1, repeats=2)
    assert len(runs) > 50
    assert 0 < seconds < 1e-4


def test_arguments_are_passed_on():
    arguments = set()
    shortest_seconds(lambda a, b: arguments.add((a, b)), 1, 2)
    assert arguments == {(1, 2)}


def test_what_is_prepared_is_fresh_for_each_run_and_not_timed():
    prepared, received = [], []

    def prepare():
        time.sleep(0.02)
        prepared.append(object())
        return prepared[-1]

    seconds = shortest_seconds(
        lambda fresh: (received.append(fresh), time.sleep(0.002)), prepare=prepare
    )
    assert received == prepared
    assert len(received) == 6
    assert seconds < 0.02


def test_a_product_runs_on_one_thread_and_the_others_come_back():
    before, inside = blas_threads(), []
    shortest_seconds(lambda: inside.append(blas_threads()), repeats=1)
    assert all(threads == {1} for threads in inside)
    assert blas_threads() == before
    with one_thread():
        assert blas_threads() == {1}
    assert blas_threads() == before


def test_a_busy_machine_is_named_once_in_each_run_of_a_cell(monkeypatch, capsys):
    now, cell = [0.0], [1]
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])
    monkeypatch.setattr(timing, "_cell_number", lambda: cell[0])

    def measure(lengths):
        left = iter(lengths)
        return shortest_seconds(lambda: now.__setitem__(0, now[0] + next(left)))

    timing._say_busy.cache_clear()
    assert measure([0.0, 1.0, 2.0, 3.0, 4.0, 1.5]) == 1.0
    assert measure([0.0, 1.0, 2.0, 3.0, 4.0, 1.5]) == 1.0
    assert capsys.readouterr().err == timing.BUSY_SENTENCE + "\n"
    cell[0] = 2
    measure([0.0, 1.0, 1.0, 1.0, 1.0, 9.0])
    assert capsys.readouterr().err == ""
    measure([0.0, 1.0, 2.0, 3.0, 4.0, 1.5])
    assert "run this cell again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("times", "busy"),
    [
        ([0.010, 0.010, 0.011, 0.012, 0.050], False),  # one run was disturbed
        ([0.010, 0.010, 0.020, 0.020, 0.020], True),
        ([0.010, 0.030], False),  # two runs tell nothing
        ([1e-6, 1e-6, 5e-6, 9e-6, 9e-6], False),  # microseconds always jitter
    ],
)
def test_a_machine_is_busy_where_half_of_the_runs_are_much_longer(times, busy):
    assert is_busy(times) == busy


def test_no_repeat_at_all_is_an_error():
    with pytest.raises(ValueError, match="at least 1 repeat, but repeats=0 came"):
        shortest_seconds(len, [], repeats=0)
