"""A refused file goes to aside/: its sentence into the journal first, then its bytes beside it.

From an inbox it is copied; what stands in submitted/ is moved, so that no later stage meets it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.collecting.acceptance import Said
from autograder.collecting.attempts import Found
from autograder.collecting.inbox import FILE_BYTES
from autograder.collecting.rejected import Aside, add_to_journal, place_aside
from autograder.collecting.store import Store
from autograder.collecting.student_ids import shown
from autograder.files import move_file, read_plain, write_file
from autograder.model import Course


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
