"""The command `autograder`: one verb per arrow. Exit 0 only when all went well.

What only one verb needs and takes long to import is imported inside that verb.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from autograder import screen
from autograder.nouns import Assignment, Course, CourseError
from autograder.syllabus import open_course


def verb(function: Callable[..., bool]) -> Callable[..., None]:
    """A command that returns whether all went well; a CourseError becomes its sentence, exit 1."""

    @wraps(function)
    def command(*args: Any, course: Path, **options: Any) -> None:
        try:
            went_well = function(open_course(course), *args, **options)
        except CourseError as fault:
            click.echo(f"autograder: {fault}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("autograder: stopped; what was finished is kept. Run it again.", err=True)
            sys.exit(130)
        sys.exit(0 if went_well else 1)

    course = click.option(
        "--course",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default=".",
        help="The course root, where source/ is. Default: here.",
    )
    return main.command()(course(command))


one = click.argument("assignment", metavar="ID")
one_or_all = click.argument("assignment", metavar="ID", required=False)
everything = click.option("--all", "every", is_flag=True, help="Every assignment of the course.")


def chosen(course: Course, assignment: str | None, every: bool) -> Iterable[Assignment]:
    if every == bool(assignment):
        raise CourseError("name one assignment, or --all of them.")
    found = course.assignments if every else [course.assignment(assignment or "")]
    return [a for a in found if a.notebooks or not every]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mlsys-course")
def main() -> None:
    """Release assignments, collect and grade submissions, give feedback, export marks.

    Works in the root of any nbgrader course. In order: release, collect, grade, feedback, export.
    """


@verb
@one_or_all
@everything
@click.option("--audit/--no-audit", default=True, help="Demand that the tests were proved strong.")
def release(course: Course, assignment: str | None, every: bool, audit: bool) -> bool:
    """Strip source/ID into release/ID: no solution, hidden test or mark scheme is left."""
    from autograder.releasing.release import release as run_release

    assignments = list(chosen(course, assignment, every))
    if audit:
        from autograder.releasing.audit import audits

        with screen.progress("audit") as bar:
            for count, _ in enumerate(audits(course, assignments), 1):
                _advance(bar)(count, len(assignments))
    for each in assignments:
        released = run_release(course, each, audit)
        if released.warning:
            screen.say(f"warning: {released.warning}")
        state = "released" if released.changed else "unchanged"
        screen.say(f"{each.id}: {state}, {', '.join(released.files)}")
    return True


@verb
@one_or_all
@everything
def audit(course: Course, assignment: str | None, every: bool) -> bool:
    """Prove the tests: untouched scores 0, reference full, wrong answers lose, right ones keep."""
    from autograder.releasing.audit import audit as run_audit

    results = []
    for each in chosen(course, assignment, every):
        with screen.progress(f"audit {each.id}") as bar:
            results.append(run_audit(course, each, _advance(bar)))
        screen.audit_table(results[-1])
    return all(result.holds for result in results)


@verb
@one
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to. Default: dist/.")
def otter(course: Course, assignment: str, folder: Path | None) -> bool:
    """Make student.zip and autograder.zip (Otter, Gradescope) from the same source notebook."""
    from autograder.distributing.otter_door import bundle, by_hand

    target = folder or course.root / "dist" / "otter" / assignment
    for path in bundle(course, course.assignment(assignment), target):
        screen.say(str(path))
    for note in by_hand(course, course.assignment(assignment)):
        screen.say(f"note: {note}")
    return True


@verb
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--prerequisites", multiple=True, metavar="ID", help="Closed chapters to hand out.")
def publish(course: Course, folder: Path | None, prerequisites: tuple[str, ...]) -> bool:
    """Make what students get: a folder, a zip and a wheel, without any secret of the course."""
    from autograder.distributing.publish import publish as run_publish

    published = run_publish(course, folder or course.root / "dist", prerequisites)
    for path in published.paths:
        screen.say(str(path))
    for note in published.notes:
        screen.say(f"note: {note}")
    return True


@verb
@one
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def collect(course: Course, assignment: str, path: Path) -> bool:
    """Take submissions from a folder, an LMS download or nbgrader's submitted/ (PATH)."""
    from autograder.collecting.collect import collect as run_collect

    found = run_collect(course, course.assignment(assignment), path, datetime.now(UTC))
    for note in found.notes:
        screen.say(f"note: {note.says}")
    for bad in found.aside:
        screen.say(f"set aside: {bad.says}")
    screen.say(f"{len(found.submissions)} collected, {len(found.aside)} files set aside")
    return not found.aside


