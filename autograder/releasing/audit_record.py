"""The record of an audit: its findings, and the digest of what they are about.

A course keeps its records beside its proofs, in tests/audits/<id>.json, and commits them: a fresh
copy of the course is released without a new audit. A record counts only while what could change a
verdict is as it was audited (see `audit_subject`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.files import write_file
from autograder.model import Assignment, Course
from autograder.releasing.audit_subject import proofs_path, subject_digest
from autograder.releasing.test_isolation import EditableName, Isolation


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
