"""A file of JSON lines in which every line carries the sha256 of the line before it.

A change anywhere breaks the chain there, and `fault` names the place. Whoever rewrites the whole
file from the start can still make a good chain: it shows order and accidents, it is no seal.
Reading and checking parse JSON and run nothing. What the entries mean is left to `record`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from coursekit.syllabus import CourseError

FIELDS = ("body", "kind", "n", "prev", "sha256", "time")
START = "0" * 64  # `prev` of the first entry

Entry = dict[str, Any]
Fresh = list[tuple[str, Any]]  # kind and body of entries to come


def read(path: Path) -> tuple[list[bytes], bytes]:
    """The whole lines of a file, and what stands after its last line end."""
    data = path.read_bytes() if path.exists() else b""
    *lines, torn = data.split(b"\n")
    return lines, torn


def entry(line: bytes) -> Entry | None:
    """The entry on a line, None where there is none."""
    try:
        value = json.loads(line.decode("ascii"))
    except (ValueError, RecursionError):
        return None
    complete = isinstance(value, dict) and tuple(sorted(value)) == FIELDS
    typed = complete and type(value["n"]) is int and isinstance(value["sha256"], str)
    return value if typed and isinstance(value["kind"], str) else None


def fault(lines: list[bytes]) -> str:
    """'' for an unbroken chain, else a sentence that names the first broken link."""
    before = START
    for n, line in enumerate(lines, start=1):
        link = entry(line)
        if link is None:
            return f"Line {n} is not an entry of a record."
        if link["prev"] != before or link["n"] != n:
            return f"Entry {n} does not follow the one before it: one was changed, added or lost."
        if not _is_intact(link, line):
            return f"Entry {n} ({link['kind']}) was changed after it was written."
        before = link["sha256"]
    return ""


def torn_fault(torn: bytes, lines: int) -> str:
    """'' where nothing stands after the last line end, else the sentence for it."""
    if not torn:
        return ""
    return f"Line {lines + 1} has no end: it was torn while it was written, or changed since."


def add(path: Path, steps: Callable[[list[Entry]], Fresh], now: datetime) -> list[Entry]:
    """Adds what `steps` makes of the entries there are, with every other kernel shut out.

    A torn last line is kept as the text of an entry of its own. Raises CourseError where the last
    whole line is no entry.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path) as file:
        lines, torn = read(path)
        entries = [parsed for line in lines if (parsed := entry(line))]
        last = entry(lines[-1]) if lines else {"n": 0, "sha256": START}
        if last is None:
            raise CourseError(_stuck(path, len(lines)))
        added = list(_linked(_torn_entry(torn, len(lines)) + steps(entries), last, now))
        file.seek(sum(len(line) + 1 for line in lines))
        file.write(b"".join(text(link).encode() + b"\n" for link in added))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return added


def plain(body: Any) -> Any:
    """`body` as JSON gives it back: numpy scalars are numbers, arrays and tuples are lists."""
    try:
        return json.loads(json.dumps(body, default=lambda value: value.tolist(), allow_nan=False))
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CourseError(
            f"A record holds numbers, words, lists and dicts of them; {body!r:.80} is not "
            f"({error}). Write None where there is no number."
        ) from error


def text(value: Any) -> str:
    """The one way a value is written: the same value spelled otherwise is a changed line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(value: Any) -> str:
    """The sha256 of a value's one text."""
    return hashlib.sha256(text(value).encode()).hexdigest()


def _linked(fresh: Fresh, last: Entry, now: datetime) -> Iterator[Entry]:
    for kind, body in fresh:
        link = {
            "n": last["n"] + 1,
            "time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "kind": kind,
            "body": plain(body),
            "prev": last["sha256"],
        }
        last = {**link, "sha256": sha256(link)}
        yield last


def _is_intact(link: Entry, line: bytes) -> bool:
    unsigned = {name: value for name, value in link.items() if name != "sha256"}
    try:
        return text(link).encode() == line and sha256(unsigned) == link["sha256"]
    except ValueError:  # NaN, with which no entry was ever written
        return False


def _torn_entry(torn: bytes, lines: int) -> Fresh:
    """The entry that keeps a torn last line."""
    escaped = torn.decode("ascii", errors="backslashreplace")
    return [("torn", {"says": torn_fault(torn, lines), "text": escaped})] if torn else []


def _stuck(path: Path, line: int) -> str:
    return (
        f"Line {line} of {path.name} is damaged, so nothing can follow it. Put back the file as it "
        f"was; or rename it, keep it, and run the notebook again from the top."
    )


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """The open file, with a lock that ends with it; a file system without locks has none."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o644), "r+b") as file:
        with suppress(OSError):
            _lock(file)
        yield file


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(1 << 30)  # beyond every record: Windows locks the bytes themselves
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
