"""The command `course`: check, export, submit, progress, doctor, update.

Exit code 0 only when all went well; 1 where something did not; 2 for a wrong command line.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from coursekit import doctor as ward
from coursekit import new_release, rehearse, syllabus, workspace
from coursekit import progress as map_of
from coursekit import update as renewal
from coursekit.export import Exported
from coursekit.export import export as write_module
from coursekit.submit import Submitted
from coursekit.submit import submit as hand_in
from coursekit.syllabus import Assignment, CourseError, nearest
from coursekit.workspace import Workspace

STUDENT = ("COURSE_STUDENT", "JUPYTERHUB_USER")  # environment variables that name the student


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
    codes = [rehearse.start(path, question, timeout) for path in _notebooks(target)]
    if any(codes):
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("target", required=False, metavar="[ID|NOTEBOOK]")
@click.option("--partial", is_flag=True, help="Export an unfinished notebook, stubs included.")
@_sentences
def export(target: str | None, partial: bool) -> None:
    """Write a BUILD notebook's cells into your own tinytorch/.

    Without ID or NOTEBOOK, the assignment of the current folder, or every one there is. Save the
    notebook first. A module that you edited by hand is kept beside the new one as .bak.
    """
    space = workspace.current()
    refused = []
    for path in _exporting(target, space):
        try:
            exported = write_module(path, space.packages, syllabus.load(), partial, _keeps(space))
            _tell_export(exported, space)
        except CourseError as error:
            refused.append(str(error))
    if refused:
        raise CourseError("\n".join(refused))


@main.command()
@click.argument("assignment", metavar="ID")
@click.option("--student", default="", help="Your name in the course, put into the file's name.")
@_sentences
def submit(assignment: str, student: str) -> None:
    """Pack an assignment for handing in: a zip in submissions/, and a receipt.

    What a grader would stumble over is said before you upload it.
    """
    space = workspace.current()
    row = syllabus.load().assignment(assignment)
    who = student or next((os.environ[name] for name in STUDENT if os.environ.get(name)), "")
    _tell_submission(hand_in(space, row, datetime.now(UTC), who), row)


@main.command()
@_sentences
def progress() -> None:
    """Where you stand in the five tracks: checked, exported, submitted."""
    table = syllabus.load()
    space = workspace.current()
    click.echo(map_of.text(table.course, map_of.rows(space, table), datetime.now(UTC)))


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


def _notebooks(target: str | None) -> list[Path]:
    """The notebooks that are meant: a file, an assignment's, or those of the current folder."""
    space = workspace.current()
    if target and target.endswith(".ipynb"):
        if not Path(target).is_file():
            raise CourseError(f"There is no notebook {target}.")
        return [Path(target)]
    ids = [row.id for row in syllabus.load().assignments]
    paths = space.notebooks(target or Path.cwd().name)
    if paths:
        return paths
    if target is None:
        raise CourseError(f"Which assignment? Name one: {', '.join(ids)}.")
    if target in ids:
        raise CourseError(f"{space.root} holds no notebook of {target}.")
    raise CourseError(f"There is no assignment '{target}'. {nearest(target, ids)}")


def _exporting(target: str | None, space: Workspace) -> list[Path]:
    """The notebooks to export: as `_notebooks`, and above them every one that exports."""
    if target or space.notebooks(Path.cwd().name):
        return _notebooks(target)
    ids = [row.id for row in syllabus.load().assignments if row.exports]
    paths = [path for name in ids for path in space.notebooks(name)]
    if not paths:
        raise CourseError(f"{space.root} holds no notebook that exports: {', '.join(ids)}.")
    return paths


def _keeps(space: Workspace) -> bool:
    """Whether hand edits are kept beside: in the repository git does that."""
    return space.packages == space.root


def _tell_export(exported: Exported, space: Workspace) -> None:
    for note in exported.notes:
        click.echo(note)
    names = ", ".join(exported.names)
    click.echo(f"Wrote {exported.path.relative_to(space.packages)}: {names}.")


def _tell_submission(submitted: Submitted, row: Assignment) -> None:
    for warning in submitted.warnings:
        click.echo(f"Note: {warning}")
    click.echo(f"{row.id} is packed: {submitted.archive}")
    click.echo(f"Files: {', '.join(submitted.files)}")
    click.echo(f"sha256 {submitted.sha256}")
    click.echo(f"Receipt: {submitted.receipt.name}. Upload the zip where your course collects.")
