"""The five models of MLPerf Tiny, untrained, and a runner that knows only the standard."""

from __future__ import annotations

import re

import numpy as np
import pytest
from small_networks import load_commands

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import Emulator, converse
from hardware_labs.emulation.wire import RecordedWire
from hardware_labs.errors import BuildError
from hardware_labs.firmware.build import build
from hardware_labs.models.interpreter import run, values
from hardware_labs.models.mlperf_tiny import BUILDERS, mlperf_tiny

NANO33 = board_kind("nano33")


def typical(model_id: str) -> np.ndarray:
    """One input as the runner would send it, not among those of the calibration."""
    network, rng = mlperf_tiny(model_id), np.random.default_rng(99)
    shape = network.input_shape
    if network.input_type == "uint8":
        return rng.integers(0, 256, shape, np.uint8)
    if network.input_type == "float32":
        return rng.normal(-30, 12, shape).astype(np.float32)
    return np.clip(np.rint(rng.normal(0, 32, shape)), -128, 127).astype(np.int8)


@pytest.mark.parametrize(
    "model_id, input_bytes, macs, weights, outputs",
    [
        ("kws01", 490, 2_656_768, 22_016, 12),
        ("vww01", 27_648, 7_489_664, 208_112, 2),
        ("ad01", 2_560, 264_192, 264_192, 640),
        ("ic01", 3_072, 12_501_632, 77_360, 10),
        ("sww01", 1_200, 432_832, 21_912, 3),
    ],
)
def test_the_five_models_have_their_published_sizes(model_id, input_bytes, macs, weights, outputs):
    network = mlperf_tiny(model_id)
    assert (network.name, network.input_bytes) == (model_id, input_bytes)
    assert (network.macs, network.weights, network.outputs) == (macs, weights, outputs)


@pytest.mark.parametrize("model_id", BUILDERS)
def test_activations_neither_vanish_nor_saturate(model_id):
    activations = values(mlperf_tiny(model_id), typical(model_id))
    for value in activations[1:-1]:
        assert value.std() > 10
        assert np.sum(value == 127) <= max(2, 0.01 * value.size)


def test_a_seed_makes_the_same_network_and_another_seed_another():
    one, twin, other = mlperf_tiny("kws01"), mlperf_tiny("kws01"), mlperf_tiny("kws01", seed=1)
    x = typical("kws01")
    assert np.array_equal(run(one, x), run(twin, x))
    assert not np.array_equal(run(one, x), run(other, x))


def test_an_unknown_model_is_answered_with_those_there_are():
    with pytest.raises(BuildError, match=r"no model 'kws02'\. There is: kws01, vww01"):
        mlperf_tiny("kws02")


def replies(model_id: str, *commands: str) -> list[str]:
    """What the board writes up to each m-ready, the boot banner first."""
    firmware = build(NANO33, mlperf_tiny(model_id))
    wire = RecordedWire(*(text.encode("ascii") for text in commands))
    Emulator(firmware.elf, NANO33, wire).run()
    *complete, remainder = wire.said.decode("ascii").split("m-ready\r\n")
    assert remainder == ""
    return complete


