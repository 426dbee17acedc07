"""submitted/<student>/<id>/ is nbgrader's own folder: a hand-in from the store stands in it.

timestamp.txt is written last, so that what a crash leaves there never looks newer than it is, and
in a form that nbgrader reads as we do. Without a zone it is in UTC, as nbgrader reads it.
What stands there and is not in the store is kept before it is replaced: nothing is overwritten.
"""

from __future__ import annotations

import glob
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.collecting.attempts import Attempt
from autograder.collecting.store import HandIn, Store, with_stamp
from autograder.collecting.student_ids import escape, first_five
from autograder.collecting.time_stamps import STAMP, is_read_alike, portable_stamp, read_stamp
from autograder.files import UNFINISHED, read_plain, sha256, write_file
from autograder.model import Assignment, Course, Submission
from autograder.sanitizing import student_names
from autograder.settings.grading_options import is_accepted


@dataclass(frozen=True)
class Place:
    """Where the work of one student for one assignment stands."""

    student: str
    folder: Path
    zone: tzinfo = UTC


def place(course: Course, assignment: Assignment, student: str) -> Place:
    return Place(student, course.submitted / student / assignment.id, course.time_zone)


def standing_files(folder: Path) -> dict[str, bytes]:
    """The plain files below a folder; links and whatever else is no file are left out."""
    files = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if stat.S_ISREG(path.lstat().st_mode) and not path.name.startswith(UNFINISHED):
            files[path.relative_to(folder).as_posix()] = read_plain(path)
    return files


def recorded_time(folder: Path, zone: tzinfo) -> datetime | None:
    """What the folder's timestamp.txt says; None where there is none that can be read."""
    text = stamp_text(folder)
    return None if text is None else read_stamp(text, zone)


def stamp_text(folder: Path) -> str | None:
    """The text of the folder's timestamp.txt; None where there is no such file."""
    path = folder / STAMP
    if path.is_symlink() or not path.is_file():
        return None
    return read_plain(path, 200).decode("utf-8", "replace").strip()


def _digests(files: dict[str, bytes]) -> tuple[tuple[str, str], ...]:
    return tuple((name, sha256(files[name])) for name in sorted(files) if name != STAMP)


def standing_time(at: Place, store: Store) -> datetime | None:
    """When what stands there was handed in: by its timestamp, else by its hand-in."""
    digests = _digests(standing_files(at.folder))
    times = [hand_in.when for hand_in in store.of(at.student) if hand_in.files == digests]
    return recorded_time(at.folder, at.zone) or max(times, default=None)


def install(at: Place, store: Store, hand_in: HandIn, now: datetime) -> None:
    """Make the folder hold the hand-in, once what stands there has been kept."""
    before = standing_files(at.folder)
    after = with_stamp(store.read(hand_in), portable_stamp(hand_in.stamp, at.zone))
    dated = hand_in.certain or (STAMP in after and STAMP not in before)
    if before == after or (not dated and _digests(before) == hand_in.files):
        return
    _keep_unknown(at, store, before, now)
    for name in sorted(set(before) - set(after)):
        (at.folder / name).unlink()
    for path in list(at.folder.rglob("*")):
        # a link holds no bytes, and writing through it would leave the folder
        if path.is_symlink() or path.name.startswith(UNFINISHED):
            path.unlink()
    for name in sorted(after, key=lambda name: name == STAMP):
        write_file(at.folder / name, after[name])
    _drop_empty_folders(at.folder)


def _keep_unknown(at: Place, store: Store, files: dict[str, bytes], now: datetime) -> None:
    """Keep what stands there if the store lacks a part of it; a crash leaves only known ones."""
    if not store.lacks(at.student, files):
        return
    recorded = recorded_time(at.folder, at.zone)
    paths = [(name, at.folder / name) for name in files if name != STAMP]
    newest = max(datetime.fromtimestamp(path.lstat().st_mtime, UTC) for _, path in paths)
    stamp = files.get(STAMP, b"").decode("utf-8", "replace")
    attempt = Attempt(at.student, tuple(paths), recorded or newest, recorded is not None, stamp)
    store.keep(attempt, True, now)


