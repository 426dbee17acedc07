"""How a graded submission ran, read back from autograded/<student>/<id>/grade.json.

Alone in its file because whoever reads a record needs nothing of what grading needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from autograder.files import exclusive_lock, write_file
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


def lock_records(course: Course, assignment: Assignment) -> AbstractContextManager[None]:
    """Nobody else on this machine writes a record of the assignment meanwhile, nor its marks."""
    return exclusive_lock(course.state / "locks" / f"{assignment.id}.lock")


def is_same_work(record: dict, work: str, handed_in: datetime | None) -> bool:
    """Whether a record is of the same hand-in. work: its key, which records did not always have."""
    if "work" in record:
        return bool(record["work"] == work)
    return submitted_at(record) == handed_in


def keep_messages(
    course: Course, assignment: Assignment, student: str, messages: Mapping[tuple[str, str], str]
) -> None:
    """Write into a record that these marks are of an earlier version of the tests, and what they
    say; where there is no record, nothing."""
    record = read_record(course, assignment, student)
    if record is None:
        return
    for (notebook, cell), sentence in messages.items():
        record.setdefault("marks", {}).setdefault(notebook, {})[cell] = sentence
    names = {f"{notebook}/{cell}" for notebook, cell in messages}
    record["kept"] = sorted({*record.get("kept", ()), *names})
    path = course.autograded / student / assignment.id / RECORD
    write_file(path, json.dumps(record, ensure_ascii=False, indent=1).encode())


def submitted_at(record: dict) -> datetime | None:
    stamp = record["submitted_at"]
    return datetime.fromisoformat(stamp).astimezone(UTC) if stamp else None
