"""Verbs for marks that are looked at again: regrade, requests, answer."""

from __future__ import annotations

from typing import Any

import click

from autograder.commands import tables
from autograder.commands.grade_verbs import execution_options
from autograder.commands.verb import one_assignment, verb
from autograder.model import Assignment, Course, CourseError


@verb
@one_assignment
@click.option("--question", default="", metavar="Q", help="Only marks of this graded cell change.")
@click.option("--confirm", is_flag=True, help="Write what was shown. Without it, nothing changes.")
@click.option("--undo", is_flag=True, help="Take back the last regrade that still stands.")
@click.option("--log", is_flag=True, help="Show every change that was ever written.")
@execution_options
def regrade(
    course: Course,
    assignment: str,
    question: str,
    confirm: bool,
    undo: bool,
    log: bool,
    **how: Any,
) -> bool:
    """Run graded hand-ins under mended tests, and show whose marks would change.

    A person's marks and comments stay. Nothing is written before --confirm, and no page of feedback
    even then: that is for the command feedback.
    """
    if confirm + undo + log > 1 or (question and (undo or log)):
        raise CourseError("--confirm (with --question), --undo and --log are one at a time.")
    chosen_assignment = course.assignment(assignment)
    if log:
        return _show_log(course, chosen_assignment)
    if undo:
        return _undo(course, chosen_assignment)
    return _regrade(course, chosen_assignment, question, confirm, how)


def _regrade(
    course: Course, assignment: Assignment, question: str, confirm: bool, how: dict[str, Any]
) -> bool:
    from autograder.commands.progress import show_progress
    from autograder.grading import regrade as again
    from autograder.grading.grade_class import settings

    with show_progress(as_json=False) as watch:
        shown = again.preview(course, assignment, settings(course, **how), question, watch)
    tables.preview_lines(shown)
    went_well = not shown.failed
    if not confirm:
        words = f" --question {question}" if question else ""
        tables.print_line(
            f"nothing was written. To write it: autograder regrade {assignment.id}{words} --confirm"
        )
        return went_well
    again.confirm(course, assignment, shown)
    tables.print_line(
        f"written, with the late penalties. The pages are as they were; to write them: "
        f"autograder feedback {assignment.id}"
    )
    return went_well


def _show_log(course: Course, assignment: Assignment) -> bool:
    from autograder.gradebook.mark_changes import history

    events = history(course, assignment)
    tables.log_lines(events)
    tables.print_line(f"{len(events)} changes on record for {assignment.id}")
    return True


def _undo(course: Course, assignment: Assignment) -> bool:
    from autograder.grading.regrade import undo as take_back

    restored, others = take_back(course, assignment)
    tables.print_line(f"{len(restored)} marks have their earlier points again")
    for change in others:
        tables.print_line(f"stays, since it changed again: {change.student} {change.cell}")
    return not others
