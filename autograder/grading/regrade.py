"""A regrade that somebody confirmed: what was shown is written, logged, and can be taken back.

What people gave stays. Marks that a preview holds keep their points, and what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from autograder.gradebook import mark_changes, open_gradebook
from autograder.gradebook.mark_changes import LogEvent, MarkChange
from autograder.gradebook.stored_marks import Key, StoredMark, stored_marks
from autograder.gradebook.write_marks import Regrade
from autograder.grading import drafts
from autograder.grading.context import GradingContext
from autograder.grading.grade_file import keep_messages, lock_records, read_record
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.record import record
from autograder.grading.regrade_preview import Preview, Regraded
from autograder.grading.settle import settle
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells

CHANGED = "it changed again since"


@dataclass(frozen=True)
class Undone:
    """What was taken back. restored: changes whose earlier points count again; staying: a sentence
    for each mark that stays. notes: what a person has to settle, as sentences."""

    restored: tuple[MarkChange, ...]
    staying: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Confirmed:
    """What was written of a preview. overtaken: students whose work somebody else graded since it
    was shown, which stays; count: the others. notes: what a person has to settle, as sentences."""

    count: int
    overtaken: tuple[str, ...]
    notes: tuple[str, ...]


def confirm(course: Course, assignment: Assignment, preview: Preview) -> Confirmed:
    """Write the marks of a preview, each submission in one transaction with its part of the log,
    and then do what `settle` does. Feedback is written by `feedback` alone.
    """
    context = preview.context
    event = _event(course, assignment, context.key)
    drafts.keep_event(course, assignment, event.at)
    open_gradebook.register(course, assignment, dict(context.models))
    overtaken = []
    with open_gradebook.recorder(course, assignment) as save:
        for item in preview.regraded:
            with lock_records(course, assignment):
                student = item.submission.student
                if (read_record(course, assignment, student) or {}) == item.earlier:
                    _write(course, assignment, context, item, event, save)
                else:
                    overtaken.append(student)
    drafts.remove_drafts(course, assignment)
    notes = settle(course, assignment, full=True)
    return Confirmed(len(preview.regraded) - len(overtaken), tuple(overtaken), tuple(notes))


def _event(course: Course, assignment: Assignment, tests: str) -> LogEvent:
    """A new event of the log, or the last one, where it is this regrade and was cut short: so that
    all of it is taken back at once."""
    begun = drafts.unfinished_event(course, assignment)
    earlier = mark_changes.history(course, assignment) if begun else ()
    last = [event for event in earlier if event.cause != "answer"][-1:]
    if last and (last[0].at, last[0].cause, last[0].tests) == (begun, "regrade", tests):
        return last[0]
    return LogEvent(datetime.now(UTC).isoformat(), "regrade", tests)


def _write(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    item: Regraded,
    event: LogEvent,
    save: open_gradebook.Save,
) -> None:
    log = partial(mark_changes.append, assignment=assignment.id, event=event, changes=item.changes)
    regrade = Regrade(log, {(c.notebook, c.cell): c.before for c in item.held_changes})
    kept_messages = {(c.notebook, c.cell): c.message_before for c in item.held_changes}
    record(
        course,
        assignment,
        context,
        item.submission,
        replace(item.graded_as, kept_messages=kept_messages),
        _with_earlier_cells(course, assignment, item),
        partial(save, regrade=regrade),
        item.shared,
    )


def _with_earlier_cells(course: Course, assignment: Assignment, item: Regraded) -> SubmissionRun:
    """The run with the cells of held marks as they were graded, so that a page shows the test and
    the output that its mark comes from."""
    executed = dict(item.run.executed)
    for notebook in {change.notebook for change in item.held_changes} & executed.keys():
        path = course.autograded / item.submission.student / assignment.id / f"{notebook}.ipynb"
        if not path.is_file():
            continue
        names = {change.cell for change in item.held_changes if change.notebook == notebook}
        earlier = {cells.grade_id(cell): cell for cell in cells.load(path)["cells"]}
        rows = [
            earlier.get(name, cell) if (name := cells.grade_id(cell)) in names else cell
            for cell in executed[notebook]["cells"]
        ]
        executed[notebook] = {**executed[notebook], "cells": rows}
    return replace(item.run, executed=executed)


def undo(course: Course, assignment: Assignment) -> Undone:
    """Give the marks of the last regrade that still stands their earlier points and messages, and
    log that.

    Raises CourseError where there is nothing to undo. Points possible follow the source and stay.
    """
    events = mark_changes.history(course, assignment)
    undone = {event.undoes for event in events}
    last = [e for e in events if e.cause not in ("undo", "answer") and e.at not in undone]
    if not last:
        raise CourseError(
            f"no mark of '{assignment.id}' was changed by a regrade that still stands, so there is "
            f"nothing to undo. See what was changed: autograder regrade {assignment.id} --log"
        )
    event = LogEvent(datetime.now(UTC).isoformat(), "undo", last[-1].tests, last[-1].at)
    changes = events[last[-1]][::-1]  # of a mark that changed twice, the last change first
    with lock_records(course, assignment):
        marks = stored_marks(course, assignment)
        reasons = {c: _reason_to_stay(course, assignment, c, marks) for c in changes}
        returning = [change for change in changes if not reasons[change]]
        restored = mark_changes.restore(course, assignment, event, returning)
        for student in {change.student for change in restored}:
            mine = [change for change in restored if change.student == student]
            earlier_messages = {
                (change.notebook, change.cell): change.message_before for change in mine
            }
            keep_messages(course, assignment, student, earlier_messages)
    unrestored_changes = [change for change in changes if change not in restored]
    staying = tuple(f"{c.student} {c.cell}: {reasons[c] or CHANGED}" for c in unrestored_changes)
    return Undone(tuple(restored), staying, tuple(settle(course, assignment, full=True)))


def _reason_to_stay(
    course: Course,
    assignment: Assignment,
    change: MarkChange,
    marks: Mapping[str, Mapping[Key, StoredMark]],
) -> str:
    """Why a mark cannot have its earlier points again, ''. marks: those of the class as they are
    now."""
    record = read_record(course, assignment, change.student) or {}
    if record.get("work") != change.work:
        return "another hand-in was graded since"
    mark = marks.get(change.student, {}).get((change.notebook, change.cell))
    if mark is None or mark.automatic != change.after:
        return CHANGED
    if (change.before or 0) > mark.out_of:
        return f"it had {change.before:g} points and is worth {mark.out_of:g} now"
    return ""
