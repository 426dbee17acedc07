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
    arrays`. REFERENCE: the folder of the reference entry."""

    PROGRAM: str
    REFERENCE: Path

    @staticmethod
    def inputs(seed: int, phase: str) -> dict[str, np.ndarray]: ...

    @staticmethod
    def faults(inputs: Arrays, outputs: Arrays, reference: Arrays) -> list[str]: ...

    @staticmethod
    def counted(
        entry: Entry, outputs_by_phase: Mapping[str, Arrays], seeds_by_phase: Mapping[str, int]
    ) -> dict[str, float]: ...

    @staticmethod
    def floor_s(machine: Machine) -> float: ...


def workload(event_id: str) -> Workload:
    """The workload of an event. OlympicsError where there is no such event."""
    name = event(event_id).id
    return cast(Workload, importlib.import_module(f"olympics.workloads.{name}"))
