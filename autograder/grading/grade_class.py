"""A class is graded: each submission is repaired, run behind walls and recorded in the gradebook.

The same submission in the same context is not graded twice; a changed submission, assignment or
grader is. Submissions run side by side; one writer, this thread, records them one by one, so that
whatever ends the run, what was recorded is right and the rest is done by running it again. Marks
that change although the hand-in did not are logged (`gradebook/mark_changes`) and returned, so that
they can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from autograder.collecting.submitted import stamp_faults, submission_files
from autograder.gradebook import open_gradebook
from autograder.gradebook.mark_changes import LogEvent, append
from autograder.gradebook.open_gradebook import Save
from autograder.gradebook.write_marks import Regrade
from autograder.grading.class_run import (
    Event,
    Start,
    Watch,
    prepared,
    run_in_parallel,
    start_engine,
)
from autograder.grading.context import GradingContext
from autograder.grading.grade_file import lock_records
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.mark_differences import EarlierMarks
from autograder.grading.record import GradedAs, Outcome, record, shared_work
from autograder.grading.run_settings import Settings, choose_level
from autograder.grading.settle import settle_lateness, unknown_times
from autograder.grading.student_modules import read_student_modules
from autograder.grading.waiting_work import Waiting, split_by_key, student_identities
from autograder.model import Assignment, Course, Submission
from autograder.roster.extensions import extensions
from autograder.roster.group_work import ClassWork, class_work, passed_over
from autograder.roster.groups import unknown_members
from autograder.settings.late_policy import late_policy


def grade_class(
    course: Course,
    assignment: Assignment,
    settings: Settings,
    watch: Watch = lambda _event: None,
) -> list[Outcome]:
    """Grade what is new or changed of an assignment; one outcome per submission."""
    level = choose_level(settings)
    with prepared(course, assignment, settings, level) as (ready, pool):
        start = partial(start_engine, pool, settings)
        return grade_submissions(course, assignment, ready, start, watch)


def grade_submissions(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    start: Start,
    watch: Watch = lambda _event: None,
) -> list[Outcome]:
    """Grade every submission of `assignment` that is new or changed; `watch` is told of each.

    context: complete (see `test_plan`). start: the engine. Raises CourseError where the gradebook
    or the disk does not take the marks.
    """
    begun = perf_counter()
    late_policy(course, assignment)  # what is wrong with it is said before anybody is graded
    extensions(course, assignment)
    works = class_work(course, assignment)
    unchanged, waiting = split_by_key(course, assignment, works, context.key)
    watch(Event("waiting", total=len(waiting)))
    notes = (*stamp_faults(course, assignment), *unknown_members(course, assignment))
    for sentence in (*notes, *passed_over(course, works)):
        watch(Event("note", message=sentence))
    outcomes = list(unchanged)
    if waiting:
        outcomes += _grade_waiting(course, assignment, context, start, waiting, watch, begun)
    sentences, lateness = settle_lateness(course, assignment, full=True)
    for sentence in (*sentences, *unknown_times(course, assignment, lateness)):
        watch(Event("note", message=sentence))
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _grade_waiting(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    start: Start,
    waiting: Waiting,
    watch: Watch,
    begun: float,
) -> list[Outcome]:
    """Run each submission once, and record it for everybody whose work it is. begun: when the run
    began, by `perf_counter`."""
    outcomes = []
    earlier = EarlierMarks(course, assignment, student_identities(waiting))
    if context.unearned:
        watch(Event("note", message=_unearned(context)))
    open_gradebook.register(course, assignment, dict(context.models))
    with start(context) as engine, open_gradebook.recorder(course, assignment) as save:
        gradebook = _Gradebook(course, assignment, context, earlier, save)

        def run(submission: Submission) -> SubmissionRun:
            watch(Event("started", submission.student, perf_counter() - begun))
            return engine.run(
                submission_files(submission, context.accepted_files),
                read_student_modules(course, assignment, submission.student),
            )

        for submission, graded in run_in_parallel(engine, run, list(waiting)):
            outcomes += _record(gradebook, *waiting[submission], graded)
            outcome = next(o for o in outcomes if o.student == submission.student)
            watch(Event("done", outcome.student, perf_counter() - begun, outcome=outcome))
    return outcomes


@dataclass(frozen=True)
class _Gradebook:
    """Where runs in `context` are recorded, and which marks stood there before."""

    course: Course
    assignment: Assignment
    context: GradingContext
    earlier: EarlierMarks
    save: Save


def _record(
    gradebook: _Gradebook, graded_as: GradedAs, work: ClassWork, graded: SubmissionRun
) -> list[Outcome]:
    """Record a run for each student whose work it is, in a transaction each."""
    outcomes = []
    for submission in work.student_submissions:
        with lock_records(gradebook.course, gradebook.assignment):
            outcomes.append(_record_one(gradebook, graded_as, work, submission, graded))
    return outcomes


def _record_one(
    gradebook: _Gradebook,
    graded_as: GradedAs,
    work: ClassWork,
    submission: Submission,
    graded: SubmissionRun,
) -> Outcome:
    """submission: as that of the student for whom it is recorded."""
    course, assignment, context = gradebook.course, gradebook.assignment, gradebook.context
    earlier = gradebook.earlier
    changes = earlier.changes(submission, graded, context)
    event = LogEvent(earlier.at, "grade", context.key)
    log = partial(append, assignment=assignment.id, event=event, changes=changes)
    regrade = Regrade(log, looked_at=False) if changes else None
    save = partial(gradebook.save, regrade=regrade, other_work=earlier.is_other_work(submission))
    outcome = record(
        course, assignment, context, submission, graded_as, graded, save, shared_work(work)
    )
    return replace(outcome, changes=changes)


def _unearned(context: GradingContext) -> str:
    return (
        f"The reference solution of {context.assignment} does not earn its own points where it is "
        f"graded: {', '.join(context.unearned)}. Right work will lose them too. See why: "
        f"autograder audit {context.assignment}"
    )
