"""collect(inbox) -> submissions: take what can be graded, name the rest, lose nothing.

The stations of a file: inbox (safe bytes), lms_names (its student), attempts (its time), acceptance
(is it taken, and as what), store and submitted (the latest stands there), or rejected (stored with
a sentence). One bad file never stops the others.
"""

from __future__ import annotations

import errno
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.collecting import download_lists, request_files, submitted
from autograder.collecting.acceptance import (
    Remark,
    judge,
    named_one_by_one,
    only_capitals_apart,
    time_to_beat,
)
from autograder.collecting.allow_list import AllowList, allow_list
from autograder.collecting.attempts import Attempt, DatedFile, Piece, dated, hand_ins
from autograder.collecting.inbox import LAYOUTS, RECEIPT, Item, Spool, open_inbox
from autograder.collecting.lms_names import (
    Owner,
    claimed_time,
    class_in_a_folder,
    find_layout,
    owner,
)
from autograder.collecting.lms_schemes import AssignmentNames
from autograder.collecting.rejected import RejectedFile, entry, reject
from autograder.collecting.requests import MOST_REQUESTS, TOO_MANY, Request
from autograder.collecting.store import HandIn, Store
from autograder.collecting.time_stamps import STAMP
from autograder.files import exclusive_lock, read_plain, remove_unfinished, sha256
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook.validate import open_notebook

ClassIds = Callable[[Iterable[str]], Mapping[str, str]]
OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)  # no student's fault


@dataclass(frozen=True)
class Collected:
    """The latest submission of each student, the files that were set aside, what to know, the
    hand-ins (what the store has of everything that was accepted, in earlier runs too), and the
    requests to look at a mark again."""

    submissions: tuple[Submission, ...]
    rejected: tuple[RejectedFile, ...]
    notes: tuple[RejectedFile, ...] = ()
    hand_ins: tuple[HandIn, ...] = ()
    requests: tuple[Request, ...] = ()


def collect(
    course: Course,
    assignment: Assignment,
    path: Path,
    now: datetime,
    took: Callable[[HandIn], None] = lambda _hand_in: None,
    class_ids: ClassIds = lambda _ids: {},
) -> Collected:
    """Take the hand-ins of `assignment` at `path` into store/ and submitted/, the rest into aside/.

    path is submitted/ itself (checked where it stands), a folder, a zip or a notebook; `lms_names`
    and `lms_schemes` list the layouts. Collecting the same inbox again changes nothing. A time
    after `now` is not believed. `took` is told of each hand-in once it is on disk. `class_ids` maps
    ids that the names of an inbox lead to onto those that the class list has instead. Raises
    CourseError where `path` is none of the layouts, or the course's disk cannot be written.
    """
    allowed = allow_list(course, assignment)
    in_place = path.resolve() == course.submitted.resolve()
    locks = course.store / "locks"
    whole_run = exclusive_lock(locks / "submitted") if in_place else nullcontext()
    with _on_disk(course), whole_run, TemporaryDirectory() as folder:
        for filled in (course.store, course.aside / assignment.id):
            remove_unfinished(filled)
        store = Store(course, assignment.id)
        intake = _Intake(course, assignment, store, allowed, in_place, now, took, class_ids)
        return _collect(intake, path, Spool(Path(folder)))


@dataclass(frozen=True)
class _Intake:
    """What each station of one `collect` needs. in_place: the inbox is submitted/ itself."""

    course: Course
    assignment: Assignment
    store: Store
    allowed: AllowList
    in_place: bool
    now: datetime
    took: Callable[[HandIn], None]
    class_ids: ClassIds


@contextmanager
def _on_disk(course: Course) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise CourseError(
            f"{fault.filename or course.root} cannot be written ({fault.strerror or fault}). What "
            f"was taken before is kept. Make room or allow it, and run the same command again."
        ) from fault


