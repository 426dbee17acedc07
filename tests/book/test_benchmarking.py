"""The story that the chapter Benchmarking tells is what its data say. New data that say something
else fail here, because the words around the numbers would be wrong."""

import numpy as np
import pytest
from book.chapter import open_chapter
from book.checks.compute import variants
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


def test_b_was_slower_from_the_start_of_its_block_but_most_of_it_came_later(names):
    assert 1 < names["begin_low"] < names["begin_high"] < names["block_low"]
    last = np.median(names["block_b"][-1000:]) / np.median(names["block_a"])
    assert names["begin_high"] - 1 < 0.25 * (last - 1)


def test_pairs_are_drawn_together_and_blocks_apart(names):
    times = np.arange(1.0, 200.0)
    draw = {how: names["bootstrap"](names["ratio"], times, times, how) for how in (True, False)}
    assert (draw[True] == 1).all()
    assert draw[False].std() > 0.01


def test_every_short_time_is_a_multiple_of_one_step_of_the_clock(names):
    runs_ns = [1000 * times for times in names["runs"].values()]
    short_ns = np.rint(np.concatenate([times[times < 16_000] for times in runs_ns]))
    steps_ns = 1000 * names["step_us"] * np.arange(0.99, 1.01, 0.00005)
    furthest = [np.abs(short_ns - step * np.rint(short_ns / step)).max() for step in steps_ns]
    assert min(furthest) < 1.1
    one, two, three, four = names["readings"][:4]
    assert two - one == four - three == 1 < three - two


def test_the_interval_of_the_turns_is_finer_than_the_clock(names):
    width_us = (names["pair_high"] - names["pair_low"]) * names["median_pair_a"]
    assert width_us < names["step_us"]
    assert abs(names["median_pair_a"] - names["median_pair_b"]) <= names["step_us"]


def test_the_first_call_is_many_times_as_long(names):
    assert names["cold"][0] > 5 * np.median(names["cold"][100:])


def test_the_formula_gives_the_numbers_of_the_rules(names):
    needed_inferences = {0.90: 23_886, 0.95: 50_425, 0.97: 85_811, 0.99: 262_742}
    for share, inferences in needed_inferences.items():
        assert round(names["needed"](share)) == pytest.approx(inferences, abs=1)


def test_a_stretch_of_timed_calls_holds_whole_calls():
    chapter = open_chapter("benchmarking")
    stretch = next(check for check in chapter.checks if check.id == "clock-stretch")
    for check in variants(stretch, chapter.names):
        assert check["value"] == round(check["value"])
        assert "whole calls" in check["ask"] and "round up" in check["why"]


def test_one_stall_is_seen_once_or_by_all_that_were_due(names):
    assert (names["from_sent"] > names["service_ms"]).sum() == 1
    assert names["late"] == (names["from_due"] > names["service_ms"] + 1e-9).sum() > 50
    by_hand = np.ceil(names["stall_ms"] / (names["period_ms"] - names["service_ms"]))
    assert names["late"] == pytest.approx(by_hand, abs=1)


def test_a_percentile_is_a_measured_time(names):
    rng = np.random.default_rng(1)
    for share in (0.01, 0.5, 0.9, 0.99, 1.0):
        times = rng.exponential(size=rng.integers(1, 300))
        percentile = names["percentile"](times, share)
        assert percentile == np.percentile(times, 100 * share, method="inverted_cdf")


def test_published_rows_are_the_ones_that_the_text_names(names):
    by_id = {row["id"]: row for row in rows("measurements")}
    named = {
        ("m0114", "h100_pcie", "SingleStream"),
        ("m0105", "h100_pcie", "Server"),
        ("m0097", "h100_pcie", "Offline"),
        ("m0108", "t4", "Server"),
        ("m0102", "t4", "Offline"),
        ("m0115", "orin_agx_64", "SingleStream"),
        ("m0099", "orin_agx_64", "Offline"),
    }
    for name, device, scenario in named:
        row = by_id[name]
        place = (row["hardware_id"], row["scenario"], row["model_id"], row["precision"])
        assert place == (device, scenario, "resnet50", "int8"), name
        assert "TensorRT" in row["software"], name
        assert "precision inferred from submitter practice" in row["notes"], name
    assert sum(len(rates) for rates in names["results"].values()) == len(named)
    assert not {by_id[name]["submitter"] for name in ("m0108", "m0102")} & {"NVIDIA", "Supermicro"}
    single, *later_rows = (by_id[name] for name in ("m0114", "m0105", "m0097"))
    assert all(single["submitter"] != row["submitter"] for row in later_rows)
    assert all(single["version_date"] < row["version_date"] for row in later_rows)


def test_the_row_that_is_left_out_is_another_program():
    row = next(row for row in rows("measurements") if row["id"] == "m0118")
    assert (row["hardware_id"], row["scenario"]) == ("t4", "SingleStream")
    assert "reference implementation" in row["software"] and "Tensorflow" in row["software"]
    assert "m0118" not in open_chapter("benchmarking").prose


def test_the_rows_of_small_boards_have_the_notes_that_the_text_repeats():
    by_id = {row["id"]: row for row in rows("measurements")}
    tiny = {name: by_id[name] for name in ("m0530", "m0449", "m0483", "m0475", "m0538")}
    assert {row["model_id"] for row in tiny.values()} == {"mlpt_kws"}
    assert tiny["m0530"]["hardware_id"] == tiny["m0449"]["hardware_id"] == "stm32l4r5"
    for name in ("m0483", "m0475"):
        assert tiny[name]["submitter"] == "STMicroelectronics"
        assert "voltage and clock differ from performance mode for ST" in tiny[name]["notes"]
    assert tiny["m0538"]["submitter"] != "STMicroelectronics"


def test_what_direct_convolution_excludes_might_be_reached_by_another_method(names):
    """So the question has to say that the software computes directly."""
    checks = {check["id"]: check for check in open_chapter("benchmarking").first_checks()}
    bound = names["h100_peak"] / names["image"].ops
    assert bound < 250_000 < 4 * bound
    assert "directly" in checks["impossible-claims"]["ask"]


def test_the_ratio_of_the_graders_on_the_wall_holds_the_second_core(names):
    ours, stock = (names["cores_of"](who) for who in ("autograder", "nbgrader"))
    assert stock <= 1 < 1.5 < ours
    assert names["grade_cpu_ratio"] == pytest.approx(names["grade_ratio"] * stock / ours)
    assert names["homework_cpu_ratio"] < names["homework_ratio"]


def test_what_was_published_stays_below_the_floor(names):
    assert names["h100"]["Offline"] < names["byte_bound"] < names["h100_peak"] / names["image"].ops
    assert 1 / names["h100"]["SingleStream"] > names["image"].ops / names["h100_peak"]
