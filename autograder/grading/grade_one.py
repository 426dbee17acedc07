"""One submission is repaired and run: files in, executed notebooks out.

The only input is plain data and a pool, so the same function serves a thread on this machine and a
worker on another one. Running it twice gives the same marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.grading.context import GradingContext
from autograder.grading.integration import GradedSubmission, integration
from autograder.grading.repair import repair
from autograder.grading.student_modules import StudentModules
from autograder.model import CourseError
from autograder.notebook import validate
from autograder.notebook.cells import Notebook
from autograder.sandbox import run_notebook
from autograder.sandbox.kernel_pool import KernelPool, MissingKernel
from autograder.sandbox.pool import Pool
from autograder.sandbox.run_result import GraderFault

NO_MODULES = StudentModules()


@dataclass(frozen=True)
class SubmissionRun:
    """How a submission ran: its notebooks with outputs, sentences on what went wrong in them
    (`messages`) or kept one from being graded (`faults`), the cells graded in a fork, the time, the
    level of isolation it had ('' where it could not be run at all), and how it fares on the
    student's own earlier chapters ('' where there are none)."""

    executed: Mapping[str, Notebook]
    messages: tuple[str, ...]
    faults: tuple[str, ...]
    forked: tuple[str, ...]
    seconds: float
    level: str
    integration: str = ""


def run_submission(
    pool: Pool | KernelPool,
    context: GradingContext,
    files: Mapping[str, bytes],
    student_modules: StudentModules = NO_MODULES,
) -> SubmissionRun:
    """Repair and run every notebook of the assignment that is among `files` (name -> bytes), with
    the other files beside it, then once more on the student's own chapters."""
    executed: dict[str, Notebook] = {}
    repaired: dict[str, Notebook] = {}
    messages: list[str] = []
    faults: list[str] = []
    forked: list[str] = []
    seconds = 0.0
    handed_in = {name: data for name, data in files.items() if not name.endswith(".ipynb")}
    for name, model in context.models.items():
        try:
            result = repair(_open_handed_in(files, f"{name}.ipynb"), model)
        except CourseError as fault:
            faults.append(str(fault))
            continue
        try:
            job = context.job(name, result.notebook, handed_in)
            run = run_notebook.run(pool, job, context.limits)
        except MissingKernel as fault:
            return _not_run(f"{name}.ipynb {fault}")
        except GraderFault as fault:
            if pool.closed:
                raise
            return _not_run(
                f"could not be run ({fault}). Grade again; if it stays so, grade with fewer --slots"
            )
        executed[name], repaired[name] = run.notebook, result.notebook
        messages += [*result.messages, *run.messages]
        forked += [f"{name}/{cell}" for cell in run.forked_tests]
        seconds += run.seconds
    line = integration(
        GradedSubmission(pool, context, repaired, executed, student_modules, handed_in)
    )
    level = pool.level.name
    return SubmissionRun(
        executed, tuple(messages), tuple(faults), tuple(forked), seconds, level, line
    )


def _not_run(fault: str) -> SubmissionRun:
    """Of a submission that the grader could not run, through no fault of its own."""
    return SubmissionRun({}, (), (fault,), (), 0.0, "")


def _open_handed_in(files: Mapping[str, bytes], name: str) -> Notebook:
    if name not in files:
        raise CourseError(f"{name} was not handed in")
    try:
        return validate.open_notebook(files[name])
    except CourseError as fault:
        raise CourseError(f"{name} {fault}") from fault
