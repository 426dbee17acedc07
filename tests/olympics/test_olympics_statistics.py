"""What paired times say: medians, intervals, clips, steadiness, records, floors."""

import math
from dataclasses import replace

import numpy as np
import pytest
from olympic_entries import HEAD, entry
from olympics import statistics, wire
from olympics.conclusion import (
    Answer,
    EntryFault,
    Repetition,
    check_finite,
    conclusion,
    refusal,
)
from olympics.entry import Entry
from olympics.events import event
from olympics.machine import Machine
from olympics.series import phases, run_series
from olympics.workload import weight_fault, workload

RULES, TASK = event("framework_sprint"), workload("framework_sprint")


def pairs(entry_s, reference_s, waited_s=0.0, work="a"):
    return [
        Repetition(
            ("public", "private")[k % 2], work, Answer(e, b""), Answer(r, b"", waited_s), False
        )
        for k, (e, r) in enumerate(zip(entry_s, reference_s, strict=True))
    ]


def test_a_score_is_the_median_of_pairs_and_not_the_ratio_of_medians():
    measured_pairs = [
        pair
        for work, times in (("a", (1.0, 1.0)), ("b", (10.0, 5.0)), ("c", (6.0, 2.0)))
        for pair in pairs([times[0]] * 2, [times[1]] * 2, work=work)
    ]
    assert [pair.ratio for pair in measured_pairs] == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert concluded(measured_pairs).scores["score"] == 2.0


@pytest.mark.parametrize(
    "ratio, clipped_ratio", [(1e-9, 1 / 64), (1e9, 64), (2.0, 2.0), (0.0, 1 / 64)]
)
def test_a_ratio_is_clipped_to_a_64th_and_64(ratio, clipped_ratio):
    assert statistics.clipped(ratio) == clipped_ratio


def test_one_shape_whose_time_is_driven_to_zero_moves_the_score_little():
    shapes = np.tile([1.0, 1.0, 1e-9], 20)
    outcome = concluded(pairs(shapes.tolist(), [1.0] * 60))
    assert outcome.scores["score"] == 1.0


def test_the_interval_holds_the_true_median_in_about_95_of_100_series():
    rng = np.random.default_rng(7)
    hits = 0
    for k in range(200):
        interval = statistics.median_interval(np.exp(rng.normal(0, 0.2, 40)), k)
        hits += interval.low <= 1.0 <= interval.high
    assert 180 <= hits <= 199


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(1, 0.1, 30)
    assert statistics.median_interval(values, 3) == statistics.median_interval(values, 3)


def test_a_machine_whose_reference_is_unsteady_is_refused():
    steady = [1.0, 1.01, 1.02, 1.0, 1.05] * 4
    unsteady = [1.0, 2.0, 2.1, 2.2, 2.0] * 4
    assert refusal(pairs([1.0] * 20, steady)) == ""
    assert "unsteady" in refusal(pairs([1.0] * 20, unsteady))


def test_different_work_is_no_unsteadiness():
    mixed = pairs([1.0] * 10, [1.0] * 10, work="a") + pairs([1.0] * 10, [3.0] * 10, work="b")
    assert refusal(mixed) == ""


def test_a_machine_on_which_the_reference_waits_is_busy_and_refused():
    assert "busy" in refusal(pairs([1.0] * 10, [1.0] * 10, waited_s=0.3))
    assert refusal(pairs([1.0] * 10, [1.0] * 10, waited_s=0.1)) == ""


def test_a_record_needs_five_runs_and_a_small_p():
    assert statistics.is_record([0.8] * 5, [0.9] * 5, "lower")
    assert not statistics.is_record([0.8] * 4, [0.9] * 4, "lower")
    assert not statistics.is_record([0.8, 0.95, 0.9, 0.85, 0.99], [0.9] * 5, "lower")
    assert statistics.is_record([0.9] * 5, [0.8] * 5, "higher")
    assert not statistics.is_record([0.9] * 5, [0.8] * 5, "lower")


def test_equal_scores_are_no_record():
    assert not statistics.is_record([5.0] * 9, [5.0] * 9, "lower")


def test_a_permutation_test_of_noise_is_seldom_significant():
    rng = np.random.default_rng(5)
    false_alarms = sum(
        statistics.permutation_p(rng.normal(size=6), rng.normal(size=6)) < 0.05 for _ in range(200)
    )
    assert false_alarms <= 22


def test_many_runs_are_permuted_by_chance():
    assert statistics.permutation_p([0.8] * 20, [0.9] * 20) < 0.001


def test_equal_scores_in_another_order_are_no_difference_however_many():
    scores = np.random.default_rng(2).normal(size=30).tolist()
    assert statistics.permutation_p(scores, scores[::-1]) > 0.4
    assert statistics.permutation_p([0.1, 0.2, 0.3] * 5, [0.3, 0.1, 0.2] * 5) > 0.4


def test_the_floor_is_operations_over_the_peak_or_bytes_over_bandwidth():
    slow_arithmetic = Machine("m", 1, 1e15, 1e9)
    slow_memory = Machine("m", 1, 1e6, 1e18)
    operations = 2048 * (4 * 64 * 64 + 6 * (64 * 64 + 64 * 10))
    assert TASK.floor_s(slow_arithmetic) == pytest.approx(operations / 1e9)
    assert TASK.floor_s(slow_memory) > 2048 * 64 / 1e6


