"""Inferences in the emulator with its own count, and firmware that never comes back."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from reference_mlp import outputs
from test_mlperf_tiny import typical

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse, exchanges
from hardware_labs.errors import BoardError
from hardware_labs.firmware.build import build
from hardware_labs.measuring.counts import counted_inferences
from hardware_labs.models.interpreter import run
from hardware_labs.models.mlperf_tiny import mlperf_tiny
from hardware_labs.models.network import digits_model, unseen_digits

NANO33 = board_kind("nano33")
ENDLESS = """
#include "kernels.h"
void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  (void)layer, (void)x, (void)y;
  for (volatile int k = 0;; k++) continue;
}
"""
LIAR = r"""
#include "chip.h"
#include "kernels.h"
#include "text.h"
void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  (void)x;
  for (volatile int k = 0; k < 1000; k++) continue;
  for (int j = 0; j < layer->outputs; j++) y[j] = 0;
  SAY("m-layer-[0,kind=dense,macs=1,ticks=1]\r\n");
}
"""


def images(count: int) -> np.ndarray:
    return (15 * unseen_digits()[0][:count].astype(int) - 128).astype(np.int8)


def test_each_inference_has_its_outputs_and_its_instructions():
    firmware = build(NANO33, digits_model())
    x = images(3)
    inferences = counted_inferences(firmware, x)
    for image, counted in zip(x, inferences, strict=True):
        assert np.array_equal(counted.outputs, outputs(digits_model(), image))
        assert 2_368 < counted.instructions < 20 * 2_368
    again = counted_inferences(firmware, x)
    assert [c.instructions for c in again] == [c.instructions for c in inferences]


def test_the_exchanges_share_out_all_that_was_said_and_counted():
    elf = build(NANO33, digits_model()).elf
    board_output, instructions = converse(elf, NANO33, "name", "mem")
    name, mem = exchanges(elf, NANO33, "name", "mem")
    assert "m-name-dut-[nano33]" in name.said and "m-mem-[" in mem.said
    assert board_output.endswith(name.said + mem.said)
    assert name.instructions + mem.instructions < instructions


def test_a_kernel_that_never_ends_is_stopped_and_the_sentence_says_so():
    firmware = build(NANO33, digits_model(), replacements={"dense.c": ENDLESS})
    with pytest.raises(BoardError, match="loop that never ends"):
        counted_inferences(firmware, images(1), max_instructions=3_000_000)


def test_a_kernel_cannot_tell_its_own_count():
    firmware = build(NANO33, digits_model(), replacements={"dense.c": LIAR})
    (counted,) = counted_inferences(firmware, images(1))
    assert counted.instructions > 2 * 1000


def test_what_is_no_int8_is_refused():
    with pytest.raises(ValueError, match="quantise it first"):
        counted_inferences(build(NANO33, digits_model()), np.zeros((1, 64)))


@pytest.mark.parametrize("model_id", ["ad01", "ic01"])
def test_inputs_are_of_the_type_that_the_model_takes(model_id: str):
    network, x = mlperf_tiny(model_id), typical(model_id)
    (counted,) = counted_inferences(build(NANO33, network, kernels="smlad"), x[None])
    assert np.array_equal(counted.outputs, run(network, x))
    assert counted.instructions > network.macs


def test_the_count_is_that_of_the_layers_and_little_more():
    elf = build(NANO33, digits_model()).elf
    ticks = re.findall(r"ticks=(\d+)", converse(elf, NANO33, "infer 1 0", "layer")[0])
    (counted,) = counted_inferences(build(NANO33, digits_model()), np.zeros((1, 64), np.int8))
    assert 0 < counted.instructions - sum(map(int, ticks)) < 100


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_many_emulated_boards_in_one_process_map_little_memory():
    script = f"""
import resource
import numpy as np
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.boards import board_kind
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
for _ in range(8):
    converse(Path({str(build(NANO33, digits_model()).elf)!r}), board_kind("nano33"), "name")
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
