"""What an audit tries: the untouched release, the reference, and that with each proof in it.

A trial is graded as a submission would be, in a slot of its own with the hidden tests in the
tester; outside Linux in the notebook's own kernel without walls, for the notebooks are the
instructor's own. What comes back is judged by `audit`.
"""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from autograder.grading.class_run import prepared
from autograder.grading.context import GradingContext, context, supplies
from autograder.grading.engine import library_folder
from autograder.grading.run_settings import Settings, course_limits
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.proofs import Proof
from autograder.sandbox import run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.job import Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import SLOTS
from autograder.settings import nbgrader_strip

CELL_S = 20.0
LINUX = sys.platform == "linux"
# One more than the cores, since some only wait for a board; with many more, each would use up the
# time limit of a cell while it waits for the processor.
AT_A_TIME = min(1 + (os.cpu_count() or 2), SLOTS // 2)


@dataclass(frozen=True)
class Trial:
    """A notebook to run: the untouched release, the reference, or that with a proof in it.

    visible_only: its test cells have no hidden tests, and run like any cell.
    """

    kind: str
    notebook: str
    question: str
    thought: str
    document: Notebook
    visible_only: bool = False


def trials_of(
    course: Course, assignment: Assignment, name: str, notebook: Notebook, proofs: list[Proof]
) -> Iterator[Trial]:
    """The untouched release, the reference, then the reference with each proof put in its place."""
    untouched = nbgrader_strip.graded_form(course, assignment, name)
    yield Trial("untouched", name, "", "the release as it is", untouched)
    yield Trial("reference", name, "", "the instructor's own solution", notebook)
    names = [cells.grade_id(cell) for cell in notebook["cells"]]
    for proof in proofs:
        if proof.notebook in ("", name) and proof.question in names:
            yield _with_proof(notebook, name, proof, names.index(proof.question))


def _with_proof(notebook: Notebook, name: str, proof: Proof, place: int) -> Trial:
    """The reference with one solution cell replaced; a wrong one ends at its graded cell."""
    document = copy.deepcopy(notebook)
    target = _solution_before(document, place, proof)
    solution = document["cells"][target]
    solution["source"] = proof.solution(cells.source(solution))
    if not proof.is_right:
        document["cells"] = document["cells"][: place + 1]
    kind = "right" if proof.is_right else "wrong"
    return Trial(kind, name, proof.question, proof.thought, document)


def visible_trial(trial: Trial) -> Trial:
    """`trial` with its test cells as students get them, without the hidden tests."""
    document = copy.deepcopy(trial.document)
    for cell in cells.tests(document):
        cell["source"] = cells.remove_regions(cells.source(cell), cells.HIDDEN)
    return replace(trial, document=document, visible_only=True)


def _solution_before(document: Notebook, place: int, proof: Proof) -> int:
    for index in range(place, -1, -1):
        cell = document["cells"][index]
        if cells.is_solution(cell) and proof.cell in ("", cells.grade_id(cell)):
            return index
    raise CourseError(
        f"The proof '{proof.thought}' of '{proof.question}' has no solution cell "
        f"{proof.cell or 'before its graded cell'} to stand in."
    )


def as_graded(
    course: Course, assignment: Assignment, name: str, trials: list[Trial]
) -> list[Notebook]:
    """Each trial's notebook as it came back from being graded, in order."""
    grader = _as_submissions if LINUX else _in_kernels
    return grader(course, assignment, name, trials)


def _as_submissions(
    course: Course, assignment: Assignment, name: str, trials: list[Trial]
) -> list[Notebook]:
    """Each trial as it ran in a slot of its own, hidden tests in the tester."""
    with (
        prepared(course, assignment, trial_settings(course), strongest_level()) as (context, pool),
        ThreadPoolExecutor(AT_A_TIME) as threads,
    ):
        jobs = [_job(context, name, trial) for trial in trials]
        runs = list(threads.map(lambda job: run_notebook.run(pool, job, context.limits), jobs))
    return [run.notebook for run in runs]


def _job(context: GradingContext, name: str, trial: Trial) -> Job:
    job = context.job(name, trial.document)
    return replace(job, plans={}, tester_setup={}) if trial.visible_only else job


def _in_kernels(
    course: Course, assignment: Assignment, _name: str, trials: list[Trial]
) -> list[Notebook]:
    """The same without walls: the instructor's own code, where there is no Linux."""
    required = supplies(course, assignment, "kernel")
    limits = trial_settings(course).limits
    files = context(course, assignment, limits, required).support_files
    with library_folder(required) as libraries, ThreadPoolExecutor(os.cpu_count() or 2) as threads:
        run = partial(run_notebook.run_unwalled, limits=limits, libraries=(libraries,))
        jobs = [Job(trial.document, files=files) for trial in trials]
        return [result.notebook for result in threads.map(run, jobs)]


def trial_settings(course: Course) -> Settings:
    """How trials are graded: as submissions are, with more time for a cell."""
    return Settings(course_limits(course, Limits(cell_s=CELL_S)))
