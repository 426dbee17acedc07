"""Verbs that turn source/ into what students get: release, audit, otter, publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.commands import audit_tables, terminal
from autograder.commands.verb import (
    chosen,
    everything,
    one_assignment,
    one_or_all_assignments,
    verb,
)
from autograder.model import Assignment, Course, CourseError

if TYPE_CHECKING:
    from autograder.releasing.leaks import Leak


@verb
@one_or_all_assignments
@everything
@click.option("--audit/--no-audit", default=True, help="Demand that the tests were proved strong.")
@click.option(
    "--accept-leak",
    "accepted_cells",
    multiple=True,
    metavar="CELL",
    help="Students may see what this cell (its grade_id) hides, where it stands now. Kept.",
)
def release(
    course: Course,
    assignment: str | None,
    whole_course: bool,
    audit: bool,
    accepted_cells: tuple[str, ...],
) -> bool:
    """Strip source/ID into release/ID: no solution, hidden test or mark scheme is left.

    With --all, an assignment that cannot be released does not stop the others.
    """
    if whole_course and accepted_cells:
        raise CourseError(
            "--accept-leak needs one assignment, since a cell's name may stand in several: "
            f"autograder release ID --accept-leak {accepted_cells[0]}"
        )
    assignments = list(chosen(course, assignment, whole_course))
    if audit:
        _audit_all(course, assignments)
    if not whole_course:
        _release_one(course, assignments[0], audit, accepted_cells)
        return True
    refused = [row.id for row in assignments if not _releases(course, row, audit)]
    if refused:
        terminal.print_line(f"not released: {', '.join(refused)}")
    return not refused


def _audit_all(course: Course, assignments: list[Assignment]) -> None:
    """Audits what is not on record, two assignments at a time, with a bar of progress."""
    from autograder.releasing.audit import audits

    with terminal.progress_bar("audit") as bar:
        for count, _ in enumerate(audits(course, assignments), 1):
            _advance(bar)(count, len(assignments))


def _releases(course: Course, assignment: Assignment, audit: bool) -> bool:
    """Releases the assignment; where that fails, prints why and returns False."""
    try:
        _release_one(course, assignment, audit, ())
    except CourseError as fault:
        click.echo(f"autograder: {fault}", err=True)
        return False
    return True


def _release_one(
    course: Course, assignment: Assignment, audit: bool, accepted_cells: tuple[str, ...]
) -> None:
    from autograder.releasing.release import release as run_release

    released = run_release(course, assignment, audit, accepted_cells)
    for warning in released.warnings:
        terminal.print_line(f"warning: {warning}")
    for cell in dict.fromkeys(accepted_cells):
        terminal.print_line(_describe_acceptance(cell, released.accepted))
    state = "released" if released.changed else "unchanged"
    terminal.print_line(f"{assignment.id}: {state}, {', '.join(released.files)}")


def _describe_acceptance(cell: str, leaks: tuple[Leak, ...]) -> str:
    """The sentence about what was accepted of a cell, a line for each place."""
    of_cell = [str(leak) for leak in leaks if leak.secret.cell == cell]
    if not of_cell:
        return f"nothing that cell '{cell}' hides stands in the release: nothing was accepted."
    return f"accepted of cell '{cell}', and kept in accepted_leaks.json:\n  " + "\n  ".join(of_cell)


@verb
@one_or_all_assignments
@everything
@click.option("--again", is_flag=True, help="Run every trial, whatever is on record.")
def audit(course: Course, assignment: str | None, whole_course: bool, again: bool) -> bool:
    """Prove the tests: untouched scores 0, reference full, wrong answers lose, right ones keep.

    The result is recorded; where nothing has changed since, the record is shown.
    """
    from autograder.releasing.audit import audit as run_audit
    from autograder.releasing.audit_record import record_path

    results = []
    for chosen_assignment in chosen(course, assignment, whole_course):
        with terminal.progress_bar(f"audit {chosen_assignment.id}") as bar:
            results.append(run_audit(course, chosen_assignment, _advance(bar), again))
        audit_tables.audit_table(results[-1])
        path = record_path(course, chosen_assignment)
        terminal.print_line(f"on record in {path.relative_to(course.root)}")
    if whole_course:
        audit_tables.audits_total(results)
    return all(result.holds for result in results)


@verb
@one_assignment
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to. Default: dist/.")
def otter(course: Course, assignment: str, folder: Path | None) -> bool:
    """Make student.zip and autograder.zip (Otter, Gradescope) from the same source notebook."""
    from autograder.distributing.otter_bundle import bundle, describe_manual_cells
    from autograder.distributing.otter_grader import describe_closed_chapters

    target = folder or course.root / "dist" / "otter" / assignment
    row = course.assignment(assignment)
    for path in bundle(course, row, target):
        terminal.print_line(str(path))
    for note in (*describe_manual_cells(course, row), *describe_closed_chapters(course, row)):
        terminal.print_line(f"note: {note}")
    return True


@verb
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--prerequisites",
    multiple=True,
    metavar="ID",
    help="A closed chapter whose reference solution students get to read, in the wheel.",
)
@click.option(
    "--book",
    "site",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The pages of the built book. Default: dist/book/html, where it is there.",
)
@click.option("--no-book", is_flag=True, help="Leave the book out.")
def publish(
    course: Course,
    folder: Path | None,
    prerequisites: tuple[str, ...],
    site: Path | None,
    no_book: bool,
) -> bool:
    """Make what students get: a folder, a zip and a wheel, without any secret of the course.

    DIR is the folder that all of it is written to. Default: dist/ of the course.
    The built book goes into the folder and the zip; the wheel stays as small as it is.
    """
    from autograder.distributing import book
    from autograder.distributing.publish import publish as run_publish

    pages = None if no_book else site or book.built(course)
    published = run_publish(course, folder or course.root / "dist", prerequisites, pages)
    for path in published.paths:
        terminal.print_line(str(path))
    for note in published.notes:
        terminal.print_line(f"note: {note}")
    if pages is None and not no_book and book.is_missing(course):
        terminal.print_line("note: The book is not in it, since it is not built. First: make book")
    if pages is not None and (missing := book.missing_languages(course, pages)):
        terminal.print_line(
            f"note: The book is not in it in {', '.join(missing)}. For all languages: make book"
        )
    if pages is not None and book.is_old(course, pages):
        terminal.print_line(
            f"note: {pages} was built before its sources or the release changed. For the present "
            "book: make book"
        )
    return True


def _advance(bar: Any) -> Callable[[int, int], None]:
    return lambda finished, total: bar.update(bar.task_ids[0], completed=finished, total=total)
