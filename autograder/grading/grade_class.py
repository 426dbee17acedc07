"""A class is graded: each submission is repaired, run behind walls and recorded in the gradebook.

The same submission in the same context is not graded twice; a changed submission, assignment or
grader is. Submissions run side by side; one writer, this thread, records them one by one, so that
whatever ends the run, what was recorded is right and the rest is done by running it again. Marks
that change although the hand-in did not are logged (`gradebook/mark_changes`) and returned, so that
they can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Any

from autograder.gradebook import open_gradebook
from autograder.gradebook.mark_changes import LogEvent, append
from autograder.gradebook.write_marks import Regrade
from autograder.grading import engine as engines
from autograder.grading.context import GradingContext, context, identity, supplies
from autograder.grading.engine import Engine
from autograder.grading.grade_file import lock_records, read_record
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.mark_differences import EarlierMarks
from autograder.grading.record import GradedAs, Outcome, SharedWork, message, record
from autograder.grading.settle import settle
from autograder.grading.student_modules import read_student_modules, version
from autograder.grading.test_plan import complete
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.roster.extensions import extensions
from autograder.roster.group_work import ClassWork, class_work, passed_over
from autograder.roster.groups import unknown_members
from autograder.sandbox import choose_level as levels
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool
from autograder.settings.grading_options import grading_options, is_accepted
from autograder.settings.late_policy import late_policy


@dataclass(frozen=True)
class Event:
    """Something to show while a class is graded. kind: 'waiting' (of `of` submissions), 'started',
    'done' or 'note' (of what `message` says before anybody is graded); at: seconds since the run
    began."""

    kind: str
    student: str = ""
    at: float = 0.0
    of: int = 0
    outcome: Outcome | None = None
    message: str = ""


ORDINARY = Limits()
Watch = Callable[[Event], None]
Start = Callable[[GradingContext], AbstractContextManager[Engine]]


@dataclass(frozen=True)
class Settings:
    """How a class is graded. executor: 'warm', or 'kernel' for the notebook's own kernel (which a
    notebook in another language than Python gets anyhow). isolation: the name of a level that is
    demanded, None for the strongest there is. trust: run without walls. slots: at a time. engine:
    'here' or 'dask', with the address of its scheduler (None: workers on this machine)."""

    limits: Limits = field(default_factory=Limits)
    executor: str = "warm"
    isolation: str | None = None
    trust: bool = False
    slots: int | None = None
    engine: str = "here"
    scheduler: str | None = None


def settings(
    course: Course,
    cell_limit: float | None = None,
    memory_mb: int | None = None,
    disk_mb: int | None = None,
    slots: int | None = None,
    executor: str = "warm",
    isolation: str | None = None,
    trust_submissions: bool = False,
    engine: str = "here",
    scheduler: str | None = None,
) -> Settings:
    """The settings that the options of the command `grade` name; where they name none, those of
    the course's nbgrader_config.py."""
    if scheduler and engine != "dask":
        raise CourseError("--scheduler names a dask scheduler: add --engine dask, or leave it out.")
    limits = course_limits(course, cell_s=cell_limit)
    if memory_mb is not None:
        limits = replace(limits, memory_bytes=memory_mb << 20)
    if disk_mb is not None:
        limits = replace(limits, disk_bytes=disk_mb << 20)
    return Settings(limits, executor, isolation, trust_submissions, slots, engine, scheduler)


def course_limits(course: Course, limits: Limits = ORDINARY, cell_s: float | None = None) -> Limits:
    """`limits` with what the course configures in their place. cell_s: seconds for a cell, whatever
    the course says."""
    options = grading_options(course)
    seconds = options.cell_s if cell_s is None else cell_s
    if seconds is not None:
        limits = with_cell_limit(limits, seconds)
    return replace(
        limits,
        memory_bytes=options.memory_bytes or limits.memory_bytes,
        disk_bytes=options.disk_bytes or limits.disk_bytes,
    )


def with_cell_limit(limits: Limits, seconds: float) -> Limits:
    """The limits with another one for a cell, and those for the rest that go with it."""
    after_s = min(seconds, max(limits.after_s, seconds / 10))
    return replace(
        limits, cell_s=seconds, after_s=after_s, notebook_s=max(limits.notebook_s, 3 * seconds)
    )


def choose_level(settings: Settings) -> Level:
    """The isolation that these settings get on this machine. CourseError where there is none."""
    return levels.require_level(settings.isolation, settings.trust)


@contextmanager
def prepared(
    course: Course, assignment: Assignment, settings: Settings, level: Level
) -> Iterator[tuple[GradingContext, Pool | KernelPool]]:
    """The complete context of an assignment and a pool for it, which warms up meanwhile. The
    reference run is remembered in the course."""
    required = supplies(course, assignment, settings.executor)
    with engines.open_pool(required, level) as pool:
        incomplete = context(course, assignment, settings.limits, required)
        yield complete(course, assignment, incomplete, pool), pool


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


def start_engine(
    pool: Pool | KernelPool, settings: Settings, on: GradingContext
) -> AbstractContextManager[Engine]:
    """The engine of these settings in the context `on`; `pool` is used where it is this machine."""
    if settings.engine == "here":
        return nullcontext(engines.on_this_machine(pool, on, settings.slots))
    return _on_dask(on, settings)


