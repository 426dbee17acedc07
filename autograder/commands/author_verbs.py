"""Verbs for authors: init, new, calendar, syllabus."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.commands import terminal
from autograder.commands.verb import main, verb
from autograder.model import Course, CourseError


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="", help="What the course is called. Default: the folder's name.")
def init(folder: Path, title: str) -> None:
    """Begin a course in DIR: one assignment with its proofs, which passes audit and release."""
    from autograder.authoring.new_course import new_course

    try:
        course = new_course(folder, title)
    except CourseError as fault:
        click.echo(f"autograder: {fault}", err=True)
        sys.exit(1)
    except OSError as fault:
        click.echo(f"autograder: {folder} cannot be written ({fault.strerror}).", err=True)
        sys.exit(1)
    first = course.assignments[0].id
    terminal.print_line(f"{folder}: a course with the assignment {first}; its README.md says more")
    terminal.print_line(f"now: cd {folder} && autograder audit {first}")


@verb
@click.argument("assignment", metavar="ID")
@click.option("--title", default="", help="What students read above it. Default: the ID.")
@click.option("--track", default="", help="A track of the syllabus. Default: the first in use.")
@click.option("--due", default="", metavar="WHEN", help="As 2027-02-03 18:00, or a day.")
def new(course: Course, assignment: str, title: str, track: str, due: str) -> bool:
    """Begin an assignment: a function, a plot and a written question, with tests and proofs."""
    from autograder.authoring.new_assignment import new_assignment
    from autograder.roster.deadlines import parse_deadline

    moment = parse_deadline(due, course.time_zone) if due else None
    new_files = new_assignment(course, assignment, title or assignment, track, moment)
    for path in (new_files.notebook, new_files.proofs, new_files.syllabus):
        if path:
            terminal.print_line(str(path.relative_to(course.root)))
    if new_files.syllabus is None:
        terminal.print_line("note: the course has no course/syllabus.toml, so no row was added")
    terminal.print_line(f"now: autograder audit {assignment}")
    return True


@verb
@click.option("--output", type=click.Path(path_type=Path), help="A file. Default: print.")
def calendar(course: Course, output: Path | None) -> bool:
    """The due dates of the syllabus as a calendar (ICS), to import or to subscribe to."""
    from autograder.authoring.calendar import calendar as write_calendar
    from autograder.authoring.calendar import undated
    from autograder.files import write_file

    text = write_calendar(course)
    if output is None:
        click.echo(text.encode(), nl=False)
        return True
    write_file(output.absolute(), text.encode())
    terminal.print_line(f"{text.count('BEGIN:VEVENT')} due dates in {output}")
    if missing := undated(course):
        terminal.print_line(f"note: without a due date, and not in it: {', '.join(missing)}")
    return True


@verb
@click.option(
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder. Default: dist/syllabus.",
)
def syllabus(course: Course, folder: Path | None) -> bool:
    """The syllabus as a page: assignments by track, due times, points, what each needs."""
    from autograder.authoring.syllabus_page import page
    from autograder.files import write_file

    path = (folder or course.root / "dist" / "syllabus").absolute() / "index.html"
    write_file(path, page(course).encode())
    terminal.print_line(str(path))
    return True
