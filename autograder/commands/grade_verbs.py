"""Verbs for marks: grade, feedback, export, fill, status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.commands import mark_tables, roster_tables, terminal
from autograder.commands.verb import one_assignment, verb
from autograder.model import Assignment, Course, CourseError, Grade

if TYPE_CHECKING:
    from autograder.grading.record import Outcome
    from autograder.grading.run_settings import Settings
    from autograder.sandbox.levels import Level

EXECUTION = (
    click.option(
        "--cell-limit", type=float, help="Seconds a cell may run. Default: the course's, 30."
    ),
    click.option(
        "--memory-mb", type=click.IntRange(64), help="Memory of a submission. Default: 2048."
    ),
    click.option(
        "--disk-mb", type=click.IntRange(1), help="Files that one may write. Default: 64."
    ),
    click.option(
        "--slots", type=click.IntRange(1), help="Submissions at a time. Default: the cores."
    ),
    click.option(
        "--executor",
        type=click.Choice(["warm", "kernel"]),
        default="warm",
        show_default=True,
        help="Cells run in a warm Python, or in the notebook's kernel (slower; so do tests).",
    ),
    click.option("--isolation", metavar="LEVEL", help="Demand a level of isolation, or stop."),
    click.option("--trust-submissions", is_flag=True, help="Run without any wall: your own files."),
    click.option(
        "--engine",
        type=click.Choice(["here", "dask"]),
        default="here",
        show_default=True,
        help="Submissions run on this machine, or on the workers of a dask cluster.",
    ),
    click.option(
        "--scheduler", metavar="ADDRESS", help="Of a dask cluster. Default: start one here."
    ),
)


def execution_options(command: Any) -> Any:
    """The options that say how submissions are run, for a command whose `how` they become."""
    for option in reversed(EXECUTION):
        command = option(command)
    return command


@verb
@one_assignment
@execution_options
@click.option("--json", "as_json", is_flag=True, help="Print every event as a line of JSON.")
@click.option("--accept-faults", is_flag=True, help="Exit 0 even where a submission had a fault.")
def grade(course: Course, assignment: str, as_json: bool, accept_faults: bool, **how: Any) -> bool:
    """Grade what is new or changed behind walls, record it in nbgrader's gradebook.

    After a test was mended, `autograder regrade ID` shows first what would change.
    """
    from autograder.collecting.submitted import markup_names
    from autograder.commands.progress import show_progress
    from autograder.grading.grade_class import grade_class
    from autograder.grading.read_grades import class_grades
    from autograder.grading.run_settings import choose_level, settings

    chosen_assignment = course.assignment(assignment)
    _check_handed_in(course, chosen_assignment)
    chosen_settings = settings(course, **how)
    level = choose_level(chosen_settings)
    if not as_json:
        _print_conditions(course, chosen_assignment, chosen_settings, level)
    odd = markup_names(course, chosen_assignment)
    for sentence in odd:
        click.echo(f"set aside: {sentence}", err=as_json)
    with show_progress(as_json) as watch:
        outcomes = grade_class(course, chosen_assignment, chosen_settings, watch)
    results = class_grades(course, chosen_assignment)
    if as_json:
        _print_json(level, outcomes, results)
    else:
        _print_grades(course, chosen_assignment, chosen_settings.executor, outcomes, results)
    went_well = not odd and all(result.status != "not graded" for result in results)
    return accept_faults or went_well


def _check_handed_in(course: Course, assignment: Assignment) -> None:
    from autograder.collecting.submitted import submitted_folders

    if not submitted_folders(course, assignment):
        raise CourseError(
            f"nothing to grade: {course.submitted} has no submission of {assignment.id}. "
            f"Collect some first: autograder collect {assignment.id} PATH"
        )


def _print_conditions(
    course: Course, assignment: Assignment, settings: Settings, level: Level
) -> None:
    """Behind which walls the class is graded, and what of the course is not read as it stands."""
    from autograder.settings.grading_options import unread_settings
    from autograder.settings.source_notebook import old_formats

    terminal.print_line(f"isolation: {level.name}. {level.message}")
    if settings.engine == "dask":
        terminal.print_line(
            "That is here; each worker finds its own, which is recorded with the grade."
        )
    for sentence in (*old_formats(course, assignment), *unread_settings(course)):
        terminal.print_line(f"note: {sentence}")


def _print_json(level: Level, outcomes: list[Outcome], results: list[Grade]) -> None:
    from autograder.commands.progress import print_results

    levels = sorted({result.isolation for result in results if result.isolation})
    print_results(", ".join(levels) or level.name, outcomes, results)


def _print_grades(
    course: Course,
    assignment: Assignment,
    executor: str,
    outcomes: list[Outcome],
    results: list[Grade],
) -> None:
    from autograder.grading.context import executor_of

    in_kernel = executor_of(course, assignment, executor) == "kernel"
    mark_tables.grades_table(assignment, results, outcomes, in_kernel)
    mark_tables.changed_marks(assignment.id, outcomes)


@verb
@one_assignment
def feedback(course: Course, assignment: str) -> bool:
    """Write a page per student: each lost mark with its message, comments, no hidden test."""
    from autograder.reporting.feedback import write as write_feedback

    chosen_assignment = course.assignment(assignment)
    results = _current_grades(course, chosen_assignment)
    pages = write_feedback(course, chosen_assignment, results)
    terminal.print_line(f"{len(pages)} pages in {course.feedback}")
    return True


@verb
@one_assignment
@click.option("--to", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file. Default: print.")
def export(course: Course, assignment: str, kind: str, output: Path | None) -> bool:
    """Marks for the LMS, as CSV or JSON."""
    from autograder.reporting.marks_file import to_csv, to_json

    results = _current_grades(course, course.assignment(assignment))
    text = to_csv(results) if kind == "csv" else to_json(results)
    if output:
        output.write_text(text, encoding="utf-8", newline="")
    else:
        click.echo(text, nl=False)
    return True


@verb
@one_assignment
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="A new file. Default: dry run.")
@click.option("--column", default="", help="Title or number of the column for these marks.")
@click.option("--key", default="", help="Title of the column of student ids (another platform).")
@click.option("--scale", is_flag=True, help="Convert the points to the column's maximum.")
@click.option("--cap", is_flag=True, help="No mark above the column's maximum.")
@click.option("--unreviewed", is_flag=True, help="Also marks that a person has to look at.")
@click.option("--absent-as-zero", is_flag=True, help="0 for whoever handed nothing in.")
def fill(course: Course, assignment: str, table: Path, output: Path | None, **how: Any) -> bool:
    """Marks into TABLE, the csv that Canvas, Moodle or Blackboard exported; all else stays.

    Without --output it shows what would change and writes nothing.
    """
    from autograder.files import write_file
    from autograder.reporting.fill_marks import fill as fill_table
    from autograder.reporting.row_marks import Rules
    from autograder.roster.people import everybody

    chosen_assignment = course.assignment(assignment)
    if output is not None and output.exists():
        raise CourseError(f"{output} exists. Name a new file, so that nothing is lost.")
    results = _current_grades(course, chosen_assignment)
    filled = fill_table(
        table.read_bytes(), chosen_assignment, results, Rules(**how), everybody(course)
    )
    if output is not None:
        write_file(output, filled.data)
    mark_tables.filled_table(filled, is_written=output is not None)
    return not filled.not_written and not filled.without_row


@verb
@click.argument("assignment", metavar="[ID]", required=False)
def status(course: Course, assignment: str | None) -> bool:
    """The course at a glance, or one assignment: a row for each person of the class."""
    from autograder.collecting.submitted import stamp_faults
    from autograder.reporting.status import class_status
    from autograder.reporting.status import status as course_status

    if assignment:
        chosen_assignment = course.assignment(assignment)
        roster_tables.class_status_table(class_status(course, chosen_assignment))
        for sentence in stamp_faults(course, chosen_assignment):
            terminal.print_line(f"note: {sentence}")
    else:
        roster_tables.status_table(course_status(course))
    return True


def _current_grades(course: Course, assignment: Assignment) -> list[Grade]:
    """The grades of the whole class; the gradebook is brought up to date first, where a policy,
    extensions or groups ask for it."""
    from autograder.grading.read_grades import class_grades
    from autograder.roster import extensions, groups
    from autograder.settings.late_policy import late_policy

    files = [course.root / name for name in (groups.FILE, extensions.FILE)]
    if late_policy(course, assignment) or any(file.is_file() for file in files):
        from autograder.grading.settle import settle

        for sentence in settle(course, assignment):
            click.echo(f"note: {sentence}", err=True)
    return class_grades(course, assignment)
