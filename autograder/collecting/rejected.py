"""What could not be taken, kept beside the course with a sentence each: aside/<id>/aside.jsonl.

The journal only grows. An entry is no longer listed once a later attempt of that student is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autograder.collecting.journal import Journal, Row
from autograder.collecting.store import Store, sha256
from autograder.collecting.student_ids import student_id
from autograder.model import Assignment, Course


@dataclass(frozen=True)
class Aside:
    """A refused file: whose ('' where nobody is named), its name in the inbox, and the sentence.

    kept is where a copy lies below aside/<id>/ ('' where there is none), when the file's time.
    """

    student: str
    file: str
    message: str
    kept: str = ""
    when: datetime | None = None


def place_aside(student: str, name: str, data: bytes) -> str:
    """Where a refused file goes below aside/<id>/: named by the sha256 of `data`."""
    return f"{student or 'nobody'}/{sha256(data)[:8]}-{student_id(name) or 'unnamed'}"


def set_aside(course: Course, assignment: Assignment) -> list[Aside]:
    """What is set aside and still stands, by student and file."""
    entries = [_entry(row) for row in _journal(course, assignment.id).rows]
    return _standing(Store(course, assignment.id), entries)


def add_to_journal(course: Course, store: Store, entries: Iterable[Aside]) -> None:
    """Write down what is new; an entry that is there, or is listed already, changes nothing."""
    journal = _journal(course, store.assignment)
    before = [_entry(row) for row in journal.rows]
    known = set(before)
    listed = {_what(entry) for entry in _standing(store, before)}
    for entry in dict.fromkeys(entries):
        if entry not in known and _what(entry) not in listed:
            journal.append(_row(entry))


def _standing(store: Store, entries: list[Aside]) -> list[Aside]:
    latest = {_what(entry): entry for entry in entries}
    standing = [
        entry
        for entry in latest.values()
        if not any(entry.when and kept.when > entry.when for kept in store.of(entry.student))
    ]
    return sorted(standing, key=lambda entry: (entry.student, entry.file, entry.message))


def _what(entry: Aside) -> tuple[str, str, str]:
    return entry.student, entry.file, entry.message


def _journal(course: Course, assignment_id: str) -> Journal:
    return Journal(course.aside / assignment_id / "aside.jsonl")


def _row(entry: Aside) -> Row:
    when = entry.when.isoformat() if entry.when else None
    row = {"student": entry.student, "file": entry.file, "says": entry.message}
    return {**row, "kept": entry.kept, "when": when}


def _entry(row: Row) -> Aside:
    return Aside(
        student=row["student"],
        file=row["file"],
        message=row["says"],
        kept=row["kept"],
        when=datetime.fromisoformat(row["when"]) if row["when"] else None,
    )
