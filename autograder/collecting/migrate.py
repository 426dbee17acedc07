"""Bring a store of text journals (one JSON line per hand-in, with a checksum) over to store.db.

The journals and the objects stay where they are; doing it again changes nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from autograder.collecting.database import Database, Row, insert_row, journals
from autograder.collecting.store import insert_hand_in
from autograder.files import read_plain, sha256
from autograder.model import Course


def migrate_store(course: Course) -> list[str]:
    """Copy every line that can be believed into store.db, and say what was done."""
    aside = sorted(course.aside.glob("*/aside.jsonl"))
    if not journals(course) and not aside:
        return ["there is no text journal here; nothing is to be brought over"]
    messages = []
    with Database(course, migrating=True).transaction() as connection:
        for path in journals(course):
            messages += _copy_journal(connection, "hand_ins", path, path.stem)
        for path in aside:
            messages += _copy_journal(connection, "rejected_files", path, path.parent.name)
    return messages


def _copy_journal(connection: Connection, table: str, path: Path, assignment: str) -> list[str]:
    """One journal's lines into their table, by their numbers, all in the running transaction."""
    query = f"SELECT number FROM {table} WHERE assignment = ?"
    present = {number for (number,) in connection.execute(query, (assignment,))}
    messages, added = [], 0
    for place, line in enumerate(read_plain(path).splitlines(), start=1):
        row = read_line(line)
        if row is None:
            messages.append(f"line {place} of {path} is damaged and was not brought over")
        elif row["number"] not in present:
            present.add(row["number"])
            added += 1
            if table == "hand_ins":
                insert_hand_in(connection, row)
            else:
                insert_row(connection, table, _rejected_row(row, assignment))
    return [*messages, f"{path}: {added} rows brought over, {len(present)} are in store.db"]


def _rejected_row(row: Row, assignment: str) -> Row:
    names = {"assignment": assignment, "message": row["says"], "copy": row["kept"]}
    return {**names, **{name: row[name] for name in ("number", "student", "file", "when")}}


def read_line(line: bytes) -> dict[str, Any] | None:
    """The row in a journal's line; None where the checksum in it is not that of the row."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.pop("check", None) != _check(row):
        return None
    return row


def _check(row: Row) -> str:
    return sha256(json.dumps(row, sort_keys=True).encode())[:16]
