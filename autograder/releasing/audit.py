"""The audit of an assignment: does each graded cell tell right solutions from wrong ones?

Four conditions must hold. The untouched release scores 0; the reference scores everything and none
of its cells raises; every wrong solution loses points at its cell; every right variant keeps every
point. The result is recorded (see `audit_record`).

It also says of every wrong solution whether the visible part of its cell, all that students have,
fails on it. That is counted, and is no condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from autograder import proofs
from autograder.files import check_writable
from autograder.gradebook.points import automatic_points
from autograder.grading.messages import lost_mark_messages
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.proofs import Proof
from autograder.releasing.audit_record import (
    Audit,
    Finding,
    record_path,
    recorded_audit,
    write_record,
)
from autograder.releasing.audit_subject import proofs_path, subject_digest
from autograder.releasing.test_isolation import isolation
from autograder.releasing.trials import (
    Trial,
    as_graded,
    trial_settings,
    trials_of,
    visible_trial,
)
from autograder.settings.source_notebook import source_notebook

MIN_WRONG_PROOFS, MIN_RIGHT_PROOFS = 3, 1


def audit(
    course: Course,
    assignment: Assignment,
    report_progress: Callable[[int, int], None] = lambda _count, _total: None,
    again: bool = False,
) -> Audit:
    """The audit on record if it holds, else every trial of the assignment run, judged and recorded.

    `report_progress(count, total)` is called after each notebook. again: whatever is on record.
    """
    recorded = None if again else recorded_audit(course, assignment)
    if recorded and recorded.holds:
        return recorded
    check_writable(record_path(course, assignment).parent)
    subject = subject_digest(course, assignment)
    all_proofs = proofs.read(proofs_path(course, assignment))
    findings: list[Finding] = []
    for name, notebook in _sources(course, assignment):
        findings += _audit_notebook(course, assignment, name, notebook, all_proofs)
        report_progress(
            len(findings), max(len(findings), 2 * len(assignment.notebooks) + len(all_proofs))
        )
    missing = tuple(_describe_missing(course, assignment, all_proofs))
    reach = isolation(course, assignment, trial_settings(course))
    result = Audit(assignment.id, tuple(findings), missing, bool(all_proofs), reach)
    write_record(course, assignment, result, subject)
    return result


def audits(course: Course, assignments: Iterable[Assignment]) -> Iterator[Audit | None]:
    """The audits of several assignments, two at a time: one often waits where another computes.

    None stands for one that cannot be audited; its own `audit` says why.
    """
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda assignment: _audit_or_none(course, assignment), assignments)


def _audit_or_none(course: Course, assignment: Assignment) -> Audit | None:
    try:
        return audit(course, assignment)
    except (CourseError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _audit_notebook(
    course: Course, assignment: Assignment, name: str, notebook: Notebook, all_proofs: list[Proof]
) -> list[Finding]:
    """Findings on one notebook, each trial graded as a submission would be, and each wrong one run
    with its visible tests alone."""
    trials = list(trials_of(course, assignment, name, notebook, all_proofs))
    visible = [visible_trial(trial) for trial in trials if trial.kind == "wrong"]
    graded = as_graded(course, assignment, name, [*trials, *visible])
    catches = iter(map(_is_caught, visible, graded[len(trials) :]))
    return [
        _judge(trial, book, next(catches) if trial.kind == "wrong" else None)
        for trial, book in zip(trials, graded[: len(trials)], strict=True)
    ]


def _is_caught(trial: Trial, run: Notebook) -> bool:
    """Whether the graded cell of a trial raised."""
    graded = next(cell for cell in cells.tests(run) if cells.grade_id(cell) == trial.question)
    return any(output["output_type"] == "error" for output in graded.get("outputs", ()))


def _judge(trial: Trial, graded: Notebook, visible: bool | None) -> Finding:
    message = _describe_fault(trial, graded)
    return Finding(
        trial.kind, trial.notebook, trial.question, trial.thought, not message, message, visible
    )


def _sources(course: Course, assignment: Assignment) -> Iterator[tuple[str, Notebook]]:
    for name in assignment.notebooks:
        yield name, source_notebook(course, assignment, name)


def _describe_fault(trial: Trial, graded: Notebook) -> str:
    """A sentence about how the tests misjudged a trial; '' where they judged it well."""
    earned = {cells.grade_id(cell): automatic_points(cell) for cell in cells.tests(graded)}
    losing_questions = [q for q, (points, out_of) in earned.items() if (points or 0) < out_of]
    earning_questions = [q for q, (points, _) in earned.items() if points]
    if trial.kind in ("reference", "right") and losing_questions:
        texts = dict(lost_mark_messages(graded, trial.document))
        losses = ", ".join(f"{q} ({texts.get(q) or 'no points given'})" for q in losing_questions)
        return f"should keep every point, but loses some at: {losses}"
    if trial.kind == "reference" and (raised := _describe_error(graded)):
        return f"should run to its end, but {raised}"
    if trial.kind == "untouched" and earning_questions:
        return f"should score 0, but earns points at: {', '.join(earning_questions)}"
    if trial.kind == "wrong" and trial.question not in losing_questions:
        return "should lose points, but keeps them: the tests do not see this mistake"
    return ""


def _describe_error(graded: Notebook) -> str:
    """The first cell that raised and is not tagged `raises-exception`, with its message, or ''."""
    for cell in graded["cells"]:
        if "raises-exception" in cell["metadata"].get("tags", ()):
            continue
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                return f"cell '{cell.get('id')}' raises {output['ename']}: {output['evalue']}"
    return ""


def _describe_missing(
    course: Course, assignment: Assignment, all_proofs: list[Proof]
) -> Iterator[str]:
    """A sentence for each graded cell without enough proofs and each proof of an unknown cell."""
    questions = [
        cells.grade_id(cell)
        for _, notebook in _sources(course, assignment)
        for cell in cells.tests(notebook)
    ]
    for question in questions:
        wrongs = sum(p.question == question and not p.is_right for p in all_proofs)
        rights = sum(p.question == question and p.is_right for p in all_proofs)
        if wrongs < MIN_WRONG_PROOFS or rights < MIN_RIGHT_PROOFS:
            yield (
                f"'{question}' has {wrongs} wrong and {rights} right solutions among its proofs; "
                f"it needs at least {MIN_WRONG_PROOFS} and {MIN_RIGHT_PROOFS}"
            )
    for unknown in sorted({p.question for p in all_proofs} - set(questions)):
        yield f"proofs are given for '{unknown}', which is no graded cell of {assignment.id}"
    for unknown in sorted({p.notebook for p in all_proofs} - {"", *assignment.notebooks}):
        yield f"proofs are given for the notebook '{unknown}', which {assignment.id} does not have"
