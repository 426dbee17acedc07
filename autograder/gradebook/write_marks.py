"""One submission's automatic marks, in one transaction: all of its rows, or none.

The rows are those that nbgrader's own SaveAutoGrades writes for the same executed notebooks. What
a person gave (score, comment, extra credit) is never touched, and the same submission recorded
again leaves the same rows. Two things are mended: a written task that was zeroed because its
notebook was missing waits for a person again once the notebook is there (nbgrader leaves the zero),
and a task waits again where the hand-in is known to be another (nbgrader leaves the mark as final).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader import api
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from autograder.gradebook import errors, statements
from autograder.gradebook.points import automatic_comment, automatic_points
from autograder.gradebook.register_assignment import naive_utc
from autograder.gradebook.statements import Insert, table
from autograder.model import Assignment, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook

ATTEMPTS = 5
LONGEST_ID = 128  # nbgrader's own column
SUBMITTED = table(api.SubmittedNotebook)
Ids = dict[tuple[str, str], str]  # (notebook, cell) -> id
Scores = Mapping[tuple[str, str], float | None]
Row = dict[str, Any]


@dataclass(frozen=True)
class RegisteredCells:
    """Ids of an assignment, of its notebooks, and of its graded, written and commented cells."""

    assignment: str
    notebooks: dict[str, str]
    graded: Ids
    tasks: Ids
    commented: Ids


@dataclass(frozen=True)
class Regrade:
    """The same work recorded again, since its tests were mended.

    held_scores: automatic scores that stay as they are. log: writes down what changes, in the same
    transaction. looked_at: what a person has marked is not put before them again.
    """

    log: Callable[[Connection], None]
    held_scores: Scores = field(default_factory=dict)
    looked_at: bool = True


def registered_cells(connection: Connection, assignment: Assignment) -> RegisteredCells:
    """The assignment as it is registered. Raises CourseError where it is not."""
    base, notebook, work = table(api.BaseCell), table(api.Notebook), table(api.Assignment)
    with connection.begin():
        key = connection.execute(select(work.c.id).where(work.c.name == assignment.id)).scalar()
        inside = select(notebook.c.name, notebook.c.id).where(notebook.c.assignment_id == key)
        notebooks = {name: str(id_) for name, id_ in connection.execute(inside)}
        query = select(notebook.c.name, base.c.name, base.c.type, base.c.id).join_from(
            base, notebook
        )
        rows = connection.execute(query.where(notebook.c.assignment_id == key)).all()
    if key is None:
        raise CourseError(
            f"'{assignment.id}' is not in the gradebook, so nothing can be recorded for it. "
            f"Register it first: autograder grade {assignment.id}"
        )
    kinds: dict[str, Ids] = {"GradeCell": {}, "TaskCell": {}, "SolutionCell": {}}
    for name, cell, kind, id_ in rows:
        kinds.setdefault(kind, {})[name, cell] = id_
    commented_cells = {**kinds["SolutionCell"], **kinds["TaskCell"]}
    return RegisteredCells(
        str(key), notebooks, kinds["GradeCell"], kinds["TaskCell"], commented_cells
    )


def save(
    connection: Connection,
    registered: RegisteredCells,
    student: str,
    submitted_at: datetime | None,
    executed: dict[str, Notebook],
    regrade: Regrade | None = None,
    other_work: bool = False,
) -> None:
    """Record one submission; a notebook of the plan that is not in `executed` scores 0.
    other_work: a person looks at its tasks again, whatever was given for the work before."""
    scores = _scores(executed, regrade)
    comments = {
        (name, cells.grade_id(cell)): automatic_comment(cell)
        for name, cell in _cells_with_flag(executed, "solution", "task")
    }
    _check_student_id(student)
    _check_cells(registered, student, executed, scores.keys() | comments.keys())
    for attempt in range(ATTEMPTS):
        try:
            with connection.begin():
                notebook_ids = _submitted_notebook_ids(
                    connection, registered, student, naive_utc(submitted_at)
                )
                rule = "regrade" if regrade and regrade.looked_at else "manual"
                task_rule = "other task" if other_work else "task"
                rules = rule, task_rule
                _save_scores(connection, registered, notebook_ids, set(executed), scores, rules)
                _save_comments(connection, registered, notebook_ids, comments)
                if regrade:
                    regrade.log(connection)
            return
        except DBAPIError as fault:
            if attempt + 1 == ATTEMPTS or not errors.may_succeed_if_repeated(fault):
                raise


def _scores(executed: dict[str, Notebook], regrade: Regrade | None) -> Scores:
    """The automatic points of the graded cells, but those of before where a regrade keeps them."""
    scores = {
        (name, cells.grade_id(cell)): automatic_points(cell)[0]
        for name, cell in _cells_with_flag(executed, "grade")
    }
    held_scores = regrade.held_scores if regrade else {}
    return scores | {key: points for key, points in held_scores.items() if key in scores}


def _cells_with_flag(executed: dict[str, Notebook], *flags: str) -> Iterator[tuple[str, Cell]]:
    for name, notebook in executed.items():
        for cell in notebook["cells"]:
            if any(cells.nbgrader(cell).get(flag) for flag in flags):
                yield name, cell


def _check_student_id(student: str) -> None:
    storable = student.encode("utf-8", errors="replace").decode().replace("\0", "")
    if student != storable or not 0 < len(student) <= LONGEST_ID:
        raise CourseError(
            f"The student id {student!a} cannot be kept in a gradebook: 1 to {LONGEST_ID} "
            f"characters of text were needed. Rename that student's folder in submitted/."
        )


def _check_cells(
    registered: RegisteredCells,
    student: str,
    executed: dict[str, Notebook],
    submission_cells: set[tuple[str, str]],
) -> None:
    cell_names = registered.graded.keys() | registered.tasks.keys() | registered.commented.keys()
    unknown = [f"notebook '{name}'" for name in executed if name not in registered.notebooks]
    unknown += [
        f"cell '{cell}' of '{name}'" for name, cell in sorted(submission_cells - cell_names)
    ]
    if unknown:
        raise CourseError(
            f"The submission of {student} has {unknown[0]}, which the gradebook does not know. "
            f"Grade it again from the start: the assignment changed while it was being graded."
        )


def _submitted_notebook_ids(
    connection: Connection, registered: RegisteredCells, student: str, stamp: datetime | None
) -> dict[str, str]:
    """Ids of the submitted notebooks by name; student and submission are there afterwards."""
    dialect = connection.dialect.name
    connection.execute(statements.insert_if_absent(dialect, api.Student), {"id": student})
    row = {"assignment_id": registered.assignment, "student_id": student, "timestamp": stamp}
    submission = connection.execute(statements.upsert_submission(dialect), row).scalar_one()
    rows = [
        {"notebook_id": id_, "assignment_id": submission} for id_ in registered.notebooks.values()
    ]
    _execute(connection, statements.insert_if_absent(dialect, api.SubmittedNotebook), rows)
    inside = SUBMITTED.c.assignment_id == submission
    submitted = connection.execute(select(SUBMITTED.c.notebook_id, SUBMITTED.c.id).where(inside))
    notebook_ids = dict(submitted.all())
    return {name: notebook_ids[id_] for name, id_ in registered.notebooks.items()}


def _save_scores(
    connection: Connection,
    registered: RegisteredCells,
    notebook_ids: dict[str, str],
    executed: set[str],
    scores: Scores,
    rules: tuple[str, str],
) -> None:
    """rules: who looks at a graded cell again, and at a task (see `statements.upsert_grade`)."""
    dialect = connection.dialect.name
    rule, task_rule = rules
    cells_ = {**registered.graded, **registered.tasks}
    missing = {key: id_ for key, id_ in cells_.items() if key[0] not in executed}
    tasks = {key: id_ for key, id_ in registered.tasks.items() if key[0] in executed}
    scored = {key: id_ for key, id_ in registered.graded.items() if key in scores}
    unscored = {key: id_ for key, id_ in cells_.items() if key not in missing | tasks | scored}
    zeros = dict.fromkeys(missing, 0.0)
    _execute(
        connection,
        statements.upsert_grade(dialect, rule),
        _grade_rows(notebook_ids, scored, scores),
    )
    _execute(
        connection,
        statements.upsert_grade(dialect, "zero"),
        _grade_rows(notebook_ids, missing, zeros),
    )
    _execute(
        connection,
        statements.upsert_grade(dialect, task_rule),
        _grade_rows(notebook_ids, tasks, {}),
    )
    _execute(
        connection,
        statements.insert_if_absent(dialect, api.Grade),
        _grade_rows(notebook_ids, unscored, {}),
    )


def _grade_rows(notebook_ids: dict[str, str], cells_: Ids, scores: Scores) -> list[Row]:
    return [
        {
            "cell_id": id_,
            "notebook_id": notebook_ids[key[0]],
            "auto_score": scores.get(key),
            "needs_manual_grade": scores.get(key) is None,
        }
        for key, id_ in cells_.items()
    ]


def _save_comments(
    connection: Connection,
    registered: RegisteredCells,
    notebook_ids: dict[str, str],
    comments: dict[tuple[str, str], str | None],
) -> None:
    dialect = connection.dialect.name
    rows = {
        key: {
            "cell_id": id_,
            "notebook_id": notebook_ids[key[0]],
            "auto_comment": comments.get(key),
        }
        for key, id_ in registered.commented.items()
    }
    _execute(
        connection,
        statements.upsert_comment(dialect),
        [row for key, row in rows.items() if key in comments],
    )
    unscored = [row for key, row in rows.items() if key not in comments]
    _execute(connection, statements.insert_if_absent(dialect, api.Comment), unscored)


def _execute(connection: Connection, statement: Insert, rows: list[Row]) -> None:
    if rows:
        connection.execute(statement, rows)
