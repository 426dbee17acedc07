"""Instructions per inference of each kernel and model on the emulated Nano 33, scalar and SMLAD.

The same numbers on every machine with the same ziglang: instructions are counted, not timed.

Run: python benchmarks/kernels.py
"""

from __future__ import annotations

import re
from importlib.metadata import version

import numpy as np

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.firmware.build import build
from hardware_labs.firmware.elf import sizes
from hardware_labs.models.mlperf_tiny import BUILDERS, mlperf_tiny
from hardware_labs.models.network import Network, digits_model

NANO33 = board_kind("nano33")
LAYER = re.compile(r"m-layer-\[\d+,kind=(\w+),macs=(\d+),ticks=(\d+)]")


def counts(network: Network, kernels: str) -> tuple[dict[str, tuple[int, int]], int, int]:
    """{kind of layer: (MACs, instructions)} of one inference, and the bytes of flash and RAM."""
    elf = build(NANO33, network, kernels=kernels).elf
    total: dict[str, tuple[int, int]] = {}
    for kind, macs, ticks in LAYER.findall(converse(elf, NANO33, "infer 1 0", "layer")[0]):
        before = total.get(kind, (0, 0))
        total[kind] = (before[0] + int(macs), before[1] + int(ticks))
    used = sizes(elf)
    return total, used.flash_bytes, used.ram_bytes


def rows(network: Network) -> list[str]:
    """A line of the table for each kind of layer, and one for all."""
    scalar, flash_bytes, ram_bytes = counts(network, "scalar")
    smlad, *_ = counts(network, "smlad")
    lines = []
    for kind, (macs, instructions) in scalar.items():
        lines.append(line(network.name, kind, macs, instructions, smlad[kind][1]))
    sums = np.array(list(scalar.values())).sum(axis=0), sum(n for _, n in smlad.values())
    lines.append(line(network.name, "**all**", int(sums[0][0]), int(sums[0][1]), sums[1]))
    return [*lines[:-1], f"{lines[-1][:-1]}{flash_bytes:,} / {ram_bytes:,} |"]


def line(name: str, kind: str, macs: int, scalar: int, smlad: int) -> str:
    """Per MAC where there are any."""
    per_mac = f"{scalar / macs:.2f} / {smlad / macs:.2f}" if macs else ""
    return (
        f"| {name} | {kind} | {macs:,} | {scalar:,} | {smlad:,} | {smlad / scalar:.2f} "
        f"| {per_mac} | |"
    )


def main() -> None:
    print(f"ziglang {version('ziglang')}, -O2, Cortex-M4\n")
    print("| model | layers | MACs | scalar | SMLAD | ratio | per MAC | flash / RAM (scalar) |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for network in (digits_model(), *map(mlperf_tiny, BUILDERS)):
        print("\n".join(rows(network)), flush=True)


if __name__ == "__main__":
    main()
