"""collect(inbox) -> submissions: take what can be graded, name the rest, lose nothing.

The stations of a file: inbox (safe bytes), owned_items (its student), attempts (its time),
acceptance (is it taken, and as what), keep_hand_ins (stored, and the latest stands in submitted/),
or rejected (stored with a sentence). One bad file never stops the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.collecting import request_files
from autograder.collecting.acceptance import (
    Remark,
    judge,
    named_one_by_one,
    only_capitals_apart,
    time_to_beat,
)
from autograder.collecting.allow_list import allow_list
from autograder.collecting.attempts import DatedFile, Piece, dated, read_text
from autograder.collecting.inbox_items import Item, Spool
from autograder.collecting.intake import ClassIds, Intake
from autograder.collecting.keep_hand_ins import Outcome, keep
from autograder.collecting.lms_names import Owner
from autograder.collecting.owned_items import homes, read_inbox, read_submitted
from autograder.collecting.rejected import RejectedFile, entry, reject
from autograder.collecting.requests import MOST_REQUESTS, TOO_MANY, Request
from autograder.collecting.store import HandIn, Store
from autograder.collecting.student_ids import escape, first_five
from autograder.collecting.time_stamps import STAMP, parse_time
from autograder.collecting.two_readings import settle
from autograder.files import exclusive_lock, remove_unfinished
from autograder.model import Assignment, Course, CourseError, Submission


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
    report_hand_in: Callable[[HandIn], None] = lambda _hand_in: None,
    class_ids: ClassIds = lambda _ids: {},
) -> Collected:
    """Take the hand-ins of `assignment` at `path` into store/ and submitted/, the rest into aside/.

    path is submitted/ itself (checked where it stands), a folder, a zip or a notebook; `lms_names`
    and `lms_schemes` list the layouts. Collecting the same inbox again changes nothing. A time
    after `now` is not believed. `report_hand_in` is told of each hand-in once it is on disk.
    `class_ids` maps ids that the names of an inbox lead to onto those that the class list has.
    Raises CourseError where `path` is none of the layouts, or the course's disk cannot be written.
    """
    allowed = allow_list(course, assignment)
    in_place = path.resolve() == course.submitted.resolve()
    locks = course.store / "locks"
    whole_run = exclusive_lock(locks / "submitted") if in_place else nullcontext()
    with _on_disk(course), whole_run, TemporaryDirectory() as folder:
        for filled in (course.store, course.aside / assignment.id):
            remove_unfinished(filled)
        store = Store(course, assignment.id)
        intake = Intake(
            course, assignment, store, allowed, in_place, now, report_hand_in, class_ids
        )
        return _collect(intake, path, Spool(Path(folder)))


@contextmanager
def _on_disk(course: Course) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise CourseError(
            f"{fault.filename or course.root} cannot be written ({fault.strerror or fault}). What "
            f"was taken before is kept. Make room or allow it, and run the same command again."
        ) from fault


def _collect(intake: Intake, path: Path, spool: Spool) -> Collected:
    course, assignment, allowed = intake.course, intake.assignment, intake.allowed
    if intake.in_place:
        owned = read_submitted(course, assignment, spool)
    else:
        owned = read_inbox(course, assignment, path, spool)
    now, notes = _clock(intake)
    owned, decided = settle(owned, intake.class_ids)
    files = _files_of_students(intake, owned, now)
    apart = {} if intake.in_place else only_capitals_apart(files, homes(course))
    asking = [f for f in files if request_files.is_request(f, allowed)]
    requested = set(map(id, asking))
    judged = [f for f in files if f.owner.student not in apart and id(f) not in requested]
    verdict = judge(judged, assignment, allowed)

    def reject_all(refused: Iterable[Remark]) -> list[RejectedFile]:
        timed = [(s, time_to_beat(s.file, files, verdict, allowed)) for s in refused]
        return reject(course, intake.store, timed, intake.in_place)

    unreadable = _unreadable_times(intake, judged)
    refused, countless = list(verdict.refused), list[Remark]()
    refused += unreadable if intake.in_place else []
    requests, bad = _take_requests(intake, [f for f in asking if f.owner.student not in apart])
    if not intake.in_place:
        refused, countless = named_one_by_one(verdict.refused)
        bad, countless_requests = named_one_by_one(bad)
        countless += countless_requests
    rejected = reject_all([*refused, *bad, *_confusable(files, apart)])
    outcome = keep(intake, verdict.pieces)
    rejected += reject_all(outcome.alone)
    return Collected(
        submissions=outcome.submissions,
        rejected=(*rejected, *(entry(remark) for remark in (*outcome.unplaced, *countless))),
        notes=(
            *(entry(note) for note in verdict.notes),
            *(entry(note) for note in unreadable if not intake.in_place),
            *outcome.notes,
            *notes,
            *decided,
            *_marked_late(_stored_files(verdict.pieces, outcome), assignment.due),
        ),
        hand_ins=tuple(sorted(outcome.receipts, key=lambda hand_in: hand_in.number)),
        requests=tuple(requests),
    )


def _unreadable_times(intake: Intake, files: Iterable[DatedFile]) -> list[Remark]:
    """Each timestamp.txt of a hand-in that says no time. In submitted/ itself it is set aside,
    since Formgrader stops at it."""
    remarks = []
    for file in files:
        is_of_nbgrader = file.item.parts[2:] == (STAMP,)
        if file.owner.file != (STAMP,) or (intake.in_place and not is_of_nbgrader):
            continue
        text = read_text(file.item.path, 200).strip() if file.item.path else ""
        if file.item.path and parse_time(text, intake.course.time_zone) is None:
            remarks.append(
                Remark(
                    file,
                    f"says '{escape(text[:40])}', which is no time, so nobody knows from it when "
                    f"the work was handed in. Such a file says 2027-02-05 23:40 UTC.",
                )
            )
    return remarks


def _stored_files(pieces: Iterable[Piece], outcome: Outcome) -> list[DatedFile]:
    """The files that are part of a hand-in in the store."""
    left_out = {id(remark.file) for remark in (*outcome.alone, *outcome.unplaced)}
    return [piece.file for piece in pieces if id(piece.file) not in left_out]


def _marked_late(files: Iterable[DatedFile], due: datetime | None) -> Iterator[RejectedFile]:
    """Notes about the work that a platform marks as late without saying when it came, and about
    that whose own time says the contrary."""
    late = [file for file in files if file.owner.marked_late]
    undated = {file.owner.student or "" for file in late if not file.certain}
    if undated:
        message = (
            f"Canvas marks as late, and gives no time: {first_five(undated)}. So no points are "
            f"taken off here. Where lateness counts, write the time into timestamp.txt beside "
            f"their work in submitted/, such as 2027-02-05 23:40 UTC."
        )
        yield RejectedFile("", "", message)
    in_time = {f.owner.student or "" for f in late if f.certain and due and f.when <= due}
    if in_time:
        message = (
            f"Canvas marks as late what {first_five(in_time)} handed in, and their own files say "
            f"that it was in time (timestamp.txt, receipt.json, the zip). Their time counts until "
            f"you write that of Canvas into timestamp.txt beside their work in submitted/."
        )
        yield RejectedFile("", "", message)


def _files_of_students(
    intake: Intake, owned: list[tuple[Owner, Item]], now: datetime
) -> list[DatedFile]:
    dated_files = dated(owned, now, intake.in_place, intake.course.time_zone)
    files = [file for file in dated_files if file.owner.student is not None]
    return files if intake.in_place else _under_class_ids(files, intake.class_ids)


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
    intake: Intake, files: Iterable[DatedFile]
) -> tuple[list[Request], list[Remark]]:
    """The requests to look at a mark again that are on disk now, and those that are refused. In
    submitted/ itself a request goes away once it is kept: it is no part of the work."""
    requests, refused = [], []
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
            requests.append(request_files.take(course, assignment, questions, file, intake.now))
        except CourseError as fault:
            refused.append(Remark(file, str(fault)))
            continue
        zipped = any(part.lower().endswith(".zip") for part in file.item.parts[:-1])
        if intake.in_place and file.item.path and not zipped:
            file.item.path.unlink()
    return requests, refused


def _clock(intake: Intake) -> tuple[datetime, list[RejectedFile]]:
    """Now, but never before the last hand-in was taken; and a note where the clock went back."""
    last = intake.store.last()
    if last is None or last.taken_at <= intake.now:
        return intake.now, []
    message = (
        f"The clock of this machine says {intake.now:%Y-%m-%d %H:%M} UTC, but it was "
        f"{last.taken_at:%Y-%m-%d %H:%M} UTC when '{intake.assignment.id}' was last collected."
    )
    return last.taken_at, [RejectedFile("", "", message)]


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