def _collect(intake: _Intake, path: Path, spool: Spool) -> Collected:
    course, assignment, allowed = intake.course, intake.assignment, intake.allowed
    if intake.in_place:
        owned = _read_submitted(course, assignment, spool)
    else:
        owned = _read_inbox(intake, path, spool)
    now, notes = _clock(intake)
    files = [
        f
        for f in dated(owned, now, intake.in_place, course.time_zone)
        if f.owner.student is not None
    ]
    files = files if intake.in_place else _under_class_ids(files, intake.class_ids)
    apart = {} if intake.in_place else only_capitals_apart(files, _homes(course))
    asking = [f for f in files if request_files.is_request(f, allowed)]
    requested = set(map(id, asking))
    judged = [f for f in files if f.owner.student not in apart and id(f) not in requested]
    verdict = judge(judged, assignment, allowed)

    def reject_all(refused: Iterable[Remark]) -> list[RejectedFile]:
        timed = [(s, time_to_beat(s.file, files, verdict, allowed)) for s in refused]
        return reject(course, intake.store, timed, intake.in_place)

    refused, countless = list(verdict.refused), list[Remark]()
    taken, bad = _take_requests(intake, [f for f in asking if f.owner.student not in apart])
    if not intake.in_place:
        refused, countless = named_one_by_one(verdict.refused)
        bad, countless_requests = named_one_by_one(bad)
        countless += countless_requests
    rejected = reject_all([*refused, *bad, *_confusable(files, apart)])
    outcome = _keep(intake, verdict.pieces)
    rejected += reject_all(outcome.alone)
    return Collected(
        submissions=outcome.submissions,
        rejected=(*rejected, *(entry(remark) for remark in (*outcome.unplaced, *countless))),
        notes=(
            *(entry(note) for note in verdict.notes),
            *outcome.notes,
            *notes,
            *_marked_late(files),
        ),
        hand_ins=tuple(sorted(outcome.receipts, key=lambda hand_in: hand_in.number)),
        requests=tuple(taken),
    )


def _marked_late(files: Iterable[DatedFile]) -> Iterator[RejectedFile]:
    """A note about the work that a platform marks as late without saying when it came."""
    late = sorted({f.owner.student or "" for f in files if f.owner.marked_late and not f.certain})
    if late:
        message = (
            f"Canvas marks as late, and gives no time: {', '.join(late)}. So no points are taken "
            f"off here. Where lateness counts, write the time into timestamp.txt beside their work "
            f"in submitted/, such as 2027-02-05 23:40 UTC."
        )
        yield RejectedFile("", "", message)


def _under_class_ids(files: list[DatedFile], class_ids: ClassIds) -> list[DatedFile]:
    """The files with the ids that the class list has for their students."""
    ids = class_ids({file.owner.student for file in files if file.owner.student})
    return [
        replace(file, owner=replace(file.owner, student=ids[student]))
        if (student := file.owner.student or "") in ids
        else file
        for file in files
    ]


def _take_requests(
    intake: _Intake, files: Iterable[DatedFile]
) -> tuple[list[Request], list[Remark]]:
    """The requests to look at a mark again that are on disk now, and those that are refused. In
    submitted/ itself a request goes away once it is kept: it is no part of the work."""
    taken, refused = [], []
    course, assignment, files = intake.course, intake.assignment, list(files)
    questions = request_files.graded_questions(course, assignment) if files else []
    counts = Counter[tuple[str, tuple[str, ...]]]()
    for file in files:
        box = file.owner.student or "", file.owner.container
        counts[box] += 1
        if any(box) and counts[box] > MOST_REQUESTS:
            refused.append(Remark(file, TOO_MANY))
            continue
        try:
            taken.append(request_files.take(course, assignment, questions, file, intake.now))
        except CourseError as fault:
            refused.append(Remark(file, str(fault)))
            continue
        zipped = any(part.lower().endswith(".zip") for part in file.item.parts[:-1])
        if intake.in_place and file.item.path and not zipped:
            file.item.path.unlink()
    return taken, refused


def _clock(intake: _Intake) -> tuple[datetime, list[RejectedFile]]:
    """Now, but never before the last hand-in was taken; and a note where the clock went back."""
    last = intake.store.last()
    if last is None or last.taken_at <= intake.now:
        return intake.now, []
    message = (
        f"The clock of this machine says {intake.now:%Y-%m-%d %H:%M} UTC, but it was "
        f"{last.taken_at:%Y-%m-%d %H:%M} UTC when '{intake.assignment.id}' was last collected."
    )
    return last.taken_at, [RejectedFile("", "", message)]


