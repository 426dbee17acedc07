"""The shape that every event's workload has, and the workload of an event.

PROGRAM is the only part that runs where an entry runs. Inputs, faults, counted metrics and the
floor are computed on the side of whoever judges.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from olympics.entry import Entry
from olympics.events import event
from olympics.machine import Machine

PHASES = ("warm_up", "public", "private")
Arrays = Mapping[str, np.ndarray]


class Workload(Protocol):
    """A module of `olympics.workloads`. PROGRAM: source that defines `run(inputs) -> dict of
    arrays`. REFERENCE: the folder of the reference entry. is_near: whether outputs with faults can
    be right but for rounding. entry_bytes: what an entry weighs, which is known before it runs."""

    PROGRAM: str
    REFERENCE: Path

    @staticmethod
    def inputs(seed: int, phase: str) -> dict[str, np.ndarray]: ...

    @staticmethod
    def faults(inputs: Arrays, outputs: Arrays, reference: Arrays) -> list[str]: ...

    @staticmethod
    def is_near(inputs: Arrays, outputs: Arrays, reference: Arrays) -> bool: ...

    @staticmethod
    def counted(
        entry: Entry, outputs_by_phase: Mapping[str, Arrays], seeds_by_phase: Mapping[str, int]
    ) -> dict[str, float]: ...

    @staticmethod
    def entry_bytes(entry: Entry) -> int: ...

    @staticmethod
    def floor_s(machine: Machine) -> float: ...


def workload(event_id: str) -> Workload:
    """The workload of an event. OlympicsError where there is no such event."""
    name = event(event_id).id
    return cast(Workload, importlib.import_module(f"olympics.workloads.{name}"))


def weight_fault(entry: Entry) -> str:
    """Why an entry is too heavy for its weight class, "" where it is not. It is asked before the
    entry runs, so that nothing too large is ever near hidden inputs."""
    limit = event(entry.event).weight_classes.get(entry.weight_class)
    size = 0 if limit is None else workload(entry.event).entry_bytes(entry)
    if limit is None or size <= limit:
        return ""
    return f"The entry has {size:,} bytes; its weight class allows {limit:,}."