def _drop_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()


def read_submission(course: Course, assignment: Assignment, student: str) -> Submission:
    """What stands in submitted/<student>/<id>/."""
    at = place(course, assignment, student)
    return Submission(
        assignment=assignment.id,
        student=student,
        folder=at.folder,
        submitted_at=recorded_time(at.folder, at.zone),
        files=_digests(standing_files(at.folder)),
    )


def submitted_folders(course: Course, assignment: Assignment) -> list[Path]:
    """submitted/<student>/<id>/ of every student, in order; links are not followed."""
    if not course.submitted.exists():
        return []
    return [
        folder
        for folder in _folders(course, assignment)
        if student_names.is_plain(folder.parent.name)
    ]


def markup_names(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each folder of submitted/ whose name staff's pages would take for markup."""
    if not course.submitted.exists():
        return []
    odd = (f for f in _folders(course, assignment) if not student_names.is_plain(f.parent.name))
    return [
        f"{course.submitted.name}/{escape(folder.parent.name)} is not graded: nbgrader's pages "
        f"would take the name for markup. Rename the folder to the student's id."
        for folder in odd
    ]


def stamp_faults(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each timestamp.txt of submitted/ that says no time, and one for those in which
    nbgrader reads another time than they say."""
    faults, misread = [], []
    remedy = f"autograder collect {assignment.id} {course.submitted.name}"
    for folder in submitted_folders(course, assignment):
        text = stamp_text(folder)
        if text is None:
            continue
        if read_stamp(text, course.time_zone) is None:
            faults.append(
                f"{course.submitted.name}/{folder.parent.name}/{folder.name}/{STAMP} says "
                f"'{escape(text[:40])}', which is no time, and Formgrader stops at it. Write a "
                f"time such as 2027-02-05 23:40 UTC, or let this set the file aside: {remedy}"
            )
        elif not is_read_alike(text, course.time_zone):
            misread.append(folder.parent.name)
    if misread:
        faults.append(
            f"nbgrader reads another time in the {STAMP} of {first_five(misread)} than it says, so "
            f"Formgrader takes their work for new. To write these times in UTC: {remedy}"
        )
    return faults


def _folders(course: Course, assignment: Assignment) -> list[Path]:
    folders = sorted(course.submitted.glob(f"*/{glob.escape(assignment.id)}"))
    return [f for f in folders if f.is_dir() and not (f.is_symlink() or f.parent.is_symlink())]


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """The submissions of `assignment`, in order of student."""
    return [_submission(course, assignment, f) for f in submitted_folders(course, assignment)]


def _submission(course: Course, assignment: Assignment, folder: Path) -> Submission:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    hashed = [(p.relative_to(folder).as_posix(), _readable_digest(p)) for p in files]
    return Submission(
        assignment=assignment.id,
        student=folder.parent.name,
        folder=folder,
        submitted_at=recorded_time(folder, course.time_zone),
        files=tuple(hashed),
    )


def submission_files(submission: Submission, accepted_files: tuple[str, ...]) -> dict[str, bytes]:
    """The notebooks of a submission that can be read, and the files that the course accepts beside
    them. What else it holds never reaches the folder it runs in: a numpy.py would shadow NumPy."""
    files = {}
    for name, digest in submission.files:
        notebook = name.endswith(".ipynb") and "/" not in name
        if digest and (notebook or is_accepted(name, accepted_files)):
            with suppress(OSError):
                files[name] = (submission.folder / name).read_bytes()
    return files


def _readable_digest(path: Path) -> str:
    """The sha256 of a file's bytes; '' where it cannot be read, which grading then says."""
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""
