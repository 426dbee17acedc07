"""Every hand-in is kept in store/: the bytes of a file under their sha256, a row for each.

    store/objects/ab/abcd...      a file's bytes; equal files are one object
    store/store.db                a row per hand-in: whose, when, and {released name: sha256}

The bytes are on disk before the row, and the row before anyone is told. A hand-in is
never changed or removed; what stands in submitted/ is copied from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from autograder.collecting.attempts import Attempt
from autograder.collecting.database import Database, Row, insert_row, next_number, read_row
from autograder.collecting.student_ids import student_id
from autograder.collecting.time_stamps import STAMP
from autograder.files import read_plain, sha256, write_file
from autograder.model import Assignment, Course, CourseError


@dataclass(frozen=True)
class HandIn:
    """An attempt that is kept, and the receipt for it. files: (released name, sha256), by name.

    number counts an assignment's hand-ins in the order in which they were taken; taken_at is when
    that was, by this machine's clock. claimed: `when` is what the student's own file says. upload:
    Canvas's number of its last file, 0 where nobody knows one.
    """

    number: int
    assignment: str
    student: str
    files: tuple[tuple[str, str], ...]
    when: datetime
    certain: bool
    stamp: str
    taken_at: datetime
    claimed: bool = False
    upload: int = 0

    def __str__(self) -> str:
        time = f"{self.when:%Y-%m-%d %H:%M:%S} UTC" if self.certain else "at an unrecorded time"
        time += " by its own account" if self.certain and self.claimed else ""
        files = ", ".join(f"{name} {digest[:12]}" for name, digest in self.files)
        return f"{self.student}: {self.assignment} hand-in {self.number}, {time}, {files}"


class Store:
    """The hand-ins of one assignment, and the objects they are made of."""

    def __init__(self, course: Course, assignment_id: str) -> None:
        self.assignment = assignment_id
        self.database = Database(course)
        self._objects = course.store / "objects"

    def all(self) -> list[HandIn]:
        """Every hand-in, in the order in which they were taken."""
        return self._select("ORDER BY number")

    def of(self, student: str) -> list[HandIn]:
        """A student's hand-ins, oldest first; of equal times the one taken first."""
        hand_ins = self._select("AND student = ?", student)
        return sorted(hand_ins, key=lambda hand_in: (hand_in.when, hand_in.number))

    def last(self) -> HandIn | None:
        """The hand-in that was taken last."""
        return next(iter(self._select("ORDER BY number DESC LIMIT 1")), None)

    def with_file(self, digest: str) -> list[HandIn]:
        """The hand-ins that hold a file with this sha256, in the order of their numbers."""
        numbers = "SELECT number FROM hand_in_files WHERE assignment = ? AND digest = ?"
        return self._select(f"AND number IN ({numbers}) ORDER BY number", self.assignment, digest)

    def _select(self, condition: str, *values: object) -> list[HandIn]:
        """The undamaged hand-ins that a condition selects; `verify` names the damaged ones."""
        query = f"SELECT * FROM hand_ins WHERE assignment = ? {condition}"
        rows = (read_row(*row) for row in self.database.rows(query, self.assignment, *values))
        return [_hand_in(row) for row in rows if row is not None]

    def keep(self, attempt: Attempt, newest: bool, now: datetime) -> HandIn:
        """Keep an attempt, and return its hand-in once it is on disk.

        The same files at the same time are the same hand-in. With an uncertain time the same files
        are a new download and none either, unless `newest` ones come after others: then the
        student went back to them. With a higher number of Canvas they were uploaded again.
        """
        data = {name: read_plain(path) for name, path in attempt.files if name != STAMP}
        files = tuple((name, sha256(data[name])) for name in sorted(data))
        for name, digest in files:
            write_file(self._object(digest), data[name])
        repeated = self._repeated(attempt, files, newest)
        if repeated:
            return repeated
        with self.database.transaction() as connection:
            # another process may have kept the same attempt since
            repeated = self._repeated(attempt, files, newest)
            if repeated:
                return repeated
            row = {
                "assignment": self.assignment,
                "number": next_number(connection, "hand_ins", self.assignment),
                "student": attempt.student,
                "files": dict(files),
                "when": attempt.when.isoformat(),
                "certain": attempt.certain,
                "stamp": attempt.stamp,
                "taken": now.isoformat(),
                "claimed": attempt.claimed,
                "upload": attempt.upload,
            }
            insert_hand_in(connection, row)
        return _hand_in(row)

    def _repeated(
        self, attempt: Attempt, files: tuple[tuple[str, str], ...], newest: bool
    ) -> HandIn | None:
        """The hand-in that the attempt already is; None where it is a new one."""
        hand_ins = self.of(attempt.student)
        matches = [hand_in for hand_in in hand_ins if hand_in.files == files]
        uploads = [hand_in.upload for hand_in in matches]
        if not attempt.certain and attempt.upload > max(uploads, default=0) > 0:
            return None
        at_that_time = [hand_in for hand_in in matches if hand_in.when == attempt.when]
        if at_that_time:
            return at_that_time[-1]
        if attempt.certain or not matches:
            return None
        return matches[-1] if not newest or matches[-1] == hand_ins[-1] else None

    def _object(self, digest: str) -> Path:
        return self._objects / digest[:2] / digest

    def lacks(self, student: str, files: dict[str, bytes]) -> list[str]:
        """The names of those files whose bytes are in no hand-in of the student."""
        digests = {digest for hand_in in self.of(student) for _, digest in hand_in.files}
        return [n for n in sorted(files) if n != STAMP and sha256(files[n]) not in digests]

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
        state = "is damaged" if data is not None else "is missing"
        raise CourseError(
            f"{path} {state}: '{name}' of {hand_in.student}, {hand_in.assignment} hand-in "
            f"{hand_in.number}. Collect it again, or bring the file back from a backup."
        )


