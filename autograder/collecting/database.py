"""store/store.db is the SQLite file that lists every hand-in and every rejected file of a course.

A transaction is on disk before `transaction` ends (WAL, synchronous=FULL); what a crash cuts off
was never acknowledged and is rolled back. Each row carries a checksum, so that an edited one is
noticed. Numbers count from 1 per table and assignment; no clock decides their order.
Where the folder cannot be written, the database can still be read.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.files import make_folder, sha256
from autograder.model import Course, CourseError
from autograder.write_ahead_log import BUSY_S, use_write_ahead_log

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE hand_ins (
    assignment TEXT NOT NULL, number INTEGER NOT NULL, student TEXT NOT NULL, body TEXT NOT NULL,
    checksum TEXT NOT NULL, PRIMARY KEY (assignment, number)
);
CREATE INDEX hand_ins_of_student ON hand_ins (assignment, student, number);
CREATE TABLE hand_in_files (
    assignment TEXT NOT NULL, digest TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (assignment, digest, number)
) WITHOUT ROWID;
CREATE TABLE rejected_files (
    assignment TEXT NOT NULL, number INTEGER NOT NULL, student TEXT NOT NULL, body TEXT NOT NULL,
    checksum TEXT NOT NULL, PRIMARY KEY (assignment, number)
);
CREATE INDEX rejected_files_of_student ON rejected_files (assignment, student, number);
"""


class Database:
    """The open database of a course. Nothing is created before the first transaction."""

    def __init__(self, course: Course, migrating: bool = False) -> None:
        self.path = course.store / "store.db"
        self._connection: sqlite3.Connection | None = None
        if not migrating and not self._has_tables() and has_journals(course):
            raise CourseError(
                f"{course.store} is a store of text journals. Run: autograder migrate-store"
            )

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query selects; [] where there is no database yet."""
        if not self._has_tables():
            return []
        with self._faults():
            return self._connect().execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the one write lock; what was executed is on disk once the block has ended."""
        make_folder(self.path.parent)
        with self._faults():
            connection = self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                if not _has_tables(connection):
                    for statement in SCHEMA.split(";"):
                        connection.execute(statement)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def integrity_faults(self) -> list[str]:
        """What SQLite itself finds wrong in the file."""
        reports = [text for (text,) in self.rows("PRAGMA integrity_check") if text != "ok"]
        return [f"{self.path} is damaged: {report}." for report in reports]

    def _has_tables(self) -> bool:
        if not self.path.is_file() or not self.path.stat().st_size:
            return False
        with self._faults():
            return _has_tables(self._connect())

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = _open(self.path.absolute().as_uri())
            try:
                use_write_ahead_log(connection)
                connection.execute("PRAGMA synchronous = FULL")
            except sqlite3.OperationalError as fault:
                connection.close()
                if _disk_error(fault.sqlite_errorname) != errno.EACCES or self._has_log():
                    raise
                # A database with a write-ahead log makes files beside it even to be read.
                connection = _open(f"{self.path.absolute().as_uri()}?immutable=1")
            weakref.finalize(self, connection.close)
            self._connection = connection
        return self._connection

    def _has_log(self) -> bool:
        """Whether a write-ahead log lies beside the file: what it holds must not be left out."""
        return self.path.with_name(f"{self.path.name}-wal").exists()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """SQLite's errors as an OSError (the disk), or a CourseError (the file, another writer)."""
        try:
            yield
        except sqlite3.Error as fault:
            name = getattr(fault, "sqlite_errorname", "")
            if name.startswith("SQLITE_BUSY"):
                message = f"{self.path} is being written by another command. Run this again."
                raise CourseError(message) from fault
            number = _disk_error(name)
            if number:
                raise OSError(number, os.strerror(number), str(self.path)) from fault
            raise CourseError(
                f"{self.path} is damaged ({fault}). Leave it where it is, together with "
                f"{self.path.parent / 'objects'}, and bring store.db back from a backup."
            ) from fault


def _open(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(
        uri, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=True
    )


def _has_tables(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = 'rejected_files'"
    return connection.execute(query).fetchone() is not None


def _disk_error(name: str) -> int:
    """The errno that SQLite's name of an error stands for; 0 where it is not the disk's."""
    if name == "SQLITE_FULL":
        return errno.ENOSPC
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return errno.EACCES
    return errno.EIO if name.startswith("SQLITE_IOERR") else 0


def journals(course: Course) -> list[Path]:
    """The text journals of hand-ins that stores had before they had a database."""
    return sorted((course.store / "journal").glob("*.jsonl"))


def has_journals(course: Course) -> bool:
    return bool(journals(course)) or any(course.aside.glob("*/aside.jsonl"))


def next_number(connection: sqlite3.Connection, table: str, assignment: str) -> int:
    query = f"SELECT coalesce(max(number), 0) + 1 FROM {table} WHERE assignment = ?"
    return int(connection.execute(query, (assignment,)).fetchone()[0])


def insert_row(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Write a row with its assignment, number and student; its other fields become the body."""
    key = row["assignment"], row["number"], row["student"]
    fields = {name: row[name] for name in row if name not in ("assignment", "number", "student")}
    body = json.dumps(fields, sort_keys=True)
    values = (*key, body, checksum(*key, body))
    connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", values)


def read_row(assignment: str, number: int, student: str, body: str, check: str) -> Row | None:
    """The row as it was written; None where it has been damaged or edited."""
    if checksum(assignment, number, student, body) != check:
        return None
    return {**json.loads(body), "assignment": assignment, "number": number, "student": student}


def checksum(assignment: str, number: int, student: str, body: str) -> str:
    key = json.dumps([assignment, number, student, body])
    return sha256(key.encode("utf-8", "surrogatepass"))[:16]


def row_faults(database: Database, table: str, label: str) -> list[str]:
    """A sentence for each row that was edited, and for each gap in the numbers."""
    faults = []
    expected: dict[str, int] = {}
    for row in database.rows(f"SELECT * FROM {table} ORDER BY assignment, number"):
        assignment, number = row[:2]
        where = f"{label} {number} of '{assignment}' in {database.path}"
        if number != expected.get(assignment, 1):
            faults.append(f"The numbers are not in order before {where}: rows were taken out.")
        if read_row(*row) is None:
            faults.append(f"{where} is damaged and was passed over. Collect that inbox again.")
        expected[assignment] = number + 1
    return faults
