"""Inferences in an arena that was filled beforehand, and the instructions before the first of them.

Whoever fills the arena sees afterwards which of its bytes a kernel has written; and whoever counts
inferences of somebody else's firmware should know what that did before the first one.
"""

from __future__ import annotations

import numpy as np

from hardware_labs.emulation.cortex_m import MAX_INSTRUCTIONS, Emulator
from hardware_labs.emulation.wire import RecordedWire
from hardware_labs.firmware.build import Build
from hardware_labs.measuring.counts import Counted


def filled_inferences(
    firmware: Build, inputs: np.ndarray, fill: bytes, max_instructions: int = MAX_INSTRUCTIONS
) -> list[Counted]:
    """As `counted_inferences`; before each, `fill` is put into the arena from its first byte on.
    The `variable` of each is the arena after it. Raises BoardError and ValueError as that does."""
    emulator = _started(firmware, max_instructions)
    started, inferences = emulator.memory(), []
    for x in inputs:
        emulator.put_back(started)
        emulator.write("buffer", firmware.model.bytes_of(x))
        emulator.write("arena", fill)
        before = emulator.instructions
        emulator.stop_at = before + max_instructions
        emulator.call("infer_once")
        outputs = emulator.read("arena", firmware.output_at, firmware.outputs)
        count = emulator.instructions - before
        arena = emulator.variable("arena")
        inferences.append(Counted(np.frombuffer(outputs, np.int8).copy(), count, arena))
    return inferences


def instructions_to_start(firmware: Build, max_instructions: int = MAX_INSTRUCTIONS) -> int:
    """The instructions from reset until the firmware waits for its first command. Raises BoardError
    where it crashes, or takes `max_instructions`."""
    return _started(firmware, max_instructions).instructions


def _started(firmware: Build, max_instructions: int) -> Emulator:
    emulator = Emulator(firmware.elf, firmware.kind, RecordedWire())
    emulator.stop_at = max_instructions
    emulator.run()
    return emulator
