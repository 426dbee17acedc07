"""The same hand-ins under mended tests: what each mark would be and, once confirmed, what it is.

A preview touches neither gradebook nor autograded/. `confirm` writes what was shown, logs it and
keeps what people gave. With a question, only its marks change; others that would change keep theirs
and are named, until a regrade of all questions takes them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

from autograder.gradebook import mark_changes, open_gradebook
from autograder.gradebook.mark_changes import LogEvent, MarkChange
from autograder.gradebook.stored_marks import Key, registered_texts, stored_marks
from autograder.gradebook.write_marks import Regrade
from autograder.grading import drafts
from autograder.grading.context import GradingContext
from autograder.grading.engine import Engine
from autograder.grading.grade_class import (
    Event,
    Settings,
    Watch,
    choose_level,
    keys,
    of_students,
    prepared,
    run_in_parallel,
    shared_work,
    start_engine,
    submission_files,
)
from autograder.grading.grade_file import is_same_work, keep_messages, read_record
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.mark_differences import mark_differences
from autograder.grading.record import GradedAs, Outcome, SharedWork, message_of_run, record
from autograder.grading.settle import settle
from autograder.grading.student_modules import read_student_modules
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.roster.group_work import ClassWork, class_work


@dataclass(frozen=True)
class Regraded:
    """A student's work as it ran under the mended tests. changes: what would be written. held:
    marks of other questions than the one that is regraded, which would change and stay. shared: the
    group whose work it is."""

    submission: Submission
    graded_as: GradedAs
    run: SubmissionRun
    changes: tuple[MarkChange, ...]
    held: tuple[MarkChange, ...] = ()
    shared: SharedWork | None = None

    @property
    def difference(self) -> float:
        """By how many points the score rises (falls, where it is negative)."""
        return sum(change.difference for change in self.changes)


@dataclass(frozen=True)
class Preview:
    """What a regrade would do. regraded: the students whose score would fall first. mended: the
    cells whose text is other than when they were last graded, as notebook/cell. new: students whose
    hand-in has never been graded as it is. failed: a sentence for each that could not be run."""

    context: GradingContext
    regraded: tuple[Regraded, ...]
    mended: tuple[str, ...]
    new: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def changes(self) -> list[MarkChange]:
        return [change for item in self.regraded for change in item.changes]

    @property
    def held(self) -> list[MarkChange]:
        return [change for item in self.regraded for change in item.held]


def preview(
    course: Course,
    assignment: Assignment,
    settings: Settings,
    question: str = "",
    watch: Watch = lambda _event: None,
) -> Preview:
    """Run the graded hand-ins under the tests as they are now; nothing of a mark is written.

    question: the only graded cell whose marks may change, '' for all. Raises CourseError where
    there is no such cell.
    """
    level = choose_level(settings)
    with prepared(course, assignment, settings, level) as (ready, pool):
        only = _question(ready, question) if question else None
        affected, new = _affected(course, assignment, ready)
        watch(Event("waiting", of=len(affected)))
        with start_engine(pool, settings, ready) as engine:
            runs = dict(_runs(course, assignment, ready, engine, affected, watch))
    marks = stored_marks(course, assignment)
    regraded = []
    for submission, run in runs.items():
        graded_as, work = affected[submission]
        for theirs in of_students(work):
            before = read_record(course, assignment, theirs.student) or {}
            stored = marks.get(theirs.student, {})
            found = (
                mark_differences(theirs.student, stored, before, run, ready) if run.level else ()
            )
            changes, held = _apart(found, only)
            regraded.append(Regraded(theirs, graded_as, run, changes, held, shared_work(work)))
    ran = [item for item in regraded if item.run.executed]
    ran.sort(key=lambda item: (item.difference, item.submission.student))
    failed = [
        f"{item.submission.student}: {message_of_run(item.run)}"
        for item in regraded
        if not item.run.executed
    ]
    mended = _mended(registered_texts(course, assignment), ready.models)
    return Preview(ready, tuple(ran), mended, tuple(new), tuple(failed))


def _question(context: GradingContext, name: str) -> Callable[[Key], bool]:
    """Whether a graded cell is the one of that name (or notebook/name)."""
    questions = [
        (notebook, cells.grade_id(cell))
        for notebook, model in context.models.items()
        for cell in model["cells"]
        if cells.nbgrader(cell).get("grade") or cells.nbgrader(cell).get("task")
    ]
    matches = {key for key in questions if name in (key[1], "/".join(key))}
    if not matches:
        names = ", ".join(cell for _, cell in questions) or "none"
        raise CourseError(
            f"{context.assignment} has no graded cell '{name}'. It has: {names}. Name one of them."
        )
    return matches.__contains__


def _affected(
    course: Course, assignment: Assignment, context: GradingContext
) -> tuple[dict[Submission, tuple[GradedAs, ClassWork]], list[str]]:
    """The work whose marks rest on another version of the tests, and the students whose hand-in has
    not been graded as it is."""
    marks = stored_marks(course, assignment)
    affected, new = {}, []
    for work in class_work(course, assignment):
        submission = work.submission
        graded_as = keys(course, assignment, submission, context.key)
        before = read_record(course, assignment, submission.student) or {}
        if submission.student not in marks or (
            before and not is_same_work(before, graded_as.work, submission.submitted_at)
        ):
            new.append(submission.student)
        elif before.get("key") != graded_as.key or before.get("kept"):
            affected[submission] = graded_as, work
    return affected, new


def _runs(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    engine: Engine,
    affected: Mapping[Submission, tuple[GradedAs, ClassWork]],
    watch: Watch,
) -> Iterator[tuple[Submission, SubmissionRun]]:
    """How each submission runs: from its draft, or now."""
    begun = perf_counter()
    waiting = []
    for submission, (graded_as, _) in affected.items():
        draft = drafts.read_draft(course, assignment, submission.student, graded_as.key)
        if draft:
            yield submission, draft
        else:
            waiting.append(submission)

    def run(submission: Submission) -> SubmissionRun:
        watch(Event("started", submission.student, perf_counter() - begun))
        modules = read_student_modules(course, assignment, submission.student)
        return engine.run(submission_files(submission, context.accepted_files), modules)

    for submission, graded in run_in_parallel(engine, run, waiting):
        if graded.level:
            graded_as, _ = affected[submission]
            drafts.write_draft(course, assignment, submission.student, graded_as.key, graded)
        outcome = Outcome(submission.student, True, graded.seconds, message_of_run(graded))
        watch(Event("done", submission.student, perf_counter() - begun, outcome=outcome))
        yield submission, graded


def _apart(
    changes: tuple[MarkChange, ...], only: Callable[[Key], bool] | None
) -> tuple[tuple[MarkChange, ...], tuple[MarkChange, ...]]:
    """The changes of the question that is regraded, and the others."""
    if only is None:
        return changes, ()
    mine = tuple(c for c in changes if only((c.notebook, c.cell)))
    return mine, tuple(c for c in changes if c not in mine)


def _mended(before: Mapping[Key, str], models: Mapping[str, Notebook]) -> tuple[str, ...]:
    return tuple(
        f"{name}/{cells.grade_id(cell)}"
        for name, model in models.items()
        for cell in model["cells"]
        if before.get((name, cells.grade_id(cell)), cells.source(cell)) != cells.source(cell)
    )


def confirm(course: Course, assignment: Assignment, shown: Preview) -> list[Outcome]:
    """Write the marks of a preview, each submission in one transaction with its part of the log,
    and then the late penalties as `grade` does. Feedback is written by `feedback` alone."""
    context = shown.context
    event = LogEvent(datetime.now(UTC).isoformat(), "regrade", context.key)
    open_gradebook.register(course, assignment, dict(context.models))
    outcomes = []
    with open_gradebook.recorder(course, assignment) as save:
        for item in shown.regraded:
            log = partial(
                mark_changes.append, assignment=assignment.id, event=event, changes=item.changes
            )
            regrade = Regrade(log, {(c.notebook, c.cell): c.before for c in item.held})
            kept = {(c.notebook, c.cell): c.message_before for c in item.held}
            run = _with_earlier_cells(course, assignment, item)
            outcome = record(
                course,
                assignment,
                context,
                item.submission,
                replace(item.graded_as, kept=kept),
                run,
                partial(save, regrade=regrade),
                item.shared,
            )
            outcomes.append(replace(outcome, changes=item.changes))
    settle(course, assignment, full=True)
    drafts.remove_drafts(course, assignment)
    return outcomes


def _with_earlier_cells(course: Course, assignment: Assignment, item: Regraded) -> SubmissionRun:
    """The run with the cells of held marks as they were graded, so that a page shows the test and
    the output that its mark comes from."""
    executed = dict(item.run.executed)
    for notebook in {change.notebook for change in item.held} & executed.keys():
        path = course.autograded / item.submission.student / assignment.id / f"{notebook}.ipynb"
        if not path.is_file():
            continue
        names = {change.cell for change in item.held if change.notebook == notebook}
        earlier = {cells.grade_id(cell): cell for cell in cells.load(path)["cells"]}
        rows = [
            earlier.get(name, cell) if (name := cells.grade_id(cell)) in names else cell
            for cell in executed[notebook]["cells"]
        ]
        executed[notebook] = {**executed[notebook], "cells": rows}
    return replace(item.run, executed=executed)


def undo(course: Course, assignment: Assignment) -> tuple[list[MarkChange], list[MarkChange]]:
    """Give the marks of the last regrade that still stands their earlier points and messages, and
    log that. Returns (what was restored, what stays, since it changed again).

    Raises CourseError where there is nothing to undo. Points possible follow the source and stay.
    """
    events = mark_changes.history(course, assignment)
    undone = {event.undoes for event in events}
    last = [e for e in events if e.cause != "undo" and e.at not in undone]
    if not last:
        raise CourseError(
            f"no mark of '{assignment.id}' was changed by a regrade that still stands, so there is "
            f"nothing to undo. See what was changed: autograder regrade {assignment.id} --log"
        )
    event = LogEvent(datetime.now(UTC).isoformat(), "undo", last[-1].tests, last[-1].at)
    changes = events[last[-1]]
    restored = mark_changes.restore(course, assignment, event, changes)
    for student in {change.student for change in restored}:
        mine = [change for change in restored if change.student == student]
        kept = {(change.notebook, change.cell): change.message_before for change in mine}
        keep_messages(course, assignment, student, kept)
    settle(course, assignment, full=True)
    return restored, [change for change in changes if change not in restored]
