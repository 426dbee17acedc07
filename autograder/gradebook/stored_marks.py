"""The rows of a graded assignment as they are stored: the automatic score and a person's, apart.

`read_marks` gives what counts; whoever compares two versions of the tests needs both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from autograder.gradebook.connection import read
from autograder.gradebook.mark_rows import CELL_MAXIMUM, CELL_MAXIMUM_JOINS, MARK_ROWS
from autograder.model import Assignment, Course

MARKS = f"""
SELECT submitted_assignment.student_id, notebook.name, base_cell.name,
       grade.auto_score, grade.manual_score, COALESCE(grade.extra_credit, 0.0),
       {CELL_MAXIMUM}
{MARK_ROWS} {CELL_MAXIMUM_JOINS}
WHERE assignment.name = :assignment
"""
SOURCES = """
SELECT notebook.name, source_cell.name, source_cell.source
FROM assignment JOIN notebook ON notebook.assignment_id = assignment.id
JOIN source_cell ON source_cell.notebook_id = notebook.id
WHERE assignment.name = :assignment
"""
TIMES = """
SELECT submitted_assignment.student_id, submitted_assignment.timestamp
FROM assignment JOIN submitted_assignment ON submitted_assignment.assignment_id = assignment.id
WHERE assignment.name = :assignment
"""
Key = tuple[str, str]  # notebook, cell


@dataclass(frozen=True)
class StoredMark:
    """One graded cell of a submission. automatic, by_person: None where there is no such score."""

    automatic: float | None
    by_person: float | None
    extra: float
    out_of: float


def stored_marks(course: Course, assignment: Assignment) -> dict[str, dict[Key, StoredMark]]:
    """student -> (notebook, cell) -> what is stored; {} where there is no gradebook yet."""
    (rows,) = read(course, [MARKS], {"assignment": assignment.id})
    marks: dict[str, dict[Key, StoredMark]] = {}
    for student, notebook, cell, *values in rows:
        marks.setdefault(student, {})[notebook, cell] = StoredMark(*values)
    return marks


def submission_times(course: Course, assignment: Assignment) -> dict[str, datetime | None]:
    """student -> when the hand-in that was recorded last came, None where nobody knows."""
    (rows,) = read(course, [TIMES], {"assignment": assignment.id})
    return {student: _aware(stamp) for student, stamp in rows}


def _aware(stamp: object) -> datetime | None:
    """A time of the gradebook: a text in SQLite, without its zone in both."""
    return datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC) if stamp else None


def registered_texts(course: Course, assignment: Assignment) -> dict[Key, str]:
    """(notebook, cell) -> the text of each locked cell, hidden tests and mark schemes included, as
    it was when the assignment was last graded."""
    (rows,) = read(course, [SOURCES], {"assignment": assignment.id})
    return {(notebook, cell): text or "" for notebook, cell, text in rows}
