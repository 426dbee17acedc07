"""Lateness in the gradebook: the due time, each student's extension, and the points it costs.

Penalty and extension are nbgrader's own columns, so that its formgrader and its plugin count with
them. The table `autograder_lateness` beside them says what of it was written here, and why; what
others wrote there (an extension by nbgrader's API) is respected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nbgrader import api
from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection

from autograder.gradebook.connection import ensure_table, has_table, write_connection
from autograder.gradebook.mark_rows import CELL_MAXIMUM, CELL_MAXIMUM_JOINS
from autograder.gradebook.register_assignment import naive_utc
from autograder.gradebook.statements import insert_into, table
from autograder.model import Assignment, Course

LATENESS = Table(
    "autograder_lateness",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("days", Integer, nullable=False),
    Column("penalty", Float),
    Column("extension_s", Float),
    Column("reason", Text, nullable=False),
)
SUBMITTED = table(api.SubmittedAssignment)
NOTEBOOKS = table(api.SubmittedNotebook)
ASSIGNMENTS = table(api.Assignment)
SCORES = """
SELECT submitted_notebook.id, submitted_notebook.assignment_id, notebook.name,
       submitted_notebook.late_submission_penalty,
       COALESCE(SUM(COALESCE(grade.manual_score, grade.auto_score, 0.0)
                    + COALESCE(grade.extra_credit, 0.0)), 0.0)
FROM submitted_notebook
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
LEFT JOIN grade ON grade.notebook_id = submitted_notebook.id
WHERE submitted_assignment.assignment_id = :key
GROUP BY submitted_notebook.id, submitted_notebook.assignment_id, notebook.name,
         submitted_notebook.late_submission_penalty
