"""Exceptions of the database become a CourseError: what came, and what to do about it.

No sentence shows a password: neither that of the address nor one that a driver repeats. SQLAlchemy
is imported only where one of its exceptions is expected, so that reading a gradebook stays quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.model import CourseError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError

MASK = "***"
RETRYABLE_SQLSTATES = {"40001", "40P01"}  # a serialization failure and a deadlock
SENTENCES = {
    r"is locked|lock timeout": (
        "is in use by another program that did not let go of it in time. Let that program finish, "
        "or close it (formgrader, another `autograder grade`), then run this again."
    ),
    r"readonly|read-only|unable to open|[Pp]ermission denied": (
        "cannot be opened or written. Give yourself the right to write to it and to its folder, "
        "then run this again."
    ),
    r"is full|No space left|disk I/O error": (
        "cannot grow: its disk is full or fails. Free some space, then run this again."
    ),
    r"not a database|malformed": (
        "is damaged or no SQLite database. Put a copy back; or move it away and run this again, "
        "which begins a new one without the marks that people gave by hand."
    ),
    r"no such (column|table)|no column named|(column|relation) .*does not exist": (
        "was made by another version of nbgrader. Run `nbgrader db upgrade` in the course "
        "folder, then run this again."
    ),
}
OTHERWISE = (
    "could not be used: {cause}. Check CourseDirectory.db_url in nbgrader_config.py, and that "
    "its server runs."
)


def error_sentence(where: str, cause: str) -> str:
    """The sentence for a gradebook at `where` that said `cause`."""
    for pattern, advice in SENTENCES.items():
        if re.search(pattern, cause):
            return f"The gradebook {where} {advice}"
    return f"The gradebook {where} {OTHERWISE.format(cause=cause.rstrip('.'))}"


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Raises CourseError for whatever the database at `url` complains of inside."""
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as fault:
        raise CourseError(error_sentence(printable_url(url), _cause(url, fault))) from fault


def _cause(url: URL, fault: Exception) -> str:
    origin = getattr(fault, "orig", None) or fault
    first = str(origin).strip().partition("\n")[0]
    for secret in _secrets(url):
        first = first.replace(secret, MASK)
    return first.rstrip(".")


def printable_url(url: URL) -> str:
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


def may_succeed_if_repeated(fault: DBAPIError) -> bool:
    """Whether the same transaction, tried again, may well succeed."""
    return (
        fault.connection_invalidated or getattr(fault.orig, "sqlstate", "") in RETRYABLE_SQLSTATES
    )
