"""What every verb of the command shares: the course it works in, its sentences, its exit code."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from autograder.model import Assignment, Course, CourseError
from autograder.settings.open_course import open_course

REFUSALS = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EIO}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mlsys-course")
def main() -> None:
    """Release assignments, collect and grade submissions, give feedback, export marks.

    Works in the root of any nbgrader course. In order: release, collect, grade, feedback, export.
    """


def verb(function: Callable[..., bool]) -> Callable[..., None]:
    """A command that returns whether all went well; a CourseError becomes its sentence, exit 1, and
    so does what the disk refuses."""

    @wraps(function)
    def command(*args: Any, course: Path, **options: Any) -> None:
        try:
            went_well = function(open_course(course), *args, **options)
        except CourseError as fault:
            click.echo(f"autograder: {fault}", err=True)
            sys.exit(1)
        except OSError as fault:
            if fault.errno not in REFUSALS and not isinstance(fault.filename, str | Path):
                raise  # no file of a person: a closed pipe, a server that is gone
            click.echo(f"autograder: {_disk_sentence(course, fault)}", err=True)
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


def _disk_sentence(course: Path, fault: OSError) -> str:
    """What the disk refused, and what to do. course: the folder to name where none is known."""
    path = fault.filename if isinstance(fault.filename, str | Path) else course
    reason = fault.strerror or fault
    if fault.errno in REFUSALS:
        return (
            f"{path} cannot be written or read ({reason}). What was finished before is kept. Make "
            f"room on the disk, or give yourself the right to write there, then run this again."
        )
    return f"{path} cannot be used ({reason}). Look at what is there, then run this again."


one_assignment = click.argument("assignment", metavar="ID")
one_or_all_assignments = click.argument("assignment", metavar="ID", required=False)
everything = click.option(
    "--all", "whole_course", is_flag=True, help="Every assignment of the course."
)


def chosen(course: Course, assignment: str | None, whole_course: bool) -> Iterable[Assignment]:
    if whole_course == bool(assignment):
        raise CourseError("name one assignment, or --all of them.")
    assignments = course.assignments if whole_course else [course.assignment(assignment or "")]
    return [a for a in assignments if a.notebooks or not whole_course]
