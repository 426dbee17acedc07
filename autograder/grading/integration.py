"""The integration line: what a submission would earn on the student's own earlier chapters.

The mark comes from a run on the reference's chapters, so that an old mistake does not sink a new
answer. Beside it the same notebook runs on what the student built; where points are lost there,
each chapter is tried alone among the reference's, and the one at fault is named.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autograder.gradebook.points import automatic_points
from autograder.grading.context import GradingContext
from autograder.grading.messages import lost_mark_messages
from autograder.grading.student_modules import StudentModules
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.sandbox import run_notebook
from autograder.sandbox.kernel_pool import KernelPool
from autograder.sandbox.pool import Pool
from autograder.sandbox.run_result import GraderFault

HOME = "own"  # the folder in a slot that holds the student's package
CHANGED = """\
import sys
from pathlib import Path

for _name in [n for n in sys.modules if n.partition(".")[0] in {packages!r}]:
    del sys.modules[_name]
sys.path.insert(0, str(Path({home!r}).resolve()))
del _name
"""


@dataclass(frozen=True)
class GradedSubmission:
    """A submission that was graded: its notebooks as `asked`, and as they ran on the reference."""

    pool: Pool | KernelPool
    context: GradingContext
    repaired: Mapping[str, Notebook]
    reference_runs: Mapping[str, Notebook]
    student_modules: StudentModules
    handed_in: Mapping[str, bytes] = field(default_factory=dict)


def integration(submission: GradedSubmission) -> str:
    """The sentence on how a submission fares on the student's own chapters; '' where there are none
    or nothing was earned."""
    chapters = list(submission.student_modules.modules)
    if not chapters or not any(_earned_points(book) for book in submission.reference_runs.values()):
        return ""
    try:
        lost_questions = _lost_questions(submission, chapters)
        alone = {
            c: questions
            for c in chapters
            if lost_questions and (questions := _lost_questions(submission, [c]))
        }
    except GraderFault as fault:
        return f"On your own package it could not be run ({fault})."
    return _sentence(submission, lost_questions, alone)


def _sentence(
    submission: GradedSubmission, lost_questions: dict[str, str], alone: dict[str, dict[str, str]]
) -> str:
    built = f"your own {', '.join(submission.student_modules.modules)}"
    absent = ", ".join(submission.student_modules.absent)
    stood_in = f" The reference stood in for {absent}." if absent else ""
    if not lost_questions:
        return f"On {built} it earns the same points.{stood_in}"
    earned = {cell for book in submission.reference_runs.values() for cell in _earned_points(book)}
    head = (
        f"On {built} it fails at {', '.join(lost_questions)} "
        f"({len(lost_questions)} of {len(earned)} questions)."
    )
    if not alone:
        return f"{head} Each chapter alone does well: they disagree with each other.{stood_in}"
    faults = "; ".join(
        f"{chapter}: {_first_question(questions)}" for chapter, questions in alone.items()
    )
    return f"{head} At fault: {faults}.{stood_in}"


def _first_question(questions: dict[str, str]) -> str:
    cell, message = next(iter(questions.items()))
    return f"{cell} ({message.rstrip('.')})" if message else cell


def _lost_questions(submission: GradedSubmission, chapters: list[str]) -> dict[str, str]:
    """Questions that earn less on these chapters of the student, with what their tests say."""
    questions: dict[str, str] = {}
    for name in submission.repaired:
        ran = _run_on_chapters(submission, name, chapters)
        model = submission.context.models[name]
        points, message = _earned_points(ran), dict(lost_mark_messages(ran, model))
        before = _earned_points(submission.reference_runs[name])
        questions.update({c: message.get(c, "") for c in before if points.get(c, 0.0) < before[c]})
    return questions


def _run_on_chapters(submission: GradedSubmission, name: str, chapters: list[str]) -> Notebook:
    """A notebook run on the reference's package with these chapters in the place of its own."""
    modules = {
        path: text.encode()
        for path, text in (submission.student_modules.modules[c] for c in chapters)
    }
    packages = {path.partition("/")[0] for path in modules}
    reference = {
        path: data
        for path, data in submission.context.supplies.libraries.items()
        if path.partition("/")[0] in packages
    }
    job = submission.context.job(
        name, _with_student_package(submission.repaired[name], packages), submission.handed_in
    )
    files = {f"{HOME}/{path}": data for path, data in {**reference, **modules}.items()}
    job = replace(job, files={**job.files, **files})
    return run_notebook.run(submission.pool, job, submission.context.limits).notebook


def _with_student_package(notebook: Notebook, packages: set[str]) -> Notebook:
    """The notebook with a first cell that puts the student's package before the reference's."""
    document = copy.deepcopy(notebook)
    text = CHANGED.format(packages=sorted(packages), home=HOME)
    first: cells.Cell = {
        "cell_type": "code",
        "id": "own-package",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": text,
    }
    document["cells"].insert(0, first)
    return document


def _earned_points(notebook: Notebook) -> dict[str, float]:
    """Graded cell -> points, of those that earned some."""
    points = {cells.grade_id(c): automatic_points(c)[0] for c in cells.tests(notebook)}
    return {cell: value for cell, value in points.items() if value}
