"""What a person gives: points and a comment for one cell of one student, where formgrader has them.

The rows are nbgrader's own (`grade.manual_score`, `grade.needs_manual_grade`,
`comment.manual_comment`), so formgrader shows and changes the same data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader import api
from sqlalchemy import Row, text, update

from autograder.gradebook.connection import Connection, write_connection
from autograder.gradebook.mark_changes import LogEvent, MarkChange, append
from autograder.gradebook.mark_rows import CELL_MAXIMUM, CELL_MAXIMUM_JOINS, MARK_ROWS
from autograder.gradebook.statements import insert, table
from autograder.model import Assignment, Course, CourseError

GRADE, COMMENT = table(api.Grade), table(api.Comment)
CELLS = f"""
SELECT submitted_assignment.student_id AS student, notebook.name AS notebook,
       base_cell.name AS cell, base_cell.type AS kind, solution.id IS NOT NULL AS is_answer,
       {CELL_MAXIMUM} AS out_of, grade.auto_score, grade.manual_score, grade.needs_manual_grade,
       comment.manual_comment, comment.auto_comment, grade.id AS grade_key,
       grade.notebook_id AS notebook_key, COALESCE(solution.id, base_cell.id) AS comment_key
{MARK_ROWS} {CELL_MAXIMUM_JOINS}
LEFT JOIN base_cell AS solution ON solution.notebook_id = base_cell.notebook_id
     AND solution.name = base_cell.name AND solution.type = 'SolutionCell'
LEFT JOIN comment ON comment.notebook_id = grade.notebook_id
     AND comment.cell_id = COALESCE(solution.id, base_cell.id)
WHERE assignment.name = :assignment AND :cell IN ('', base_cell.name)
      AND :notebook IN ('', notebook.name)
ORDER BY submitted_assignment.student_id, notebook.name, base_cell.name
"""


@dataclass(frozen=True)
class GradedCell:
    """What the gradebook has of one graded cell of one student.

    kind: nbgrader's word, 'GradeCell' or 'TaskCell'. is_answer: the student writes in the cell
    itself. manual_score: None where no person gave points. The last three are keys of rows.
    """

    student: str
    notebook: str
    cell: str
    kind: str
    is_answer: bool
    out_of: float
    auto_score: float | None
    manual_score: float | None
    needs_manual: bool
    manual_comment: str
    auto_comment: str
    grade_key: str
    notebook_key: str
    comment_key: str

    @property
    def is_written(self) -> bool:
        """Whether only a person can mark it."""
        return self.is_answer or self.kind == "TaskCell"


def graded_cells(
    connection: Connection, assignment: str, notebook: str = "", cell: str = ""
) -> list[GradedCell]:
    """The graded cells of every student of an assignment, in order of student; '' is all."""
    named = {"assignment": assignment, "notebook": notebook, "cell": cell}
    return [_graded_cell(row) for row in connection.execute(text(CELLS), named)]


def _graded_cell(row: Row[Any]) -> GradedCell:
    return GradedCell(
        student=row.student,
        notebook=row.notebook,
        cell=row.cell,
        kind=row.kind,
        is_answer=bool(row.is_answer),
        out_of=float(row.out_of),
        auto_score=row.auto_score,
        manual_score=row.manual_score,
        needs_manual=bool(row.needs_manual_grade),
        manual_comment=row.manual_comment or "",
        auto_comment=row.auto_comment or "",
        grade_key=row.grade_key,
        notebook_key=row.notebook_key,
        comment_key=row.comment_key,
    )


def write_manual(
    connection: Connection, cell: GradedCell, points: float | None, comment: str, needs: bool
) -> None:
    """Give a cell a person's points (None: none) and comment ('' shows the automatic one again).

    needs: whether a person still has to look at it.
    """
    _write_points(connection, cell, points, needs)
    keyed = insert(connection, api.Comment).on_conflict_do_update(
        index_elements=["cell_id", "notebook_id"], set_={"manual_comment": comment or None}
    )
    if comment or cell.manual_comment:
        row = {"cell_id": cell.comment_key, "notebook_id": cell.notebook_key}
        connection.execute(keyed, {**row, "manual_comment": comment or None})


def _write_points(
    connection: Connection, cell: GradedCell, points: float | None, needs: bool
) -> None:
    connection.execute(
        update(GRADE).where(GRADE.c.id == cell.grade_key),
        {"manual_score": points, "needs_manual_grade": needs},
    )


def give_points(
    course: Course, assignment: Assignment, student: str, notebook: str, cell: str, points: float
) -> None:
    """Make `points` a person's mark of a graded cell, which nobody has to look at any more; a
    comment stays. It goes into the log of marks, in the same transaction. Raises CourseError where
    there is no such mark or the points do not fit.
    """
    with write_connection(course) as connection, connection.begin():
        graded = graded_cells(connection, assignment.id, notebook, cell)
        mark = next((row for row in graded if row.student == student), None)
        if mark is None:
            raise CourseError(
                f"the gradebook has no mark of {student} for '{cell}' of '{assignment.id}'. Grade "
                f"the hand-in first: autograder grade {assignment.id}"
            )
        if not 0 <= points <= mark.out_of:
            raise CourseError(
                f"'{cell}' is worth {mark.out_of:g} points, so {points:g} cannot be given. "
                f"Name 0 to {mark.out_of:g}; more is extra credit, in formgrader."
            )
        _write_points(connection, mark, points, needs=False)
        event = LogEvent(datetime.now(UTC).isoformat(), "answer")
        before = mark.auto_score if mark.manual_score is None else mark.manual_score
        change = MarkChange(
            student,
            mark.notebook,
            cell,
            before=before,
            after=points,
            out_of_before=mark.out_of,
            out_of_after=mark.out_of,
            message_before="what it was when the student asked",
            message_after="a person gave these points",
        )
        append(connection, assignment.id, event, [change])
