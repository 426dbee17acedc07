"""The emulated processor and the firmware in it, without a serial device."""

from __future__ import annotations

import numpy as np
import pytest
from reference_mlp import outputs, requantize

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.firmware.build import Build, build
from hardware_labs.firmware.thumb import instructions_in
from hardware_labs.models.network import digits_model, unseen_digits
from hardware_labs.protocol.command_set import fields

NANO33 = board_kind("nano33")


@pytest.fixture(scope="module")
def firmware() -> Build:
    return build(NANO33, digits_model())


def test_two_and_four_byte_instructions_are_told_apart():
    nop, bl, ldr_wide = b"\x00\xbf", b"\x00\xf0\x00\xf8", b"\xd0\xf8\x04\x00"
    assert instructions_in(nop + bl + nop + ldr_wide) == 4


def test_the_same_work_takes_the_same_instructions_on_every_run(firmware: Build):
    runs = {converse(firmware.elf, NANO33, "db load 64", "infer 3 1", "layer") for _ in range(3)}
    assert len(runs) == 1


def test_each_further_inference_costs_the_same_number_of_instructions(firmware: Build):
    counts = [converse(firmware.elf, NANO33, f"infer {n} 0")[1] for n in (2, 3, 4)]
    assert counts[1] - counts[0] == counts[2] - counts[1]
    assert 2_368 < counts[1] - counts[0] < 20 * 2_368


def test_the_answers_of_the_standard_command_set(firmware: Build):
    board_output, _ = converse(
        firmware.elf, NANO33, "name", "profile", "db load 2", "db 0aff", "db print"
    )
    assert board_output.replace("\r\n", "\n") == (
        "m-timestamp-mode-performance\nm-init-done\nm-ready\n"
        "m-name-dut-[nano33]\nm-ready\n"
        "m-profile-[lab-1.0]\nm-model-[digits-mlp-64-32-10]\nm-ready\n"
        "m-[Expecting 2 bytes]\nm-ready\nm-load-done\nm-ready\nm-buffer-0a-ff\nm-ready\n"
    )


def test_the_board_requantises_adversarial_sums_as_the_specification_does(firmware: Build):
    rng = np.random.default_rng(3)
    sums = [0, 1, -1, 3, -3, 2**31 - 1, -(2**31), *map(int, rng.integers(-(2**20), 2**20, 60))]
    multipliers = [2**30, 2**31 - 1, int(rng.integers(2**30, 2**31))]
    cases = [(a, m, n) for a in sums for m in multipliers for n in (0, 1, 2, 7, 12, 31)]
    board_output, _ = converse(firmware.elf, NANO33, *(f"requant {a} {m} {n}" for a, m, n in cases))
    results = [
        int(line[11:-1]) for line in board_output.split("\r\n") if line.startswith("m-requant-")
    ]
    assert results == [requantize(*case) for case in cases]


def test_time_passes_at_the_rate_of_the_wire(firmware: Build):
    board_output, _ = converse(firmware.elf, NANO33, "timestamp", "timestamp")
    first, second = (int(line[9:]) for line in board_output.split() if line.startswith("m-lap-us-"))
    bytes_between = len(f"m-lap-us-{first}\r\nm-ready\r\n") + len("timestamp%")
    assert abs((second - first) - bytes_between * 10e6 / 115200) < 200


def test_a_slow_stream_is_complete_and_a_fast_one_misses_numbers(firmware: Build):
    slow, _ = converse(firmware.elf, NANO33, "stream 200 100")
    fast, _ = converse(firmware.elf, NANO33, "stream 2000 100")
    assert slow.count("m-s-") == 100 and "m-stream-[late=0]" in slow
    assert 30 < fast.count("m-s-") < 80
    late = int(fields(tuple(fast.split("\r\n")), "stream")["late"])
    assert fast.count("m-s-") + late == 100


@pytest.mark.parametrize(
    "command, complaint",
    [
        ("fly high", "e-[Unknown command: fly]"),
        ("db load 65", "e-[The buffer holds 1 to 64 bytes]"),
        ("db 0g", "e-[Not hexadecimal: 0g]"),
        ("stream 0 5", "e-[stream HZ N takes"),
        ("set period 0", "e-[set takes period"),
        ("requant 1000 1518500250 32", "e-[requant A M N takes N from 0 to 31]"),
        ("requant 1000 1518500250 -1", "e-[requant A M N takes N from 0 to 31]"),
        ("x" * 300, "e-[Unknown command: " + "x" * 80 + "]"),
    ],
)
def test_the_firmware_complains_in_the_standard_form(firmware: Build, command, complaint):
    board_output, _ = converse(firmware.elf, NANO33, command, "name")
    assert complaint in board_output
    assert board_output.endswith("m-name-dut-[nano33]\r\nm-ready\r\n")


def test_the_model_is_right_for_nine_of_ten_digits_it_never_saw():
    model, (images, labels) = digits_model(), unseen_digits()
    x = np.rint(images / 16 / model.input_scale) + model.input_zero
    guesses = [int(np.argmax(outputs(model, image))) for image in x.astype(np.int8)]
    assert np.mean(np.array(guesses) == labels) > 0.9
