"""The rule sheets are what their table says, a page each, with figures that were measured."""

import re
import tomllib

import numpy as np
import pytest
from olympics.entry import read_entry
from olympics.events import event, events
from olympics.rule_sheets import FIGURES, FOLDER, sheets
from olympics.workloads import bench_and_board, bench_and_board_program, featherweight
from olympics.workloads.featherweight_program import weights_of

EACH_EVENT = pytest.mark.parametrize("rules", events(), ids=lambda rules: rules.id)


def test_the_committed_pages_are_what_the_table_gives_now():
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert committed == sheets()


@EACH_EVENT
def test_a_page_is_one_page(rules):
    text = sheets()[f"{rules.id}.md"]
    assert len(text.splitlines()) <= 75 and len(text.split()) <= 700


@EACH_EVENT
def test_a_page_names_all_that_the_table_says(rules):
    text = re.sub(r"\s+", " ", sheets()[f"{rules.id}.md"])
    assert all(re.sub(r"\s+", " ", rule) in text for rule in (*rules.rules, rules.stays_public))
    assert all(f"`{pattern}`" in text for pattern in rules.allowed)
    assert all(name in text for name in (*rules.thresholds, *rules.weight_classes))


@EACH_EVENT
def test_thresholds_are_fixed_and_in_order(rules):
    bounds = list(rules.thresholds.values())
    assert bounds == sorted(bounds, reverse=rules.better == "lower")


def test_the_figures_of_bench_and_board_are_counted_again():
    figures = tomllib.loads(FIGURES.read_text(encoding="utf-8"))["bench_and_board"]
    entry = read_entry(bench_and_board.REFERENCE)
    kernels = {name: data.decode() for name, data in entry.files.items()}
    counts = bench_and_board_program.measured(kernels, bench_and_board.inputs(9, "warm_up"))
    assert figures["reference"]["score"] == counts["instructions"][0]
    assert figures["baseline"]["score"] < figures["reference"]["score"]
    assert event("bench_and_board").thresholds["passed"] < figures["reference"]["score"]


def test_the_figures_of_featherweight_are_near_what_other_pictures_give():
    figures = tomllib.loads(FIGURES.read_text(encoding="utf-8"))["featherweight"]["reference"]
    entry = read_entry(featherweight.REFERENCE)
    assert featherweight.entry_bytes(entry) == figures["bytes"]
    scope = {}
    exec(entry.files["model.py"].decode(), scope)
    weights = weights_of(featherweight.REFERENCE)
    answers = scope["predict"](featherweight.inputs(77, "private")["pictures"], weights)
    assert abs(np.mean(answers == featherweight.truth(77, "private")) - figures["score"]) < 0.04
