"""Every attempt is kept, and the latest of each student goes into submitted/."""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.collecting import submitted
from autograder.collecting.acceptance import Remark
from autograder.collecting.allow_list import AllowList
from autograder.collecting.attempts import Attempt, Piece, hand_ins
from autograder.collecting.intake import Intake
from autograder.collecting.rejected import RejectedFile
from autograder.collecting.store import HandIn
from autograder.collecting.student_ids import first_five
from autograder.collecting.time_stamps import STAMP
from autograder.files import exclusive_lock, read_plain, sha256
from autograder.model import CourseError, Submission
from autograder.notebook.validate import open_notebook

OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)  # no student's fault


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
    pieces_by_student = defaultdict(list)
    for piece in pieces:
        pieces_by_student[piece.file.owner.student or ""].append(piece)
    outcome = Outcome()
    for student, student_pieces in sorted(pieces_by_student.items()):
        all_attempts = hand_ins(student, student_pieces, stamps=not intake.in_place)
        attempts = [attempt for attempt in all_attempts if _has_notebook(attempt)]
        if not attempts:
            message = "came without the notebook."
            outcome.alone += tuple(Remark(piece.file, message) for piece in student_pieces)
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
            outcome.unplaced += tuple(Remark(piece.file, message) for piece in student_pieces)
    outcome.notes += _claimed_times(outcome.receipts)
    return outcome


def _claimed_times(receipts: Iterable[HandIn]) -> tuple[RejectedFile, ...]:
    """A note of the hand-ins whose time nobody but the student has recorded."""
    students = {hand_in.student for hand_in in receipts if hand_in.claimed}
    if not students:
        return ()
    message = (
        f"The time of what {first_five(students)} handed in is what their own files say "
        f"(timestamp.txt, receipt.json, the zip). Where lateness counts, compare it with your LMS."
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
        intake.report_hand_in(receipts[-1])
    return receipts


def _install(intake: Intake, hand_in: HandIn) -> tuple[RejectedFile, ...]:
    """The hand-in goes into submitted/, unless a later one that can be graded stands there; then a
    note says so."""
    place = submitted.place(intake.course, intake.assignment, hand_in.student)
    time = submitted.standing_time(place, intake.store)
    later = time is not None and time > hand_in.when
    if time is None or intake.in_place or not later or not _gradable(place, intake.allowed):
        submitted.install(place, intake.store, hand_in, intake.now)
        return ()
    message = (
        f"Hand-in {hand_in.number} of {hand_in.student} ({hand_in.when:%Y-%m-%d %H:%M} UTC) is "
        f"kept and not graded: the one of {time:%Y-%m-%d %H:%M} UTC is the latest. To grade it, "
        f"write it out with 'autograder hand-ins {intake.assignment.id} {hand_in.student} --to "
        f"FOLDER' and put it into {place.folder.relative_to(intake.course.root)}."
    )
    return (RejectedFile(hand_in.student, "", message),)


def _own_stamp(intake: Intake, student: str) -> str:
    """What stands in submitted/ keeps its timestamp.txt, or goes on without one."""
    place = submitted.place(intake.course, intake.assignment, student)
    try:
        return read_plain(place.folder / STAMP).decode("utf-8", "replace")
    except OSError:
        return ""


def _gradable(place: submitted.Place, allowed: AllowList) -> bool:
    """Whether submitted/ already holds a notebook of this student that can be graded."""
    files = submitted.standing_files(place.folder)
    for name in set(files) & set(allowed.notebooks):
        try:
            open_notebook(files[name])
        except CourseError:
            continue
        return True
    return False
