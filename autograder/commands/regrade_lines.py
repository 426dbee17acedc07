"""What is printed of marks that are looked at again: previews, the log, requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograder.commands import mark_tables, terminal
from autograder.model import Grade

if TYPE_CHECKING:
    from autograder.collecting.requests import Request
    from autograder.gradebook.mark_changes import LogEvent, MarkChange
    from autograder.grading.regrade_preview import Preview

NAMED = 5  # of the students who were overtaken


def overtaken_line(students: Sequence[str]) -> None:
    """Whose work somebody else graded between the preview and its confirmation."""
    names = ", ".join(students[:NAMED])
    more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
    terminal.print_line(f"graded again after this was shown, and stays as it is: {names}{more}")


def preview_lines(preview: Preview) -> None:
    """What a regrade would do: who falls, who rises and why, and what stays."""
    for cell in preview.mended:
        terminal.print_line(f"other than when it was last graded: {cell}")
    moving = [change for change in preview.changes if change.moves]
    if moving and not preview.mended:
        terminal.print_line(
            "no test is other than when marks were last written: those below rest on earlier "
            "tests, as after --undo, or on other files or limits"
        )
    falling = {i.submission.student for i in preview.regraded if i.difference < 0}
    if falling:
        terminal.print_line(f"the mark would fall of: {', '.join(sorted(falling))}")
    if moving:
        mark_tables.changes_table(moving)
    quiet = [change for change in preview.changes if not change.moves and change.person is None]
    people = [
        change for change in preview.changes if not change.moves and change.person is not None
    ]
    if quiet:
        terminal.print_line(f"marks that keep their points and say something else: {len(quiet)}")
    for change in people:
        terminal.print_line(
            f"stays, since a person gave it: {change.student} {change.cell} "
            f"{change.counted_after:g} / {change.out_of_after:g} (the test now gives "
            f"{change.after or 0:g})"
        )
    held_changes = [change for change in preview.held_changes if change.moves]
    if held_changes:
        terminal.print_line("marks of other questions that would change, and stay as they are:")
        mark_tables.changes_table(held_changes)
    for sentence in preview.failed:
        terminal.print_line(f"could not be run, and stays as it is: {sentence}")
    if preview.new:
        terminal.print_line(f"handed in and not graded yet: {', '.join(preview.new)}")
    ran = len(preview.regraded)
    terminal.print_line(f"hand-ins that ran again: {ran}; marks that would change: {len(moving)}")


def request_lines(request: Request, grade: Grade | None) -> None:
    """A request with the mark that it is about. Its text is indented, so that no line of it can be
    taken for one of ours."""
    marks = grade.marks if grade else ()
    where = (request.notebook, request.question)
    mark = next((m for m in marks if (m.notebook, m.cell) == where), None)
    points = f"{mark.points:g} / {mark.out_of:g}" if mark else "no mark"
    message = f": {mark.message}" if mark and mark.message else ""
    cell = f"{request.notebook}/{request.question}"
    terminal.print_line(f"\n{request.assignment}  {cell}  {request.student}  {points}{message}")
    terminal.print_line(f"asked {request.when:%Y-%m-%d %H:%M} UTC:")
    for line in request.text.split("\n"):
        terminal.print_line(f"    {line}")
    if request.answer:
        terminal.print_line("answered:")
        for line in request.answer.text.split("\n"):
            terminal.print_line(f"    {line}")


def log_lines(events: dict[LogEvent, list[MarkChange]]) -> None:
    """Every event of the log with its changes."""
    for event, changes in events.items():
        undoes = f" of {event.undoes}" if event.undoes else ""
        tests = f", tests {event.tests[:12]}" if event.tests else ""
        terminal.print_line(f"\n{event.at}  {event.cause}{undoes}{tests}")
        mark_tables.changes_table(changes)
