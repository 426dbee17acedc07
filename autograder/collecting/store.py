"""Every hand-in is kept in store/: the bytes of a file under their sha256, a journal line for each.

    store/objects/ab/abcd...      a file's bytes; equal files are one object
    store/journal/<id>.jsonl      per hand-in: whose, when, and {released name: sha256}

The bytes are on disk before the journal line, and the line before anyone is told. A hand-in is
never changed or removed; what stands in submitted/ is copied from here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.collecting.attempts import Attempt
from autograder.collecting.journal import Journal, Row
from autograder.collecting.time_stamps import STAMP
from autograder.files import read_plain, sha256, write_file
from autograder.model import Assignment, Course, CourseError


@dataclass(frozen=True)
class HandIn:
    """An attempt that is kept, and the receipt for it. files: (released name, sha256), by name.

    number counts an assignment's hand-ins in the order in which they were taken; taken is when
    that was, by this machine's clock.
    """

    number: int
    assignment: str
    student: str
    files: tuple[tuple[str, str], ...]
    when: datetime
    certain: bool
    stamp: str
    taken: datetime

    def __str__(self) -> str:
        time = f"{self.when:%Y-%m-%d %H:%M:%S} UTC" if self.certain else "at an unrecorded time"
        files = ", ".join(f"{name} {digest[:12]}" for name, digest in self.files)
        return f"{self.student}: {self.assignment} hand-in {self.number}, {time}, {files}"


class Store:
    """The hand-ins of one assignment, and the objects they are made of."""

    def __init__(self, course: Course, assignment_id: str) -> None:
        self.assignment = assignment_id
        self._objects = course.store / "objects"
        self._journal = Journal(course.store / "journal" / f"{assignment_id}.jsonl")
        self.faults = self._journal.faults
        self._students: dict[str, list[HandIn]] = defaultdict(list)
        for row in self._journal.rows:
            self._students[row["student"]].append(self._hand_in(row))

    def all(self) -> list[HandIn]:
        """Every hand-in, in the order in which they were taken."""
        found = (hand_in for theirs in self._students.values() for hand_in in theirs)
        return sorted(found, key=lambda hand_in: hand_in.number)

    def of(self, student: str) -> list[HandIn]:
        """A student's hand-ins, oldest first; of equal times the one taken first."""
        found = self._students.get(student, [])
        return sorted(found, key=lambda hand_in: (hand_in.when, hand_in.number))

    def keep(self, attempt: Attempt, newest: bool, now: datetime) -> HandIn:
        """Keep an attempt, and return its hand-in once it is on disk.

        The same files at the same time are the same hand-in. With an uncertain time the same files
        are a new download and none either, unless `newest` ones come after others: then the
        student went back to them.
        """
        data = {name: read_plain(path) for name, path in attempt.files if name != STAMP}
        files = tuple((name, sha256(data[name])) for name in sorted(data))
        known = self._known(attempt, files, newest)
        for name, digest in files:
            write_file(self._object(digest), data[name])
        return known or self._append(attempt, files, now)

    def _known(
        self, attempt: Attempt, files: tuple[tuple[str, str], ...], newest: bool
    ) -> HandIn | None:
        theirs = self.of(attempt.student)
        same = [hand_in for hand_in in theirs if hand_in.files == files]
        at_that_time = [hand_in for hand_in in same if hand_in.when == attempt.when]
        if at_that_time:
            return at_that_time[-1]
        if attempt.certain or not same:
            return None
        return same[-1] if not newest or same[-1] == theirs[-1] else None

    def _append(
        self, attempt: Attempt, files: tuple[tuple[str, str], ...], now: datetime
    ) -> HandIn:
        row = {
            "assignment": self.assignment,
            "student": attempt.student,
            "files": dict(files),
            "when": attempt.when.isoformat(),
            "certain": attempt.certain,
            "stamp": attempt.stamp,
            "taken": now.isoformat(),
        }
        hand_in = self._hand_in(self._journal.append(row))
        self._students[hand_in.student].append(hand_in)
        return hand_in

    def _hand_in(self, row: Row) -> HandIn:
        return HandIn(
            number=row["number"],
            assignment=row["assignment"],
            student=row["student"],
            files=tuple(sorted(row["files"].items())),
            when=datetime.fromisoformat(row["when"]),
            certain=row["certain"],
            stamp=row["stamp"],
            taken=datetime.fromisoformat(row["taken"]),
        )

    def _object(self, digest: str) -> Path:
        return self._objects / digest[:2] / digest

    def lacks(self, student: str, files: dict[str, bytes]) -> list[str]:
        """The names of those files whose bytes are in no hand-in of the student."""
        known = {digest for hand_in in self.of(student) for _, digest in hand_in.files}
        return [n for n in sorted(files) if n != STAMP and sha256(files[n]) not in known]

    def read(self, hand_in: HandIn) -> dict[str, bytes]:
        """A hand-in's files by name. Raises CourseError where one is not what was kept."""
        return {name: self._bytes(hand_in, name, digest) for name, digest in hand_in.files}

    def _bytes(self, hand_in: HandIn, name: str, digest: str) -> bytes:
        path = self._object(digest)
        try:
            data = read_plain(path)
        except FileNotFoundError:
            data = None
        if data is not None and sha256(data) == digest:
            return data
        what = "is damaged" if data is not None else "is missing"
        raise CourseError(
            f"{path} {what}: '{name}' of {hand_in.student}, {hand_in.assignment} hand-in "
            f"{hand_in.number}. Collect it again, or bring the file back from a backup."
        )


def take_out(course: Course, hand_in: HandIn, folder: Path) -> None:
    """Write the files of a hand-in, and its timestamp.txt, into `folder`."""
    files = Store(course, hand_in.assignment).read(hand_in)
    for name, data in with_stamp(files, hand_in.stamp).items():
        write_file(folder / name, data)


def with_stamp(files: dict[str, bytes], stamp: str) -> dict[str, bytes]:
    return {**files, STAMP: stamp.encode()} if stamp else files


def find(course: Course, assignment: Assignment, receipt: dict[str, object]) -> list[HandIn]:
    """The hand-ins that hold every file of a student's receipt, as `course submit` writes it."""
    listed = receipt.get("files")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    wanted = {str(row.get("sha256")) for row in rows}
    if not wanted:
        raise CourseError("the receipt lists no file. It is the .receipt.json of 'course submit'.")
    kept = Store(course, assignment.id).all()
    return [h for h in kept if wanted <= {digest for _, digest in h.files}]
