"""The audit of an assignment: does each graded cell tell right solutions from wrong ones?

Four conditions must hold. The untouched release scores 0; the reference scores everything and none
of its cells raises; every wrong solution loses points at its cell; every right variant keeps every
point. The result is cached under a digest of the notebooks, the proofs and the autograder's code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder import proofs
from autograder.gradebook.points import automatic_points
from autograder.grading.context import supplies
from autograder.grading.messages import lost_mark_messages
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.proofs import Proof
from autograder.releasing.trials import Trial, as_graded, forked_cells, trials_of
from autograder.settings import packages

MIN_WRONG_PROOFS, MIN_RIGHT_PROOFS = 3, 1


@dataclass(frozen=True)
class Finding:
    """The result of a trial. holds: the tests judged it well; message: what was wrong, or ''."""

    kind: str
    notebook: str
    question: str
    thought: str
    holds: bool
    message: str


@dataclass(frozen=True)
class Audit:
    """Every finding of an assignment, and what is missing among its proofs.

    forked: graded cells whose test cannot run in the tester.
    """

    assignment: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    has_proofs: bool
    forked: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.missing and all(finding.holds for finding in self.findings)


def audit(
    course: Course,
    assignment: Assignment,
    report_progress: Callable[[int, int], None] = lambda _count, _total: None,
) -> Audit:
    """Run every trial of an assignment and judge it.

    `report_progress(count, total)` is called after each notebook.
    """
    key = _verdict_key(course, assignment)
    cached = _load(course, assignment, key)
    if cached:
        return cached
    all_proofs = proofs.read(_proofs_path(course, assignment))
    findings: list[Finding] = []
    for name, notebook in _sources(course, assignment):
        findings += _audit_notebook(course, assignment, name, notebook, all_proofs)
        report_progress(
            len(findings), max(len(findings), 2 * len(assignment.notebooks) + len(all_proofs))
        )
    missing = tuple(_describe_missing(course, assignment, all_proofs))
    forked = tuple(forked_cells(course, assignment))
    result = Audit(assignment.id, tuple(findings), missing, bool(all_proofs), forked)
    _store(course, assignment, key, result)
    return result


def audits(course: Course, assignments: Iterable[Assignment]) -> Iterator[Audit]:
    """The audits of several assignments, two at a time: one often waits where another computes."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda assignment: audit(course, assignment), assignments)


def _audit_notebook(
    course: Course, assignment: Assignment, name: str, notebook: Notebook, all_proofs: list[Proof]
) -> list[Finding]:
    """Findings on one notebook, each trial graded as a submission would be."""
    trials = list(trials_of(course, assignment, name, notebook, all_proofs))
    graded = as_graded(course, assignment, name, trials)
    return [_judge(trial, book) for trial, book in zip(trials, graded, strict=True)]


def _judge(trial: Trial, graded: Notebook) -> Finding:
    message = _describe_fault(trial, graded)
    return Finding(trial.kind, trial.notebook, trial.question, trial.thought, not message, message)


def _sources(course: Course, assignment: Assignment) -> Iterator[tuple[str, Notebook]]:
    for name in assignment.notebooks:
        yield name, cells.load(course.source / assignment.id / f"{name}.ipynb")


def _describe_fault(trial: Trial, graded: Notebook) -> str:
    """A sentence about how the tests misjudged a trial; '' where they judged it well."""
    earned = {cells.grade_id(cell): automatic_points(cell) for cell in cells.tests(graded)}
    losing_questions = [q for q, (points, out_of) in earned.items() if (points or 0) < out_of]
    earning_questions = [q for q, (points, _) in earned.items() if points]
    if trial.kind in ("reference", "right") and losing_questions:
        texts = dict(lost_mark_messages(graded))
        lost = ", ".join(f"{q} ({texts.get(q) or 'no points given'})" for q in losing_questions)
        return f"should keep every point, but loses some at: {lost}"
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


def _verdict_key(course: Course, assignment: Assignment) -> str:
    """A digest of every byte that the verdict depends on: the subject and autograder's code."""
    digest = hashlib.sha256(subject_digest(course, assignment).encode())
    for path in _code_files(Path(__file__).parents[1]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def subject_digest(course: Course, assignment: Assignment) -> str:
    """A digest of every byte that an audit is about: the notebooks and their support files, the
    proofs, and the course's packages as far as the assignment's students may have them."""
    digest = hashlib.sha256()
    for path in [*packages.files(course.source / assignment.id), _proofs_path(course, assignment)]:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name, data in sorted(supplies(course, assignment, "warm").libraries.items()):
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


def _proofs_path(course: Course, assignment: Assignment) -> Path:
    return course.proofs / f"{assignment.id}.py"


def _code_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _load(course: Course, assignment: Assignment, key: str) -> Audit | None:
    path = course.state / "audit" / f"{assignment.id}.json"
    if not path.exists():
        return None
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored.pop("key") != key:
        return None
    findings = tuple(Finding(**finding) for finding in stored.pop("findings"))
    missing, forked = tuple(stored.pop("missing")), tuple(stored.pop("forked"))
    return Audit(findings=findings, missing=missing, forked=forked, **stored)


def _store(course: Course, assignment: Assignment, key: str, result: Audit) -> None:
    path = course.state / "audit" / f"{assignment.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"key": key, **asdict(result)}, indent=1), encoding="utf-8")
