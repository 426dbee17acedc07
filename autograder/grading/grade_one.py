"""One submission run on the ground of its assignment: files in, executed notebooks out.

The only input is plain data and a pool, so the same function serves a thread on this machine and a
worker on another one. Running it twice gives the same marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.grading.context import Context
from autograder.grading.integration import Case, integration
from autograder.grading.repair import repair
from autograder.grading.student_modules import StudentModules
from autograder.model import CourseError
from autograder.notebook import validate
from autograder.notebook.cells import Notebook
from autograder.sandbox import run_notebook
from autograder.sandbox.kernel_pool import KernelPool, MissingKernel
from autograder.sandbox.limits import Disturbed
from autograder.sandbox.pool import Pool

NOTHING = StudentModules()


@dataclass(frozen=True)
class Graded:
    """How a submission ran: its notebooks with outputs, sentences on what went wrong in them
    (`says`) or kept one from being graded (`faults`), the cells graded in a fork, the time, the
    level of isolation it had ('' where it could not be run at all), and how it fares on the
    student's own earlier chapters ('' where there are none)."""

    executed: Mapping[str, Notebook]
    message: tuple[str, ...]
    faults: tuple[str, ...]
    forked: tuple[str, ...]
    seconds: float
    level: str
    integration: str = ""


def attempt(
    pool: Pool | KernelPool,
    context: Context,
    files: Mapping[str, bytes],
    student_modules: StudentModules = NOTHING,
) -> Graded:
    """Repair and run every notebook of the assignment that is among `files` (name -> bytes), then
    once more on the student's `own` chapters."""
    executed: dict[str, Notebook] = {}
    asked: dict[str, Notebook] = {}
    message: list[str] = []
    faults: list[str] = []
    forked: list[str] = []
    seconds = 0.0
    for name, model in context.models.items():
        try:
            mended = repair(_opened(files, f"{name}.ipynb"), model)
        except CourseError as fault:
            faults.append(str(fault))
            continue
        try:
            run = run_notebook.run(pool, context.job(name, mended.notebook), context.limits)
        except MissingKernel as fault:
            return _not_run(f"{name}.ipynb {fault}")
        except Disturbed as fault:
            if pool.closed:
                raise
            return _not_run(
                f"could not be run ({fault}). Grade again; if it stays so, grade with fewer --slots"
            )
        executed[name], asked[name] = run.notebook, mended.notebook
        message += [*mended.message, *run.message]
        forked += run.forked
        seconds += run.seconds
    line = integration(Case(pool, context, asked, executed, student_modules))
    level = pool.level.name
    return Graded(executed, tuple(message), tuple(faults), tuple(forked), seconds, level, line)


def _not_run(fault: str) -> Graded:
    """Of a submission that the grader could not run, through no fault of its own."""
    return Graded({}, (), (fault,), (), 0.0, "")


def _opened(files: Mapping[str, bytes], name: str) -> Notebook:
    if name not in files:
        raise CourseError(f"{name} was not handed in")
    try:
        return validate.open_notebook(files[name])
    except CourseError as fault:
        raise CourseError(f"{name} {fault}") from fault
