"""The strength of an assignment's tests, as a table: does each graded cell tell right from wrong?

Four things must hold. The untouched release scores 0; the reference scores everything; every
wrong solution loses points at its cell; every right variant keeps every point. The verdict is
cached under the bytes of the notebooks and the proofs, so asking twice costs nothing.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder import cells, nbgrader_door, proofs
from autograder.cells import Notebook
from autograder.execute import execute
from autograder.gradebook.points import automatic_points
from autograder.grading.ground import supplies
from autograder.grading.stage import Settings, prepared
from autograder.grading.told import messages
from autograder.nouns import Assignment, Course, CourseError
from autograder.proofs import Proof
from autograder.releasing import packages
from autograder.running import walk
from autograder.running.level import strongest
from autograder.running.limits import Limits
from autograder.workplace import lay_out

ENOUGH_WRONG, ENOUGH_RIGHT = 3, 1
LIMITS = Limits(cell_s=20.0, after_s=2.0)
LINUX = sys.platform == "linux"
AT_A_TIME = 3 * (os.cpu_count() or 2)  # some only wait for a board


@dataclass(frozen=True)
class Trial:
    """A notebook to run: the untouched release, the reference, or that with a proof in it."""

    kind: str
    notebook: str
    question: str
    thought: str
    document: Notebook


@dataclass(frozen=True)
class Finding:
    """What a trial showed: whether the tests judged it well, and if not, how they did not."""

    kind: str
    notebook: str
    question: str
    thought: str
    holds: bool
    says: str


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
    forked = tuple(_forked(course, assignment)) if LINUX else ()
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
    trials = list(_trials(course, assignment, name, notebook, given))
    grader = _as_submissions if LINUX else _in_kernels
    graded = grader(course, assignment, name, trials)
    return [_finding(trial, book) for trial, book in zip(trials, graded, strict=True)]


def _as_submissions(
    course: Course, assignment: Assignment, name: str, trials: list[Trial]
) -> list[Notebook]:
    """Each trial as it ran in a slot of its own, hidden tests in the tester."""
    with (
        prepared(course, assignment, Settings(LIMITS), strongest()) as (ground, pool),
        ThreadPoolExecutor(AT_A_TIME) as threads,
    ):
        jobs = [ground.job(name, trial.document) for trial in trials]
        runs = list(threads.map(lambda job: walk.run(pool, job, LIMITS), jobs))
    return [run.notebook for run in runs]


def _forked(course: Course, assignment: Assignment) -> Iterator[str]:
    with prepared(course, assignment, Settings(LIMITS), strongest()) as (ground, _):
        for ways in ground.ways.values():
            yield from (cell for cell, way in ways.items() if not way.in_tester)


def _in_kernels(
    course: Course, assignment: Assignment, _name: str, trials: list[Trial]
) -> list[Notebook]:
    """The same without walls: the instructor's own code, where there is no Linux."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(lambda trial: _in_kernel(course, assignment, trial), trials))


def _in_kernel(course: Course, assignment: Assignment, trial: Trial) -> Notebook:
    with tempfile.TemporaryDirectory(prefix="autograder-audit-") as folder:
        lay_out(course, assignment, Path(folder))
        return execute(trial.document, Path(folder), LIMITS).notebook


def _finding(trial: Trial, graded: Notebook) -> Finding:
    says = _fault(trial, graded)
    return Finding(trial.kind, trial.notebook, trial.question, trial.thought, not says, says)


def _sources(course: Course, assignment: Assignment) -> Iterator[tuple[str, Notebook]]:
    for name in assignment.notebooks:
        yield name, cells.load(course.source / assignment.id / f"{name}.ipynb")


def _trials(
    course: Course, assignment: Assignment, name: str, notebook: Notebook, given: list[Proof]
) -> Iterator[Trial]:
    """The untouched release, the reference, then the reference with each proof put in its place."""
    untouched = nbgrader_door.graded_form(course, assignment, name)
    yield Trial("untouched", name, "", "the release as it is", untouched)
    yield Trial("reference", name, "", "the instructor's own solution", notebook)
    names = [cells.grade_id(cell) for cell in notebook["cells"]]
    for proof in given:
        if proof.notebook in ("", name) and proof.question in names:
            yield _with_proof(notebook, name, proof, names.index(proof.question))


def _with_proof(notebook: Notebook, name: str, proof: Proof, place: int) -> Trial:
    """The reference with one solution cell replaced; a wrong one ends at its graded cell."""
    document = copy.deepcopy(notebook)
    target = _solution_before(document, place, proof)
    document["cells"][target]["source"] = proof.text
    if not proof.is_right:
        document["cells"] = document["cells"][: place + 1]
    kind = "right" if proof.is_right else "wrong"
    return Trial(kind, name, proof.question, proof.thought, document)


def _solution_before(document: Notebook, place: int, proof: Proof) -> int:
    for index in range(place, -1, -1):
        cell = document["cells"][index]
        if cells.is_solution(cell) and proof.cell in ("", cells.grade_id(cell)):
            return index
    raise CourseError(
        f"The proof '{proof.thought}' of '{proof.question}' has no solution cell "
        f"{proof.cell or 'before its graded cell'} to stand in."
    )


def _fault(trial: Trial, graded: Notebook) -> str:
    """What is wrong with how the tests judged a trial; '' where they judged it well."""
    earned = {cells.grade_id(cell): automatic_points(cell) for cell in cells.tests(graded)}
    short = [q for q, (points, out_of) in earned.items() if (points or 0) < out_of]
    gained = [q for q, (points, _) in earned.items() if points]
    if trial.kind in ("reference", "right") and short:
        said = dict(messages(graded))
        lost = ", ".join(f"{q} ({said.get(q) or 'no points given'})" for q in short)
        return f"should keep every point, but loses some at: {lost}"
    if trial.kind == "untouched" and gained:
        return f"should score 0, but earns points at: {', '.join(gained)}"
    if trial.kind == "wrong" and trial.question not in short:
        return "should lose points, but keeps them: the tests do not see this mistake"
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