def _read_inbox(intake: _Intake, path: Path, spool: Spool) -> list[tuple[Owner, Item]]:
    """The files of an inbox with their owners."""
    course, assignment = intake.course, intake.assignment
    if path.is_dir() and _holds_the_course(course, path.resolve()):
        raise CourseError(f"{path} is a folder of this course, not an inbox. {LAYOUTS}")
    items = open_inbox(path, spool, named=claimed_time(path.name) is not None)
    ids = frozenset(a.id for a in course.assignments) | {assignment.id}
    names = AssignmentNames(
        assignment.id,
        ids,
        assignment.notebooks,
        submitters=download_lists.submitters(items),
        column=download_lists.column(items, assignment.id),
        zone=course.time_zone,
    )
    layout = find_layout((item.parts for item in items), names, path.resolve().name)
    owned = [(owner(item.parts, names, layout), item) for item in items if item.parts]
    naming = (RECEIPT, request_files.FILE)  # these say themselves whose they are
    if not any(o.student is None or o.student or o.file[-1] in naming for o, _ in owned):
        raise CourseError(f"{path} holds no hand-in of '{assignment.id}'. {LAYOUTS}")
    crowd = class_in_a_folder((owner for owner, _ in owned), names)
    if crowd:
        raise CourseError(
            f"Nothing of {path} was collected: {crowd}. If these are students, move their folders "
            f"or files to the top of the inbox. {LAYOUTS}"
        )
    return owned


def _holds_the_course(course: Course, path: Path) -> bool:
    """Whether `path` is the course's root, around it, or a folder that the course itself fills."""
    inputs = (course.source, course.release, course.autograded, course.feedback)
    filled = [*inputs, course.store, course.aside]
    return course.root.resolve().is_relative_to(path) or any(
        path.is_relative_to(folder.resolve()) for folder in filled
    )


def _read_submitted(
    course: Course, assignment: Assignment, spool: Spool
) -> list[tuple[Owner, Item]]:
    """The files of submitted/<student>/<id>/, where the folder's name is the student's id."""
    owned = []
    for home in _homes(course):
        folder = course.submitted / home / assignment.id
        if (course.submitted / home).is_symlink() or folder.is_symlink() or not folder.is_dir():
            continue
        for item in open_inbox(folder, spool):
            way = (home, assignment.id, *item.parts)
            zipped = [n for n, part in enumerate(way[:-1]) if part.lower().endswith(".zip")]
            container = way[: zipped[0] + 1] if zipped else way[:2]
            owned.append((Owner(home, way[len(container) :], container), replace(item, parts=way)))
    return owned


def _homes(course: Course) -> list[str]:
    homes = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return sorted(path.name for path in homes)


def _confusable(files: Iterable[DatedFile], apart: dict[str, str]) -> list[Remark]:
    return [
        Remark(
            file,
            f"is of a student whose id differs from '{apart[file.owner.student]}' only in "
            f"capitals. Rename one of the two.",
        )
        for file in files
        if file.owner.student in apart
    ]


@dataclass
class _Outcome:
    """What became of the pieces. alone: came without a notebook; unplaced: kept, but submitted/
    could not take it, which another run may mend and which is therefore not journaled."""

    submissions: tuple[Submission, ...] = ()
    receipts: frozenset[HandIn] = frozenset()
    alone: tuple[Remark, ...] = ()
    unplaced: tuple[Remark, ...] = ()
    notes: tuple[RejectedFile, ...] = ()


def _keep(intake: _Intake, pieces: Iterable[Piece]) -> _Outcome:
    """Keep every attempt and put the latest into submitted/; what had no place is said."""
    students = defaultdict(list)
    for piece in pieces:
        students[piece.file.owner.student or ""].append(piece)
    outcome = _Outcome()
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


def _student_lock(intake: _Intake, student: str) -> Path:
    """The lock around submitted/<student>/<id>/; 256 files serve all students."""
    digest = sha256(f"{intake.assignment.id}/{student}".encode())
    return intake.course.store / "locks" / digest[:2]


def _has_notebook(attempt: Attempt) -> bool:
    return any(name.endswith(".ipynb") for name, _ in attempt.files)


def _take(intake: _Intake, attempts: list[Attempt]) -> list[HandIn]:
    """Keep a student's attempts, oldest first; each is acknowledged once it is on disk."""
    stamps = [_own_stamp(intake, a.student) if intake.in_place else a.stamp for a in attempts]
    receipts = []
    for attempt, stamp in zip(attempts, stamps, strict=True):
        newest = attempt is attempts[-1]
        receipts.append(intake.store.keep(replace(attempt, stamp=stamp), newest, intake.now))
        intake.took(receipts[-1])
    return receipts


def _install(intake: _Intake, hand_in: HandIn) -> tuple[RejectedFile, ...]:
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


def _own_stamp(intake: _Intake, student: str) -> str:
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