ORDER BY notebook.name
"""
TOTAL_MAXIMUM = f"""
SELECT COALESCE(SUM({CELL_MAXIMUM}), 0.0)
FROM base_cell JOIN notebook ON notebook.id = base_cell.notebook_id
{CELL_MAXIMUM_JOINS}
WHERE notebook.assignment_id = :key
"""
ROUNDING_S = 1.0


@dataclass(frozen=True)
class Work:
    """What the lateness of one recorded submission rests on.

    due: of the whole class; None where there is no due time. granted: an extension that stands in
    the gradebook and was not written here. points: before any penalty, those of a person and extra
    credit with them; maximum: of the assignment.
    """

    student: str
    submitted_at: datetime | None
    due: datetime | None
    granted: timedelta | None
    points: float
    maximum: float


@dataclass(frozen=True)
class Lateness:
    """What is written of a submission. days: started days after due time, extension and grace.
    penalty: points, None to leave nbgrader's own column alone. extension: beyond the due time of
    the class, None for none of ours. reason: a sentence, '' where there is nothing to say."""

    days: int = 0
    penalty: float | None = None
    extension: timedelta | None = None
    reason: str = ""


Judge = Callable[[Work], Lateness]


def write_lateness(
    course: Course, assignment: Assignment, judge: Judge, undo_only: bool = False
) -> list[tuple[Work, Lateness]]:
    """Ask `judge` about every recorded submission of the assignment, and write what it says, in one
    transaction. The same verdicts again change nothing. Returned in order of student.

    undo_only: nothing in the course speaks of lateness, so there is nothing to do where nothing was
    ever written.
    """
    with write_connection(course) as connection, connection.begin():
        if undo_only and not has_table(connection, LATENESS):
            return []
        ensure_table(connection, LATENESS)
        query = select(ASSIGNMENTS.c.id, ASSIGNMENTS.c.duedate)
        row = connection.execute(query.where(ASSIGNMENTS.c.name == assignment.id)).first()
        if row is None:
            return []
        due = naive_utc(assignment.due) or row.duedate
        if due != row.duedate:
            change = update(ASSIGNMENTS).where(ASSIGNMENTS.c.id == row.id)
            connection.execute(change.values(duedate=due))
        return _write_all(connection, assignment.id, str(row.id), due, judge)


def _write_all(
    connection: Connection, name: str, key: str, due: datetime | None, judge: Judge
) -> list[tuple[Work, Lateness]]:
    """due: naive, in UTC, as nbgrader keeps it."""
    maximum = float(connection.execute(text(TOTAL_MAXIMUM), {"key": key}).scalar_one())
    notebooks: dict[str, list[Any]] = {}
    for row in connection.execute(text(SCORES), {"key": key}).all():
        notebooks.setdefault(str(row[1]), []).append(row)
    rows_by_student = {
        row.student: row
        for row in connection.execute(select(LATENESS).where(LATENESS.c.assignment == name))
    }
    works = []
    query = select(SUBMITTED).where(SUBMITTED.c.assignment_id == key)
    for row in connection.execute(query.order_by(SUBMITTED.c.student_id)).all():
        before = rows_by_student.get(row.student_id)
        granted = None if _is_ours(row.extension, before) else row.extension
        scores = {str(book[0]): max(0.0, float(book[4])) for book in notebooks.get(str(row.id), ())}
        work = Work(
            student=row.student_id,
            submitted_at=_aware(row.timestamp),
            due=_aware(due),
            granted=granted,
            points=sum(scores.values()),
            maximum=maximum,
        )
        verdict = judge(work)
        penalties = {str(book[0]): book[3] for book in notebooks.get(str(row.id), ())}
        _write_extension(connection, row, granted, verdict)
        _write_penalty(connection, penalties, scores, before, verdict)
        _write_row(connection, name, row.student_id, before, verdict)
        works.append((work, verdict))
    return works


def _is_ours(extension: timedelta | None, before: Any) -> bool:
    if extension is None or before is None or before.extension_s is None:
        return extension is None
    return abs(extension.total_seconds() - before.extension_s) < ROUNDING_S


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def _write_extension(
    connection: Connection, row: Any, granted: timedelta | None, verdict: Lateness
) -> None:
    extension = verdict.extension if verdict.extension is not None else granted
    if extension != row.extension:
        change = update(SUBMITTED).where(SUBMITTED.c.id == row.id)
        connection.execute(change.values(extension=extension))


def _write_penalty(
    connection: Connection,
    penalties: Mapping[str, float | None],
    scores: Mapping[str, float],
    before: Any,
    verdict: Lateness,
) -> None:
    """A penalty is shared out over the notebooks; one of ours that is no longer due goes."""
    if verdict.penalty is None and (before is None or before.penalty is None):
        return
    shares = share_out(verdict.penalty or 0.0, scores)
    for key, share in shares.items():
        value = share or None  # as nbgrader leaves it where nothing is taken off
        if value != penalties[key]:
            change = update(NOTEBOOKS).where(NOTEBOOKS.c.id == key)
            connection.execute(change.values(late_submission_penalty=value))


def share_out(penalty: float, scores: Mapping[str, float]) -> dict[str, float]:
    """The part of a penalty that each notebook bears, in proportion to its points: no part is more
    than the notebook's points, and together they are the penalty, or all points there are."""
    points = sum(scores.values())
    remaining_penalty = min(penalty, points)
    shares = dict.fromkeys(scores, 0.0)
    bearing = [key for key, score in scores.items() if score > 0]
    for key in bearing[:-1]:
        shares[key] = min(
            scores[key], round(min(penalty, points) * scores[key] / points, 6), remaining_penalty
        )
        remaining_penalty -= shares[key]
    for key in reversed(bearing):  # rounding may leave the last one short of room
        more = min(scores[key] - shares[key], remaining_penalty)
        shares[key] += more
        remaining_penalty -= more
    return shares


def _write_row(
    connection: Connection, name: str, student: str, before: Any, verdict: Lateness
) -> None:
    extension_s = verdict.extension.total_seconds() if verdict.extension is not None else None
    row = {
        "days": verdict.days,
        "penalty": verdict.penalty,
        "extension_s": extension_s,
        "reason": verdict.reason,
    }
    is_this_row = (LATENESS.c.assignment == name) & (LATENESS.c.student == student)
    if verdict == Lateness():
        if before is not None:
            connection.execute(delete(LATENESS).where(is_this_row))
    elif before is None:
        adding = insert_into(connection, LATENESS)
        connection.execute(adding, {"assignment": name, "student": student, **row})
    elif row != {column: getattr(before, column) for column in row}:
        connection.execute(update(LATENESS).where(is_this_row).values(**row))
