"""The record of an audit: its findings, and the digest of everything that they are about.

A course keeps its records beside its proofs, in tests/audits/<id>.json, and commits them: a fresh
copy of the course is released without a new audit. A record counts only while the notebooks, the
proofs, the packages and the version of autograder are those that were audited.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.files import write_file
from autograder.grading.context import supplies
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.releasing.test_isolation import EditableName, Isolation
from autograder.settings import packages
from autograder.settings.source_notebook import source_notebook
from autograder.settings.student_packages import chapters

CONFIG = "nbgrader_config.py"
SYLLABUS = "syllabus.toml"  # among the packages


@dataclass(frozen=True)
class Finding:
    """The result of a trial. holds: the tests judged it well; message: what was wrong, or ''.

    visible: the visible asserts alone fail on it; None where the solution is not a wrong one.
    """

    kind: str
    notebook: str
    question: str
    thought: str
    holds: bool
    message: str
    visible: bool | None


@dataclass(frozen=True)
class Catches:
    """On how many of some wrong solutions the visible asserts alone fail."""

    caught: int
    wrong: int

    @property
    def share(self) -> float:
        """1 where there are no wrong solutions."""
        return self.caught / self.wrong if self.wrong else 1.0


@dataclass(frozen=True)
class Audit:
    """Every finding of an assignment, what is missing among its proofs, and what a student's code
    could reach of its tests."""

    assignment: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    has_proofs: bool
    isolation: Isolation = field(default_factory=Isolation)

    @property
    def holds(self) -> bool:
        return not self.missing and all(finding.holds for finding in self.findings)

    def visible_catches(self, notebook: str = "", question: str = "") -> Catches:
        """The catches among the wrong solutions, of one notebook or graded cell where named."""
        caught = [
            finding.visible
            for finding in self.findings
            if finding.visible is not None
            and notebook in ("", finding.notebook)
            and question in ("", finding.question)
        ]
        return Catches(sum(caught), len(caught))


def record_path(course: Course, assignment: Assignment) -> Path:
    """Where the audit is recorded: beside the proofs, or among the caches where there are none."""
    folder = course.audits if proofs_path(course, assignment).exists() else course.state / "audits"
    return folder / f"{assignment.id}.json"


def proofs_path(course: Course, assignment: Assignment) -> Path:
    return course.proofs / f"{assignment.id}.py"


def recorded_audit(course: Course, assignment: Assignment) -> Audit | None:
    """The audit of the assignment as it is now, None where it has changed since, or never was."""
    try:
        row = json.loads(record_path(course, assignment).read_text(encoding="utf-8"))
        if row.pop("subject") != subject_digest(course, assignment):
            return None
        findings = tuple(Finding(**finding) for finding in row.pop("findings"))
        missing, reach = tuple(row.pop("missing")), _isolation(row.pop("isolation"))
        return Audit(findings=findings, missing=missing, isolation=reach, **row)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # no record, or a damaged one
        return None


def _isolation(row: dict[str, Any]) -> Isolation:
    names = tuple(EditableName(**name) for name in row["editable_names"])
    return Isolation(tuple(row["forked"]), tuple(row["in_turn"]), names)


def write_record(course: Course, assignment: Assignment, audit: Audit, subject: str) -> None:
    """Record an audit. subject: the digest from before its trials, so that what was saved while
    they ran is not taken for audited."""
    row = {"subject": subject, **asdict(audit)}
    text = json.dumps(row, indent=1, ensure_ascii=False) + "\n"
    write_file(record_path(course, assignment), text.encode())


def subject_digest(course: Course, assignment: Assignment) -> str:
    """A digest of what an audit is about: the notebooks with the course's header and settings,
    their support files, the proofs, the course's packages as far as the assignment's students may
    have them, and autograder's version.
    """
    digest = hashlib.sha256(version("mlsys-course").encode())
    for name in assignment.notebooks:
        digest.update(cells.dump(source_notebook(course, assignment, name)).encode())
    support = packages.files(course.source / assignment.id)
    for path in (*support, proofs_path(course, assignment), course.root / CONFIG):
        if path.exists() and path.suffix != ".ipynb":
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    ids = {assignment.id, *(chapter.id for chapter in chapters(course, assignment))}
    for name, data in sorted(supplies(course, assignment, "warm").libraries.items()):
        part = _chapters(data, ids) if name == SYLLABUS else data
        digest.update(name.encode() + b"\0" + part)
    return digest.hexdigest()


def _chapters(syllabus: bytes, ids: set[str]) -> bytes:
    """What of a syllabus a trial can see: what these assignments export. Other assignments and
    planned minutes are no part of it."""
    rows = tomllib.loads(syllabus.decode())["assignment"]
    seen = {row["id"]: (row.get("exports"), row.get("everyday")) for row in rows}
    return json.dumps({id: seen.get(id) for id in sorted(ids)}).encode()
