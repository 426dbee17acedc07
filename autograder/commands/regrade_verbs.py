"""Verbs for marks that are looked at again: regrade, requests, answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from autograder.commands import regrade_lines, terminal
from autograder.commands.grade_verbs import execution_options
from autograder.commands.verb import one_assignment, one_or_all_assignments, verb
from autograder.model import Assignment, Course, CourseError

if TYPE_CHECKING:
    from autograder.collecting.requests import Request


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
    from autograder.grading import drafts
    from autograder.grading.regrade import confirm as write_marks
    from autograder.grading.regrade_preview import preview
    from autograder.grading.run_settings import settings

    with show_progress(as_json=False) as watch:
        regrade_preview = preview(course, assignment, settings(course, **how), question, watch)
    regrade_lines.preview_lines(regrade_preview)
    went_well = not regrade_preview.failed
    words = f" --question {question}" if question else ""
    was_shown = drafts.was_shown(course, assignment, question, regrade_preview.context.key)
    drafts.keep_shown(course, assignment, question, regrade_preview.context.key)
    if confirm and not was_shown:
        raise CourseError(
            f"nothing was written: this was not shown before, or tests, files or limits are other "
            f"than when it was. Look at it above, then type again: "
            f"autograder regrade {assignment.id}{words} --confirm"
        )
    if not confirm:
        terminal.print_line(
            f"nothing was written. To write it: autograder regrade {assignment.id}{words} --confirm"
        )
        return went_well
    confirmed = write_marks(course, assignment, regrade_preview)
    for sentence in confirmed.notes:
        terminal.print_line(f"note: {sentence}")
    if confirmed.overtaken:
        regrade_lines.overtaken_line(confirmed.overtaken)
    if confirmed.overtaken and not confirmed.count:
        raise CourseError(
            f"nothing was written: all of it was graded again after this was shown, perhaps by "
            f"another regrade at the same time. See how it is now: autograder regrade "
            f"{assignment.id}{words}"
        )
    terminal.print_line(
        f"written, with the late penalties. The pages are as they were; to write them: "
        f"autograder feedback {assignment.id}"
    )
    return went_well


def _show_log(course: Course, assignment: Assignment) -> bool:
    from autograder.gradebook.mark_changes import history

    events = history(course, assignment)
    regrade_lines.log_lines(events)
    terminal.print_line(f"on record for {assignment.id}: {len(events)}")
    return True


def _undo(course: Course, assignment: Assignment) -> bool:
    from autograder.grading.regrade import undo as take_back

    undone = take_back(course, assignment)
    terminal.print_line(f"marks with their earlier points again: {len(undone.restored)}")
    for sentence in undone.staying:
        terminal.print_line(f"stays as it is: {sentence}")
    for sentence in undone.notes:
        terminal.print_line(f"note: {sentence}")
    return not undone.staying


@verb
@one_or_all_assignments
@click.option("--all", "with_answered", is_flag=True, help="Answered ones too.")
def requests(course: Course, assignment: str | None, with_answered: bool) -> bool:
    """The requests of students to look at a mark again that nobody has answered yet."""
    from autograder.collecting.requests import requests as of_assignment
    from autograder.grading.read_grades import grades

    chosen = [course.assignment(assignment)] if assignment else course.assignments
    count = 0
    for row in chosen:
        listed_requests = [
            request
            for request in of_assignment(course, row.id)
            if with_answered or not request.answer
        ]
        results = {grade.student: grade for grade in grades(course, row)} if listed_requests else {}
        for request in listed_requests:
            regrade_lines.request_lines(request, results.get(request.student))
        count += len(listed_requests)
    terminal.print_line(f"{'requests' if with_answered else 'open requests'}: {count}")
    return True


@verb
@one_assignment
@click.argument("student")
@click.argument("question")
@click.argument("text")
@click.option("--points", type=float, help="The mark from now on, as a person's.")
def answer(
    course: Course, assignment: str, student: str, question: str, text: str, points: float | None
) -> bool:
    """Answer what STUDENT asked about QUESTION; it stands in the feedback beside that question."""
    from autograder.collecting.requests import answer as write_answer
    from autograder.gradebook.manual_marks import give_points
    from autograder.gradebook.review_marks import REQUEST
    from autograder.grading.settle import settle
    from autograder.review.points_elsewhere import follow_points

    chosen_assignment = course.assignment(assignment)
    request = _last_request(course, chosen_assignment, student, question)
    if not text.strip():
        raise CourseError("the answer is empty. Write a sentence for the student.")
    if points is not None:
        where = (request.notebook, request.question)
        give_points(course, chosen_assignment, student, *where, points)
        for sentence in settle(course, chosen_assignment, full=True):
            terminal.print_line(f"note: {sentence}")
    write_answer(course, request, text, points, datetime.now(UTC))
    if points is not None:
        follow_points(course, chosen_assignment, student, *where, by=REQUEST)
    terminal.print_line(
        f"answered. To write it into the page of feedback: autograder feedback {assignment}"
    )
    return True


def _last_request(course: Course, assignment: Assignment, student: str, question: str) -> Request:
    """The latest request of a student about a question. CourseError where there is none."""
    from autograder.collecting.requests import requests as of_assignment

    all_requests = of_assignment(course, assignment.id)
    matches = [
        request
        for request in all_requests
        if request.student == student
        and question in (request.question, f"{request.notebook}/{request.question}")
    ]
    if not matches:
        askers = (
            ", ".join(f"{r.student} {r.notebook}/{r.question}" for r in all_requests) or "nobody"
        )
        raise CourseError(
            f"{student} asked nothing about '{question}' of '{assignment.id}'. Who asked: {askers}."
        )
    cells = sorted({f"{request.notebook}/{request.question}" for request in matches})
    if len(cells) > 1:
        raise CourseError(
            f"{student} asked about '{question}' of several notebooks. Name one of: "
            f"{', '.join(cells)}."
        )
    return matches[-1]
