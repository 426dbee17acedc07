"""An exception of the database library becomes a CourseError with a sentence.

No sentence shows a password: neither that of the address nor one that a driver repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from nbgrader.api import InvalidEntry
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograder.gradebook.said import sentence
from autograder.model import CourseError

MASK = "***"
AGAIN = {"40001", "40P01"}  # SQLSTATE of a serialization failure and of a deadlock


@contextmanager
def sentences(url: URL) -> Iterator[None]:
    """Raises CourseError for whatever the database at `url` complains of inside."""
    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as fault:
        raise CourseError(sentence(shown(url), _cause(url, fault))) from fault


def _cause(url: URL, fault: Exception) -> str:
    origin = fault.orig if isinstance(fault, DBAPIError) and fault.orig else fault
    first = str(origin).strip().partition("\n")[0]
    for secret in _secrets(url):
        first = first.replace(secret, MASK)
    return first.rstrip(".")


def shown(url: URL) -> str:
    """The address for a person to read: a path for SQLite, else the URL without its secrets."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    text = url.render_as_string(hide_password=True)
    for secret in _secrets(url):
        text = text.replace(secret, MASK)
    return text


def _secrets(url: URL) -> list[str]:
    in_query = [str(value) for key, value in url.query.items() if "password" in key]
    plain = [secret for secret in [str(url.password or ""), *in_query] if secret]
    return sorted({form for secret in plain for form in (secret, quote(secret, safe=""))})


def passes(fault: DBAPIError) -> bool:
    """Whether the same transaction, tried again, may well succeed."""
    return fault.connection_invalidated or getattr(fault.orig, "sqlstate", "") in AGAIN
