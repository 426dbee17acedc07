"""What the workspace remembers of checks: one small JSON file per question, the latest answer.

A file per question needs no lock: two notebooks that check at once replace different files, and a
replacement is all or nothing. Outside of a released workspace nothing is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coursekit import workspace
from coursekit.questions import Question
from coursekit.report import Report
from coursekit.workspace import Workspace


def note(question: Question, report: Report, start: Path | None = None) -> None:
    """Keeps the answer in the workspace around `start`; where that cannot be, nothing happens."""
    try:
        space = workspace.find(start)
        if space is not None and space.marked:
            workspace.write_json(_place(space, question.name), _row(question, report))
    except (OSError, workspace.CourseError):
        return  # a read-only folder must not stop a check


def noted(space: Workspace, assignment_id: str) -> dict[str, dict[str, Any]]:
    """The latest answers for an assignment, by question."""
    rows = [workspace.read_json(path) for path in sorted((space.state / "checks").glob("*.json"))]
    mine = [row for row in rows if isinstance(row, dict) and row.get("assignment") == assignment_id]
    return {str(row.get("question")): row for row in mine}


def _place(space: Workspace, name: str) -> Path:
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
    return space.state / "checks" / f"{safe}.json"


def _row(question: Question, report: Report) -> dict[str, Any]:
    return {
        "question": question.name,
        "assignment": question.assignment,
        "ok": report.ok,
        "held": report.passed,
        "asserts": report.asserts,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