def insert_hand_in(connection: Connection, row: Row) -> None:
    """Write the row of a hand-in, and index it by the files it holds."""
    insert_row(connection, "hand_ins", row)
    connection.executemany(
        "INSERT OR IGNORE INTO hand_in_files VALUES (?, ?, ?)",
        [(row["assignment"], digest, row["number"]) for digest in row["files"].values()],
    )


def _hand_in(row: Row) -> HandIn:
    return HandIn(
        number=row["number"],
        assignment=row["assignment"],
        student=row["student"],
        files=tuple(sorted(row["files"].items())),
        when=datetime.fromisoformat(row["when"]),
        certain=row["certain"],
        stamp=row["stamp"],
        taken_at=datetime.fromisoformat(row["taken"]),
        claimed=row.get("claimed", False),
        upload=row.get("upload", 0),
    )


def take_out(course: Course, hand_in: HandIn, folder: Path) -> None:
    """Write the files of a hand-in, and its timestamp.txt, into `folder`."""
    files = Store(course, hand_in.assignment).read(hand_in)
    for name, data in with_stamp(files, hand_in.stamp).items():
        write_file(folder / name, data)


def with_stamp(files: dict[str, bytes], stamp: str) -> dict[str, bytes]:
    return {**files, STAMP: stamp.encode()} if stamp else files


def find(
    course: Course,
    assignment: Assignment,
    receipt: dict[str, object],
    class_ids: Callable[[Iterable[str]], Mapping[str, str]] = lambda _ids: {},
) -> list[HandIn]:
    """The hand-ins that hold every file of a student's receipt, as `course submit` writes it.

    Several students may have the same files. Then it is those of the student whom the receipt
    names, under the id that the class list has (`class_ids`, as in `collect`); raises CourseError,
    without their names, where it names none of them.
    """
    listed = receipt.get("files")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    digests = {str(row.get("sha256")) for row in rows}
    if not digests:
        raise CourseError("the receipt lists no file. It is the .receipt.json of 'course submit'.")
    hand_ins = Store(course, assignment.id).with_file(min(digests))
    matches = [h for h in hand_ins if digests <= {digest for _, digest in h.files}]
    students = {hand_in.student for hand_in in matches}
    if len(students) < 2:
        return matches
    name = student_id(str(receipt.get("student") or ""))
    named = [h for h in matches if h.student in (name, class_ids([name]).get(name))]
    if not named:
        raise CourseError(
            f"{len(students)} students handed in exactly these files, and the receipt names none "
            f"of them as their id stands here. List them: autograder hand-ins {assignment.id}"
        )
    return named
