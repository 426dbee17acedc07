"""collect(inbox) -> submissions: take what can be graded, name the rest, lose nothing.

The stations of a file: inbox (safe bytes), whose (its student), handed_in (its time), judge (is it
taken, and as what), attempts (kept, and the latest in submitted/) or aside (kept with a sentence).
One bad file never stops the others.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.collecting import attempts, durable
from autograder.collecting.allow_list import AllowList, allow_list
from autograder.collecting.aside import Aside, add_to_journal, place_aside
from autograder.collecting.attempts import STAMP, Attempt
from autograder.collecting.handed_in import Found, Piece, dated, hand_ins
from autograder.collecting.inbox import FILE_BYTES, LAYOUTS, RECEIPT, Item, Spool, open_inbox
from autograder.collecting.judge import Said, judge, only_capitals_apart, time_to_beat
from autograder.collecting.student_ids import shown
from autograder.collecting.whose import Owner, Wanted, claimed_time, find_wrappers, owner
from autograder.notebook_file import open_notebook
from autograder.nouns import Assignment, Course, CourseError, Submission


@dataclass(frozen=True)
class Collected:
    """The latest submission of each student found, what was set aside, and what to know."""

    submissions: tuple[Submission, ...]
    aside: tuple[Aside, ...]
    notes: tuple[Aside, ...] = ()


def collect(course: Course, assignment: Assignment, path: Path, now: datetime) -> Collected:
    """Take the hand-ins of `assignment` at `path` into submitted/, attempts/ and aside/.

    path is submitted/ itself (checked where it stands), a folder, a zip or one notebook; `whose`
    lists the layouts. Collecting the same inbox again changes nothing. A time after `now` is not
    believed. Raises CourseError where `path` is none of the layouts.
    """
    allowed = allow_list(course, assignment)
    here = path.resolve() == course.submitted.resolve()
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        read = (
            _standing(course, assignment, spool) if here else _sent(course, assignment, path, spool)
        )
        found = [one for one in dated(read, now) if one.owner.student is not None]
        apart = {} if here else only_capitals_apart(found, _homes(course))
        verdict = judge([f for f in found if f.owner.student not in apart], assignment, allowed)

        def put_aside(refused: list[Said]) -> list[Aside]:
            entries = [
                replace(
                    _entry(said, _place(course, said.found, here)),
                    when=time_to_beat(said.found, found, verdict, allowed),
                )
                for said in refused
            ]
            add_to_journal(course, assignment, entries)
            for said, entry in zip(refused, entries, strict=True):
                _put(course, assignment, said.found, entry.kept, here)
            return entries

        aside = put_aside([*verdict.refused, *_confusable(found, apart)])
        submissions, left = _keep(course, assignment, verdict.pieces, allowed, here)
        aside += put_aside(left)
    return Collected(submissions, tuple(aside), tuple(_entry(note) for note in verdict.notes))


def _sent(
    course: Course, assignment: Assignment, path: Path, spool: Spool
) -> list[tuple[Owner, Item]]:
    """The files of an inbox with their owners."""
    if path.is_dir() and _holds_the_course(course, path.resolve()):
        raise CourseError(f"{path} is a folder of this course, not an inbox. {LAYOUTS}")
    items = open_inbox(path, spool, named=claimed_time(path.name) is not None)
    ids = frozenset(a.id for a in course.assignments) | {assignment.id}
    wanted = Wanted(assignment.id, ids, assignment.notebooks)
    wrappers = find_wrappers((item.parts for item in items), wanted, path.resolve().name)
    owned = [(owner(item.parts, wanted, wrappers), item) for item in items if item.parts]
    if not any(o.student is None or o.student or o.file[-1] == RECEIPT for o, _ in owned):
        raise CourseError(f"{path} holds no hand-in of '{assignment.id}'. {LAYOUTS}")
    return owned


def _holds_the_course(course: Course, path: Path) -> bool:
    """Whether `path` is the course's root, around it, or a folder that the course itself fills."""
    own = (course.source, course.release, course.autograded, course.feedback)
    filled = [*own, course.attempts, course.aside]
    return course.root.resolve().is_relative_to(path) or any(
        path.is_relative_to(folder.resolve()) for folder in filled
    )


def _standing(course: Course, assignment: Assignment, spool: Spool) -> list[tuple[Owner, Item]]:
    """The files of submitted/<student>/<id>/, where the folder's name is the student's id."""
    owned = []
    for home in _homes(course):
        folder = course.submitted / home / assignment.id
        if (course.submitted / home).is_symlink() or folder.is_symlink() or not folder.is_dir():
            continue
        for item in open_inbox(folder, spool):
            way = (home, assignment.id, *item.parts)
            zipped = [n for n, part in enumerate(way[:-1]) if part.lower().endswith(".zip")]
            box = way[: zipped[0] + 1] if zipped else way[:2]
            owned.append((Owner(home, way[len(box) :], box), replace(item, parts=way)))
    return owned


