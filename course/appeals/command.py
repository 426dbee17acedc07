"""The command `course` of coursekit, with the verb `ask`."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click
from coursekit import syllabus, verbs, workspace
from coursekit.cli import main
from coursekit.syllabus import CourseError

from appeals.request import pack

__all__ = ["main"]


@main.command()
@click.argument("assignment", metavar="ID")
@click.argument("question")
@click.argument("text")
@click.option("--student", default="", help="Your name in the course, put into the file's name.")
def ask(assignment: str, question: str, text: str, student: str) -> None:
    """Ask for a second look at the mark of a QUESTION: a zip in submissions/ with your TEXT.

    None of your work is in it. Upload it where you hand in; the answer stands in your next page of
    feedback, beside the question.
    """
    who = student or next((os.environ[n] for n in verbs.STUDENT if os.environ.get(n)), "")
    try:
        row = syllabus.load().assignment(assignment)
        path = pack(workspace.current(), row, question, text, datetime.now(UTC), who)
    except CourseError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        where = error.filename or "a file"
        raise click.ClickException(f"{where} could not be used: {error.strerror}.") from error
    click.echo(f"Packed: {path}")
    click.echo("Upload it where your course collects. Your earlier hand-in stays as it is.")
