"""An arena that was filled shows what a kernel wrote, and changes neither bits nor counts."""

import numpy as np
import pytest

from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardError
from hardware_labs.firmware.build import build
from hardware_labs.firmware.replacements import SOURCES
from hardware_labs.measuring.counts import counted_inferences
from hardware_labs.measuring.guarded import filled_inferences, instructions_to_start
from hardware_labs.models.network import digits_model

NANO33 = board_kind("nano33")
DENSE = (SOURCES / "dense.c").read_text(encoding="utf-8")
IMAGES = np.random.default_rng(1).integers(-128, 128, (3, 64)).astype(np.int8)


def test_what_lies_in_the_arena_changes_neither_outputs_nor_counts():
    firmware = build(NANO33, digits_model())
    plain = counted_inferences(firmware, IMAGES)
    filled = filled_inferences(firmware, IMAGES, bytes([0x5A]) * 44)
    assert [one.outputs.tolist() for one in filled] == [one.outputs.tolist() for one in plain]
    assert [one.instructions for one in filled] == [one.instructions for one in plain]


def test_the_arena_after_an_inference_holds_what_was_written_and_else_the_fill():
    firmware = build(NANO33, digits_model())
    (inference,) = filled_inferences(firmware, IMAGES[:1], bytes([0x5A]) * 44)
    at = firmware.output_at
    assert inference.variable[at : at + 10] == inference.outputs.tobytes()
    # The outputs take 12 bytes, 10 are used.
    assert inference.variable[at + 10 : at + 12] == b"\x5a\x5a"


def test_the_start_takes_the_same_instructions_whatever_a_kernel_does():
    instructions = instructions_to_start(build(NANO33, digits_model()))
    slow = DENSE.replace("y[o] = ", "for (volatile int k = 0; k < 100; k++) {}\n    y[o] = ")
    assert (
        instructions_to_start(build(NANO33, digits_model(), replacements={"dense.c": slow}))
        == instructions
    )
    assert instructions > 10_000


def test_a_kernel_that_never_ends_is_stopped():
    endless = DENSE.replace("o++)", ")")
    firmware = build(NANO33, digits_model(), replacements={"dense.c": endless})
    with pytest.raises(BoardError, match="is there a loop that never ends"):
        filled_inferences(firmware, IMAGES[:1], b"", max_instructions=500_000)
