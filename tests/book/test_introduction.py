"""The numbers of the chapter Introduction, found in another way: by simulation and by bounds."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from book.chapter import open_chapter
from book.charts import labels
from perfsim import hardware, hardware_ids, model
from perfsim.catalog import rows


@pytest.fixture(scope="module")
def names():
    return open_chapter("introduction").names


def test_expected_alarms_are_those_of_a_simulated_forest(names):
    rng = np.random.default_rng(4)
    pictures, share, right = 400_000, 0.01, 0.9
    is_tiger = rng.random(pictures) < share
    is_alarm = np.where(rng.random(pictures) < right, is_tiger, ~is_tiger)
    true, false = names["alarms"](pictures, share, right, right)
    assert (is_alarm & is_tiger).sum() == pytest.approx(true, rel=0.05)
    assert (is_alarm & ~is_tiger).sum() == pytest.approx(false, rel=0.05)


def test_a_rarer_tiger_never_raises_the_precision(names):
    shares = np.logspace(-5, 0, 40)
    true, false = names["alarms"](1.0, shares, 0.98, 0.98)
    precision = true / (true + false)
    assert all(rarer < common for rarer, common in pairwise(precision))
    assert precision[-1] == 1


def test_no_published_measurement_is_below_its_bound(names):
    assert len(names["pairs"]) == 9
    assert all(least < published for least, published in names["pairs"].values())


def test_the_published_rows_are_in_the_units_that_the_chapter_takes_them_for(names):
    by_id = {row["id"]: row for row in rows("measurements")}
    units = {row[-1]: by_id[row[-1]]["unit"] for row in names["PAIRS"].values()}
    assert all((units[row] == "samples/s") == (row in names["RATES"]) for row in units)
    assert set(units.values()) == {"samples/s", "ms"}
    assert by_id["m0485"]["unit"] == "uJ/inference"
    assert by_id["m0486"]["unit"] == "ms"
    assert by_id["m0485"]["hardware_id"] == by_id["m0486"]["hardware_id"] == "stm32l4r5"
    assert (by_id["m0635"]["unit"], by_id["m0635"]["n_devices"]) == ("min", "8")
    assert (by_id["m0580"]["unit"], by_id["m0580"]["model_id"]) == ("h", "llama3_8b")


def test_the_missing_bytes_are_the_weights_less_the_flash(names):
    flash = hardware("nrf52840").flash_bytes
    assert names["missing"] == model("resnet18").params - flash


def test_an_alarm_is_the_sum_of_its_parts_and_sending_is_the_longest_on_the_weak_link(names):
    weak = {place: names["requests"][place, names["weak_up"]] for place in names["places"]}
    for parts in weak.values():
        assert max(parts, key=parts.get) == "sending"
    assert weak["data centre"]["sending"] == pytest.approx(4 * 8 * 200_000 / 1e5)
    assert names["weak_camera"] < names["alert_s"] < names["weak_centre"]


def test_the_camera_that_decides_needs_less_energy_until_its_computer_idles_too_long(names):
    sends_all, decides = names["day_j"]["data centre"], names["day_j"]["camera"]
    assert decides < sends_all
    assert names["days"]["camera"] > names["days"]["data centre"]
    idle_j = names["triggers_a_day"] * hardware("rpi5").idle_w * names["wake_s"]
    assert decides + idle_j == pytest.approx(sends_all)
    assert names["wake_s"] < 10  # seconds: the text calls it an advantage that can be lost


def test_sending_is_the_largest_part_of_an_alarm_but_not_of_a_day_in_the_camera(names):
    """The summary must not say more: over a day, the camera reads much and sends little."""
    assert names["pictures_a_trigger"] * names["read_j"] < names["send_j"]
    read_j = names["pictures_a_day"] * names["read_j"]
    assert read_j > 10 * (names["day_j"]["camera"] - read_j)


def test_in_int8_both_comparisons_end_in_the_same_way(names):
    """The chapter computes in fp32 and says that the type does not decide."""
    seconds = {
        (chip, t): names["picture_s"](chip, t) for chip in ("rpi5", "l4") for t in ("fp32", "int8")
    }
    for dtype in ("fp32", "int8"):
        camera = 4 * seconds["rpi5", dtype] + 8 * 200_000 / 1e5
        centre = 4 * seconds["l4", dtype] + 4 * 8 * 200_000 / 1e5
        assert camera < names["alert_s"] < centre
        read_j = 4 * hardware("rpi5").tdp_w * seconds["rpi5", dtype]
        assert read_j < 4 * names["send_j"] - names["alarms_a_day"] / 50 * names["send_j"]
    assert seconds["rpi5", "int8"] < seconds["rpi5", "fp32"]


def test_a_network_that_fills_the_memory_is_slowest_on_the_small_computer(names):
    """The check asks for an order that neither the memory nor the rate has alone."""
    devices = ("h100_sxm", "esp32s3", "nrf52840", "rpi5")
    rates = {"h100_sxm": 1979e12, "esp32s3": 7.68e9, "nrf52840": 256e6, "rpi5": 614e9}
    by_hand = {
        "h100_sxm": 160e9 / rates["h100_sxm"],
        "esp32s3": 2 * 8 * 2**20 / rates["esp32s3"],
        "nrf52840": 2 * 2**20 / rates["nrf52840"],
        "rpi5": 16e9 / rates["rpi5"],
    }
    assert sorted(devices, key=names["filled_ms"]) == list(devices)
    assert {name: names["filled_ms"](name) / 1000 for name in devices} == pytest.approx(by_hand)


def test_the_text_and_figure_4_round_the_largest_factor_alike(names):
    from book.chapters.introduction.figures import _short

    assert f"{round(names['ratios'][-1], -2):,.0f}" == _short(names["ratios"][-1])


def test_the_words_of_figure_2_and_of_the_table_can_be_translated(names):
    assert "one tiger\nin {}: {} %" in labels(open_chapter("introduction"), "alarm_precision")
    assert names["power"]("iphone15pro") == "–"
    devices = ("h100_sxm", "iphone15pro", "rpi5", "esp32s3", "nrf52840")
    table_cells = {names[column](name) for name in devices for column in ("room", "rate", "power")}
    assert not any("unknown" in words for words in table_cells)


@pytest.mark.parametrize("name", ["introduction", "benchmarking"])
def test_a_source_in_brackets_has_an_address(name):
    bare = re.compile(r"\([A-Z][\w .]+, (?:[A-Z][a-z]+ )?(?:19|20)\d\d\)")
    assert bare.search("from a trial (CNN, December 2023).")
    assert not bare.search("found ([Huang et al., 2012](https://doi.org/10.1145/2307636))")
    assert bare.findall(open_chapter(name).prose) == []


def test_every_kind_of_device_belongs_to_one_of_three_scales():
    from book.chapters.introduction.figures import SCALES, scale_of

    kinds = {hardware(name).kind: scale_of(hardware(name)) for name in hardware_ids()}
    assert set(kinds.values()) == set(SCALES)
    assert {kind for kind, scale in kinds.items() if scale == "cloud"} == {
        "cloud_gpu",
        "cloud_tpu",
        "server_cpu",
    }