@verb
@one
@click.option("--cell-limit", default=30.0, show_default=True, help="Seconds a cell may run.")
@click.option("--slots", type=click.IntRange(1), help="Submissions at a time. Default: the cores.")
@click.option(
    "--executor",
    type=click.Choice(["warm", "kernel"]),
    default="warm",
    show_default=True,
    help="Cells run in a warm Python, or in a real ipykernel (slower).",
)
@click.option("--isolation", metavar="LEVEL", help="Demand a level of isolation, or stop.")
@click.option("--trust-submissions", is_flag=True, help="Run without any wall: your own files.")
@click.option(
    "--engine",
    type=click.Choice(["here", "dask"]),
    default="here",
    show_default=True,
    help="Submissions run on this machine, or on the workers of a dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a dask cluster. Default: start one here.")
@click.option("--json", "as_json", is_flag=True, help="Print every event as a line of JSON.")
@click.option("--accept-faults", is_flag=True, help="Exit 0 even where a submission had a fault.")
def grade(course: Course, assignment: str, as_json: bool, accept_faults: bool, **how: Any) -> bool:
    """Grade what is new or changed behind walls, record it in nbgrader's gradebook."""
    from autograder.grading.ledger import grades
    from autograder.grading.stage import grade_class, level_of, settings
    from autograder.grading.submissions import refused, submitted_folders
    from autograder.watching import finished, watching

    each = course.assignment(assignment)
    if not submitted_folders(course, each):
        raise CourseError(
            f"nothing to grade: {course.submitted} has no submission of {each.id}. "
            f"Collect some first: autograder collect {each.id} PATH"
        )
    chosen_settings = settings(**how)
    level = level_of(chosen_settings)
    if not as_json:
        screen.say(f"isolation: {level.name}. {level.says}")
        if chosen_settings.engine == "dask":
            screen.say("That is here; each worker finds its own, which is recorded with the grade.")
    odd = refused(course, each)
    for sentence in odd:
        click.echo(f"set aside: {sentence}", err=as_json)
    with watching(as_json) as watch:
        outcomes = grade_class(course, each, chosen_settings, watch)
    results = grades(course, each)
    if as_json:
        levels = sorted({result.isolation for result in results if result.isolation})
        finished(", ".join(levels) or level.name, outcomes, results)
    else:
        screen.grades_table(each, results, outcomes)
    went_well = not odd and all(result.status != "not graded" for result in results)
    return accept_faults or went_well


@verb
@one
def feedback(course: Course, assignment: str) -> bool:
    """Write a page per student: each lost mark with its message, comments, no hidden test."""
    from autograder.grading.ledger import grades
    from autograder.reporting.feedback import write as write_feedback

    each = course.assignment(assignment)
    pages = write_feedback(course, each, grades(course, each))
    screen.say(f"{len(pages)} pages in {course.feedback}")
    return True


@verb
@one
@click.option("--to", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file. Default: print.")
def export(course: Course, assignment: str, kind: str, output: Path | None) -> bool:
    """Marks for the LMS, as CSV or JSON."""
    from autograder.grading.ledger import grades
    from autograder.reporting.marks_file import to_csv, to_json

    results = grades(course, course.assignment(assignment))
    text = to_csv(results) if kind == "csv" else to_json(results)
    if output:
        output.write_text(text, encoding="utf-8", newline="")
    else:
        click.echo(text, nl=False)
    return True


@verb
def status(course: Course) -> bool:
    """The course at a glance: released, collected, graded, to review, set aside."""
    from autograder.reporting.status import status as course_status

    screen.status_table(course_status(course))
    return True


def _advance(bar: Any) -> Callable[[int, int], None]:
    return lambda done, of: bar.update(bar.task_ids[0], completed=done, total=of)


if __name__ == "__main__":
    main()