def _on_dask(on: GradingContext, settings: Settings) -> AbstractContextManager[Engine]:
    """The engine of a cluster. CourseError where dask is not installed."""
    try:
        from autograder.grading.cluster import on_dask
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"--engine dask needs {fault.name}, which is not installed. "
            f"Run: pip install 'mlsys-course[cluster]'"
        ) from fault
    isolation, trust = settings.isolation, settings.trust
    return on_dask(on, isolation, trust, settings.slots, settings.scheduler)


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
    unchanged, waiting = _split_by_key(course, assignment, works, context.key)
    watch(Event("waiting", of=len(waiting), at=0.0))
    for sentence in (*unknown_members(course, assignment), *passed_over(course, works)):
        watch(Event("note", message=sentence))
    outcomes = list(unchanged)
    if waiting:
        outcomes += _grade_waiting(course, assignment, context, start, waiting, watch, begun)
    for sentence in settle(course, assignment, full=True):
        watch(Event("note", message=sentence))
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _grade_waiting(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    start: Start,
    waiting: Mapping[Submission, tuple[GradedAs, ClassWork]],
    watch: Watch,
    begun: float,
) -> list[Outcome]:
    """Run each submission once, and record it for everybody whose work it is. waiting: with what
    each will be graded under. begun: when the run began, by `perf_counter`."""
    outcomes = []
    earlier = EarlierMarks(course, assignment, _of_students(waiting))
    if context.unearned:
        watch(Event("note", message=_unearned(context)))
    open_gradebook.register(course, assignment, dict(context.models))
    with start(context) as engine, open_gradebook.recorder(course, assignment) as save:

        def run(submission: Submission) -> SubmissionRun:
            watch(Event("started", submission.student, perf_counter() - begun))
            return engine.run(
                submission_files(submission, context.accepted_files),
                read_student_modules(course, assignment, submission.student),
            )

        for submission, graded in run_in_parallel(engine, run, list(waiting)):
            graded_as, work = waiting[submission]
            shared = shared_work(work)
            for theirs in of_students(work):
                with lock_records(course, assignment):
                    changes = earlier.changes(theirs, graded, context)
                    event = LogEvent(earlier.at, "grade", context.key)
                    log = partial(append, assignment=assignment.id, event=event, changes=changes)
                    regrade = Regrade(log, looked_at=False) if changes else None
                    other_work = earlier.is_other_work(theirs)
                    saved = partial(save, regrade=regrade, other_work=other_work)
                    written = record(
                        course, assignment, context, theirs, graded_as, graded, saved, shared
                    )
                outcomes.append(replace(written, changes=changes))
            done = next(o for o in outcomes if o.student == submission.student)
            watch(Event("done", done.student, perf_counter() - begun, outcome=done))
    return outcomes


def of_students(work: ClassWork) -> list[Submission]:
    """The submission as each student's whose work it is."""
    return [replace(work.submission, student=student) for student in work.students]


def shared_work(work: ClassWork) -> SharedWork | None:
    """Whose group's work it is; None for who works alone."""
    return SharedWork(work.group, work.submission.student) if work.group else None


def _of_students(
    waiting: Mapping[Submission, tuple[GradedAs, ClassWork]],
) -> dict[Submission, GradedAs]:
    return {
        theirs: graded_as for graded_as, work in waiting.values() for theirs in of_students(work)
    }


def _unearned(context: GradingContext) -> str:
    return (
        f"The reference solution of {context.assignment} does not earn its own points where it is "
        f"graded: {', '.join(context.unearned)}. Right work will lose them too. See why: "
        f"autograder audit {context.assignment}"
    )


def _split_by_key(
    course: Course, assignment: Assignment, works: list[ClassWork], context_key: str
) -> tuple[list[Outcome], Mapping[Submission, tuple[GradedAs, ClassWork]]]:
    """What is graded already, and what waits with what it will be graded under."""
    unchanged, waiting = [], {}
    for work in works:
        graded_as = keys(course, assignment, work.submission, context_key)
        records = [(s, read_record(course, assignment, s) or {}) for s in work.students]
        if all(_is_graded(record, graded_as.key, work) for _, record in records):
            unchanged += [Outcome(s, False, r["seconds"], message(r)) for s, r in records]
        else:
            waiting[work.submission] = graded_as, work
    return unchanged, waiting


def _is_graded(record: Mapping[str, Any], key: str, work: ClassWork) -> bool:
    """Whether a student's record is of this work, in the group that it is of now."""
    owner = work.submission.student if work.group else ""
    named = record.get("group", ""), record.get("handed_in_by", "")
    return record.get("key") == key and named == (work.group, owner)


def keys(
    course: Course, assignment: Assignment, submission: Submission, context_key: str
) -> GradedAs:
    """What a submission is graded under in the context of `context_key`."""
    earlier = version(course, assignment, submission.student)
    rest = (submission.files, submission.submitted_at, earlier)
    return GradedAs(identity(context_key, *rest), identity("", *rest))


def submission_files(submission: Submission, accepted_files: tuple[str, ...]) -> dict[str, bytes]:
    """The notebooks of a submission that can be read, and the files that the course accepts beside
    them. What else it holds never reaches the folder it runs in: a numpy.py would shadow NumPy."""
    files = {}
    for name, digest in submission.files:
        notebook = name.endswith(".ipynb") and "/" not in name
        if digest and (notebook or is_accepted(name, accepted_files)):
            with suppress(OSError):
                files[name] = (submission.folder / name).read_bytes()
    return files


def run_in_parallel(
    engine: Engine, run: Callable[[Submission], SubmissionRun], waiting: list[Submission]
) -> Iterator[tuple[Submission, SubmissionRun]]:
    """Each submission with how it ran, as they finish. Leaving early stops what is running."""
    with ThreadPoolExecutor(engine.workers) as pool:
        jobs: dict[Future[SubmissionRun], Submission] = {
            pool.submit(run, submission): submission for submission in waiting
        }
        try:
            for job in as_completed(jobs):
                yield jobs.pop(job), job.result()
        finally:
            if jobs:
                pool.shutdown(wait=False, cancel_futures=True)
                engine.stop()
