"""Inferences and single requantisations in the emulator, each with its own count of instructions.

Nothing that the firmware says is believed: it may have somebody else's kernels in it, which can
print any number, or read the port. The input is put into the board's memory, the function that runs
the model is called, and every instruction up to its return is counted; the outputs are what then
lies in the arena. Each inference finds the board as it was when it had just started.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hardware_labs.emulation.cortex_m import MAX_INSTRUCTIONS, Emulator
from hardware_labs.emulation.wire import RecordedWire
from hardware_labs.firmware.build import Build


@dataclass(frozen=True)
class Counted:
    """The int8 outputs (outputs,) of one inference and the instructions it took."""

    outputs: np.ndarray
    instructions: int


def counted_inferences(
    firmware: Build, inputs: np.ndarray, max_instructions: int = MAX_INSTRUCTIONS
) -> list[Counted]:
    """One inference of `firmware` for each of `inputs` (n, ...), which have the type that its model
    takes: the same on every machine.

    For boards that pip alone emulates. Raises BoardError where the firmware crashes, waits for the
    host, or an inference takes `max_instructions`; ValueError or BoardRefused for an input that
    does not fit.
    """
    emulator = Emulator(firmware.elf, firmware.kind, RecordedWire())
    emulator.stop_at = max_instructions
    emulator.run()
    started, found = emulator.memory(), []
    for x in inputs:
        emulator.put_back(started)
        emulator.write("buffer", firmware.model.bytes_of(x))
        before = emulator.instructions
        emulator.stop_at = before + max_instructions
        emulator.call("infer_once")
        outputs = emulator.read("arena", firmware.output_at, firmware.outputs)
        count = emulator.instructions - before
        found.append(Counted(np.frombuffer(outputs, np.int8).copy(), count))
    return found


@dataclass(frozen=True)
class Requantised:
    """The value that the firmware's `requantize` returned, and the instructions of that call."""

    value: int
    instructions: int


def counted_requantisations(
    firmware: Build,
    cases: Sequence[tuple[int, int, int]],
    max_instructions: int = MAX_INSTRUCTIONS,
) -> list[Requantised]:
    """`requantize` of this firmware for each (sum, multiplier, shift), int32 each. For boards that
    pip alone emulates. Raises BoardError as `counted_inferences` does."""
    emulator = Emulator(firmware.elf, firmware.kind, RecordedWire())
    emulator.stop_at = max_instructions
    emulator.run()
    started, found = emulator.memory(), []
    for case in cases:
        emulator.put_back(started)
        before = emulator.instructions
        emulator.stop_at = before + max_instructions
        value = emulator.call("requantize", *case)
        found.append(Requantised(value, emulator.instructions - before))
    return found
