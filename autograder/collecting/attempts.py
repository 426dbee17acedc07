"""Every hand-in is kept in attempts/<id>/<student>/<time>-<sha8>/; the latest is in submitted/.

submitted/<student>/<id>/ is nbgrader's own folder, timestamp.txt included. Before it changes, what
stands in it is among the attempts, so that nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.collecting import durable
from autograder.collecting.whose import parse_time
from autograder.nouns import Assignment, Course, Submission

STAMP = "timestamp.txt"
FOLDER = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-([0-9a-f]{8})")
FOLDER_TIME = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Attempt:
    """One hand-in: its files by their released names, and when.

    certain: the time was recorded by the exchange, a receipt or the file's name; otherwise it is
    the time of a zip entry or of a file, which a new download changes. stamp is the timestamp.txt
    that goes with it, empty where the time says nothing about the handing in.
    """

    student: str
    files: tuple[tuple[str, Path], ...]
    when: datetime
    certain: bool
    stamp: bytes

    def read(self) -> dict[str, bytes]:
        """The files' bytes by name, timestamp.txt among them where there is one."""
        files = {name: path.read_bytes() for name, path in self.files}
        return {**files, STAMP: self.stamp} if self.stamp else files


def stamp(when: datetime) -> bytes:
    """nbgrader's timestamp.txt: `2015-02-02 15:58:23.948203 UTC`."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC").encode()


def sha8(files: Mapping[str, bytes]) -> str:
    """Eight digits that name the files' content; the timestamp is not part of it."""
    lines = [f"{hashlib.sha256(files[n]).hexdigest()} {n}\n" for n in sorted(files) if n != STAMP]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:8]


def attempts_of(course: Course, assignment: Assignment, student: str) -> Path:
    return course.attempts / assignment.id / student


def attempt_times(course: Course, assignment: Assignment, student: str) -> list[datetime]:
    """When each kept attempt was handed in, oldest first."""
    return [when for when, _ in _kept(attempts_of(course, assignment, student))]


def _kept(folder: Path) -> list[tuple[datetime, str]]:
    if not folder.is_dir():
        return []
    found = (FOLDER.fullmatch(p.name) for p in sorted(folder.iterdir()))
    return [
        (datetime.strptime(name[1], FOLDER_TIME).replace(tzinfo=UTC), name[2])
        for name in found
        if name
    ]


def keep_attempt(course: Course, assignment: Assignment, attempt: Attempt, newest: bool) -> None:
    """Keep an attempt. With an uncertain time the same bytes are a new download, not an attempt,
    unless `newest` ones come after others: then the student went back to them."""
    files = attempt.read()
    folder = attempts_of(course, assignment, attempt.student)
    digests = [digest for _, digest in _kept(folder)]
    if not attempt.certain and sha8(files) in (digests[-1:] if newest else digests):
        return
    name = f"{attempt.when.astimezone(UTC).strftime(FOLDER_TIME)}-{sha8(files)}"
    durable.write_folder(folder / name, files)


def standing_files(folder: Path) -> dict[str, bytes]:
    """The plain files below a folder; links and whatever else is no file are left out."""
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if stat.S_ISREG(path.lstat().st_mode) and not path.name.startswith(durable.UNFINISHED):
            found[path.relative_to(folder).as_posix()] = durable.read_plain(path)
    return found


def recorded_time(folder: Path) -> datetime | None:
    """What the folder's timestamp.txt says; None where there is none that can be read."""
    path = folder / STAMP
    if path.is_symlink() or not path.is_file():
        return None
    return parse_time(durable.read_plain(path, 200).decode("utf-8", "replace"))


def standing_time(course: Course, assignment: Assignment, student: str) -> datetime | None:
    """When what stands in submitted/ was handed in: by its timestamp, else by its attempt."""
    folder = course.submitted / student / assignment.id
    digest = sha8(standing_files(folder))
    kept = _kept(attempts_of(course, assignment, student))
    times = [when for when, sha in kept if sha == digest]
    return recorded_time(folder) or max(times, default=None)


def install(course: Course, assignment: Assignment, attempt: Attempt) -> None:
    """Make submitted/<student>/<id>/ hold the attempt, once what stands there has been kept."""
    folder = course.submitted / attempt.student / assignment.id
    before, after = standing_files(folder), attempt.read()
    if before == after or (not attempt.certain and sha8(before) == sha8(after)):
        return
    _keep_standing(course, assignment, attempt.student, before)
    for name in sorted(set(before) - set(after)):
        (folder / name).unlink()
    for path in list(folder.rglob("*")):
        # a link holds no bytes, and writing through it would leave the folder
        if path.is_symlink() or path.name.startswith(durable.UNFINISHED):
            path.unlink()
    for name in sorted(after, key=lambda name: name == STAMP):
        durable.write_file(folder / name, after[name])
    _drop_empty_folders(folder)


def _keep_standing(
    course: Course, assignment: Assignment, student: str, files: dict[str, bytes]
) -> None:
    folder, digest = attempts_of(course, assignment, student), sha8(files)
    if set(files) <= {STAMP} or any(digest == kept for _, kept in _kept(folder)):
        return
    stands = course.submitted / student / assignment.id
    newest = max(datetime.fromtimestamp((stands / n).lstat().st_mtime, UTC) for n in files)
    name = f"{(recorded_time(stands) or newest).strftime(FOLDER_TIME)}-{digest}"
    durable.write_folder(folder / name, files)


def _drop_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()


def submission(course: Course, assignment: Assignment, student: str) -> Submission:
    """What stands in submitted/<student>/<id>/."""
    folder = course.submitted / student / assignment.id
    files = standing_files(folder)
    digests = ((name, hashlib.sha256(files[name]).hexdigest()) for name in sorted(files))
    return Submission(
        assignment=assignment.id,
        student=student,
        folder=folder,
        submitted_at=recorded_time(folder),
        files=tuple(pair for pair in digests if pair[0] != STAMP),
    )