def test_the_halves_and_the_widths_of_a_series_come_as_often_as_each_other():
    names = phases(RULES)
    timed = [phase for phase in names if phase != "warm_up"]
    assert timed.count("public") == timed.count("private") == RULES.limits.pairs / 2
    widths = [TASK.inputs(12 * 99 + k, "public")["weight1"].shape[1] for k in range(12)]
    assert sorted(set(widths)) == sorted(RULES.sizes["hidden"])
    assert {widths.count(width) for width in widths} == {4}


def test_to_move_the_median_by_wrong_outputs_is_found_in_all_but_one_of_a_million_series():
    timed, verified, wrong = 60, 30, 20
    assert math.comb(timed - wrong, verified) / math.comb(timed, verified) < 1e-6


def test_inputs_are_fresh_for_each_seed_and_phase_and_the_same_for_both():
    first_inputs, second_inputs = TASK.inputs(5, "public"), TASK.inputs(5, "public")
    assert all(np.array_equal(first_inputs[name], second_inputs[name]) for name in first_inputs)
    assert not np.array_equal(first_inputs["images"], TASK.inputs(5, "private")["images"])
    assert not np.array_equal(first_inputs["images"], TASK.inputs(17, "public")["images"])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_equal_to_nothing(value):
    arrays = {name: np.zeros(3) for name in ("losses", *_parameters())}
    poisoned = {**arrays, "bias2": np.full(3, value)}
    assert not TASK.faults({}, arrays, arrays)
    assert TASK.faults({}, poisoned, poisoned)


def _parameters():
    return [f"{kind}{k}" for kind in ("weight", "bias") for k in (1, 2, 3)]


def concluded(pairs_of_it, floor_s=0.0):
    return conclusion(RULES, pairs_of_it, {"bytes": 10.0}, floor_s, "")


def test_a_time_below_the_floor_is_refused_and_one_above_it_is_ranked():
    fast = pairs([1e-6] * 20, [0.01] * 20)
    below = concluded(fast, floor_s=1e-4)
    assert (below.verdict, "score" in below.scores) == ("refused", False)
    assert "took 1 us, and this machine needs at least 100 us" in below.sentence
    above = concluded(fast, floor_s=1e-7)
    assert above.verdict == "ranked" and above.scores["score"] == 1 / 64


def test_one_repetition_below_the_floor_is_enough_to_refuse():
    once = pairs([0.01] * 19 + [1e-6], [0.01] * 20)
    assert concluded(once, floor_s=1e-4).verdict == "refused"


def test_an_entry_above_its_weight_class_is_too_heavy_to_run():
    fits = Entry("featherweight", "t", "open", "novice", "16 kB", "", {"model.py": b" " * 16_000})
    heavy = replace(fits, files={"model.py": b" " * 16_001})
    assert weight_fault(fits) == "" == weight_fault(entry(HEAD))
    assert weight_fault(heavy) == "The entry has 16,001 bytes; its weight class allows 16,000."


def rounded(change):
    """Inputs, outputs of an epoch that went a way of length 10, and the same with a change."""
    zeros = {name: np.zeros((10, 10), np.float32) for name in _parameters()}
    reference = {name: np.ones((10, 10), np.float32) for name in _parameters()}
    reference["losses"] = np.ones(64)
    return zeros, {**reference, **change}, reference


@pytest.mark.parametrize(
    ("change", "is_near"),
    [
        ({"weight1": np.full((10, 10), 1.02, np.float32)}, True),
        ({"weight1": np.full((10, 10), 1.05, np.float32)}, False),
        ({"losses": np.full(64, np.nan)}, False),
        ({"losses": np.ones(63)}, False),
        ({"more": np.ones(3)}, False),
    ],
)
def test_what_rounding_can_do_is_told_from_what_it_cannot(change, is_near):
    inputs, outputs, reference = rounded(change)
    assert TASK.faults(inputs, outputs, reference)
    assert TASK.is_near(inputs, outputs, reference) is is_near


class Answers:
    """A worker whose answers are written down: the epoch's, with a change from some place on."""

    def __init__(self, change, first):
        self.change, self.first, self.count = change, first, 0

    def answer(self, data):
        self.count += 1
        change = self.change if self.count >= self.first else {}
        return Answer(0.01, wire.encode(rounded(change)[1]))

    def peak_bytes(self):
        return 1.0


@pytest.mark.parametrize(
    ("factor", "first", "verdict"), [(1.02, 60, "ranked"), (1.02, 4, "wrong"), (1.05, 4, "wrong")]
)
def test_a_few_outputs_that_rounding_can_have_moved_are_spared_and_many_are_not(
    factor, first, verdict, monkeypatch
):
    monkeypatch.setattr(TASK, "inputs", lambda seed, phase: rounded({})[0])
    change = {"weight1": np.full((10, 10), factor, np.float32)}
    workers = Answers(change, first), Answers({}, 0)
    rng, machine = np.random.default_rng(0), Machine("m", 1, 1e18, 1e18)
    outcome = run_series(RULES, TASK, entry(HEAD), workers, lambda *_: 0, rng, machine)
    assert outcome.verdict == verdict, outcome.sentence


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_a_counted_score_that_is_no_number_is_wrong(score):
    with pytest.raises(EntryFault, match="no number to rank"):
        check_finite({"bytes": 1.0, "instructions": score})
