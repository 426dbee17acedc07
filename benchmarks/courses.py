"""Any nbgrader courses through both tools: which marks differ, and what each stage takes.

Every FOLDER has an nbgrader_config.py and source/ID/*.ipynb; what stands in submitted/ is graded,
and so are two made-up students (see two_tools.py). The original folder is never written to.
The exit code is 1 where the reference solution earns less than with nbgrader, or a stage of ours
fails where nbgrader's does not, and 2 where FOLDER is no course.

Run: python benchmarks/courses.py FOLDER... [--assignment ID] [--limit 1200] [--json FILE]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from course_report import Comparison, as_json, report, summary
from mark_pairs import MarkPair, mark_pairs
from two_tools import REFERENCE, UNTOUCHED, Stage, make_copies, stages

from autograder.model import Assignment, Course, CourseError
from autograder.settings.open_course import open_course

LIMIT_S = 1200.0


class InputError(click.ClickException):
    """A sentence about a FOLDER that cannot be taken through the tools."""

    exit_code = 2


def compare(
    folder: Path, ids: Sequence[str], limit_s: float, grade_words: Sequence[str]
) -> Comparison:
    """Take the chosen assignments of a course through both tools, all where none is chosen."""
    names = [assignment.id for assignment in assignments(open_course(folder), ids)]
    with tempfile.TemporaryDirectory(prefix="courses-", ignore_cleanup_errors=True) as place:
        copies = make_copies(folder.resolve(), Path(place), limit_s, grade_words)
        stage_rows: list[Stage] = []
        pairs: list[MarkPair] = []
        for assignment in map(copies.stock.assignment, names):
            stage_rows += _print_each(stages(copies, assignment))
            pairs += mark_pairs(copies.stock, copies.ours, assignment)
        hand_ins = [
            (name, path.parent.name)
            for name in names
            for path in sorted(copies.stock.submitted.glob(f"*/{name}"))
        ]
    return Comparison(folder.resolve().name, tuple(hand_ins), tuple(pairs), tuple(stage_rows))


def _print_each(rows: Iterator[Stage]) -> Iterator[Stage]:
    for stage in rows:
        click.echo(f"{stage.command}: {stage.wall_s:.2f} s, CPU {stage.cpu_s:.2f} s", err=True)
        yield stage


def assignments(course: Course, ids: Sequence[str]) -> list[Assignment]:
    """Those of the chosen ids that the course has notebooks for; all of them without a choice."""
    return [a for a in course.assignments if a.notebooks and (not ids or a.id in ids)]


def check(folder: Path, ids: Sequence[str]) -> None:
    """Raises InputError with a sentence where a folder is not what the tools can work in."""
    if not (folder / "nbgrader_config.py").is_file():
        raise InputError(f"{folder} is no nbgrader course: it has no nbgrader_config.py.")
    try:
        course = open_course(folder)
    except CourseError as fault:
        raise InputError(str(fault)) from fault
    if not assignments(course, ids):
        request = " ".join(ids) or "with a notebook"
        raise InputError(f"{folder} has no assignment {request} in {course.source.name}/.")
    for student in (REFERENCE, UNTOUCHED):
        if (course.submitted / student).exists():
            raise InputError(
                f"{course.submitted / student} exists, but courses.py makes up a student of that "
                f"name. Rename the folder in a copy of the course."
            )


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", "ids", multiple=True, metavar="ID", help="Default: all.")
@click.option("--limit", "limit_s", default=LIMIT_S, show_default=True, help="Seconds a stage.")
@click.option("--grade-with", default="", help="Words for `autograder grade`: '--slots 1'.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the results here.")
def main(
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    limit_s: float,
    grade_with: str,
    file: Path | None,
) -> None:
    """Take each course in FOLDERS through nbgrader and autograder; print what differs."""
    for folder in folders:
        check(folder, ids)
    courses = []
    for folder in folders:
        courses.append(compare(folder, ids, limit_s, grade_with.split()))
        click.echo(report(courses[-1]) + "\n")
    click.echo("\n".join(map(summary, courses)))
    if file:
        file.write_text(as_json(courses), encoding="utf-8")
    if not all(course.holds for course in courses):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
