"""Bench & Board: how few instructions an int8 network needs on the emulated Nano 33, bit for bit.

An entry is C for the firmware's kernels. Its network has a published shape; its weights come from
the organiser's seed, so that an answer that was compiled into the C is a wrong one. The C is
compiled where the entry runs and executed in the emulator only, which counts every instruction:
what the firmware says is not asked.

Two more things are looked at. Between the values of the network lie guard bytes, which no kernel
may change. And what a firmware does from reset to its first command beyond the course's own is
added to every inference: work that was done before the count began is work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from olympics.entry import Entry
from olympics.events import event
from olympics.machine import Machine

HERE = Path(__file__).parent
PROGRAM = (HERE / "bench_and_board_program.py").read_text(encoding="utf-8")
REFERENCE = HERE.parent / "entries" / "bench_and_board" / "reference"
PHASES = ("warm_up", "public", "private")
SHAPE = (16, 16, 2)


def inputs(seed: int, phase: str) -> dict[str, np.ndarray]:
    """network: the number that its weights are drawn from; x: (n, 16, 16, 2) int8."""
    rng = np.random.default_rng([seed, PHASES.index(phase)])
    count = 1 if phase == "warm_up" else int(event("bench_and_board").sizes["inputs"])
    return {
        "network": np.array(rng.integers(0, 2**62)),
        "x": rng.integers(-128, 128, (count, *SHAPE)).astype(np.int8),
    }


def faults(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> list[str]:
    """Sentences on what is wrong. Outputs are held against NumPy, and not against another entry."""
    if "sentence" in outputs:
        return [outputs["sentence"].astype(np.uint8).tobytes().decode("utf-8", "replace")]
    return [*_wrong_outputs(inputs, outputs["outputs"]), *_changed(outputs["changed_guards"])]


def is_near(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> bool:
    """Never: integers are not rounded."""
    del inputs, outputs, reference
    return False


def counted(
    entry: Entry,
    outputs_by_phase: Mapping[str, Mapping[str, np.ndarray]],
    seeds_by_phase: Mapping[str, int],
) -> dict[str, float]:
    """The instructions of an inference with those of a longer start, the network's MACs, and the
    bytes of flash and of RAM: of the private phase where that ran, else of the public one."""
    outputs = outputs_by_phase["private" if "private" in outputs_by_phase else "public"]
    extra = max(0.0, float(outputs["extra_start"]))
    from olympics.workloads.bench_and_board_program import network

    return {
        "instructions": float(np.mean(outputs["instructions"])) + extra,
        "macs": float(network(0).macs),
        "bytes": float(outputs["flash_bytes"]),
        "ram_bytes": float(outputs["ram_bytes"]),
    }


def entry_bytes(entry: Entry) -> int:
    """The bytes of an entry's C; what is scored beside the instructions is the flash they take."""
    return sum(map(len, entry.files.values()))


def floor_s(machine: Machine) -> float:
    """0: no time is scored."""
    return 0.0


def _wrong_outputs(inputs: Mapping[str, np.ndarray], outputs: np.ndarray) -> list[str]:
    from hardware_labs.models.interpreter import run as interpreted
    from olympics.workloads.bench_and_board_program import network

    expected = interpreted(network(int(inputs["network"])), inputs["x"])
    if outputs.shape != expected.shape or outputs.dtype != expected.dtype:
        return [f"{expected.shape} int8 outputs were needed, and {outputs.shape} came."]
    wrong = int(np.count_nonzero(outputs != expected))
    if not wrong:
        return []
    first = tuple(int(k) for k in np.argwhere(outputs != expected)[0])
    return [
        f"{wrong} of {expected.size} outputs differ from NumPy's: output {first[1]} of inference "
        f"{first[0]} is {outputs[first]}, and {expected[first]} was needed."
    ]


def _changed(guards: np.ndarray) -> list[str]:
    """subtle: a kernel that writes what was there already is not found, and does no harm."""
    if not guards.any():
        return []
    return [
        f"A kernel writes outside of its output: {int(guards.max())} bytes beside the network's "
        "values changed during an inference."
    ]
