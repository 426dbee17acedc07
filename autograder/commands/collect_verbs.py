"""Verbs for what students hand in: collect, hand-ins, receipt, verify, migrate-store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from autograder.commands import terminal
from autograder.commands.verb import one_assignment, verb
from autograder.model import Course, CourseError


@verb
@one_assignment
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def collect(course: Course, assignment: str, path: Path) -> bool:
    """Take submissions from a folder, an LMS download or nbgrader's submitted/ (PATH)."""
    from autograder.collecting.collect import collect as run_collect
    from autograder.roster.attendance import attendance, stranger_sentence
    from autograder.roster.hand_in_times import undated_sentence, undated_students
    from autograder.roster.matching import roster_ids
    from autograder.settings.late_policy import late_policy

    chosen_assignment, now = course.assignment(assignment), datetime.now(UTC)
    collected = run_collect(course, chosen_assignment, path, now, class_ids=roster_ids(course))
    for student in attendance(course, chosen_assignment).strangers:
        terminal.print_line(f"note: {stranger_sentence(course, student)}")
    for note in collected.notes:
        terminal.print_line(f"note: {note.message}")
    undated = undated_students(course, chosen_assignment)
    if undated and late_policy(course, chosen_assignment):
        terminal.print_line(f"note: {undated_sentence(course, undated)}")
    for bad in collected.rejected:
        terminal.print_line(f"set aside: {bad.message}")
    for hand_in in collected.hand_ins:
        terminal.print_line(f"collected {hand_in}")
    for request in collected.requests:
        terminal.print_line(f"{request.student} asks about '{request.question}'")
    if collected.requests:
        terminal.print_line(f"to read and answer them: autograder requests {assignment}")
    terminal.print_line(
        f"{len(collected.submissions)} collected, {len(collected.rejected)} files set aside"
    )
    return not collected.rejected


@verb
@one_assignment
@click.argument("student", required=False)
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Write their files here.")
def hand_ins(course: Course, assignment: str, student: str | None, folder: Path | None) -> bool:
    """List every hand-in that was ever collected, of one STUDENT or of all; write them out."""
    from autograder.collecting.store import Store, take_out
    from autograder.roster.groups import group_of

    store = Store(course, course.assignment(assignment).id)
    collected = store.of(student) if student else store.all()
    for hand_in in collected:
        terminal.print_line(str(hand_in))
        if folder:
            take_out(course, hand_in, folder / hand_in.student / str(hand_in.number))
    if not collected:
        group = group_of(course, course.assignment(assignment), student) if student else ()
        group_note = f" Members of the same group: {', '.join(group)}." if len(group) > 1 else ""
        person = student or "anybody"
        raise CourseError(f"nothing of {person} was collected for {assignment}.{group_note}")
    return True


@verb
@one_assignment
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def receipt(course: Course, assignment: str, file: Path) -> bool:
    """Was the hand-in that a student's receipt (FILE) is for collected? Name it, or say no."""
    from autograder.collecting.store import find
    from autograder.roster.matching import roster_ids

    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise CourseError(f"{file} is no receipt. It is the .receipt.json of 'course submit'.")
    collected = find(course, course.assignment(assignment), content, roster_ids(course))
    for hand_in in collected:
        terminal.print_line(str(hand_in))
    if not collected:
        terminal.print_line(f"no: nothing that was collected for {assignment} has these files.")
    return bool(collected)


@verb
def verify(course: Course) -> bool:
    """Check the store of hand-ins and submitted/ against its database, byte for byte."""
    from autograder.collecting.verify import verify as run_verify

    faults = run_verify(course)
    for fault in faults:
        terminal.print_line(fault)
    terminal.print_line("the store is whole" if not faults else f"{len(faults)} faults")
    return not faults


@verb
def migrate_store(course: Course) -> bool:
    """Bring a store of text journals over to SQLite; doing it again changes nothing."""
    from autograder.collecting.migrate import migrate_store as run_migration

    for message in run_migration(course):
        terminal.print_line(message)
    return True
