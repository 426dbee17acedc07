"""An evaluation is quick, and the benchmark's table is that of the figures kept beside it."""

import importlib.util
import json
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from perfsim import hardware, model
from perfsim.roofline import roofline
from perfsim.serving import answer
from perfsim.work import work

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("speed", BENCHMARKS / "perfsim.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_the_benchmark_is_that_of_its_figures(benchmark):
    figures = json.loads((BENCHMARKS / "perfsim.json").read_text())
    page = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert benchmark.table(figures["perfsim"], figures["mlsysim"]) in page


def test_the_figures_kept_are_within_what_the_course_sets_itself():
    times = json.loads((BENCHMARKS / "perfsim.json").read_text())["perfsim"]
    assert max(times["a network"], times["a language model"], times["a verdict"]) < 50e-6
    assert times["a sweep of 100,000 batches"] < 1
    assert times["import"] < 0.2


def test_without_the_peer_the_table_shows_what_there_is(benchmark):
    assert benchmark.table({"a network": 1e-6}, {}).endswith("| a network | 0.001 |  |  |")
    assert "pip install '.[benchmark]'" in benchmark.INSTALL


def test_the_benchmark_does_not_stand_in_for_the_package(benchmark):
    assert benchmark.package("perfsim").hardware("t4").id == hardware("t4").id


@pytest.mark.parametrize("name", ["resnet50", "llama3_8b"])
def test_an_evaluation_takes_less_than_ten_times_what_it_should(name):
    network, device = model(name), hardware("h100_sxm")
    calls = {
        "resnet50": lambda: roofline(work(network, "int8"), device, "int8"),
        "llama3_8b": lambda: answer(network, device, 32, 1024, 128),
    }
    times = [timed(calls[name]) for _ in range(50)]
    assert sorted(times)[5] < 500e-6


def test_a_sweep_of_a_hundred_thousand_batches_takes_less_than_ten_seconds():
    batches = np.arange(1, 100_001)
    network, device = model("llama3_8b"), hardware("h100_sxm")
    assert timed(lambda: answer(network, device, batches, 1024, 128)) < 10


def timed(call):
    start = perf_counter()
    call()
    return perf_counter() - start
