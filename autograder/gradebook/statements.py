"""The INSERTs of the gradebook, in the SQL that SQLite and PostgreSQL share.

INSERT ... ON CONFLICT lets the database decide whether a row is new, so two writers can never
both find it missing and both add it. Those that record a submission are made once per dialect: to
make one takes SQLAlchemy longer than to run it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from nbgrader import api
from sqlalchemy import Table, case, null, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningInsert

Insert = sqlite.Insert | postgresql.Insert


def table(entity: Any) -> Table:
    """The table of one of nbgrader's classes."""
    stored: Table = entity.__table__
    return stored


def insert(connection: Connection, entity: Any) -> Insert:
    """An INSERT into the table of one of nbgrader's classes, in the connection's dialect."""
    return insert_in(connection.dialect.name, entity)


def insert_into(connection: Connection, stored: Table) -> Insert:
    """An INSERT into any table, in the connection's dialect."""
    return _dialect(connection.dialect.name).insert(stored)


def insert_in(dialect: str, entity: Any) -> Insert:
    """The same in a dialect by its name, for a statement that is kept."""
    return _dialect(dialect).insert(table(entity))


def _dialect(name: str) -> Any:
    return postgresql if name == "postgresql" else sqlite


GRADE = table(api.Grade)


@cache
def insert_if_absent(dialect: str, entity: Any) -> Insert:
    """Add rows where there are none."""
    return insert_in(dialect, entity).on_conflict_do_nothing()


@cache
def upsert_submission(dialect: str) -> ReturningInsert[Any]:
    """Add a submission, or give it its new time; its id."""
    adding = insert_in(dialect, api.SubmittedAssignment)
    keyed = adding.on_conflict_do_update(
        index_elements=["assignment_id", "student_id"],
        set_={"timestamp": adding.excluded.timestamp},
    )
    return keyed.returning(table(api.SubmittedAssignment).c.id)


@cache
def upsert_grade(dialect: str, rule: str) -> Insert:
    """Add grades; one that is there gets its new score, and a person looks at it by the rule.

    Where the rule is 'regrade', the work is the same as before: what a person has marked is not put
    before them again.
    """
    adding = insert_in(dialect, api.Grade)
    new = adding.excluded
    look = {
        "manual": or_(new.needs_manual_grade, GRADE.c.manual_score.is_not(null())),
        "zero": new.needs_manual_grade,
        "task": case((GRADE.c.auto_score.is_not(null()), True), else_=GRADE.c.needs_manual_grade),
        "other task": new.needs_manual_grade,
        "regrade": case(
            (GRADE.c.manual_score.is_not(null()), GRADE.c.needs_manual_grade),
            else_=new.needs_manual_grade,
        ),
    }
    return adding.on_conflict_do_update(
        index_elements=["cell_id", "notebook_id"],
        set_={"auto_score": new.auto_score, "needs_manual_grade": look[rule]},
    )


@cache
def upsert_comment(dialect: str) -> Insert:
    """Add comments; one that is there keeps what a person wrote beside its new automatic text."""
    adding = insert_in(dialect, api.Comment)
    return adding.on_conflict_do_update(
        index_elements=["cell_id", "notebook_id"],
        set_={"auto_comment": adding.excluded.auto_comment},
    )
