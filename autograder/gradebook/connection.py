"""A connection to the gradebook, and its tables where there are none yet.

nbgrader makes the tables in several steps and asks the program `alembic` for their version; cut
short, that leaves a file that it never completes. Here they come in one transaction, so that any
number of processes may be the first. SQLite is opened as the one writer from the start of each
transaction: a lock that is taken half-way cannot wait for another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import nbgrader
from nbgrader.api import Base, Course
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Table, event, inspect, text
from sqlalchemy.engine import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from autograder import model
from autograder.gradebook import errors
from autograder.gradebook.statements import insert
from autograder.model import CourseError

PATIENCE_S = 20.0  # how long a writer waits for another
TABLES_LOCK = 0x67726164  # the advisory lock of whoever makes the tables


def database_url(course: model.Course) -> URL:
    """Where the gradebook is; a relative SQLite path is one below the course root."""
    try:
        url = make_url(course.db_url)
    except (ArgumentError, ValueError) as fault:
        raise CourseError(
            "CourseDirectory.db_url in nbgrader_config.py is no address of a database. "
            "Write 'sqlite:////path/gradebook.db' or 'postgresql://user@host/database'."
        ) from fault
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(course.root / (url.database or "gradebook.db")))
    if url.get_backend_name() == "postgresql":
        return url
    raise CourseError(
        f"The gradebook {errors.printable_url(url)} is kept in {url.get_backend_name()}; SQLite or "
        f"PostgreSQL was needed. Name one of them in CourseDirectory.db_url."
    )


def read(
    course: model.Course,
    queries: Iterable[str],
    parameters: dict[str, str],
    needed_table: str = Course.__tablename__,
) -> list[list[Any]]:
    """The rows of each query, none where there is no such table yet; with these parameters."""
    with _open(database_url(course), "BEGIN", PATIENCE_S) as connection:
        if not inspect(connection).has_table(needed_table):
            return [[] for _ in queries]
        return [list(connection.execute(text(query), parameters)) for query in queries]


@contextmanager
def write_connection(course: model.Course, patience_s: float = PATIENCE_S) -> Iterator[Connection]:
    """A connection whose transactions each have the gradebook to themselves, tables in place."""
    with _open(database_url(course), "BEGIN IMMEDIATE", patience_s) as connection:
        with connection.begin():
            _ensure_tables(connection, course)
        yield connection


def has_table(connection: Connection, table: Table) -> bool:
    return inspect(connection).has_table(table.name)


def ensure_table(connection: Connection, table: Table) -> None:
    """Make a table of our own, whose name begins with `autograder_`, where there is none."""
    if not has_table(connection, table):
        _lock_tables(connection)
        table.create(connection, checkfirst=True)


@contextmanager
def transaction(course: model.Course, writing: bool) -> Iterator[Connection]:
    """One transaction in a gradebook whose tables are in place: all of it is kept, or nothing.

    writing: nobody else writes marks or comments meanwhile, formgrader neither.
    """
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    with _open(database_url(course), begin, PATIENCE_S) as connection, connection.begin():
        if writing and connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE grade, comment IN SHARE ROW EXCLUSIVE MODE"))
        yield connection


@contextmanager
def _open(url: URL, begin: str, patience_s: float) -> Iterator[Connection]:
    with errors.translate_errors(url):
        engine = _engine(url, begin, patience_s)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


def _engine(url: URL, begin: str, patience_s: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        options, start = {"isolation_level": None, "timeout": patience_s}, begin
    else:
        options, start = (
            {"connect_timeout": 10},
            f"SET LOCAL lock_timeout = '{patience_s}s'",
        )
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=options)
    except ModuleNotFoundError as fault:
        raise CourseError(
            f"The gradebook {errors.printable_url(url)} needs a driver: {fault}. "
            f"Install it: pip install 'mlsys-course[cluster]'"
        ) from fault
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(start))
    return engine


def _lock_tables(connection: Connection) -> None:
    """PostgreSQL has no lock around a whole transaction, as SQLite has here."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({TABLES_LOCK})"))


def _ensure_tables(connection: Connection, course: model.Course) -> None:
    _lock_tables(connection)
    tables = set(inspect(connection).get_table_names())
    if not tables & set(Base.metadata.tables):
        Base.metadata.create_all(connection)
    elif missing := _missing_part(connection, tables):
        raise CourseError(
            f"The gradebook {errors.printable_url(connection.engine.url)} has no {missing}: it was "
            f"made by another version of nbgrader than {nbgrader.__version__}. Run `nbgrader db "
            f"upgrade` in the course folder, then run this again."
        )
    if "alembic_version" not in tables:
        _stamp(connection)
    connection.execute(insert(connection, Course).on_conflict_do_nothing(), {"id": course.name})


def _missing_part(connection: Connection, tables: set[str]) -> str:
    """The first table or column that this nbgrader needs and the database lacks, '' for none."""
    for name, table in Base.metadata.tables.items():
        if name not in tables:
            return f"table '{name}'"
        column_names = {column["name"] for column in inspect(connection).get_columns(name)}
        for column in set(table.columns.keys()) - column_names:
            return f"column '{name}.{column}'"
    return ""


def _stamp(connection: Connection) -> None:
    from alembic.script import (
        ScriptDirectory,  # a third of a second that only a new gradebook needs
    )

    head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
