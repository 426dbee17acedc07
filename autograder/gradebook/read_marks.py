"""The marks of a whole class read from nbgrader's gradebook at once.

Reading needs neither nbgrader nor, for the usual file gradebook.db, SQLAlchemy, which together take
longer to import than the rows of a class take to read. `write_marks` writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.gradebook.errors import error_sentence
from autograder.gradebook.mark_rows import CELL_MAXIMUM, CELL_MAXIMUM_JOINS, MARK_ROWS
from autograder.model import Assignment, Course, CourseError, Mark

# As in nbgrader, a person's score goes before the automatic one, and a comment likewise.
MARKS = f"""
SELECT submitted_assignment.student_id, notebook.name, base_cell.name,
       COALESCE(grade.manual_score, grade.auto_score), COALESCE(grade.extra_credit, 0.0),
       {CELL_MAXIMUM}, grade.needs_manual_grade,
       (SELECT COALESCE(comment.manual_comment, comment.auto_comment)
        FROM comment JOIN base_cell AS told ON told.id = comment.cell_id
        WHERE comment.notebook_id = submitted_notebook.id AND told.name = base_cell.name)
{MARK_ROWS} {CELL_MAXIMUM_JOINS}
WHERE assignment.name = :assignment
ORDER BY submitted_assignment.student_id, notebook.name, base_cell.name
"""
STUDENTS = """
SELECT submitted_assignment.student_id,
       (SELECT COALESCE(SUM(submitted_notebook.late_submission_penalty), 0.0)
        FROM submitted_notebook WHERE submitted_notebook.assignment_id = submitted_assignment.id)
FROM submitted_assignment JOIN assignment ON assignment.id = submitted_assignment.assignment_id
WHERE assignment.name = :assignment ORDER BY submitted_assignment.student_id
"""
DUE = "SELECT duedate FROM assignment WHERE name = :assignment AND duedate IS NOT NULL"
LATENESS_TABLE = "autograder_lateness"  # see `lateness`
REASONS = f"SELECT student, reason FROM {LATENESS_TABLE} WHERE assignment = :assignment"
HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
FILE = "sqlite:///"


@dataclass(frozen=True)
class RecordedMarks:
    """What the gradebook has of one submission: marks by notebook and cell, the late penalty."""

    marks: tuple[Mark, ...]
    late_penalty: float = 0.0


def recorded(course: Course, assignment: Assignment) -> dict[str, RecordedMarks]:
    """The recorded marks of each student with a submission in the gradebook."""
    students, rows = _rows(course, (STUDENTS, MARKS), assignment.id)
    marks: dict[str, list[Mark]] = {student: [] for student, _ in students}
    for student, *row in rows:
        marks.setdefault(student, []).append(_mark(*row))
    penalties = dict(students)
    return {
        student: RecordedMarks(tuple(student_marks), float(penalties.get(student, 0.0)))
        for student, student_marks in marks.items()
    }


def lateness_reasons(course: Course, assignment: Assignment) -> dict[str, str]:
    """Why points are taken off each student's work for lateness, or none are; without those of whom
    there is nothing to say."""
    (rows,) = _rows(course, (REASONS,), assignment.id, LATENESS_TABLE)
    return {student: reason for student, reason in rows if reason}


def due_time(course: Course, assignment: Assignment) -> datetime | None:
    """When the assignment is due: as the syllabus says, else as the gradebook does."""
    if assignment.due:
        return assignment.due
    (rows,) = _rows(course, (DUE,), assignment.id)
    return datetime.fromisoformat(str(rows[0][0])).replace(tzinfo=UTC) if rows else None


def _mark(
    notebook: str,
    cell: str,
    score: float | None,
    extra: float,
    out_of: float,
    needs_review: bool,
    comment: str | None,
) -> Mark:
    return Mark(
        notebook=notebook,
        cell=cell,
        points=float((score or 0.0) + extra),
        out_of=float(out_of),
        needs_review=bool(needs_review or score is None),
        comment=comment or "",
        extra_credit=float(extra),
    )


def _rows(
    course: Course, queries: Iterable[str], assignment: str, needed_table: str = "course"
) -> list[list[Any]]:
    """The rows of each query; none of them where there is no gradebook, or no such table, yet."""
    if not course.db_url.startswith(FILE) or "?" in course.db_url:
        return _rows_elsewhere(course, queries, assignment, needed_table)
    path = course.root / course.db_url.removeprefix(FILE)
    if not path.is_file() or not path.stat().st_size:
        return [[] for _ in queries]
    try:  # mode=rw although nothing is written: a reader undoes what a killed writer left half-done
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as book:
            if (
                needed_table == LATENESS_TABLE
                and not book.execute(HAS_TABLE, (needed_table,)).fetchone()
            ):
                return [[] for _ in queries]
            return [book.execute(query, {"assignment": assignment}).fetchall() for query in queries]
    except sqlite3.Error as fault:
        raise CourseError(error_sentence(str(path), str(fault))) from fault


def _rows_elsewhere(
    course: Course, queries: Iterable[str], assignment: str, needed_table: str
) -> list[list[Any]]:
    from autograder.gradebook.connection import read

    return read(course, queries, {"assignment": assignment}, needed_table)
