"""What could not be taken, kept beside the course with a sentence each: aside/<id>/aside.jsonl.

The journal only grows. An entry is no longer listed once a later attempt of that student is kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collecting.acceptance import Said
from autograder.collecting.attempts import Found
from autograder.collecting.inbox import FILE_BYTES
from autograder.collecting.journal import Journal, Row
from autograder.collecting.store import Store
from autograder.collecting.student_ids import shown, student_id
from autograder.files import move_file, read_plain, sha256, write_file
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


def put_aside(
    course: Course, store: Store, refused: Iterable[tuple[Said, datetime]], here: bool
) -> list[Aside]:
    """Journal and keep refused files, each with the time that another attempt has to beat."""
    said = list(refused)
    entries = [
        replace(entry(one, _place(course, one.found, here)), when=when) for one, when in said
    ]
    add_to_journal(course, store, entries)
    for (one, _), listed in zip(said, entries, strict=True):
        _put(course.aside / store.assignment, course, one.found, listed.kept, here)
    return entries


def entry(said: Said, kept: str = "") -> Aside:
    """What is said of a file, whose it is, and where its bytes are kept below aside/<id>/."""
    student, name = said.found.owner.student or "", shown("/".join(said.found.item.parts))
    whose = f" of {student}" if student else ""
    return Aside(student, name, f"'{name}'{whose} {said.message}", kept)


def _place(course: Course, one: Found, here: bool) -> str:
    """Where a refused file will lie below aside/<id>/; '' where there is nothing to keep."""
    path = _in_submitted(course, one) if here else None
    if path is None and one.item.path is None:
        return ""
    student, name = one.owner.student or "", one.owner.file[-1]
    if path is None or one.item.path is not None:
        return place_aside(student, name, _bytes(one.item.path))
    if path.is_symlink():
        return place_aside(student, f"{name}.link", os.fsencode(path.readlink()))
    return place_aside(student, name, f"{path} {one.when}".encode("utf-8", "surrogatepass"))


def _bytes(path: Path | None) -> bytes:
    """A refused file's bytes; none where it cannot be read, which its sentence says."""
    try:
        return read_plain(path, FILE_BYTES) if path else b""
    except OSError:
        return b""


def _in_submitted(course: Course, one: Found) -> Path | None:
    """The file, folder or link in submitted/ itself; None for what lies in a zip there."""
    path = course.submitted.joinpath(*one.item.parts)
    zipped = any(part.lower().endswith(".zip") for part in one.item.parts[:-1])
    return path if not zipped and os.path.lexists(path) else None


def _put(folder: Path, course: Course, one: Found, kept: str, here: bool) -> None:
    """Copy a refused file to its place aside; what stands in submitted/ is moved there."""
    place = folder / kept
    path = _in_submitted(course, one) if here else None
    if not kept:
        return
    if path is None:
        write_file(place, _bytes(one.item.path))
    elif path.is_symlink():
        write_file(place, os.fsencode(path.readlink()))
        path.unlink()
    else:
        move_file(path, place)
