"""Inferences in the emulator, one by one, each with the emulator's own count of instructions.

The count does not come from the board: a firmware with somebody else's kernels in it may say what
it likes. The inference is everything between the command `infer 1 0` and the next wait for input,
so the answer is in it too, some hundred instructions for each output. `results` says the same
answer without an inference, and is counted beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hardware_labs.emulation.cortex_m import MAX_INSTRUCTIONS, Exchange, exchanges
from hardware_labs.errors import BoardError
from hardware_labs.firmware.build import Build
from hardware_labs.protocol.command_set import inside

HEX_BYTES = 32


@dataclass(frozen=True)
class Counted:
    """The int8 outputs (outputs,) of one inference and the instructions it took, in which those of
    saying the answer are `answer_instructions`."""

    outputs: np.ndarray
    instructions: int
    answer_instructions: int = 0

    @property
    def computing(self) -> int:
        """Without the answer: the layers, and some 7,000 instructions around them."""
        return self.instructions - self.answer_instructions


def counted_inferences(
    firmware: Build, inputs: np.ndarray, max_instructions: int = MAX_INSTRUCTIONS
) -> list[Counted]:
    """One inference of `firmware` for each of `inputs`, int8 (n, ...): the same on every machine.

    For boards that pip alone emulates. Raises BoardError where the firmware crashes, says no
    output, or an inference takes `max_instructions`.
    """
    asked = [command for x in inputs for command in _commands(x)]
    said = exchanges(firmware.elf, firmware.kind, *asked, max_instructions=max_instructions)
    runs = [k for k, exchange in enumerate(said) if exchange.command == "infer 1 0"]
    return [
        Counted(_outputs(said[k + 2]), said[k].instructions, said[k + 1].instructions) for k in runs
    ]


def _commands(x: np.ndarray) -> list[str]:
    if x.dtype != np.int8:
        raise ValueError(f"The board takes int8 and x is {x.dtype}: quantise it first.")
    data = x.tobytes()
    pieces = [data[k : k + HEX_BYTES] for k in range(0, len(data), HEX_BYTES)]
    return [
        f"db load {len(data)}",
        *(f"db {piece.hex()}" for piece in pieces),
        "infer 1 0",
        "results",
        "output",
    ]


def _outputs(exchange: Exchange) -> np.ndarray:
    """The numbers of `m-output-[q,..]`. Raises BoardError where they are not there."""
    lines = exchange.said.splitlines()
    text = next((inside(line) for line in lines if line.startswith("m-output-[")), "")
    try:
        return np.array([int(word) for word in text.split(",")], dtype=np.int8)
    except (ValueError, OverflowError):
        raise BoardError(f"The firmware answered 'output' with {exchange.said[:80]!r}.") from None
