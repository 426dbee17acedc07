"""Verbs that look at a class: report, similarity."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.commands import terminal
from autograder.commands.similarity_table import similarity_table
from autograder.commands.verb import one_assignment, one_or_all_assignments, verb
from autograder.model import Course, CourseError

FOLDER = "reports"  # of the course root: pages for staff


@verb
@one_or_all_assignments
@click.option("--output", type=click.Path(path_type=Path), help="The page. Default: in reports/.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="All numbers as a table.")
def report(course: Course, assignment: str | None, output: Path | None, table: Path | None) -> bool:
    """How a class did: scores, questions, frequent wrong answers, time, who has gone quiet.

    For one assignment, or for the whole course with a page for each assignment beside it.
    """
    from autograder.reports.pages import assignment_page, course_page
    from autograder.reports.quiet import Quiet
    from autograder.reports.report import AssignmentReport, assignment_report, course_report
    from autograder.reports.report_file import report_csv
    from autograder.roster.people import people

    now = datetime.now(UTC)
    members = [person.id for person in people(course)]
    reports: tuple[AssignmentReport, ...]
    quiet: tuple[Quiet, ...] = ()
    if assignment:
        one = assignment_report(course, course.assignment(assignment), now, members)
        if not one.grades:
            raise CourseError(
                f"nobody handed in '{assignment}' yet, so there is nothing to report. Collect and "
                f"grade first: autograder grade {assignment}"
            )
        _write(output or course.root / FOLDER / f"{assignment}.html", assignment_page(course, one))
        reports = (one,)
    else:
        full_report = course_report(course, now, members)
        page = output or course.root / FOLDER / "course.html"
        _write(page, course_page(course, full_report, lambda r: f"{r.assignment.id}.html"))
        for part in full_report.assignments:
            _write(page.parent / f"{part.assignment.id}.html", assignment_page(course, part))
        reports, quiet = full_report.assignments, full_report.quiet
    if table:
        _write(table, report_csv(reports, quiet))
    return True


@verb
@one_assignment
@click.option("--question", default="", help="One question, by its cell or the cell of its test.")
@click.option("--output", type=click.Path(path_type=Path), help="The page. Default: in reports/.")
def similarity(course: Course, assignment: str, question: str, output: Path | None) -> bool:
    """Pairs of answers that are alike beyond chance: evidence to look at, not a verdict.

    Writes a page for staff, and a table with the same name that ends in .csv.
    """
    from autograder.roster.groups import group_finder
    from autograder.similarity.compare import similarity as compare
    from autograder.similarity.page import page
    from autograder.similarity.pairs_file import pairs_csv

    chosen_assignment = course.assignment(assignment)
    group_of = group_finder(course, chosen_assignment)
    result = compare(course, chosen_assignment, question, lambda student: group_of(student)[0])
    if not any(c.ranking.answers or c.blank for c in result.comparisons):
        raise CourseError(
            f"nothing to compare: {course.submitted} has no submission of '{assignment}' that can "
            f"be read. Collect some first: autograder collect {assignment} PATH"
        )
    for sentence in result.unread:
        terminal.print_line(f"not read: {sentence}")
    similarity_table(result)
    place = output or course.root / FOLDER / f"{assignment}-similarity.html"
    _write(place, page(course, result))
    _write(place.with_suffix(".csv"), pairs_csv(result))
    return True


def _write(path: Path, text: str) -> None:
    from autograder.files import write_file

    try:
        write_file(path, text.encode("utf-8", "replace"))
    except OSError as fault:
        raise CourseError(
            f"{path} cannot be written ({fault.strerror or fault}). Name another place, or give "
            f"yourself the right to write there."
        ) from fault
    terminal.print_line(f"wrote {path}")
