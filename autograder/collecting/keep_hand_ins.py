"""Every attempt is kept, and the latest of each student goes into submitted/."""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collecting import submitted
from autograder.collecting.acceptance import Remark
from autograder.collecting.allow_list import AllowList
from autograder.collecting.attempts import Attempt, Piece, hand_ins
from autograder.collecting.rejected import RejectedFile
from autograder.collecting.store import HandIn, Store
from autograder.collecting.time_stamps import STAMP
from autograder.files import exclusive_lock, read_plain, sha256
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook.validate import open_notebook

ClassIds = Callable[[Iterable[str]], Mapping[str, str]]
OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)  # no student's fault


@dataclass(frozen=True)
class Intake:
    """What each station of one `collect` needs. in_place: the inbox is submitted/ itself."""

    course: Course
    assignment: Assignment
    store: Store
    allowed: AllowList
    in_place: bool
    now: datetime
    took: Callable[[HandIn], None]
    class_ids: ClassIds


@dataclass
class Outcome:
    """What became of the pieces. alone: came without a notebook; unplaced: kept, but submitted/
    could not take it, which another run may mend and which is therefore not journaled."""

    submissions: tuple[Submission, ...] = ()
    receipts: frozenset[HandIn] = frozenset()
    alone: tuple[Remark, ...] = ()
    unplaced: tuple[Remark, ...] = ()
    notes: tuple[RejectedFile, ...] = ()


def keep(intake: Intake, pieces: Iterable[Piece]) -> Outcome:
    """Keep every attempt and put the latest into submitted/; what had no place is said."""
    students = defaultdict(list)
    for piece in pieces:
        students[piece.file.owner.student or ""].append(piece)
    outcome = Outcome()
    for student, theirs in sorted(students.items()):
        attempts = [
            h for h in hand_ins(student, theirs, stamps=not intake.in_place) if _has_notebook(h)
        ]
        if not attempts:
            outcome.alone += tuple(Remark(p.file, "came without the notebook.") for p in theirs)
            continue
        receipts = _take(intake, attempts)
        outcome.receipts |= set(receipts)
        try:
            with exclusive_lock(_student_lock(intake, student)):
                outcome.notes += _install(intake, receipts[-1])
                submission = submitted.read_submission(intake.course, intake.assignment, student)
            outcome.submissions += (submission,)
        except OSError as fault:
            if fault.errno in OURS:
                raise
            message = f"is kept, but could not be put into submitted/ ({fault})."
            outcome.unplaced += tuple(Remark(piece.file, message) for piece in theirs)
    outcome.notes += _claimed_times(outcome.receipts)
    return outcome


def _claimed_times(receipts: Iterable[HandIn]) -> tuple[RejectedFile, ...]:
    """A note of the hand-ins whose time nobody but the student has recorded."""
    students = sorted({hand_in.student for hand_in in receipts if hand_in.claimed})
    if not students:
        return ()
    named = ", ".join(students[:5]) + (f" and {len(students) - 5} more" if students[5:] else "")
    message = (
        f"The time of what {named} handed in is what their own files say (timestamp.txt, "
        f"receipt.json, the zip). Where lateness counts, compare it with your LMS."
    )
    return (RejectedFile("", "", message),)


def _student_lock(intake: Intake, student: str) -> Path:
    """The lock around submitted/<student>/<id>/; 256 files serve all students."""
    digest = sha256(f"{intake.assignment.id}/{student}".encode())
    return intake.course.store / "locks" / digest[:2]


def _has_notebook(attempt: Attempt) -> bool:
    return any(name.endswith(".ipynb") for name, _ in attempt.files)


def _take(intake: Intake, attempts: list[Attempt]) -> list[HandIn]:
    """Keep a student's attempts, oldest first; each is acknowledged once it is on disk."""
    stamps = [_own_stamp(intake, a.student) if intake.in_place else a.stamp for a in attempts]
    receipts = []
    for attempt, stamp in zip(attempts, stamps, strict=True):
        newest = attempt is attempts[-1]
        receipts.append(intake.store.keep(replace(attempt, stamp=stamp), newest, intake.now))
        intake.took(receipts[-1])
    return receipts


def _install(intake: Intake, hand_in: HandIn) -> tuple[RejectedFile, ...]:
    """The hand-in goes into submitted/, unless a later one that can be graded stands there; then a
    note says so."""
    at = submitted.place(intake.course, intake.assignment, hand_in.student)
    time = submitted.standing_time(at, intake.store)
    later = time is not None and time > hand_in.when
    if time is None or intake.in_place or not later or not _gradable(at, intake.allowed):
        submitted.install(at, intake.store, hand_in, intake.now)
        return ()
    message = (
        f"Hand-in {hand_in.number} of {hand_in.student} ({hand_in.when:%Y-%m-%d %H:%M} UTC) is "
        f"kept and not graded: the one of {time:%Y-%m-%d %H:%M} UTC is the latest. To grade it, "
        f"write it out with 'autograder hand-ins {intake.assignment.id} {hand_in.student} --to "
        f"FOLDER' and put it into {at.folder.relative_to(intake.course.root)}."
    )
    return (RejectedFile(hand_in.student, "", message),)


def _own_stamp(intake: Intake, student: str) -> str:
    """What stands in submitted/ keeps its timestamp.txt, or goes on without one."""
    at = submitted.place(intake.course, intake.assignment, student)
    try:
        return read_plain(at.folder / STAMP).decode("utf-8", "replace")
    except OSError:
        return ""


def _gradable(at: submitted.Place, allowed: AllowList) -> bool:
    """Whether submitted/ already holds a notebook of this student that can be graded."""
    files = submitted.standing_files(at.folder)
    for name in set(files) & set(allowed.notebooks):
        try:
            open_notebook(files[name])
        except CourseError:
            continue
        return True
    return False
