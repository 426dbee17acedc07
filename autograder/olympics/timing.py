"""One judged run: the reference and the entry, each in its own slot, one frozen while the other is
timed, on inputs that nobody knew before.

The pairs, the checks and the statistics are those of a local heat (`olympics.series`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from olympics.conclusion import EntryFault, Outcome
from olympics.entry import Entry
from olympics.events import Event, event
from olympics.machine import Machine
from olympics.reference import files_to_run, reference_entry
from olympics.series import run_series
from olympics.workload import weight_fault, workload

from autograder.olympics.seeds import Schedule, keeps_inputs
from autograder.olympics.slots import LastingWorker, slot_worker
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.pool import Pool
from autograder.sandbox.run_result import GraderFault

ATTEMPTS = 3


def seeds_of(rules: Event, schedule: Schedule, sha256: str, run: int) -> Callable[[int, str], int]:
    """The seed of each repetition of a run, by its number and phase."""

    def fresh(number: int, phase: str) -> int:
        return schedule.fresh_seed(sha256, run, number, phase)

    def hidden(number: int, phase: str) -> int:
        return fresh(number, phase) if phase == "warm_up" else schedule.hidden_seed()

    return hidden if keeps_inputs(rules) else fresh


def judged_run(
    pool: Pool | KernelPool,
    entry: Entry,
    sha256: str,
    run: int,
    schedule: Schedule,
    machine: Machine,
) -> Outcome:
    """The outcome of one run of an entry. Where the reference's slot is lost, or none can be
    opened, the run is begun again; the third time in a row refuses it, and nothing is held against
    the entry. What happens where the entry's own slot is lost, `LastingWorker` says."""
    if too_heavy := weight_fault(entry):
        return Outcome("wrong", too_heavy)
    last = GraderFault("not run")
    for _ in range(ATTEMPTS):
        try:
            return _in_slots(pool, entry, sha256, run, schedule, machine)
        except GraderFault as fault:
            last = fault
    return Outcome("refused", f"The sandbox failed {ATTEMPTS} times: {last}.")


def _in_slots(
    pool: Pool | KernelPool,
    entry: Entry,
    sha256: str,
    run: int,
    schedule: Schedule,
    machine: Machine,
) -> Outcome:
    rules, task, reference = event(entry.event), workload(entry.event), reference_entry(entry.event)
    seed_of = seeds_of(rules, schedule, sha256, run)
    with slot_worker(pool, reference.files, rules, task) as other:
        try:
            files = files_to_run(entry, reference)
            with LastingWorker(lambda: slot_worker(pool, files, rules, task)) as worker:
                rng = np.random.default_rng(schedule.draw(sha256, run))
                workers, hides = (worker, other), keeps_inputs(rules)
                return run_series(rules, task, entry, workers, seed_of, rng, machine, hides)
        except EntryFault as fault:
            return Outcome("wrong", str(fault))
