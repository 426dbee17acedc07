"""The strength of an assignment's tests, as a table: does each graded cell tell right from wrong?

Four things must hold. The untouched release scores 0; the reference scores everything and no cell
of it raises; every wrong solution loses points at its cell; every right variant keeps every point.
The verdict is cached under the bytes of the notebooks and the proofs, so asking twice is free.
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
from autograder.grading.messages import messages
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.proofs import Proof
from autograder.releasing.trials import Trial, as_graded, forked_cells, trials_of
from autograder.settings import packages

ENOUGH_WRONG, ENOUGH_RIGHT = 3, 1


@dataclass(frozen=True)
class Finding:
    """What a trial showed: whether the tests judged it well, and if not, how they did not."""

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
    done: Callable[[int, int], None] = lambda _done, _of: None,
) -> Audit:
    """Run every trial of an assignment and judge it. `done(k, n)` is told of progress."""
    key = _key(course, assignment)
    cached = _cached(course, assignment, key)
    if cached:
        return cached
    given = proofs.read(_proofs(course, assignment))
    findings: list[Finding] = []
    for name, notebook in _sources(course, assignment):
        findings += _notebook(course, assignment, name, notebook, given)
        done(len(findings), max(len(findings), 2 * len(assignment.notebooks) + len(given)))
    missing = tuple(_missing(course, assignment, given))
    forked = tuple(forked_cells(course, assignment))
    result = Audit(assignment.id, tuple(findings), missing, bool(given), forked)
    _store(course, assignment, key, result)
    return result


def audits(course: Course, assignments: Iterable[Assignment]) -> Iterator[Audit]:
    """The audits of several assignments, two at a time: one often waits where another computes."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda assignment: audit(course, assignment), assignments)


def _notebook(
    course: Course, assignment: Assignment, name: str, notebook: Notebook, given: list[Proof]
) -> list[Finding]:
    """Findings on one notebook, each trial graded as a submission would be."""
    trials = list(trials_of(course, assignment, name, notebook, given))
    graded = as_graded(course, assignment, name, trials)
    return [_finding(trial, book) for trial, book in zip(trials, graded, strict=True)]


def _finding(trial: Trial, graded: Notebook) -> Finding:
    message = _fault(trial, graded)
    return Finding(trial.kind, trial.notebook, trial.question, trial.thought, not message, message)


def _sources(course: Course, assignment: Assignment) -> Iterator[tuple[str, Notebook]]:
    for name in assignment.notebooks:
        yield name, cells.load(course.source / assignment.id / f"{name}.ipynb")


def _fault(trial: Trial, graded: Notebook) -> str:
    """What is wrong with how the tests judged a trial; '' where they judged it well."""
    earned = {cells.grade_id(cell): automatic_points(cell) for cell in cells.tests(graded)}
    short = [q for q, (points, out_of) in earned.items() if (points or 0) < out_of]
    gained = [q for q, (points, _) in earned.items() if points]
    if trial.kind in ("reference", "right") and short:
        said = dict(messages(graded))
        lost = ", ".join(f"{q} ({said.get(q) or 'no points given'})" for q in short)
        return f"should keep every point, but loses some at: {lost}"
    if trial.kind == "reference" and (raised := _raised(graded)):
        return f"should run to its end, but {raised}"
    if trial.kind == "untouched" and gained:
        return f"should score 0, but earns points at: {', '.join(gained)}"
    if trial.kind == "wrong" and trial.question not in short:
        return "should lose points, but keeps them: the tests do not see this mistake"
    return ""


def _raised(graded: Notebook) -> str:
    """The first cell that raised and is not tagged `raises-exception`, with what it said, or ''."""
    for cell in graded["cells"]:
        if "raises-exception" in cell["metadata"].get("tags", ()):
            continue
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                return f"cell '{cell.get('id')}' raises {output['ename']}: {output['evalue']}"
    return ""


def _missing(course: Course, assignment: Assignment, given: list[Proof]) -> Iterator[str]:
    """Graded cells without enough proofs, and proofs of cells that do not exist."""
    questions = [
        cells.grade_id(cell)
        for _, notebook in _sources(course, assignment)
        for cell in cells.tests(notebook)
    ]
    for question in questions:
        wrongs = sum(p.question == question and not p.is_right for p in given)
        rights = sum(p.question == question and p.is_right for p in given)
        if wrongs < ENOUGH_WRONG or rights < ENOUGH_RIGHT:
            yield (
                f"'{question}' has {wrongs} wrong and {rights} right solutions among its proofs; "
                f"it needs at least {ENOUGH_WRONG} and {ENOUGH_RIGHT}"
            )
    for stranger in sorted({p.question for p in given} - set(questions)):
        yield f"proofs are given for '{stranger}', which is no graded cell of {assignment.id}"


def _key(course: Course, assignment: Assignment) -> str:
    """Changes with every byte the verdict rests on: all it is about, and this judge."""
    digest = hashlib.sha256(subject(course, assignment).encode())
    for path in _code(Path(__file__).parents[1]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def subject(course: Course, assignment: Assignment) -> str:
    """Changes with every byte an audit is about: the notebooks and what stands beside them, the
    proofs, and the course's packages as far as the assignment's students may have them."""
    digest = hashlib.sha256()
    for path in [*packages.files(course.source / assignment.id), _proofs(course, assignment)]:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name, data in sorted(supplies(course, assignment, "warm").libraries.items()):
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


def _proofs(course: Course, assignment: Assignment) -> Path:
    return course.proofs / f"{assignment.id}.py"


def _code(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _cached(course: Course, assignment: Assignment, key: str) -> Audit | None:
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
