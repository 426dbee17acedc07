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
    """The int8 outputs (outputs,) of one inference, the instructions it took, and the bytes that a
    variable had after it, where one was asked for."""

    outputs: np.ndarray
    instructions: int
    variable: bytes = b""


def counted_inferences(
    firmware: Build,
    inputs: np.ndarray,
    max_instructions: int = MAX_INSTRUCTIONS,
    variable: str = "",
) -> list[Counted]:
    """One inference of `firmware` for each of `inputs` (n, ...), which have the type that its model
    takes: the same on every machine. variable: of the firmware's C, to be read after each.

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
        held = emulator.variable(variable) if variable else b""
        found.append(Counted(np.frombuffer(outputs, np.int8).copy(), count, held))
    return found


@dataclass(frozen=True)
class Requantised:
    """The value that the firmware's `requantize` returned, the instructions of that call, and how
    many of them multiplied to more than 32 bits."""

    value: int
    instructions: int
    wide_products: int


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
        before, wide = emulator.instructions, emulator.wide_products
        emulator.stop_at = before + max_instructions
        value = emulator.call("requantize", *case)
        count = emulator.instructions - before
        found.append(Requantised(value, count, emulator.wide_products - wide))
    return found
