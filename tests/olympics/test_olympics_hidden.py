"""What is hidden is told by nothing: no word, no time, no memory, no seed that can be tried out."""

import numpy as np
import pytest
from olympic_entries import CALLS, LEAKS, featherweight
from olympics.events import event
from olympics.series import HIDDEN_FAULT, phases

from autograder.olympics.seeds import Schedule
from autograder.olympics.timing import judged_run, seeds_of


def seeds(event_id, run, secret=b"s" * 32):
    rules = event(event_id)
    seed_of = seeds_of(rules, Schedule(secret, "2027", event_id), "a" * 64, run)
    return [(phase, seed_of(number, phase)) for number, phase in enumerate(phases(rules))]


@pytest.mark.parametrize("name", LEAKS)
def test_no_word_is_told_of_what_happens_on_hidden_inputs(name, judged):
    outcome = judged(featherweight(CALLS + LEAKS[name]))
    assert (outcome.verdict, outcome.sentence) == ("wrong", HIDDEN_FAULT)
    assert outcome.scores == {}
    assert [line[:16] for line in outcome.log.splitlines()][:1] == ["pair 0 (warm_up)"]
    report = outcome.sentence + outcome.log
    assert "SECRET" not in report and "1234567" not in report and "killed" not in report


def test_an_error_on_inputs_that_come_once_is_told_in_its_own_words(judged):
    outcome = judged(featherweight("def predict(pictures, weights):\n    raise ValueError('mine')"))
    assert outcome.verdict == "wrong" and "ValueError: mine" in outcome.sentence


def test_neither_time_nor_memory_on_hidden_inputs_is_told(judged):
    outcome = judged(featherweight(CALLS + "def tell(pictures):\n    time.sleep(0.2)\n"))
    assert outcome.verdict == "ranked", outcome.sentence
    assert set(outcome.scores) == {"bytes", "public", "private", "score"}
    assert outcome.log.splitlines()[1:] == [
        "pair 1 (public): answered",
        "pair 2 (private): answered",
    ]


def test_what_is_too_heavy_for_its_class_is_wrong_before_anything_runs(machine):
    heavy = featherweight(CALLS, w=b"", noise=np.random.default_rng(7).bytes(20_000))
    outcome = judged_run(None, heavy, "a" * 64, 1, Schedule(b"s" * 32, "x", heavy.event), machine)
    assert outcome.verdict == "wrong" and "its weight class allows 16,000" in outcome.sentence
    assert outcome.scores == {} and outcome.log == ""


@pytest.mark.parametrize("event_id", ["framework_sprint", "bench_and_board"])
def test_no_input_comes_again_in_another_run(event_id):
    drawn = [seed for run in (1, 2) for _, seed in seeds(event_id, run)]
    assert len(set(drawn)) == len(drawn)


def test_hidden_pictures_stay_the_same_and_those_before_them_do_not():
    first, second = (seeds("featherweight", run) for run in (1, 2))
    assert first[1:] == second[1:] and first[0][1] != second[0][1]
    assert first[0][1] != first[1][1]


@pytest.mark.parametrize("event_id", ["framework_sprint", "featherweight", "bench_and_board"])
def test_a_seed_is_too_long_to_try_all_of_them(event_id):
    drawn = {seed for _, seed in seeds(event_id, 1)}
    assert all(seed.bit_length() > 100 for seed in drawn)
