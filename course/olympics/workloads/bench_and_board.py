"""Bench & Board: how few instructions an int8 network needs on the emulated Nano 33, bit for bit.

An entry is C for the firmware's kernels. Its network has a published shape; its weights come from
the organiser's seed, so that an answer that was compiled into the C is a wrong one. The C is
compiled where the entry runs and executed in the emulator only, which counts every instruction:
what the firmware says is not asked.

Two more things are looked at. Between the values of the network lie guard bytes, which no kernel may
change. And what a firmware does from reset to its first command beyond the course's own is added to
every inference: work that was done before the count began is work.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from olympics.entry import Entry
from olympics.events import event
from olympics.machine import Machine

if TYPE_CHECKING:  # the packages of the boards are imported where a board is built
    from hardware_labs.firmware.build import Build
    from hardware_labs.models.arena import ArenaPlan
    from hardware_labs.models.network import Network

PROGRAM = "from olympics.workloads.bench_and_board import run\n"
REFERENCE = Path(__file__).parents[1] / "entries" / "bench_and_board" / "reference"
PHASES = ("warm_up", "public", "private")
SHAPE = (16, 16, 2)
GUARD_BYTES = 32
MAX_INSTRUCTIONS = 20_000_000  # of one inference: nearly twenty times the course's own kernels


def inputs(seed: int, phase: str) -> dict[str, np.ndarray]:
    """network: the number that its weights are drawn from; x: (n, 16, 16, 2) int8."""
    rng = np.random.default_rng([seed, PHASES.index(phase)])
    count = 1 if phase == "warm_up" else int(event("bench_and_board").sizes["inputs"])
    return {
        "network": rng.integers(0, 2**62, dtype=np.int64),
        "x": rng.integers(-128, 128, (count, *SHAPE)).astype(np.int8),
    }


def run(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the board did with the C in this folder: `measured`."""
    files = sorted(path for path in Path.cwd().iterdir() if path.suffix == ".c")
    return measured({path.name: path.read_text(encoding="utf-8") for path in files}, inputs)


def measured(kernels: Mapping[str, str], inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """outputs (n, 10) int8, instructions (n,), extra_start (instructions before the first inference
    beyond the course's own), changed_guards (n,), flash_bytes and ram_bytes of the firmware.

    Where the C does not compile, crashes or does not end, only `sentence`: what happened, as UTF-8
    in uint8.
    """
    from hardware_labs.errors import BoardError

    try:
        return _measured(kernels, inputs)
    except (BoardError, ValueError) as fault:
        return {"sentence": np.frombuffer(str(fault).encode(), np.uint8)}


def faults(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> list[str]:
    """Sentences on what is wrong. Outputs are held against NumPy, and not against another entry."""
    if "sentence" in outputs:
        return [outputs["sentence"].astype(np.uint8).tobytes().decode("utf-8", "replace")]
    return [*_wrong_outputs(inputs, outputs["outputs"]), *_changed(outputs["changed_guards"])]


def counted(
    entry: Entry,
    outputs_by_phase: Mapping[str, Mapping[str, np.ndarray]],
    seeds_by_phase: Mapping[str, int],
) -> dict[str, float]:
    """"instructions" of an inference with those of a longer start, "macs", and the "bytes" of flash;
    "ram_bytes" with it. Of the private phase where that ran, else of the public one."""
    outputs = outputs_by_phase["private" if "private" in outputs_by_phase else "public"]
    extra = max(0.0, float(outputs["extra_start"]))
    return {
        "instructions": float(np.mean(outputs["instructions"])) + extra,
        "macs": float(network(0).macs),
        "bytes": float(outputs["flash_bytes"]),
        "ram_bytes": float(outputs["ram_bytes"]),
    }


def floor_s(machine: Machine) -> float:
    """0: no time is scored."""
    return 0.0


@cache
def network(number: int) -> Network:
    """The network of the event, 95,040 MACs, with weights drawn from `number`."""
    from hardware_labs.models.mlperf_tiny import he_normal
    from hardware_labs.models.quantizer import Quantizer, Scale

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


def _measured(
    kernels: Mapping[str, str], inputs: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    from hardware_labs.firmware.elf import sizes
    from hardware_labs.measuring.counts import counted_inferences, instructions_to_start

    net = network(int(inputs["network"]))
    plan = _guarded(net)
    own, entered = _built(net, plan, {}), _built(net, plan, kernels)
    fill = np.random.default_rng(int(inputs["network"])).bytes(plan.peak_bytes)
    done = counted_inferences(entered, inputs["x"], MAX_INSTRUCTIONS, "arena", fill)
    start = instructions_to_start(entered, MAX_INSTRUCTIONS) - instructions_to_start(own)
    guards = _guards(plan)
    before = np.frombuffer(fill, np.uint8)[guards]
    after = [np.frombuffer(one.variable, np.uint8)[: plan.peak_bytes][guards] for one in done]
    elf = sizes(entered.elf)
    return {
        "outputs": np.array([one.outputs for one in done]),
        "instructions": np.array([one.instructions for one in done], np.int64),
        "extra_start": np.int64(start),
        "changed_guards": np.array([np.count_nonzero(row != before) for row in after], np.int64),
        "flash_bytes": np.int64(elf.flash_bytes),
        "ram_bytes": np.int64(elf.ram_bytes),
    }


def _built(net: Network, plan: ArenaPlan, kernels: Mapping[str, str]) -> Build:
    from hardware_labs.boards import board_kind
    from hardware_labs.firmware.build import build

    return build(board_kind("nano33"), net, replacements=kernels, arena=plan)


def _guarded(net: Network) -> ArenaPlan:
    """Each value at a place of its own, with guard bytes before it: the output first, and what the
    first layer makes last, since behind that there are none."""
    from hardware_labs.models.arena import ArenaPlan, lifetimes

    offsets, at = {}, GUARD_BYTES
    buffers = lifetimes(net)
    for buffer in reversed(buffers):
        offsets[buffer.value] = at
        at += buffer.size_bytes + GUARD_BYTES
    return ArenaPlan(buffers, tuple(offsets[buffer.value] for buffer in buffers))


def _guards(plan: ArenaPlan) -> np.ndarray:
    """Which bytes of the arena no kernel may write."""
    free = np.ones(plan.peak_bytes, bool)
    for at, buffer in zip(plan.offsets, plan.buffers, strict=True):
        free[at : at + buffer.size_bytes] = False
    return free


def _wrong_outputs(inputs: Mapping[str, np.ndarray], outputs: np.ndarray) -> list[str]:
    from hardware_labs.models.interpreter import run as interpreted

    wanted = interpreted(network(int(inputs["network"])), inputs["x"])
    if outputs.shape != wanted.shape or outputs.dtype != wanted.dtype:
        return [f"{wanted.shape} int8 outputs were needed, and {outputs.shape} came."]
    wrong = int(np.count_nonzero(outputs != wanted))
    if not wrong:
        return []
    first = tuple(int(k) for k in np.argwhere(outputs != wanted)[0])
    return [
        f"{wrong} of {wanted.size} outputs differ from NumPy's: output {first[1]} of inference "
        f"{first[0]} is {outputs[first]}, and {wanted[first]} was needed."
    ]


def _changed(guards: np.ndarray) -> list[str]:
    """subtle: a kernel that writes what was there already is not found, and does no harm."""
    if not guards.any():
        return []
    return [
        f"A kernel writes outside of its output: {int(guards.max())} bytes beside the network's "
        "values changed during an inference."
    ]
