"""The log of marks that changed although the work did not: append-only, beside nbgrader's tables.

A row says which automatic score a graded cell had before and has since, what each said, when and
why it changed, and under which version of the tests. It is written in the transaction that changes
the mark. nbgrader never looks at the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader import api
from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    case,
    insert,
    null,
    text,
    update,
)
from sqlalchemy.engine import Connection

from autograder.gradebook.connection import ensure_table, read, write_connection
from autograder.gradebook.mark_rows import MARK_ROWS
from autograder.gradebook.statements import table
from autograder.model import Assignment, Course

NAME = "autograder_mark_changes"
LOG = Table(
    NAME,
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("assignment", String(128), nullable=False),
    Column("at", String(40), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("tests", String(64), nullable=False),
    Column("undoes", String(40), nullable=False),
    Column("student", String(128), nullable=False),
    Column("notebook", String(128), nullable=False),
    Column("cell", String(128), nullable=False),
    Column("before", Float),
    Column("after", Float),
    Column("person", Float),
    Column("out_of_before", Float, nullable=False),
    Column("out_of_after", Float, nullable=False),
    Column("message_before", Text, nullable=False),
    Column("message_after", Text, nullable=False),
    Column("work", String(64), nullable=False),
)
COLUMNS = ", ".join(f'"{column.name}"' for column in LOG.columns if column.name != "number")
ALL = f'SELECT {COLUMNS} FROM {NAME} WHERE assignment = :assignment ORDER BY "number"'
GRADE = f"""
SELECT grade.id, grade.auto_score
{MARK_ROWS}
WHERE assignment.name = :assignment AND submitted_assignment.student_id = :student
      AND notebook.name = :notebook AND base_cell.name = :cell
"""


@dataclass(frozen=True)
class MarkChange:
    """A graded cell before and after. before, after: automatic points, None where a person marks.
    person: the points that a person gave, which count in place of both. work: the key of the
    hand-in that both are of."""

    student: str
    notebook: str
    cell: str
    before: float | None
    after: float | None
    out_of_before: float
    out_of_after: float
    message_before: str = ""
    message_after: str = ""
    person: float | None = None
    work: str = ""

    @property
    def counted_before(self) -> float:
        return _counted(self.person, self.before)

    @property
    def counted_after(self) -> float:
        return _counted(self.person, self.after)

    @property
    def difference(self) -> float:
        """By how many points the mark rises (falls, where it is negative)."""
        return self.counted_after - self.counted_before

    @property
    def moves(self) -> bool:
        """Whether points are other than before, those earned or those possible."""
        return self.difference != 0 or self.out_of_before != self.out_of_after


@dataclass(frozen=True)
class LogEvent:
    """Why marks changed. at: the time in UTC as ISO 8601, which names the event. cause: 'regrade',
    'grade', 'undo' or 'answer' (points that a person gave who answered a request). tests: the key
    of all that the new marks rest on besides the work. undoes: the time of the event that this one
    takes back, ''."""

    at: str
    cause: str
    tests: str = ""
    undoes: str = ""


def _counted(person: float | None, automatic: float | None) -> float:
    if person is not None:
        return person
    return automatic or 0.0


def append(
    connection: Connection, assignment: str, event: LogEvent, changes: Iterable[MarkChange]
) -> None:
    """Write the changes of an event, in the transaction that is open on the connection."""
    rows = [{"assignment": assignment, **vars(event), **vars(change)} for change in changes]
    if not rows:
        return
    ensure_table(connection, LOG)
    connection.execute(insert(LOG), rows)


def history(course: Course, assignment: Assignment) -> dict[LogEvent, list[MarkChange]]:
    """Every event of an assignment with its changes, the oldest first."""
    (rows,) = read(course, [ALL], {"assignment": assignment.id}, needed_table=NAME)
    events: dict[LogEvent, list[MarkChange]] = {}
    names = [column.name for column in LOG.columns if column.name != "number"]
    for row in rows:
        fields = dict(zip(names, row, strict=True))
        fields.pop("assignment")
        event = LogEvent(**{name: fields.pop(name) for name in ("at", "cause", "tests", "undoes")})
        events.setdefault(event, []).append(MarkChange(**fields))
    return events


def restore(
    course: Course, assignment: Assignment, event: LogEvent, changes: Iterable[MarkChange]
) -> list[MarkChange]:
    """Give each mark the automatic score it had before, and log that as `event`, in one
    transaction. Returns what was restored: a mark that changed again since then stays as it is."""
    with write_connection(course) as connection, connection.begin():
        restored = [c for c in changes if _restore(connection, assignment.id, c)]
        append(connection, assignment.id, event, [_reversed(change) for change in restored])
    return restored


def _reversed(change: MarkChange) -> MarkChange:
    return MarkChange(
        change.student,
        change.notebook,
        change.cell,
        before=change.after,
        after=change.before,
        out_of_before=change.out_of_after,
        out_of_after=change.out_of_after,  # what is possible follows the source
        message_before=change.message_after,
        message_after=change.message_before,
        person=change.person,
        work=change.work,
    )


def _restore(connection: Connection, assignment: str, change: MarkChange) -> bool:
    grade = table(api.Grade)
    named = {"assignment": assignment, "student": change.student}
    named |= {"notebook": change.notebook, "cell": change.cell}
    row = connection.execute(text(GRADE), named).first()
    if row is None or row.auto_score != change.after:
        return False
    is_marked = grade.c.manual_score.is_not(null())
    waits = case((is_marked, grade.c.needs_manual_grade), else_=change.before is None)
    values = {"auto_score": change.before, "needs_manual_grade": waits}
    connection.execute(update(grade).where(grade.c.id == row.id).values(values))
    return True
