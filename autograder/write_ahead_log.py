"""Choose SQLite's write-ahead log for a database that several commands may open at once."""

from __future__ import annotations

import sqlite3
from time import monotonic, sleep

BUSY_S = 60.0


def use_write_ahead_log(connection: sqlite3.Connection, patience_s: float = BUSY_S) -> None:
    """Switch the database to its write-ahead log, waiting up to patience_s seconds for others.
    subtle: while another command switches for the first time, SQLite refuses at once and does not
    wait for its timeout. Errors: sqlite3.OperationalError once the patience has ended."""
    deadline = monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as fault:
            if not fault.sqlite_errorname.startswith("SQLITE_BUSY") or monotonic() > deadline:
                raise
            sleep(0.05)
