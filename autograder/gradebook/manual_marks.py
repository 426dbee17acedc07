"""What a person gives: points and a comment for one cell of one student, where formgrader has them.

The rows are nbgrader's own (`grade.manual_score`, `grade.needs_manual_grade`,
`comment.manual_comment`), so formgrader shows and changes the same data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader import api
from sqlalchemy import text, update

from autograder.gradebook.connection import Connection, write_connection
from autograder.gradebook.mark_changes import LogEvent, MarkChange, append
from autograder.gradebook.statements import insert, table
from autograder.model import Assignment, Course, CourseError

GRADE, COMMENT = table(api.Grade), table(api.Comment)
CELLS = """
SELECT submitted_assignment.student_id, notebook.name, base_cell.name, base_cell.type,
       solution.id IS NOT NULL, grade.id, grade.notebook_id, COALESCE(solution.id, base_cell.id),
       COALESCE(grade_cells.max_score, task_cells.max_score, 0.0), grade.auto_score,
       grade.manual_score, grade.needs_manual_grade, comment.manual_comment, comment.auto_comment
FROM assignment
JOIN submitted_assignment ON submitted_assignment.assignment_id = assignment.id
JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
JOIN grade ON grade.notebook_id = submitted_notebook.id
JOIN base_cell ON base_cell.id = grade.cell_id
LEFT JOIN grade_cells ON grade_cells.id = grade.cell_id
LEFT JOIN task_cells ON task_cells.id = grade.cell_id
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
    rows = connection.execute(text(CELLS), named)
    return [
        GradedCell(
            student=student,
            notebook=book,
            cell=name,
            kind=kind,
            is_answer=bool(is_answer),
            out_of=float(out_of),
            auto_score=auto,
            manual_score=manual,
            needs_manual=bool(needs),
            manual_comment=comment or "",
            auto_comment=auto_comment or "",
            grade_key=grade_key,
            notebook_key=notebook_key,
            comment_key=comment_key,
        )
        for (
            student,
            book,
            name,
            kind,
            is_answer,
            grade_key,
            notebook_key,
            comment_key,
            out_of,
            auto,
            manual,
            needs,
            comment,
            auto_comment,
        ) in rows
    ]


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
