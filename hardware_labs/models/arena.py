"""The arena: one block of RAM in which the values of a network take turns.

A value needs its bytes from the step that makes it to the last step that reads it; two values that
are never needed at the same time may lie at the same place. The input is not in the arena: it
stays in the board's input buffer, where the host can read it back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hardware_labs.models.network import Network

ALIGNMENT = 4


@dataclass(frozen=True)
class Buffer:
    """The bytes of one value, needed from `first_step` to `last_step`, both included."""

    value: int
    size_bytes: int
    first_step: int
    last_step: int

    def meets(self, other: Buffer) -> bool:
        """Whether both are needed at some step."""
        return self.first_step <= other.last_step and other.first_step <= self.last_step


@dataclass(frozen=True)
class ArenaPlan:
    """Where each buffer lies: `offsets[i]` is the first byte of `buffers[i]` in the arena."""

    buffers: tuple[Buffer, ...]
    offsets: tuple[int, ...]

    @property
    def peak_bytes(self) -> int:
        """The size of the arena."""
        ends = [at + b.size_bytes for at, b in zip(self.offsets, self.buffers, strict=True)]
        return max(ends, default=0)

    @property
    def sum_bytes(self) -> int:
        """What it would take without sharing."""
        return sum(buffer.size_bytes for buffer in self.buffers)

    @property
    def lower_bound_bytes(self) -> int:
        """The most bytes needed at any one step: no plan can be smaller."""
        return lower_bound_bytes(self.buffers)

    def offset_of(self, value: int) -> int:
        """Where the value lies. Raises KeyError for the input, which is not in the arena."""
        return {b.value: at for b, at in zip(self.buffers, self.offsets, strict=True)}[value]


def lifetimes(network: Network) -> tuple[Buffer, ...]:
    """A buffer for what each layer makes. The output is needed until after the last step."""
    steps = len(network.layers)
    last = {value: value - 1 for value in range(1, steps + 1)}
    for step, read in enumerate(network.sources):
        last |= {value: step for value in read if value}
    last[steps] = steps
    return tuple(
        Buffer(value, _rounded(int(np.prod(network.shapes[value]))), value - 1, last[value])
        for value in range(1, steps + 1)
    )


def lower_bound_bytes(buffers: tuple[Buffer, ...]) -> int:
    """The most bytes that are needed at any one step."""
    steps = {buffer.first_step for buffer in buffers}
    return max(
        (sum(b.size_bytes for b in buffers if _needed(b, step)) for step in steps), default=0
    )


def place(buffers: tuple[Buffer, ...], order: list[int] | None = None) -> ArenaPlan:
    """Each buffer at the lowest place where nothing that it meets lies; the largest first.

    order: another order of placing, as indices into `buffers`. In any order the arena is never
    larger than all buffers side by side: a buffer goes at most to the end of the highest.
    """
    placed: dict[int, int] = {}
    for i in by_size(buffers) if order is None else order:
        met = [(at, buffers[j]) for j, at in placed.items() if buffers[j].meets(buffers[i])]
        occupied_ranges = sorted((at, at + other.size_bytes) for at, other in met)
        placed[i] = _lowest_gap(occupied_ranges, buffers[i].size_bytes)
    return ArenaPlan(buffers, tuple(placed[i] for i in range(len(buffers))))


def by_size(buffers: tuple[Buffer, ...]) -> list[int]:
    """The largest first."""
    return sorted(range(len(buffers)), key=lambda i: (-buffers[i].size_bytes, i))


def by_time(buffers: tuple[Buffer, ...]) -> list[int]:
    """In the order in which they are made."""
    return sorted(range(len(buffers)), key=lambda i: (buffers[i].first_step, i))


def plan_arena(network: Network) -> ArenaPlan:
    """Where each value of the network lies: the smaller of two plans, by size and by time."""
    buffers = lifetimes(network)
    plans = [place(buffers, order(buffers)) for order in (by_size, by_time)]
    return min(plans, key=lambda plan: plan.peak_bytes)


def _lowest_gap(occupied_ranges: list[tuple[int, int]], size_bytes: int) -> int:
    at = 0
    for start, end in occupied_ranges:
        if at + size_bytes <= start:
            break
        at = max(at, end)
    return at


def _needed(buffer: Buffer, step: int) -> bool:
    return buffer.first_step <= step <= buffer.last_step


def _rounded(size_bytes: int) -> int:
    return -(-size_bytes // ALIGNMENT) * ALIGNMENT
