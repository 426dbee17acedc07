"""The story that the chapter Benchmarking tells is what its data say. New data that say something
else fail here, because the words around the numbers would be wrong."""

import numpy as np
import pytest
from book.chapter import open_chapter
from perfsim.catalog import rows


@pytest.fixture(scope="module")
def names():
    return open_chapter("benchmarking").names


def test_the_two_averages_contradict_each_other(names):
    assert names["mean_block_b"] > 2 * names["mean_block_a"]
    assert names["mean_pair_b"] < names["mean_pair_a"]


def test_the_mean_lies_above_the_p99_because_of_ten_calls(names):
    assert names["pair_a"].mean() > names["percentile"](names["pair_a"], 0.99)
    assert names["top_ten_share"] > 0.9


def test_blocks_show_a_difference_that_turns_do_not(names):
    assert names["block_low"] > 1
    assert names["pair_low"] <= 1 <= names["pair_high"]


def test_the_block_of_b_drifts_and_began_where_a_was(names):
    first, last = (np.median(names["block_b"][part]) for part in (slice(1000), slice(-1000, None)))
    assert last > 1.02 * first
    assert abs(first / np.median(names["block_a"]) - 1) < 0.01


def test_the_interval_of_the_turns_is_finer_than_the_clock(names):
    width_us = (names["pair_high"] - names["pair_low"]) * names["median_pair_a"]
    assert width_us < names["step_us"]
    assert abs(names["median_pair_a"] - names["median_pair_b"]) <= names["step_us"]


def test_the_first_call_is_many_times_as_long(names):
    assert names["cold"][0] > 5 * np.median(names["cold"][100:])


def test_the_formula_gives_the_numbers_of_the_rules(names):
    given = {0.90: 23_886, 0.95: 50_425, 0.97: 85_811, 0.99: 262_742}
    for share, inferences in given.items():
        assert round(names["needed"](share)) == pytest.approx(inferences, abs=1)


def test_one_stall_is_seen_once_or_by_all_that_were_due(names):
    assert (names["from_sent"] > names["service_ms"]).sum() == 1
    assert names["late"] == (names["from_due"] > names["service_ms"] + 1e-9).sum() > 50
    by_hand = np.ceil(names["stall_ms"] / (names["period_ms"] - names["service_ms"]))
    assert names["late"] == pytest.approx(by_hand, abs=1)


def test_a_percentile_is_a_measured_time(names):
    rng = np.random.default_rng(1)
    for share in (0.01, 0.5, 0.9, 0.99, 1.0):
        times = rng.exponential(size=rng.integers(1, 300))
        found = names["percentile"](times, share)
        assert found == np.percentile(times, 100 * share, method="inverted_cdf")


def test_published_rows_are_the_ones_that_the_text_names():
    found = {row["id"]: row for row in rows("measurements")}
    for name, device, scenario in (
        ("m0114", "h100_pcie", "SingleStream"),
        ("m0105", "h100_pcie", "Server"),
        ("m0097", "h100_pcie", "Offline"),
        ("m0118", "t4", "SingleStream"),
        ("m0108", "t4", "Server"),
        ("m0102", "t4", "Offline"),
        ("m0115", "orin_agx_64", "SingleStream"),
        ("m0099", "orin_agx_64", "Offline"),
    ):
        row = found[name]
        assert (row["hardware_id"], row["scenario"], row["model_id"]) == (
            device,
            scenario,
            "resnet50",
        )
    tiny = {name: found[name] for name in ("m0530", "m0449", "m0483", "m0475", "m0538")}
    assert {row["model_id"] for row in tiny.values()} == {"mlpt_kws"}
    assert tiny["m0530"]["hardware_id"] == tiny["m0449"]["hardware_id"] == "stm32l4r5"


def test_what_was_published_stays_below_the_floor(names):
    assert names["h100"]["Offline"] < names["byte_bound"] < names["h100_peak"] / names["image"].ops
    assert 1 / names["h100"]["SingleStream"] > names["image"].ops / names["h100_peak"]
