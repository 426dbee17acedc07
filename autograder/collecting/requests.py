"""Requests of students to look at a mark again, and their answers: inert text in store.db.

Rows are added and never changed. `request_files` takes requests in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from autograder.collecting.database import (
    Database,
    Row,
    insert_row,
    next_number,
    read_row,
    row_faults,
)
from autograder.model import Course, CourseError

MOST_CHARACTERS = 2000
MOST_REQUESTS = 20  # of one student about one assignment
TOO_MANY = (
    f"is not taken: {MOST_REQUESTS} requests about one assignment are the most. Talk to the "
    f"course's staff."
)
TABLES = ("requests", "answers")
COLUMNS = (
    "assignment TEXT NOT NULL, number INTEGER NOT NULL, student TEXT NOT NULL, "
    "body TEXT NOT NULL, checksum TEXT NOT NULL, PRIMARY KEY (assignment, number)"
)
DIRECTIONS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSHOWN = {"Cc", "Cs", "Cn", "Zl", "Zp"}
Question = tuple[str, str]  # notebook, graded cell


@dataclass(frozen=True)
class Answer:
    """What a person answered. points: those that the person gave, None where they stayed."""

    text: str
    points: float | None
    at: datetime


@dataclass(frozen=True)
class Request:
    """A student asks about a graded cell. when: the time of the hand-in. answer: the last one."""

    number: int
    assignment: str
    student: str
    notebook: str
    question: str
    text: str
    when: datetime
    answer: Answer | None = None


def inert(text: str) -> str:
    """The text without what a terminal or a page would obey: control characters and marks that turn
    the direction of writing become U+FFFD; line ends stay."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return "".join(c if _is_shown(c) else "\ufffd" for c in plain)


def _is_shown(character: str) -> bool:
    if character in "\n\t":
        return True
    return character not in DIRECTIONS and unicodedata.category(character) not in UNSHOWN


def keep(course: Course, request: Request, now: datetime) -> Request:
    for earlier in requests(course, request.assignment):
        if _is_same(earlier, request):
            return earlier
    database = Database(course)
    with database.transaction() as connection:
        _ensure_tables(connection)
        query = "SELECT count(*) FROM requests WHERE assignment = ? AND student = ?"
        count = connection.execute(query, (request.assignment, request.student)).fetchone()[0]
        if count >= MOST_REQUESTS:
            raise CourseError(TOO_MANY)
        number = next_number(connection, "requests", request.assignment)
        row = {
            "assignment": request.assignment,
            "number": number,
            "student": request.student,
            "notebook": request.notebook,
            "question": request.question,
            "text": request.text,
            "when": request.when.isoformat(),
            "taken": now.isoformat(),
        }
        insert_row(connection, "requests", row)
    return replace(request, number=number)


def _is_same(earlier: Request, request: Request) -> bool:
    names = ("student", "notebook", "question", "text")
    return all(getattr(earlier, name) == getattr(request, name) for name in names)


def _ensure_tables(connection: Any) -> None:
    for table in TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({COLUMNS})")


def requests(course: Course, assignment_id: str) -> list[Request]:
    """Every request about an assignment in the order of taking, each with its last answer."""
    stored_requests = [_request(row) for row in _rows(course, "requests", assignment_id)]
    answers = {row["request"]: _answer(row) for row in _rows(course, "answers", assignment_id)}
    return [replace(request, answer=answers.get(request.number)) for request in stored_requests]


def by_cell(all_requests: Iterable[Request], student: str) -> dict[Question, list[Request]]:
    """A student's requests by the graded cell that they are about."""
    by_question: dict[Question, list[Request]] = {}
    for request in all_requests:
        if request.student == student:
            by_question.setdefault((request.notebook, request.question), []).append(request)
    return by_question


def answer(
    course: Course, request: Request, text: str, points: float | None, now: datetime
) -> Answer:
    """Write an answer down. A later one takes the place of an earlier one on the page."""
    new_answer = Answer(inert(text), points, now)
    if not new_answer.text:
        raise CourseError("the answer is empty. Write a sentence for the student.")
    with Database(course).transaction() as connection:
        _ensure_tables(connection)
        row = {
            "assignment": request.assignment,
            "number": next_number(connection, "answers", request.assignment),
            "student": request.student,
            "request": request.number,
            "text": new_answer.text,
            "points": points,
            "at": now.isoformat(),
        }
        insert_row(connection, "answers", row)
    return new_answer


def faults(database: Database) -> list[str]:
    """A sentence for each request or answer that was edited or taken out."""
    present = [table for table in TABLES if _is_there(database, table)]
    return [fault for table in present for fault in row_faults(database, table, table[:-1])]


def _is_there(database: Database, table: str) -> bool:
    return bool(database.rows("SELECT 1 FROM sqlite_master WHERE name = ?", table))


def _rows(course: Course, table: str, assignment_id: str) -> list[Row]:
    database = Database(course)
    if not _is_there(database, table):
        return []
    query = f"SELECT * FROM {table} WHERE assignment = ? ORDER BY number"
    rows = (read_row(*row) for row in database.rows(query, assignment_id))
    return [row for row in rows if row is not None]


def _request(row: Row) -> Request:
    return Request(
        row["number"],
        row["assignment"],
        row["student"],
        row["notebook"],
        row["question"],
        row["text"],
        datetime.fromisoformat(row["when"]),
    )


def _answer(row: Row) -> Answer:
    return Answer(row["text"], row["points"], datetime.fromisoformat(row["at"]))
