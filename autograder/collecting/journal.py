"""A journal only grows: one JSON line per fact, numbered, with a checksum, fsynced one by one.

A crash or a full disk can tear the last line. Such a line was never acknowledged: it is not
believed, and the next line is written in its place. A damaged line elsewhere is passed over and
named among the faults. The order is that of the numbers; no clock decides anything.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from autograder.files import read_plain, write_at_offset

Row = dict[str, Any]


class Journal:
    """The journal at `path`: its rows that can be believed, and a sentence for each fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data = read_plain(path) if path.is_file() else b""
        self._end = data.rfind(b"\n") + 1
        lines = data[: self._end].splitlines()
        believed = [(place, believe(line)) for place, line in enumerate(lines, start=1)]
        self.rows: list[Row] = [row for _, row in believed if row is not None]
        self.last = max([len(lines), *(row["number"] for row in self.rows)])
        self.faults = _faults(path, believed)

    def append(self, row: Row) -> Row:
        """The row with its number, once it is on disk. Raises OSError where it is not."""
        numbered = {**row, "number": self.last + 1}
        line = written(numbered)
        write_at_offset(self.path, line, self._end)
        self._end += len(line)
        self.last += 1
        self.rows.append(numbered)
        return numbered


def written(row: Row) -> bytes:
    """The line of a row: its JSON with the checksum of that JSON as one more field."""
    return json.dumps({**row, "check": _check(row)}, sort_keys=True).encode() + b"\n"


def believe(line: bytes) -> Row | None:
    """The row in a line; None where the line is not what was once written."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.pop("check", None) != _check(row):
        return None
    return row


def _check(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


def _faults(path: Path, believed: list[tuple[int, Row | None]]) -> list[str]:
    faults = [
        f"line {place} of {path} is damaged and was passed over. Collect that inbox again."
        for place, row in believed
        if row is None
    ]
    moved = next((place for place, row in believed if row and row["number"] != place), None)
    if moved is not None:
        faults.append(f"{path} is not in order from line {moved} on: lines were taken out or in.")
    return faults
