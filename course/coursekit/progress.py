"""`course progress`: one map of the five tracks, from what lies in the workspace.

Per assignment: how many questions passed when last checked, whether its module is exported, when
it was last submitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coursekit import notebook, questions, results, submit
from coursekit.syllabus import TRACKS, Assignment, CourseError, Syllabus
from coursekit.workspace import Workspace

PURPOSE = {
    "READ": "the book",
    "EXPLORE": "co-labs: a trade-off, predicted and measured",
    "BUILD": "your own tinytorch, chapter by chapter",
    "DEPLOY": "labs on a board",
    "PROVE": "the Olympics",
}


@dataclass(frozen=True)
class Row:
    """Where a student stands with an assignment. exported: '' where it exports nothing."""

    assignment: Assignment
    passed: int
    questions: int
    exported: str
    submitted_at: datetime | None
    is_present: bool


def rows(space: Workspace, syllabus: Syllabus) -> list[Row]:
    return [_row(space, assignment) for assignment in syllabus.assignments]


def text(course: str, all_rows: list[Row], now: datetime) -> str:
    """The map, as the command prints it."""
    blocks = [f"{course}: where you stand"]
    for track in TRACKS:
        mine = [row for row in all_rows if row.assignment.track == track]
        lines = [line for row in mine for line in _lines(row, now)]
        blocks.append("\n".join([f"{track:<8} {PURPOSE[track]}", *(lines or ["  nothing yet"])]))
    return "\n\n".join(blocks)


def _row(space: Workspace, assignment: Assignment) -> Row:
    names = _questions(space, assignment.id)
    noted = results.noted(space, assignment.id)
    receipt = submit.latest_receipt(space, assignment.id)
    return Row(
        assignment=assignment,
        passed=sum(bool(noted[name].get("ok")) for name in names if name in noted),
        questions=len(names),
        exported=_exported(space.packages / assignment.exports) if assignment.exports else "",
        submitted_at=datetime.fromisoformat(receipt["submitted_at"]) if receipt else None,
        is_present=bool(space.notebooks(assignment.id)),
    )


def _questions(space: Workspace, assignment_id: str) -> list[str]:
    all_questions = questions.of(assignment_id)
    for path in () if all_questions else space.notebooks(assignment_id):
        try:
            all_questions = [*all_questions, *questions.inside(path)]
        except CourseError:
            continue  # `course doctor` says what is wrong with it
    return [question.name for question in all_questions]


def _exported(module: Path) -> str:
    if not module.exists():
        return "not exported"
    unwritten = notebook.unwritten(module.read_text(encoding="utf-8", errors="replace"))
    return "exported in part" if unwritten else "exported"


def _lines(row: Row, now: datetime) -> Iterator[str]:
    yield f"  {row.assignment.id:<24} {row.assignment.title}"
    if not row.is_present:
        yield f"  {'':<24} not in this workspace"
        return
    checked = f"{row.passed} of {row.questions} questions pass" if row.questions else ""
    parts = [checked, row.exported, _submitted(row.submitted_at), _due(row, now)]
    yield f"  {'':<24} {', '.join(part for part in parts if part)}"


def _submitted(when: datetime | None) -> str:
    return f"submitted {when:%Y-%m-%d %H:%M %Z}" if when else "not submitted"


def _due(row: Row, now: datetime) -> str:
    due = row.assignment.due
    if due is None or row.submitted_at:
        return ""
    days = (due - now).days
    remaining = f" ({days} days left)" if now < due else " (past)"
    return f"due {due:%Y-%m-%d %H:%M %Z}" + remaining
