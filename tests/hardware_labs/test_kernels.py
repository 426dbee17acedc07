"""The C kernels in the emulator, bit for bit with the interpreter; SMLAD; C of a student's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_networks import (
    autoencoder,
    chain,
    inputs_of,
    load_commands,
    outputs_in,
    residual,
    surprise,
)

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.errors import BuildError
from hardware_labs.firmware.build import SOURCES, build
from hardware_labs.models.arena import ArenaPlan, lifetimes, plan_arena
from hardware_labs.models.c_text import c_header, c_sizes
from hardware_labs.models.interpreter import run
from hardware_labs.models.network import digits_model
from hardware_labs.protocol.command_set import fields

NANO33 = board_kind("nano33")
INPUTS = 12


def conversation(network, kernels="scalar", replacements=None) -> str:
    """What the board says to INPUTS inputs, and last to layer% and mem%."""
    firmware = build(NANO33, network, kernels=kernels, replacements=replacements)
    commands = []
    for x in inputs_of(network, INPUTS):
        commands += [*load_commands(x), "infer 1 0", "output"]
    return converse(firmware.elf, NANO33, *commands, "layer", "mem")[0]


def ticks_by_kind(board_output: str) -> dict[str, int]:
    """Instructions of the last inference, added up by kind of layer."""
    total: dict[str, int] = {}
    for line in board_output.split("\r\n"):
        if line.startswith("m-layer-"):
            layer = dict(part.split("=") for part in line[9:-1].split(",")[1:])
            total[layer["kind"]] = total.get(layer["kind"], 0) + int(layer["ticks"])
    return total


@pytest.mark.parametrize("kernels", ["scalar", "smlad"])
@pytest.mark.parametrize("network", [chain(), residual(), autoencoder()], ids=lambda n: n.name)
def test_the_firmware_and_the_interpreter_agree_bit_for_bit(network, kernels):
    board_output = conversation(network, kernels)
    assert np.array_equal(outputs_in(board_output), run(network, inputs_of(network, INPUTS)))
    arena_bytes = int(fields(tuple(board_output.split("\r\n")), "mem")["arena_bytes"])
    assert arena_bytes == plan_arena(network).peak_bytes


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_networks_of_random_shapes_agree_bit_for_bit(seed):
    network = surprise(seed)
    expected = run(network, inputs_of(network, INPUTS))
    for kernels in ("scalar", "smlad"):
        assert np.array_equal(outputs_in(conversation(network, kernels)), expected), kernels


def test_smlad_takes_fewer_instructions_for_the_same_answer():
    conversations = {
        kernels: conversation(digits_model(), kernels) for kernels in ("scalar", "smlad")
    }
    assert np.array_equal(outputs_in(conversations["scalar"]), outputs_in(conversations["smlad"]))
    scalar, smlad = (
        ticks_by_kind(conversations[kernels])["dense"] for kernels in ("scalar", "smlad")
    )
    assert smlad < 0.7 * scalar


def test_an_arena_of_ones_own_works_where_nothing_overlaps_and_fails_where_it_does():
    network, x = chain(), inputs_of(chain(), 1)[0]
    lives = lifetimes(network)
    ends = np.cumsum([0, *(life.size_bytes for life in lives)]).tolist()
    side_by_side, on_one_heap = ArenaPlan(lives, tuple(ends[:-1])), ArenaPlan(lives, (0,) * 7)
    commands = [*load_commands(x), "infer 1 0", "output", "mem"]
    good, bad = (
        converse(build(NANO33, network, arena=plan).elf, NANO33, *commands)[0]
        for plan in (side_by_side, on_one_heap)
    )
    assert outputs_in(good)[0].tolist() == run(network, x).tolist()
    assert outputs_in(bad)[0].tolist() != run(network, x).tolist()
    assert f"arena_bytes={side_by_side.sum_bytes}]" in good


def test_an_inference_leaves_the_input_as_it_was():
    network = residual()
    firmware = build(NANO33, network)
    load = load_commands(inputs_of(network, 1)[0])
    twice = [*load, "crc", "infer 2 3", "output", "infer 1 0", "output", "crc"]
    board_output = converse(firmware.elf, NANO33, *twice)[0]
    assert board_output.count("m-crc-[") == 2
    first, second = board_output.split("m-crc-[")[1:]
    assert first[:4] == second[:4]
    assert (
        outputs_in(board_output).tolist() == [run(network, inputs_of(network, 1))[0].tolist()] * 2
    )


def test_the_error_of_an_autoencoder_is_the_mean_square_of_its_int8_values():
    network = autoencoder()
    firmware = build(NANO33, network)
    x = inputs_of(network, 3)
    commands = [part for one in x for part in (*load_commands(one), "infer 1 0")]
    board_output = converse(firmware.elf, NANO33, *commands)[0]
    board_errors = [
        float(line[11:-1]) for line in board_output.split("\r\n") if line.startswith("m-results-")
    ]
    q = np.clip(np.rint(x / network.input_scale) + network.input_zero, -128, 127)
    real_inputs = (q - network.input_zero) * network.input_scale
    real_outputs = network.real(run(network, x))
    assert board_errors == pytest.approx(
        np.mean((real_inputs - real_outputs) ** 2, axis=1), rel=0.01
    )


def test_a_students_kernel_runs_in_place_of_ours():
    ours = (SOURCES / "dense.c").read_text()
    theirs = ours.replace("sum += ", "sum = sum + ") + "\n// mine\n"
    wrong = ours.replace("(x[i] - zero)", "x[i]")
    assert theirs != ours != wrong
    network = digits_model()
    expected = run(network, inputs_of(network, INPUTS))
    right_said = conversation(network, replacements={"dense.c": theirs})
    wrong_said = conversation(network, replacements={"dense.c": wrong})
    assert np.array_equal(outputs_in(right_said), expected)
    assert not np.array_equal(outputs_in(wrong_said), expected)


def test_a_students_error_is_a_sentence_with_the_compilers_lines():
    with pytest.raises(BuildError, match=r"does not compile:\ndense\.c:2:\d+: error: .*\n.*sum"):
        text = '#include "kernels.h"\nvoid dense(void) { return sum; }\n'
        build(NANO33, digits_model(), replacements={"dense.c": text})


def test_a_kernel_that_is_missing_from_its_file_is_said_by_the_linker():
    with pytest.raises(BuildError, match="undefined symbol: dense"):
        build(NANO33, digits_model(), replacements={"dense.c": "int nothing;\n"})


def test_the_rest_of_the_firmware_cannot_be_replaced():
    with pytest.raises(BuildError, match=r"'main\.c' cannot be replaced. These can: add\.c"):
        build(NANO33, digits_model(), replacements={"main.c": ""})


def test_a_board_without_smlad_and_an_unknown_variant_are_refused():
    with pytest.raises(BuildError, match="has no SMLAD"):
        build(replace(NANO33, core="cortex-m0"), digits_model(), kernels="smlad")
    with pytest.raises(BuildError, match="'scalar' or 'smlad', not 'fast'"):
        build(NANO33, digits_model(), kernels="fast")


@pytest.mark.parametrize("make", [chain, residual, autoencoder])
def test_the_same_network_is_written_as_the_same_bytes(make):
    assert c_header(make()) == c_header(make())
    assert c_sizes(make()) == c_sizes(make())
    assert c_header(make()) != c_header(make(9))
