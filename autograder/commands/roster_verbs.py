"""Verbs for the class and its deadlines: roster, extend, late."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from autograder.commands import mark_tables, roster_tables, terminal
from autograder.commands.verb import one_assignment, verb
from autograder.model import Course, CourseError


@verb
@click.argument("action", metavar="[import]", required=False)
@click.argument(
    "file",
    metavar="[FILE]",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--partial", is_flag=True, help="FILE lists a part of the class: nobody has gone.")
@click.option("--replace", "insist", is_flag=True, help="FILE lists another class than so far.")
def roster(
    course: Course,
    action: str | None,
    file: Path | None,
    dry_run: bool,
    partial: bool,
    insist: bool,
) -> bool:
    """Who is in the class, and whose hand-ins are missing; `roster import FILE` reads the class.

    FILE is a csv that Canvas, Moodle or Blackboard exported. It becomes roster.csv, and formgrader
    shows the names.
    """
    if action == "import" and file:
        return _import(course, file, dry_run, partial, insist)
    if action or dry_run or partial or insist:
        raise CourseError("write: autograder roster import FILE, where FILE is the exported csv.")
    return _list(course)


def _import(course: Course, file: Path, dry_run: bool, partial: bool, insist: bool) -> bool:
    from autograder.roster.import_roster import import_roster

    result = import_roster(course, file.read_bytes(), date.today(), partial, dry_run, insist)
    roster_tables.import_table(result)
    kinds = [change.kind for change in result.changes]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("new", "changed", "gone", "back"))
    state = "would be written" if dry_run else "written"
    terminal.print_line(f"{result.platform}: {counts}; roster.csv {state}")
    if result.doubt and not insist:
        raise CourseError(result.doubt)
    return True


def _list(course: Course) -> bool:
    from autograder.roster.attendance import attendance, stranger_sentence
    from autograder.roster.people import everybody

    listed = everybody(course)
    if not listed:
        raise CourseError(
            "there is no roster.csv, so nobody knows who is in the class. Write it from the csv of "
            "your learning platform: autograder roster import FILE"
        )
    released = [a for a in course.assignments if a.notebooks]
    presence = {assignment.id: attendance(course, assignment) for assignment in released}
    began = {name: p for name, p in presence.items() if p.present}
    missing = {
        person.id: [name for name, p in began.items() if person in p.absent] for person in listed
    }
    roster_tables.people_table(listed, missing)
    for student in sorted({s for p in presence.values() for s in p.strangers}):
        terminal.print_line(f"note: {stranger_sentence(course, student)}")
    return True


@verb
@one_assignment
@click.option("--student", default="", help="The id of one student.")
@click.option("--section", default="", help="The name of a section of roster.csv.")
@click.option("--until", required=True, metavar="TIME", help="As 2027-02-03 18:00, or a day.")
@click.option("--reason", default="", help="For the file alone; no student sees it.")
def extend(
    course: Course, assignment: str, student: str, section: str, until: str, reason: str
) -> bool:
    """Give a student or a section more time: a row of extensions.csv."""
    from autograder.roster.deadlines import written_time
    from autograder.roster.extensions import add_extension

    chosen = course.assignment(assignment)
    added = add_extension(course, chosen, student, section, until, reason)
    whom = added.student or f"section '{added.section}'"
    time = written_time(added.until, course.time_zone)
    terminal.print_line(
        f"{assignment}: {whom} until {time}. To count with it: autograder late {assignment}"
    )
    return True


@verb
@one_assignment
def late(course: Course, assignment: str) -> bool:
    """Bring late penalties up to date without grading, and show them."""
    from autograder.grading.read_grades import class_grades
    from autograder.grading.settle import settle_lateness, unknown_times
    from autograder.reporting.late_rows import due_line, late_rows
    from autograder.settings.late_policy import has_plugin, late_policy

    chosen = course.assignment(assignment)
    policy = late_policy(course, chosen)
    notes, works = settle_lateness(course, chosen, full=True)
    for sentence in (*notes, *unknown_times(course, chosen, works)):
        terminal.print_line(f"note: {sentence}")
    if policy:
        terminal.print_line(f"policy: {policy}")
    elif has_plugin(course):
        terminal.print_line("policy: nbgrader's own plugin, as nbgrader_config.py configures it")
    else:
        terminal.print_line(
            "lateness costs nothing: there is no [late] in course/syllabus.toml and no "
            "c.Autograder.late in nbgrader_config.py"
        )
    if due := due_line(chosen, works, course.time_zone):
        terminal.print_line(due)
    mark_tables.late_table(late_rows(course, chosen, class_grades(course, chosen), works))
    return True