def test_a_runner_of_raw_bytes_plays_its_whole_script_on_the_streaming_wake_word():
    network, x = mlperf_tiny("sww01"), typical("sww01")
    commands = [
        "name%",
        "profile%",
        "timestamp%",
        *(f"{command}%" for command in load_commands(x)),
        "infer 2 1%",
        "results%",
        "bogus 7%",
    ]
    banner, name, profile, timestamp, expecting, *loads = replies("sww01", *commands)
    *loads, inferred, results, bogus = loads
    assert banner == "m-timestamp-mode-performance\r\nm-init-done\r\n"
    assert re.fullmatch(r"m-name-dut-\[[^]]+]\r\n", name)
    assert re.fullmatch(r"m-profile-\[[^]]+]\r\nm-model-\[sww01]\r\n", profile)
    assert re.fullmatch(r"m-lap-us-\d+\r\n", timestamp)
    assert expecting == "m-[Expecting 1200 bytes]\r\n"
    assert loads == [""] * (len(loads) - 1) + ["m-load-done\r\n"]
    lines = inferred.split("\r\n")
    assert lines[:3] == ["m-warmup-start-1", "m-warmup-done", "m-infer-start-2"]
    laps = [int(re.fullmatch(r"m-lap-us-(\d+)", line)[1]) for line in lines[3:5]]
    assert laps[0] < laps[1]
    assert lines[5] == "m-infer-done"
    numbers = re.fullmatch(r"m-results-\[(-?\d+\.\d{3}(?:,-?\d+\.\d{3})*)]", lines[6])[1]
    assert results == f"m-results-[{numbers}]\r\n"
    board_numbers = [float(n) for n in numbers.split(",")]
    assert board_numbers == pytest.approx(network.real(run(network, x)), abs=0.000501)
    assert bogus == "e-[Unknown command: bogus]\r\n"


def test_a_runner_that_streams_sound_is_told_that_there_is_no_microphone_and_goes_on():
    """The runner's own order; it waits for m-ready after each."""
    _, before, start, after, name = replies("sww01", "stop%", "start%", "stop%", "name%")
    assert before == after == "m-[Nothing was started]\r\n"
    assert start.startswith("e-[start needs a microphone at 16 kHz, which is not here")
    assert name == "m-name-dut-[nano33]\r\n"
    *_, other = replies("kws01", "start%")
    assert other == "e-[Unknown command: start]\r\n"


def test_the_standards_own_defaults_and_complaints():
    *_, once, none, negative, bare = replies("sww01", "infer%", "infer 0 1%", "infer 1 -1%", "db%")
    assert once.startswith("m-warmup-start-10\r\nm-warmup-done\r\nm-infer-start-1\r\n")
    assert none == "e-[Inference iterations must be >0]\r\n"
    assert negative == "e-[Inference warmup must be >=0]\r\n"
    assert bare == "e-[Command 'db' requires a subcommand]\r\n"


def test_a_buffer_is_printed_eight_bytes_a_line():
    *_, printed = replies("sww01", "db load 10%", "db 00010203040506070809%", "db print%")
    assert printed == "m-buffer-00-01-02-03-04-05-06-07\r\nm-buffer-08-09\r\n"


def test_digits_beyond_the_expected_bytes_are_disregarded():
    *_, loaded, printed = replies("sww01", "db load 2%", "db 0102030405%", "db print%")
    assert (loaded, printed) == ("m-load-done\r\n", "m-buffer-01-02\r\n")


def test_anomaly_detection_takes_numbers_of_32_bits_and_answers_one_error():
    network, x = mlperf_tiny("ad01"), typical("ad01")
    commands = [f"{command}%" for command in load_commands(x)]
    *_, inferred = replies("ad01", *commands, "infer 1 0%")
    board_error = float(re.search(r"m-results-\[(\d+\.\d{3})]", inferred)[1])
    real_outputs = network.real(run(network, x))
    assert board_error == pytest.approx(np.mean((x - real_outputs) ** 2), rel=0.02)


@pytest.mark.parametrize("kernels", ["scalar", "smlad"])
@pytest.mark.parametrize(
    "model_id",
    [
        "sww01",
        "ad01",
        "kws01",
        pytest.param("vww01", marks=pytest.mark.slow),
        pytest.param("ic01", marks=pytest.mark.slow),
    ],
)
def test_each_model_runs_on_the_board_bit_for_bit(model_id, kernels):
    network, x = mlperf_tiny(model_id), typical(model_id)
    firmware = build(NANO33, network, kernels=kernels)
    board_output, _ = converse(firmware.elf, NANO33, *load_commands(x), "infer 1 0", "output")
    row = re.search(r"m-output-\[([^]]*)]", board_output)[1]
    assert [int(number) for number in row.split(",")] == run(network, x).tolist()
