"""Verbs that turn source/ into what students get: release, audit, otter, publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from autograder.commands import tables
from autograder.commands.verb import (
    chosen,
    everything,
    one_assignment,
    one_or_all_assignments,
    verb,
)
from autograder.model import Course


@verb
@one_or_all_assignments
@everything
@click.option("--audit/--no-audit", default=True, help="Demand that the tests were proved strong.")
def release(course: Course, assignment: str | None, every: bool, audit: bool) -> bool:
    """Strip source/ID into release/ID: no solution, hidden test or mark scheme is left."""
    from autograder.releasing.release import release as run_release

    assignments = list(chosen(course, assignment, every))
    if audit:
        from autograder.releasing.audit import audits

        with tables.progress("audit") as bar:
            for count, _ in enumerate(audits(course, assignments), 1):
                _advance(bar)(count, len(assignments))
    for chosen_assignment in assignments:
        released = run_release(course, chosen_assignment, audit)
        if released.warning:
            tables.print_line(f"warning: {released.warning}")
        state = "released" if released.changed else "unchanged"
        tables.print_line(f"{chosen_assignment.id}: {state}, {', '.join(released.files)}")
    return True


@verb
@one_or_all_assignments
@everything
@click.option("--again", is_flag=True, help="Run every trial, whatever is on record.")
def audit(course: Course, assignment: str | None, every: bool, again: bool) -> bool:
    """Prove the tests: untouched scores 0, reference full, wrong answers lose, right ones keep.

    The result is recorded; where nothing has changed since, the record is shown.
    """
    from autograder.releasing.audit import audit as run_audit
    from autograder.releasing.audit_record import record_path

    results = []
    for chosen_assignment in chosen(course, assignment, every):
        with tables.progress(f"audit {chosen_assignment.id}") as bar:
            results.append(run_audit(course, chosen_assignment, _advance(bar), again))
        tables.audit_table(results[-1])
        path = record_path(course, chosen_assignment)
        tables.print_line(f"on record in {path.relative_to(course.root)}")
    return all(result.holds for result in results)


@verb
@one_assignment
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to. Default: dist/.")
def otter(course: Course, assignment: str, folder: Path | None) -> bool:
    """Make student.zip and autograder.zip (Otter, Gradescope) from the same source notebook."""
    from autograder.distributing.otter_bundle import bundle, describe_manual_cells

    target = folder or course.root / "dist" / "otter" / assignment
    for path in bundle(course, course.assignment(assignment), target):
        tables.print_line(str(path))
    for note in describe_manual_cells(course, course.assignment(assignment)):
        tables.print_line(f"note: {note}")
    return True


@verb
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--prerequisites", multiple=True, metavar="ID", help="Closed chapters to hand out.")
def publish(course: Course, folder: Path | None, prerequisites: tuple[str, ...]) -> bool:
    """Make what students get: a folder, a zip and a wheel, without any secret of the course."""
    from autograder.distributing.publish import publish as run_publish

    published = run_publish(course, folder or course.root / "dist", prerequisites)
    for path in published.paths:
        tables.print_line(str(path))
    for note in published.notes:
        tables.print_line(f"note: {note}")
    return True


def _advance(bar: Any) -> Callable[[int, int], None]:
    return lambda finished, of: bar.update(bar.task_ids[0], completed=finished, total=of)
