"""How a graded submission ran, read back from autograded/<student>/<id>/grade.json.

Alone in its file because whoever reads a record needs nothing of what grading needs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from autograder.model import Assignment, Course

RECORD = "grade.json"


def read_record(course: Course, assignment: Assignment, student: str) -> dict | None:
    """The record of a graded submission, None where it was never graded by us."""
    path = course.autograded / student / assignment.id / RECORD
    try:
        record: dict = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record


def submitted_at(record: dict) -> datetime | None:
    stamp = record["submitted_at"]
    return datetime.fromisoformat(stamp).astimezone(UTC) if stamp else None
