"""What grading costs a learner and how many machines a deadline takes, from measured CPU seconds.

The figures are those that `benchmarks/grading.py --json FILE` keeps; all else is an assumption with
a name below. Counted are the CPU seconds of grading and feedback, neither storage nor people. What
a program takes once per command is shared by as many submissions as were measured together.

Run: python benchmarks/cost.py FILE [--usd-per-core-hour 0.05] [--cores 16] [--hours 1]
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import click

STEPS = ("grade", "feedback")  # what an attempt is charged for; otter's grade is its feedback, too
PROGRAMS = ("autograder", "nbgrader", "otter")
USD_PER_CORE_HOUR = 0.05  # assumed: list prices of general-purpose cloud vCPUs on demand, 0.04-0.05
BUSY = 0.7  # assumed: of the core-hours that are paid for, the share in which something is graded
ASSIGNMENTS = 40  # assumed: in a course
ATTEMPTS = 3  # assumed: of each learner at each assignment
LAST_DAY = 0.2  # assumed: of an assignment's attempts, those of the last 24 hours before it is due
CORES = 16  # of a machine
HOURS = 1.0  # in which the attempts of that last day are graded once it is over
CLASSES = (30, 1_000, 1_000_000)  # learners


@dataclass(frozen=True)
class Terms:
    """What a core-hour costs, the cores of a machine, and the hours that a deadline may take."""

    usd_per_core_hour: float = USD_PER_CORE_HOUR
    cores: int = CORES
    hours: float = HOURS


@dataclass(frozen=True)
class Cost:
    """What a course of so many learners costs with one program, and what its deadlines need."""

    learners: int
    program: str
    attempt_s: float
    core_hours: float
    usd: float
    machines: int

    @property
    def usd_per_learner(self) -> float:
        return self.usd / self.learners


def attempt_s(timings: Sequence[dict[str, Any]], program: str) -> float | None:
    """CPU seconds of one attempt, all steps together; None where grading was not measured."""
    seconds_by_id = {}
    for step in STEPS:
        rows = [t for t in timings if t["step"] == step and t["who"] == program]
        if rows:
            seconds_by_id[step] = sum(t["cpu_s"] for t in rows) / sum(t["items"] for t in rows)
    return sum(seconds_by_id.values()) if "grade" in seconds_by_id else None


def core_hours(attempts: float, seconds: float) -> float:
    """Core-hours to pay for, where an attempt takes so many CPU seconds."""
    return attempts * seconds / 3600 / BUSY


def cost(learners: int, program: str, seconds: float, terms: Terms) -> Cost:
    """A whole course, and the machines that grade the last day of one assignment in time."""
    hours = core_hours(learners * ASSIGNMENTS * ATTEMPTS, seconds)
    last_day = core_hours(learners * ATTEMPTS * LAST_DAY, seconds)
    machines = ceil(last_day / terms.hours / terms.cores)
    return Cost(learners, program, seconds, hours, hours * terms.usd_per_core_hour, machines)


def costs(timings: Sequence[dict[str, Any]], terms: Terms) -> Iterator[Cost]:
    """Every size of class with every program that was measured."""
    for learners in CLASSES:
        for program in PROGRAMS:
            seconds = attempt_s(timings, program)
            if seconds is not None:
                yield cost(learners, program, seconds, terms)


def table(rows: Sequence[Cost], terms: Terms) -> str:
    """The costs in Markdown, under a sentence with all that was assumed."""
    lines = [
        f"{ASSIGNMENTS} assignments, {ATTEMPTS} attempts each; {terms.usd_per_core_hour:g} USD a "
        f"core-hour, {BUSY:.0%} busy; {LAST_DAY:.0%} of an assignment's attempts come in its last "
        f"24 hours and are graded within {terms.hours:g} h on machines of {terms.cores} cores.",
        "",
        "| learners | with | CPU s an attempt | core-hours | USD | USD a learner | machines |",
        "|--:|---|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*lines, *map(_row, rows)])


def _row(row: Cost) -> str:
    return (
        f"| {row.learners:,} | {row.program} | {row.attempt_s:.2f} | {row.core_hours:,.1f} "
        f"| {row.usd:,.2f} | {row.usd_per_learner:.4f} | {row.machines:,} |"
    )


@click.command()
@click.argument("figures", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--usd-per-core-hour", default=USD_PER_CORE_HOUR, show_default=True)
@click.option("--cores", default=CORES, show_default=True, help="Of a machine.")
@click.option(
    "--hours", default=HOURS, show_default=True, help="To grade a deadline's attempts in."
)
def main(figures: Path, usd_per_core_hour: float, cores: int, hours: float) -> None:
    """Print a table in Markdown from the FIGURES that `benchmarks/grading.py --json` has kept."""
    terms = Terms(usd_per_core_hour, cores, hours)
    rows = list(costs(json.loads(figures.read_text(encoding="utf-8")), terms))
    if not rows:
        raise click.ClickException(f"{figures} has no row of the step 'grade'. Measure again.")
    click.echo(table(rows, terms))


if __name__ == "__main__":
    main()
