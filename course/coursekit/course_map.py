"""`course progress`: one map of the five tracks, from what lies in the workspace.

Per assignment: how many questions passed when last checked, whether its module is exported, when
it was last submitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coursekit import notebook, questions, results
from coursekit.archive import latest_receipt
from coursekit.syllabus import TRACKS, Assignment, CourseError, Syllabus
from coursekit.workspace import Workspace


@dataclass(frozen=True)
class Row:
    """Where a student stands with an assignment. exported: '' where it exports nothing."""

    assignment: Assignment
    passed: int
    questions: int
    exported: str
    submitted_at: datetime | None
    is_present: bool

    @property
    def is_done(self) -> bool:
        """Whether the next can build on it: its module is there, and it passes or is handed in."""
        passes = self.questions > 0 and self.passed == self.questions
        is_there = self.exported in ("", "exported")
        return is_there and (passes or self.submitted_at is not None)


def rows(space: Workspace, syllabus: Syllabus) -> list[Row]:
    return [_row(space, assignment) for assignment in syllabus.assignments]


def next_row(all_rows: list[Row]) -> Row | None:
    """The assignment to go on with: of those not done and with all that they need done, the one
    due first. None where everything is done."""
    done_ids = {row.assignment.id for row in all_rows if row.is_done}
    ready = [
        row
        for row in all_rows
        if row.is_present and not row.is_done and done_ids.issuperset(row.assignment.prerequisites)
    ]
    return min(ready, key=_due_date, default=None)


def text(syllabus: Syllabus, all_rows: list[Row], now: datetime) -> str:
    """The map, as the command prints it."""
    blocks = [f"{syllabus.course}: where you stand"]
    for track in TRACKS:
        mine = [row for row in all_rows if row.assignment.track == track]
        lines = [line for row in mine for line in _lines(row, now)]
        head = f"{track:<8} {syllabus.tracks.get(track, '')}".rstrip()
        blocks.append("\n".join([head, *(lines or ["  nothing yet"])]))
    upcoming = next_row(all_rows)
    if upcoming:
        blocks.append(f"Next: {upcoming.assignment.id}, {time_needed(upcoming.assignment)}.")
    return "\n\n".join(blocks)


def time_needed(assignment: Assignment) -> str:
    """'150 minutes', or '' where the syllabus plans none."""
    return f"{assignment.minutes} minutes" if assignment.minutes else ""


def standing(row: Row, now: datetime) -> str:
    """Checked, exported, submitted, due: where a student stands with one assignment."""
    if not row.is_present:
        return "not in this workspace"
    checked = f"{row.passed} of {row.questions} questions pass" if row.questions else ""
    parts = [checked, row.exported, _submitted(row.submitted_at), _due(row, now)]
    return ", ".join(part for part in parts if part)


def _due_date(row: Row) -> datetime:
    return row.assignment.due or datetime.max.replace(tzinfo=UTC)


def _row(space: Workspace, assignment: Assignment) -> Row:
    names = _questions(space, assignment.id)
    noted = results.noted(space, assignment.id)
    receipt = latest_receipt(space, assignment.id)
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
    yield f"  {'':<24} {standing(row, now)}"


def _submitted(when: datetime | None) -> str:
    return f"submitted {when:%Y-%m-%d %H:%M %Z}" if when else "not submitted"


def _due(row: Row, now: datetime) -> str:
    due = row.assignment.due
    if due is None or row.submitted_at:
        return ""
    days = (due - now).days
    remaining = f" ({days} days left)" if now < due else " (past)"
    return f"due {due:%Y-%m-%d %H:%M %Z}" + remaining
