"""What could not be taken, kept beside the course with a sentence each: aside/<id>/aside.jsonl.

The journal only grows. An entry is no longer listed once a later attempt of that student is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.collecting import durable
from autograder.collecting.attempts import attempt_times
from autograder.collecting.student_ids import student_id
from autograder.nouns import Assignment, Course


@dataclass(frozen=True)
class Aside:
    """A refused file: whose ('' where nobody is named), its name in the inbox, and the sentence.

    kept is where a copy lies below aside/<id>/ ('' where there is none), when the file's time.
    """

    student: str
    file: str
    says: str
    kept: str = ""
    when: datetime | None = None


def place_aside(student: str, name: str, data: bytes) -> str:
    """Where a refused file goes below aside/<id>/: named by the sha256 of `data`."""
    digest = hashlib.sha256(data).hexdigest()
    return f"{student or 'nobody'}/{digest[:8]}-{student_id(name) or 'unnamed'}"


def set_aside(course: Course, assignment: Assignment) -> list[Aside]:
    """What is set aside and still stands, by student and file."""
    return _standing(course, assignment, _journal(course, assignment))


def add_to_journal(course: Course, assignment: Assignment, entries: Iterable[Aside]) -> None:
    """Write down what is new; an entry that is there, or is listed already, changes nothing."""
    before = _journal(course, assignment)
    known = set(before)
    listed = {_what(entry) for entry in _standing(course, assignment, before)}
    new = [e for e in dict.fromkeys(entries) if e not in known and _what(e) not in listed]
    if new:
        text = "".join(_line(entry) for entry in [*before, *new])
        durable.write_file(_path(course, assignment), text.encode())


def _standing(course: Course, assignment: Assignment, entries: list[Aside]) -> list[Aside]:
    latest = {_what(entry): entry for entry in entries}
    times = {e.student: attempt_times(course, assignment, e.student) for e in entries if e.student}
    standing = [
        entry
        for entry in latest.values()
        if not any(entry.when and time > entry.when for time in times.get(entry.student, []))
    ]
    return sorted(standing, key=lambda entry: (entry.student, entry.file, entry.says))


def _what(entry: Aside) -> tuple[str, str, str]:
    return entry.student, entry.file, entry.says


def _path(course: Course, assignment: Assignment) -> Path:
    return course.aside / assignment.id / "aside.jsonl"


def _line(entry: Aside) -> str:
    when = entry.when.isoformat() if entry.when else None
    row = {"student": entry.student, "file": entry.file, "says": entry.says}
    return json.dumps({**row, "kept": entry.kept, "when": when}, sort_keys=True) + "\n"


def _journal(course: Course, assignment: Assignment) -> list[Aside]:
    path = _path(course, assignment)
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Aside(
            student=row["student"],
            file=row["file"],
            says=row["says"],
            kept=row["kept"],
            when=datetime.fromisoformat(row["when"]) if row["when"] else None,
        )
        for row in rows
    ]
