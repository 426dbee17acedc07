"""What runs where a Bench & Board entry runs: the entry's C is compiled and emulated.

This text is sent there as it is, so it needs NumPy and `hardware_labs` and no more. None of the
entry's code runs outside the emulator.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from hardware_labs.boards import board_kind
from hardware_labs.errors import BoardError, BuildError
from hardware_labs.firmware.build import Build, build
from hardware_labs.firmware.elf import segments, sizes
from hardware_labs.measuring.guarded import filled_inferences, instructions_to_start
from hardware_labs.models.arena import ArenaPlan, lifetimes
from hardware_labs.models.mlperf_tiny import he_normal
from hardware_labs.models.network import Network
from hardware_labs.models.quantizer import Quantizer, Scale

SHAPE = (16, 16, 2)
GUARD_BYTES = 32
MAX_INSTRUCTIONS = 4_000_000  # of one inference: nearly four times the course's own kernels
BOARD = board_kind("nano33")
# What a compiler reads as a blank, or not at all, and a person does not see: an include can hide
# behind it.
UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\U0010ffff]")


def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the board did with the C in this folder: `measured`."""
    files = sorted(path for path in Path.cwd().iterdir() if path.suffix == ".c")
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    return measured(texts, inputs)


def measured(kernels: Mapping[str, str], inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """outputs (n, 10) int8, instructions (n,), extra_start (instructions before the first inference
    beyond the course's own), changed_guards (n,), flash_bytes and ram_bytes of the firmware.

    Where the C does not compile, crashes or does not end, only `sentence`: what happened, as UTF-8
    in uint8.
    """
    try:
        return _measured(kernels, inputs)
    except (BoardError, ValueError) as fault:
        return {"sentence": np.frombuffer(str(fault).encode(), np.uint8)}


@cache
def network(number: int) -> Network:
    """The network of the event, 95,040 MACs, with weights drawn from `number`."""
    rng = np.random.default_rng(number)
    net = Quantizer(rng.integers(-128, 128, (8, *SHAPE)).astype(np.int8), Scale(1 / 64, -3))
    net.conv2d(he_normal(rng, (8, 3, 3, 2), 18), rng.normal(0, 0.05, 8), (1, 1), (1, 1, 1, 1), True)
    net.max_pool((2, 2), (2, 2))
    net.depthwise(he_normal(rng, (3, 3, 8), 9), rng.normal(0, 0.05, 8), (1, 1), (1, 1, 1, 1), True)
    net.conv2d(he_normal(rng, (16, 1, 1, 8), 8), rng.normal(0, 0.05, 16), relu=True)
    net.conv2d(
        he_normal(rng, (16, 3, 3, 16), 144), rng.normal(0, 0.05, 16), (2, 2), (0, 0, 1, 1), True
    )
    net.dense(he_normal(rng, (32, 256), 256), rng.normal(0, 0.05, 32), True)
    net.dense(he_normal(rng, (10, 32), 32), rng.normal(0, 0.05, 10))
    return net.network("bench-and-board")


def built(net: Network, plan: ArenaPlan | None, kernels: Mapping[str, str]) -> Build:
    """The firmware of the board with these kernels in it. Raises BuildError."""
    for name, text in kernels.items():
        if unseen := UNSEEN.search(text):
            raise BuildError(
                f"'{name}' holds the character {unseen[0]!r}, which nobody sees. Take it out."
            )
    firmware = build(BOARD, net, replacements=kernels, arena=plan)
    check_start(firmware.elf.read_bytes())
    return firmware


def check_start(elf: bytes) -> None:
    """BuildError where the board would not start in the course's own reset: its vectors come first
    in flash, and the second of them says where."""
    reset = [one for one in sizes(elf).symbols if one.name == "reset" and one.is_function]
    start = min(segments(elf))[1]
    if len(reset) != 1 or struct.unpack_from("<I", start, 4)[0] != reset[0].address | 1:
        raise BuildError(
            "The firmware does not start in the course's own code. A kernel has no section "
            ".vectors and no function reset."
        )


def guarded(net: Network) -> ArenaPlan:
    """Each value at a place of its own, with guard bytes before it: the output first, and what the
    first layer makes last, since behind that there are none."""
    offsets, at = {}, GUARD_BYTES
    buffers = lifetimes(net)
    for buffer in reversed(buffers):
        offsets[buffer.value] = at
        at += buffer.size_bytes + GUARD_BYTES
    return ArenaPlan(buffers, tuple(offsets[buffer.value] for buffer in buffers))


def guards(plan: ArenaPlan) -> np.ndarray:
    """Which bytes of the arena no kernel may write: (arena bytes,) of truth values."""
    free = np.ones(plan.peak_bytes, bool)
    for at, buffer in zip(plan.offsets, plan.buffers, strict=True):
        free[at : at + buffer.size_bytes] = False
    return free


def _measured(
    kernels: Mapping[str, str], inputs: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    net = network(int(inputs["network"]))
    plan = guarded(net)
    own_build, entered = built(net, plan, {}), built(net, plan, kernels)
    fill = np.random.default_rng(int(inputs["network"])).bytes(plan.peak_bytes)
    inferences = filled_inferences(entered, inputs["x"], fill, MAX_INSTRUCTIONS)
    start = instructions_to_start(entered, MAX_INSTRUCTIONS) - instructions_to_start(own_build)
    before, watched = np.frombuffer(fill, np.uint8), guards(plan)
    after = [np.frombuffer(one.variable, np.uint8)[: plan.peak_bytes] for one in inferences]
    changed = [np.count_nonzero((row != before) & watched) for row in after]
    elf = sizes(entered.elf)
    return {
        "outputs": np.array([one.outputs for one in inferences]),
        "instructions": np.array([one.instructions for one in inferences], np.int64),
        "extra_start": np.array(start),
        "changed_guards": np.array(changed, np.int64),
        "flash_bytes": np.array(elf.flash_bytes),
        "ram_bytes": np.array(elf.ram_bytes),
    }
