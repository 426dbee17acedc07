"""The same hand-ins under mended tests: what each mark would be.

A preview touches neither gradebook nor autograded/. With a question, only its marks would change;
others that would change are held: they are named and stay, until all questions are regraded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from autograder.collecting.submitted import submission_files
from autograder.gradebook.mark_changes import MarkChange
from autograder.gradebook.stored_marks import (
    Key,
    StoredMark,
    registered_texts,
    stored_marks,
    submission_times,
)
from autograder.grading import drafts
from autograder.grading.class_run import Event, Watch, prepared, run_in_parallel, start_engine
from autograder.grading.context import GradingContext
from autograder.grading.engine import Engine
from autograder.grading.grade_file import is_same_work, read_record
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.mark_differences import mark_differences
from autograder.grading.record import (
    GradedAs,
    Outcome,
    SharedWork,
    message_of_run,
    shared_work,
)
from autograder.grading.run_settings import Settings, choose_level
from autograder.grading.student_modules import read_student_modules
from autograder.grading.waiting_work import grading_identity
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.roster.group_work import ClassWork, class_work


@dataclass(frozen=True)
class Regraded:
    """A student's work as it ran under the mended tests. changes: what would be written.
    held_changes: of marks of other questions than the one that is regraded, which would change and
    stay. shared: the group whose work it is. earlier: the record of the hand-in that all this was
    compared with."""

    submission: Submission
    graded_as: GradedAs
    run: SubmissionRun
    changes: tuple[MarkChange, ...]
    held_changes: tuple[MarkChange, ...] = ()
    shared: SharedWork | None = None
    earlier: Mapping[str, Any] = field(default_factory=dict)

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
    def held_changes(self) -> list[MarkChange]:
        return [change for item in self.regraded for change in item.held_changes]


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
        watch(Event("waiting", total=len(affected)))
        with start_engine(pool, settings, ready) as engine:
            runs = dict(_runs(course, assignment, ready, engine, affected, watch))
    regraded = _regraded(course, assignment, ready, affected, runs, only)
    ran = [item for item in regraded if item.run.executed]
    ran.sort(key=lambda item: (item.difference, item.submission.student))
    failed = [
        f"{item.submission.student}: {message_of_run(item.run)}"
        for item in regraded
        if not item.run.executed
    ]
    mended = _mended(registered_texts(course, assignment), ready.models)
    return Preview(ready, tuple(ran), mended, tuple(new), tuple(failed))


def _regraded(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    affected: Mapping[Submission, tuple[GradedAs, ClassWork]],
    runs: Mapping[Submission, SubmissionRun],
    only: Callable[[Key], bool] | None,
) -> list[Regraded]:
    """How each student fares whose work ran: all members, where it is a group's."""
    marks = stored_marks(course, assignment)
    times = submission_times(course, assignment)
    rows = []
    for submission, run in runs.items():
        graded_as, work = affected[submission]
        for student_submission in work.student_submissions:
            student = student_submission.student
            before = read_record(course, assignment, student) or {}
            stored = marks.get(student, {})
            if _is_new(stored, before, student_submission, graded_as, times.get(student)):
                continue
            differences = mark_differences(student, stored, before, run, context, graded_as.work)
            changes, held_changes = _apart(differences if run.level else (), only)
            row = Regraded(
                submission=student_submission,
                graded_as=graded_as,
                run=run,
                changes=changes,
                held_changes=held_changes,
                shared=shared_work(work),
                earlier=before,
            )
            rows.append(row)
    return rows


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
    not been graded as it is. Where its record is lost, the time in the gradebook tells."""
    marks = stored_marks(course, assignment)
    times = submission_times(course, assignment)
    affected, new = {}, []
    for work in class_work(course, assignment):
        submission = work.submission
        graded_as = grading_identity(course, assignment, submission, context.key)
        records = []
        for student_submission in work.student_submissions:
            student = student_submission.student
            before = read_record(course, assignment, student) or {}
            stored = marks.get(student, {})
            if _is_new(stored, before, student_submission, graded_as, times.get(student)):
                new.append(student)
            else:
                records.append(before)
        if any(row.get("key") != graded_as.key or row.get("kept") for row in records):
            affected[submission] = graded_as, work
    return affected, new


def _is_new(
    stored: Mapping[Key, StoredMark],
    record: dict[str, Any],
    submission: Submission,
    graded_as: GradedAs,
    recorded: datetime | None,
) -> bool:
    """Whether a student has no marks yet, or those of another work than this. recorded: the time of
    the hand-in that the gradebook has, which tells where there is no record."""
    if record:
        is_same_hand_in = is_same_work(record, graded_as.work, submission.submitted_at)
    else:
        is_same_hand_in = recorded is not None and recorded == submission.submitted_at
    return not stored or not is_same_hand_in


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
    regraded = tuple(c for c in changes if only((c.notebook, c.cell)))
    return regraded, tuple(c for c in changes if c not in regraded)


def _mended(before: Mapping[Key, str], models: Mapping[str, Notebook]) -> tuple[str, ...]:
    return tuple(
        f"{name}/{cells.grade_id(cell)}"
        for name, model in models.items()
        for cell in model["cells"]
        if before.get((name, cells.grade_id(cell)), cells.source(cell)) != cells.source(cell)
    )
