"""The command `course`: check, export, submit, progress, doctor, update.

Exit code 0 only when all went well; 1 where something did not; 2 for a wrong command line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from coursekit import doctor as ward
from coursekit import new_release, rehearse, verbs, workspace
from coursekit import update as renewal
from coursekit.syllabus import CourseError
from coursekit.verbs import Answer


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mlsys-course", message="%(version)s")
def main() -> None:
    """Your side of the course: check your answers, export your framework, hand in.

    Run it in the folder that the course's zip unpacked to, or below.
    """


def _sentences(command: Callable[..., None]) -> Callable[..., None]:
    """A CourseError or an OSError ends the command with its sentence and exit code 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except CourseError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            where = error.filename or "a file"
            raise click.ClickException(f"{where} could not be used: {error.strerror}.") from error

    return wrapped


@main.command()
@click.argument("target", required=False, metavar="[ID|NOTEBOOK]")
@click.argument("question", required=False)
@click.option("--timeout", default=600.0, show_default=True, help="Seconds a notebook may run.")
@_sentences
def check(target: str | None, question: str | None, timeout: float) -> None:
    """Run a notebook from top to bottom and check its answers.

    ID is an assignment such as 01_tensor, NOTEBOOK a file; without either, the assignment of the
    current folder. With QUESTION only that one is checked. Exits 0 only when every cell ran and
    every visible test passed.
    """
    codes = [rehearse.start(path, question, timeout) for path in verbs.notebooks(target)]
    if any(codes):
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("target", required=False, metavar="[ID|NOTEBOOK]")
@click.option("--partial", is_flag=True, help="Export an unfinished notebook, stubs included.")
def export(target: str | None, partial: bool) -> None:
    """Write a BUILD notebook's cells into your own tinytorch/.

    Without ID or NOTEBOOK, the assignment of the current folder, or every one there is. Save the
    notebook first. A module that you edited by hand is kept beside the new one as .bak.
    """
    _print(verbs.export(target, partial))


@main.command()
@click.argument("assignment", metavar="ID")
@click.option("--student", default="", help="Your name in the course, put into the file's name.")
def submit(assignment: str, student: str) -> None:
    """Pack an assignment for handing in: a zip in submissions/, and a receipt.

    What a grader would stumble over is said before you upload it.
    """
    _print(verbs.submit(assignment, student))


@main.command()
def progress() -> None:
    """Where you stand in the five tracks: checked, exported, submitted, and what is next."""
    _print(verbs.progress())


@main.command()
@_sentences
def doctor() -> None:
    """Look whether everything is in place, and say how to fix what is not."""
    signs = list(ward.examine(workspace.current()))
    for sign in signs:
        click.echo(f"{sign.level:<5} {sign.message}")
    bad = sum(sign.level == "fix" for sign in signs)
    click.echo(f"{bad} to fix." if bad else "Nothing to fix.")
    if bad:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("assignment", required=False, default="", metavar="[ID]")
@click.option(
    "--from",
    "place",
    required=True,
    metavar="ZIP|FOLDER",
    type=click.Path(path_type=Path),
    help="The course's new zip, or the folder that it unpacks to.",
)
@_sentences
def update(assignment: str, place: Path) -> None:
    """Bring a new release of the course into your folder; your answers stay.

    Save and close your notebooks first. With ID only that assignment is brought up to date. The
    notebooks as they were are kept in backups/. Cells marked with ! need a look.
    """
    space = workspace.current()
    updates = renewal.update(space, new_release.read(place), datetime.now(UTC), assignment)
    for line in renewal.report(space, updates):
        click.echo(line)
    if not all(item.complete for item in updates):
        raise click.exceptions.Exit(1)


def _print(answer: Answer) -> None:
    """Prints what a verb says; where it was refused, that ends the command with exit code 1."""
    if not answer.ok:
        raise click.ClickException(answer.text)
    click.echo(answer.text)
