"""A rejected file could not be taken: its sentence is a row in store.db, its bytes lie in aside/.

The row comes first. From an inbox the bytes are copied; what lies in submitted/ is moved, so that
no later stage meets it. An entry is no longer listed once the student hands in something later.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collecting.acceptance import Remark
from autograder.collecting.attempts import DatedFile
from autograder.collecting.database import Row, insert_row, next_number, read_row
from autograder.collecting.inbox_items import FILE_BYTES
from autograder.collecting.store import Store
from autograder.collecting.student_ids import escape, student_id
from autograder.files import move_file, read_plain, sha256, write_file
from autograder.model import Assignment, Course

TABLE = "rejected_files"


@dataclass(frozen=True)
class RejectedFile:
    """A refused file: whose ('' where nobody is named), its name in the inbox, and the sentence.

    copy is where a copy lies below aside/<id>/ ('' where there is none), when the file's time.
    """

    student: str
    file: str
    message: str
    copy: str = ""
    when: datetime | None = None


def place_aside(student: str, name: str, data: bytes) -> str:
    """Where a refused file goes below aside/<id>/: named by the sha256 of `data`."""
    return f"{student or 'nobody'}/{sha256(data)[:8]}-{student_id(name) or 'unnamed'}"


def rejected_files(course: Course, assignment: Assignment) -> list[RejectedFile]:
    """What was rejected and is still current, by student and file."""
    store = Store(course, assignment.id)
    return _current(store, _select(store, "ORDER BY number"))


def add_rejected(store: Store, entries: Iterable[RejectedFile]) -> None:
    """Write down what is new; an entry that is in the table or is still current adds nothing."""
    additions = dict.fromkeys(entries)
    if not _new_entries(store, additions):
        return
    with store.database.transaction() as connection:
        for entry in _new_entries(store, additions):
            number = next_number(connection, TABLE, store.assignment)
            row = {"assignment": store.assignment, "number": number, **_row(entry)}
            insert_row(connection, TABLE, row)


def _new_entries(store: Store, entries: Iterable[RejectedFile]) -> list[RejectedFile]:
    additions = list(entries)
    for student in {entry.student for entry in additions}:
        recorded = _select(store, "AND student = ? ORDER BY number", student)
        current = {_key(entry) for entry in _current(store, recorded)}
        additions = [
            entry
            for entry in additions
            if entry.student != student or (entry not in recorded and _key(entry) not in current)
        ]
    return additions


def _select(store: Store, condition: str, *values: object) -> list[RejectedFile]:
    query = f"SELECT * FROM {TABLE} WHERE assignment = ? {condition}"
    rows = (read_row(*row) for row in store.database.rows(query, store.assignment, *values))
    return [_entry(row) for row in rows if row is not None]


def _current(store: Store, entries: list[RejectedFile]) -> list[RejectedFile]:
    """Of equal entries the latest, unless the student handed in something later."""
    latest = {_key(entry): entry for entry in entries}
    students = {entry.student for entry in latest.values()}
    last = {s: max((h.when for h in store.of(s)), default=None) for s in students}
    current = []
    for entry in latest.values():
        later = last[entry.student]
        if not (entry.when and later and later > entry.when):
            current.append(entry)
    return sorted(current, key=lambda entry: (entry.student, entry.file, entry.message))


def _key(entry: RejectedFile) -> tuple[str, str, str]:
    return entry.student, entry.file, entry.message


def _row(entry: RejectedFile) -> Row:
    when = entry.when.isoformat() if entry.when else None
    row = {"student": entry.student, "file": entry.file, "message": entry.message}
    return {**row, "copy": entry.copy, "when": when}


def _entry(row: Row) -> RejectedFile:
    return RejectedFile(
        student=row["student"],
        file=row["file"],
        message=row["message"],
        copy=row["copy"],
        when=datetime.fromisoformat(row["when"]) if row["when"] else None,
    )


def reject(
    course: Course, store: Store, refused: Iterable[tuple[Remark, datetime]], in_place: bool
) -> list[RejectedFile]:
    """Write down and keep refused files, each with the time that another attempt has to beat.

    in_place: they lie in submitted/ itself, and are moved instead of copied.
    """
    refusals = list(refused)
    entries = [
        replace(entry(refusal, _place(course, refusal.file, in_place)), when=when)
        for refusal, when in refusals
    ]
    add_rejected(store, entries)
    for (refusal, _), listed in zip(refusals, entries, strict=True):
        _copy_or_move(course.aside / store.assignment, course, refusal.file, listed.copy, in_place)
    return entries


def entry(remark: Remark, copy: str = "") -> RejectedFile:
    """What is said of a file, whose it is, and where its copy lies below aside/<id>/."""
    file = remark.file
    student, name = file.owner.student or "", escape("/".join(file.item.parts))
    of_student = f" of {student}" if student else ""
    return RejectedFile(student, name, f"'{name}'{of_student} {remark.message}", copy)


def _place(course: Course, file: DatedFile, in_place: bool) -> str:
    """Where a refused file will lie below aside/<id>/; '' where there is nothing to keep."""
    path = _in_submitted(course, file) if in_place else None
    if path is None and file.item.path is None:
        return ""
    student, name = file.owner.student or "", file.owner.file[-1]
    if path is None or file.item.path is not None:
        return place_aside(student, name, _bytes(file.item.path))
    if path.is_symlink():
        return place_aside(student, f"{name}.link", os.fsencode(path.readlink()))
    return place_aside(student, name, f"{path} {file.when}".encode("utf-8", "surrogatepass"))


def _bytes(path: Path | None) -> bytes:
    """A refused file's bytes; none where it cannot be read, which its sentence says."""
    try:
        return read_plain(path, FILE_BYTES) if path else b""
    except OSError:
        return b""


def _in_submitted(course: Course, file: DatedFile) -> Path | None:
    """The file, folder or link in submitted/ itself; None for what lies in a zip there."""
    path = course.submitted.joinpath(*file.item.parts)
    zipped = any(part.lower().endswith(".zip") for part in file.item.parts[:-1])
    return path if not zipped and os.path.lexists(path) else None


def _copy_or_move(folder: Path, course: Course, file: DatedFile, copy: str, in_place: bool) -> None:
    """Copy a refused file to its place aside; what stands in submitted/ is moved there."""
    place = folder / copy
    path = _in_submitted(course, file) if in_place else None
    if not copy:
        return
    if path is None:
        write_file(place, _bytes(file.item.path))
    elif path.is_symlink():
        write_file(place, os.fsencode(path.readlink()))
        path.unlink()
    else:
        move_file(path, place)
