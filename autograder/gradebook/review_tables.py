"""The tables of `autograder review`, beside nbgrader's in the same database.

Their names begin with `autograder_`, which nbgrader passes over. A question is named as everywhere
by assignment, notebook and cell, so the rows outlive a gradebook that is made anew.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)

from autograder.gradebook.connection import TABLES_LOCK, Connection, write_connection
from autograder.model import Course

TABLES = MetaData()
LONGEST_MARKER = 64


class QuestionKey(NamedTuple):
    """The name of a question: one graded cell of one notebook of an assignment."""

    assignment: str
    notebook: str
    cell: str


def _question() -> list[Column[Any]]:
    return [Column(name, String(128), primary_key=True) for name in QuestionKey._fields]


def _student() -> Column[Any]:
    return Column("student", String(128), primary_key=True)


def _marker() -> Column[Any]:
    return Column("marker", String(LONGEST_MARKER), primary_key=True)


RUBRIC = Table("autograder_rubric", TABLES, *_question(), Column("from_full", Boolean))
ITEM = Table(
    "autograder_rubric_item",
    TABLES,
    Column("id", String(32), primary_key=True),
    *(Column(name, String(128), nullable=False, index=True) for name in QuestionKey._fields),
    Column("place", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("text", Text, nullable=False),
)
MARK = Table(
    "autograder_mark",
    TABLES,
    *_question(),
    _student(),
    _marker(),
    Column("marked_by", String(2 * LONGEST_MARKER + 5), nullable=False),
    Column("adjustment", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("answer_sha256", String(64), nullable=False),
    Column("written", Text, nullable=False),
    Column("marked_at", String(32), nullable=False),
)
APPLIED = Table(
    "autograder_applied_item",
    TABLES,
    *_question(),
    _student(),
    _marker(),
    Column("item", String(32), primary_key=True),
)
COMMENT = Table(
    "autograder_comment_bank",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("assignment", String(128), nullable=False, index=True),
    Column("text", Text, nullable=False),
)
TIME = Table(
    "autograder_marking_time",
    TABLES,
    *_question(),
    _student(),
    _marker(),
    Column("seconds", Float, nullable=False),
)
SAMPLE = Table("autograder_sample", TABLES, *_question(), _student())
ALIAS = Table(
    "autograder_alias",
    TABLES,
    Column("assignment", String(128), primary_key=True),
    _student(),
    Column("number", Integer, nullable=False),
    UniqueConstraint("assignment", "number"),
)


def make_review_tables(course: Course) -> None:
    """Have nbgrader's tables and these in place."""
    with write_connection(course) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({TABLES_LOCK})"))
        TABLES.create_all(connection)


def of_question(stored: Table, question: QuestionKey) -> Any:
    """The condition that a row of the table is of this question."""
    return and_(*(stored.c[name] == value for name, value in question._asdict().items()))


__all__ = ["Connection", "QuestionKey", "make_review_tables", "of_question"]
