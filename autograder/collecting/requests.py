"""Requests of students to look at a mark again, and their answers: inert text in store.db.

    request.json    {"assignment": ..., "question": ..., "text": ..., "student": ...}

`course ask` packs the file into a zip, which is handed in like any other. What is not exactly a
request about a graded cell of the assignment is refused. Rows are added and never changed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from autograder.collecting.allow_list import AllowList, released_name
from autograder.collecting.attempts import DatedFile
from autograder.collecting.copied_names import undecorated
from autograder.collecting.database import (
    Database,
    Row,
    insert_row,
    next_number,
    read_row,
    row_faults,
)
from autograder.collecting.student_ids import escape, student_id
from autograder.files import read_plain
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.settings.source_notebook import source_notebook

FILE = "request.json"
MOST_BYTES = 64 << 10
MOST_CHARACTERS = 2000
MOST_REQUESTS = 20  # of one student about one assignment
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


def is_request(file: DatedFile, allowed: AllowList) -> bool:
    """Whether a file of an inbox is a request, and no file that was released by that name."""
    name = PurePath(file.owner.file[-1])
    plain = f"{undecorated(name.stem)[0]}{name.suffix}".casefold()
    return plain == FILE and released_name(file.owner.file, allowed) is None


def take(course: Course, assignment: Assignment, file: DatedFile, now: datetime) -> Request:
    """The request in a file, once it is on disk; the same one again is the one there is.

    Raises CourseError with the second half of a sentence where it is none.
    """
    body = _body(file)
    student = file.owner.student or student_id(str(body.get("student") or ""))
    if not student:
        raise CourseError("is a request that names no student. Hand it in under your own name.")
    if body.get("assignment") not in (None, assignment.id):
        named = escape(str(body["assignment"]))
        raise CourseError(f"is a request about '{named}', not about '{assignment.id}'.")
    notebook, cell = find_question(course, assignment, str(body.get("question")))
    text = inert(str(body.get("text") or ""))
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise CourseError(
            f"is a request with a text of {len(text)} characters; 1 to {MOST_CHARACTERS} were "
            f'needed. Ask again: course ask {assignment.id} {cell} "..."'
        )
    asked = Request(0, assignment.id, student, notebook, cell, text, file.when)
    return _keep(course, asked, now)


def _body(file: DatedFile) -> dict[str, Any]:
    if file.item.message or file.item.path is None:
        raise CourseError(file.item.message)
    try:
        data = read_plain(file.item.path, MOST_BYTES + 1)
        body = json.loads(data.decode("utf-8-sig")) if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise CourseError(
            f"is no request: a table of at most {MOST_BYTES >> 10} kB as 'course ask' writes it "
            f"was needed. Make it again with that command."
        )
    return body


def find_question(course: Course, assignment: Assignment, name: str) -> Question:
    """The graded cell of that name (or notebook/name). CourseError where there is none."""
    questions = [
        (notebook, cells.grade_id(cell))
        for notebook in assignment.notebooks
        for cell in source_notebook(course, assignment, notebook)["cells"]
        if cells.nbgrader(cell).get("grade") or cells.nbgrader(cell).get("task")
    ]
    for question in questions:
        if name in (question[1], "/".join(question)):
            return question
    raise CourseError(
        f"asks about '{escape(name)}', which is no graded cell of '{assignment.id}'. It has: "
        f"{', '.join(cell for _, cell in questions) or 'none'}."
    )


def inert(text: str) -> str:
    """The text without what a terminal or a page would obey: control characters and marks that turn
    the direction of writing become U+FFFD; line ends stay."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return "".join(c if _is_shown(c) else "\ufffd" for c in plain)


def _is_shown(character: str) -> bool:
    if character in "\n\t":
        return True
    return character not in DIRECTIONS and unicodedata.category(character) not in UNSHOWN


def _keep(course: Course, asked: Request, now: datetime) -> Request:
    for earlier in requests(course, asked.assignment):
        if _is_same(earlier, asked):
            return earlier
    database = Database(course)
    with database.transaction() as connection:
        _ensure_tables(connection)
        query = "SELECT count(*) FROM requests WHERE assignment = ? AND student = ?"
        count = connection.execute(query, (asked.assignment, asked.student)).fetchone()[0]
        if count >= MOST_REQUESTS:
            raise CourseError(
                f"is not taken: {MOST_REQUESTS} requests about one assignment are the most. Talk "
                f"to the course's staff."
            )
        number = next_number(connection, "requests", asked.assignment)
        row = {
            "assignment": asked.assignment,
            "number": number,
            "student": asked.student,
            "notebook": asked.notebook,
            "question": asked.question,
            "text": asked.text,
            "when": asked.when.isoformat(),
            "taken": now.isoformat(),
        }
        insert_row(connection, "requests", row)
    return replace(asked, number=number)


def _is_same(earlier: Request, asked: Request) -> bool:
    names = ("student", "notebook", "question", "text")
    return all(getattr(earlier, name) == getattr(asked, name) for name in names)


def _ensure_tables(connection: Any) -> None:
    for table in TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({COLUMNS})")


def requests(course: Course, assignment_id: str) -> list[Request]:
    """Every request about an assignment in the order of taking, each with its last answer."""
    asked = [_request(row) for row in _rows(course, "requests", assignment_id)]
    answers = {row["request"]: _answer(row) for row in _rows(course, "answers", assignment_id)}
    return [replace(request, answer=answers.get(request.number)) for request in asked]


def by_cell(asked: Iterable[Request], student: str) -> dict[Question, list[Request]]:
    """A student's requests by the graded cell that they are about."""
    found: dict[Question, list[Request]] = {}
    for request in asked:
        if request.student == student:
            found.setdefault((request.notebook, request.question), []).append(request)
    return found


def answer(
    course: Course, request: Request, text: str, points: float | None, now: datetime
) -> Answer:
    """Write an answer down. A later one takes the place of an earlier one on the page."""
    said = Answer(inert(text), points, now)
    if not said.text:
        raise CourseError("the answer is empty. Write a sentence for the student.")
    with Database(course).transaction() as connection:
        _ensure_tables(connection)
        row = {
            "assignment": request.assignment,
            "number": next_number(connection, "answers", request.assignment),
            "student": request.student,
            "request": request.number,
            "text": said.text,
            "points": points,
            "at": now.isoformat(),
        }
        insert_row(connection, "answers", row)
    return said


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
