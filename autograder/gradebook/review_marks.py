"""How a person came to a mark: applied items, adjustment, comment, time; who marks what twice.

A mark is stored as the items of its rubric plus an adjustment, never as a sum alone. Of an answer
that two people mark each has a row, and the row of nobody (marker '') is the one that counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from autograder.gradebook.review_tables import (
    ALIAS,
    APPLIED,
    MARK,
    SAMPLE,
    TIME,
    Connection,
    QuestionKey,
    of_question,
)

COUNTING = ""
FORMGRADER = "formgrader"  # who gave a mark that was taken over from there
REQUEST = "the answer to a request"  # and who gave one with `autograder answer`
GradebookEntry = dict[str, tuple[float | None, str]]  # student -> points and comment


@dataclass(frozen=True)
class ReviewMark:
    """One person's mark of one answer, or with marker COUNTING the one that counts.

    marked_by: who gave it, or FORMGRADER or REQUEST. items: ids of the rubric's items that apply.
    done: no draft any more. version: grows with every change. answer_sha256: of the answer that was
    marked ('' for none yet). gradebook_entry: what this mark left there, {} for nothing yet.
    marked_at: ISO, UTC.
    """

    student: str
    marker: str
    marked_by: str
    items: frozenset[str]
    adjustment: float
    comment: str
    done: bool
    version: int
    answer_sha256: str
    gradebook_entry: GradebookEntry
    marked_at: str


def read_marks(connection: Connection, question: QuestionKey) -> list[ReviewMark]:
    """The marks of a question, drafts too."""
    applied: dict[tuple[str, str], set[str]] = {}
    query = select(APPLIED.c.student, APPLIED.c.marker, APPLIED.c.item)
    for student, marker, item in connection.execute(query.where(of_question(APPLIED, question))):
        applied.setdefault((student, marker), set()).add(item)
    rows = connection.execute(select(MARK).where(of_question(MARK, question))).mappings()
    return [
        ReviewMark(
            student=row["student"],
            marker=row["marker"],
            marked_by=row["marked_by"],
            items=frozenset(applied.get((row["student"], row["marker"]), ())),
            adjustment=row["adjustment"],
            comment=row["comment"],
            done=bool(row["done"]),
            version=row["version"],
            answer_sha256=row["answer_sha256"],
            gradebook_entry=_entry(row["written"]),
            marked_at=row["marked_at"],
        )
        for row in rows
    ]


def marked_cells(connection: Connection, assignment: str) -> set[tuple[str, str]]:
    """(notebook, cell) of every question that has a mark or a draft."""
    query = select(MARK.c.notebook, MARK.c.cell).where(MARK.c.assignment == assignment).distinct()
    return {(notebook, cell) for notebook, cell in connection.execute(query)}


def _entry(stored: str) -> GradebookEntry:
    content: dict[str, list] = json.loads(stored or "{}")
    return {student: (points, comment) for student, (points, comment) in content.items()}


def write_mark(connection: Connection, question: QuestionKey, mark: ReviewMark) -> None:
    """Put a mark in the place of the one that this marker had for this answer."""
    key = {**question._asdict(), "student": mark.student, "marker": mark.marker}
    remove_mark(connection, question, mark.student, mark.marker)
    values = {
        "marked_by": mark.marked_by,
        "adjustment": mark.adjustment,
        "comment": mark.comment,
        "done": mark.done,
        "version": mark.version,
        "answer_sha256": mark.answer_sha256,
        "written": json.dumps(mark.gradebook_entry),
        "marked_at": mark.marked_at,
    }
    connection.execute(insert(MARK), {**key, **values})
    if mark.items:
        rows = [{**key, "item": item} for item in sorted(mark.items)]
        connection.execute(insert(APPLIED), rows)


def remove_mark(connection: Connection, question: QuestionKey, student: str, marker: str) -> None:
    """Have no mark of this marker for the answer any more."""
    for stored in (MARK, APPLIED):
        condition = (stored.c.student == student) & (stored.c.marker == marker)
        connection.execute(delete(stored).where(of_question(stored, question), condition))


def read_seconds(connection: Connection, question: QuestionKey) -> dict[tuple[str, str], float]:
    """(student, marker) -> seconds that the answer was in front of that marker."""
    query = select(TIME.c.student, TIME.c.marker, TIME.c.seconds)
    rows = connection.execute(query.where(of_question(TIME, question)))
    return {(student, marker): seconds for student, marker, seconds in rows}


def add_seconds(
    connection: Connection, question: QuestionKey, student: str, marker: str, seconds: float
) -> None:
    """Add to the time that a marker spent on an answer."""
    condition = (
        of_question(TIME, question) & (TIME.c.student == student) & (TIME.c.marker == marker)
    )
    more = update(TIME).where(condition).values(seconds=TIME.c.seconds + seconds)
    if not connection.execute(more).rowcount:
        row = {**question._asdict(), "student": student, "marker": marker, "seconds": seconds}
        connection.execute(insert(TIME), row)


def read_sample(connection: Connection, question: QuestionKey) -> frozenset[str]:
    """The students whose answers two people mark."""
    query = select(SAMPLE.c.student).where(of_question(SAMPLE, question))
    return frozenset(connection.execute(query).scalars())


def add_to_sample(connection: Connection, question: QuestionKey, students: Iterable[str]) -> None:
    """From now on two people mark the answers of these students."""
    rows = [{**question._asdict(), "student": student} for student in students]
    if rows:
        connection.execute(insert(SAMPLE), rows)


def read_aliases(connection: Connection, assignment: str) -> dict[str, int]:
    """student -> the number under which markers see the work."""
    query = select(ALIAS.c.student, ALIAS.c.number).where(ALIAS.c.assignment == assignment)
    return {row.student: row.number for row in connection.execute(query)}


def add_aliases(connection: Connection, assignment: str, students: Iterable[str]) -> None:
    """Give these students the next numbers, in the order in which they come."""
    used = read_aliases(connection, assignment)
    first = max(used.values(), default=0) + 1
    rows = [
        {"assignment": assignment, "student": student, "number": number}
        for number, student in enumerate((s for s in students if s not in used), first)
    ]
    if rows:
        connection.execute(insert(ALIAS), rows)
