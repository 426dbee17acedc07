"""Where the time of one graded submission goes: the walls, the cells, the hidden tests.

The instructor's own answers are walked again and again in one slot at a time, and each part of the
way is timed by the wall clock.

Run: python benchmarks/parts.py [--walks 20]
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import Any

import class_of
import click
import homework

from autograder.grading.class_run import prepared
from autograder.grading.run_settings import Settings, choose_level
from autograder.model import Course
from autograder.notebook import cells
from autograder.sandbox import execution, pool, run_notebook

PARTS: dict[str, tuple[Any, str]] = {
    "forking a slot and a tester": (pool.Pool, "_fork"),
    "first words with the slot": (run_notebook, "SlotHandle"),
    "cells": (execution.Execution, "_run_in_submission"),
    "hidden tests": (execution.Execution, "_run_waiting_test"),
    "ending both": (pool.WalledProcess, "close"),
}


def parts(course: Course, assignment_id: str, walks: int) -> dict[str, float]:
    """Milliseconds of a walk, part by part; what is left is 'the rest'."""
    assignment, settings = course.assignment(assignment_id), Settings()
    name = assignment.notebooks[0]
    document = cells.load(course.source / assignment_id / f"{name}.ipynb")
    spent: dict[str, list[float]] = defaultdict(list)
    with prepared(course, assignment, settings, choose_level(settings)) as (context, warm):
        job = context.job(name, document)
        for _ in range(2):
            run_notebook.run(warm, job, context.limits)
        undo = [_timed(place, function, spent[part]) for part, (place, function) in PARTS.items()]
        start = perf_counter()
        for _ in range(walks):
            run_notebook.run(warm, job, context.limits)
        total_s = (perf_counter() - start) / walks
        for restore in undo:
            restore()
    part_ms = {part: 1e3 * sum(times) / walks for part, times in spent.items()}
    return {**part_ms, "the rest": 1e3 * total_s - sum(part_ms.values()), "all": 1e3 * total_s}


def _timed(place: Any, function: str, times: list[float]) -> Callable[[], None]:
    """Let every call of place.function leave its seconds in `times`; what puts it back."""
    original = getattr(place, function)

    @wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            times.append(perf_counter() - start)

    setattr(place, function, timed)
    return lambda: setattr(place, function, original)


@click.command()
@click.option("--walks", default=20, show_default=True)
def main(walks: int) -> None:
    """Print a table in Markdown: milliseconds of one submission."""
    with tempfile.TemporaryDirectory() as folder:
        tables = {
            class_of.MEASURED: parts(
                class_of.course_of(Path(folder) / "a", 0), class_of.MEASURED, walks
            ),
            homework.NAME: parts(homework.course_of(Path(folder) / "b", 0), homework.NAME, walks),
        }
    click.echo(f"milliseconds, mean of {walks} walks, load {os.getloadavg()[0]:.1f}\n")
    click.echo(f"| part | {' | '.join(f'`{name}`' for name in tables)} |")
    click.echo("|---|" + "--:|" * len(tables))
    for part in tables[homework.NAME]:
        figures = (f"{table[part]:.0f}" for table in tables.values())
        click.echo(f"| {part} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
