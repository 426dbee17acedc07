"""grade(submissions) -> grades: repaired, run behind walls, recorded in nbgrader's gradebook.

The same submission on the same ground is not graded twice; a changed submission, assignment or
grader is. Submissions run side by side; one writer, this thread, records them one by one, so that
whatever ends the run, what was recorded is right and the rest is done by running it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from time import perf_counter

from autograder.collecting.submitted import submissions
from autograder.gradebook import open_gradebook
from autograder.grading.context import Context, identity
from autograder.grading.engine import Engine
from autograder.grading.grade_one import Graded
from autograder.grading.record import Outcome, message, record
from autograder.grading.records import read_record
from autograder.grading.student_modules import read_student_modules, version
from autograder.model import Assignment, Course, Submission


@dataclass(frozen=True)
class Event:
    """Something to show while a class is graded. what: 'waiting' (of `of` submissions), 'started'
    or 'done'; at: seconds since the run began."""

    what: str
    student: str = ""
    at: float = 0.0
    of: int = 0
    outcome: Outcome | None = None


Watch = Callable[[Event], None]
Start = Callable[[Context], AbstractContextManager[Engine]]


def grade(
    course: Course,
    assignment: Assignment,
    context: Context,
    start: Start,
    watch: Watch = lambda _event: None,
) -> list[Outcome]:
    """Grade every submission of `assignment` that is new or changed; `watch` is told of each.

    ground: complete (see `ways`). start: the engine. Raises CourseError where the gradebook or the
    disk does not take the marks.
    """
    begun = perf_counter()
    known, waiting = _sorted_out(course, assignment, context.key)
    watch(Event("waiting", of=len(waiting), at=0.0))
    outcomes = list(known)
    if not waiting:
        return outcomes
    open_gradebook.register(course, assignment, dict(context.models))
    with start(context) as engine, open_gradebook.recorder(course, assignment) as save:

        def run(submission: Submission) -> Graded:
            watch(Event("started", submission.student, perf_counter() - begun))
            return engine.run(
                _files(submission), read_student_modules(course, assignment, submission.student)
            )

        for submission, graded in _side_by_side(engine, run, list(waiting)):
            key = waiting[submission]
            outcome = record(course, assignment, context, submission, key, graded, save)
            outcomes.append(outcome)
            watch(Event("done", outcome.student, perf_counter() - begun, outcome=outcome))
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _sorted_out(
    course: Course, assignment: Assignment, ground_key: str
) -> tuple[list[Outcome], Mapping[Submission, str]]:
    """What is graded already, and what waits with the key it will be graded under."""
    known, waiting = [], {}
    for submission in submissions(course, assignment):
        earlier = version(course, assignment, submission.student)
        key = identity(ground_key, submission.files, submission.submitted_at, earlier)
        before = read_record(course, assignment, submission.student)
        if before and before.get("key") == key:
            known.append(Outcome(submission.student, False, before["seconds"], message(before)))
        else:
            waiting[submission] = key
    return known, waiting


def _files(submission: Submission) -> dict[str, bytes]:
    """The notebooks of a submission that can be read. What else it holds never reaches the folder
    it runs in: a numpy.py would shadow NumPy."""
    found = {}
    for name, digest in submission.files:
        if digest and name.endswith(".ipynb") and "/" not in name:
            with suppress(OSError):
                found[name] = (submission.folder / name).read_bytes()
    return found


def _side_by_side(
    engine: Engine, run: Callable[[Submission], Graded], waiting: list[Submission]
) -> Iterator[tuple[Submission, Graded]]:
    """Each submission with how it ran, as they finish. Leaving early stops what is running."""
    with ThreadPoolExecutor(engine.workers) as pool:
        jobs: dict[Future[Graded], Submission] = {pool.submit(run, one): one for one in waiting}
        try:
            for job in as_completed(jobs):
                yield jobs.pop(job), job.result()
        finally:
            if jobs:
                pool.shutdown(wait=False, cancel_futures=True)
                engine.stop()