def _homes(course: Course) -> list[str]:
    there = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return sorted(path.name for path in there)


def _confusable(found: Iterable[Found], apart: dict[str, str]) -> list[Said]:
    return [
        Said(
            one,
            f"is of a student whose id differs from '{apart[one.owner.student]}' only in "
            f"capitals. Rename one of the two.",
        )
        for one in found
        if one.owner.student in apart
    ]


def _keep(
    course: Course,
    assignment: Assignment,
    pieces: Iterable[Piece],
    allowed: AllowList,
    here: bool,
) -> tuple[tuple[Submission, ...], list[Said]]:
    """Keep every attempt and put the latest into submitted/; what had no place is said."""
    students = defaultdict(list)
    for piece in pieces:
        students[piece.found.owner.student or ""].append(piece)
    submissions, left = [], []
    for student, theirs in sorted(students.items()):
        made = [h for h in hand_ins(student, theirs, stamps=not here) if _has_notebook(h)]
        if not made:
            left += [Said(piece.found, "came without the notebook.") for piece in theirs]
            continue
        try:
            _install(course, assignment, made, allowed, here)
            submissions.append(attempts.submission(course, assignment, student))
        except OSError as fault:
            says = f"could not be put into its place ({fault})."
            left += [Said(piece.found, says) for piece in theirs]
    return tuple(submissions), left


def _has_notebook(attempt: Attempt) -> bool:
    return any(name.endswith(".ipynb") for name, _ in attempt.files)


def _install(
    course: Course, assignment: Assignment, made: list[Attempt], allowed: AllowList, here: bool
) -> None:
    """Keep the attempts, oldest first; the last goes into submitted/ unless a later one stands."""
    student = made[-1].student
    if here:
        made = [replace(attempt, stamp=_own_stamp(course, assignment, student)) for attempt in made]
    for attempt in made:
        attempts.keep_attempt(course, assignment, attempt, newest=attempt is made[-1])
    standing = attempts.standing_time(course, assignment, student)
    later = standing is not None and standing > made[-1].when
    if here or not later or not _gradable(course, assignment, student, allowed):
        attempts.install(course, assignment, made[-1])


def _own_stamp(course: Course, assignment: Assignment, student: str) -> bytes:
    """What stands in submitted/ keeps its timestamp.txt, or goes on without one."""
    path = course.submitted / student / assignment.id / STAMP
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def _gradable(course: Course, assignment: Assignment, student: str, allowed: AllowList) -> bool:
    """Whether submitted/ already holds a notebook of this student that can be graded."""
    files = attempts.standing_files(course.submitted / student / assignment.id)
    for name in set(files) & set(allowed.notebooks):
        try:
            open_notebook(files[name])
        except CourseError:
            continue
        return True
    return False


def _entry(said: Said, kept: str = "") -> Aside:
    student, name = said.found.owner.student or "", shown("/".join(said.found.item.parts))
    whose = f" of {student}" if student else ""
    return Aside(student, name, f"'{name}'{whose} {said.says}", kept)


def _place(course: Course, one: Found, here: bool) -> str:
    """Where a refused file will lie below aside/<id>/; '' where there is nothing to keep."""
    standing = _in_submitted(course, one) if here else None
    if standing is None and one.item.path is None:
        return ""
    student, name = one.owner.student or "", one.owner.file[-1]
    if standing is None or one.item.path is not None:
        return place_aside(student, name, _bytes(one.item.path))
    if standing.is_symlink():
        return place_aside(student, f"{name}.link", os.fsencode(standing.readlink()))
    return place_aside(student, name, f"{standing} {one.when}".encode("utf-8", "surrogatepass"))


def _bytes(path: Path | None) -> bytes:
    """A refused file's bytes; none where it cannot be read, which its sentence says."""
    try:
        return durable.read_plain(path, FILE_BYTES) if path else b""
    except OSError:
        return b""


def _in_submitted(course: Course, one: Found) -> Path | None:
    """The file, folder or link in submitted/ itself; None for what lies in a zip there."""
    path = course.submitted.joinpath(*one.item.parts)
    zipped = any(part.lower().endswith(".zip") for part in one.item.parts[:-1])
    return path if not zipped and os.path.lexists(path) else None


def _put(course: Course, assignment: Assignment, one: Found, kept: str, here: bool) -> None:
    """Copy a refused file to its place aside; what stands in submitted/ is moved there."""
    place = course.aside / assignment.id / kept
    standing = _in_submitted(course, one) if here else None
    if not kept:
        return
    if standing is None:
        durable.write_file(place, _bytes(one.item.path))
    elif standing.is_symlink():
        durable.write_file(place, os.fsencode(standing.readlink()))
        standing.unlink()
    else:
        durable.move(standing, place)
