"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share: the database itself decides whether
a row is new, so two writers can never both find it missing and both add it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

Insert = sqlite.Insert | postgresql.Insert


def table(entity: Any) -> Table:
    """The table of one of nbgrader's classes."""
    found: Table = entity.__table__
    return found


def insert(connection: Connection, entity: Any) -> Insert:
    """An INSERT into the table of one of nbgrader's classes, in the connection's dialect."""
    return insert_in(connection.dialect.name, entity)


def insert_in(dialect: str, entity: Any) -> Insert:
    """The same in a dialect by its name, for a statement that is kept."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table(entity))
