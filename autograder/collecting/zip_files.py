"""A zip from outside becomes a list of plain files.

Nothing in it is trusted: links are not followed, an entry is written under a number of ours and
never under its own name, what it inflates to is capped, and whatever is refused stays in the list
with a sentence that says why.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.collecting.inbox_items import (
    CHECKPOINTS,
    DEPTH,
    FILE_BYTES,
    ONLY_CHECKPOINTS,
    Item,
    Spool,
    is_junk,
)
from autograder.collecting.student_ids import escape

RATIO = 200
RATIO_FROM_BYTES = 1 << 20
ENTRIES = 50_000
NAME_BYTES = 255
ZIP_LEVELS = 2
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others inflate in one go, without a limit
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
REPEATED = "stands twice in its zip; the last one counts and this one does not."


def open_zip(
    path: Path, parts: tuple[str, ...], spool: Spool, level: int, when: datetime | None
) -> Iterator[Item]:
    """The files of a zip; `when` stands for entries that have no time of their own."""
    if level > ZIP_LEVELS:
        yield Item(parts, None, when, "is nested too deep: a zip in a zip in a zip.")
        return
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as fault:
        reason = escape(str(fault)) or type(fault).__name__
        yield Item(parts, None, when, f"is a damaged zip file ({reason}). Hand it in again.")
        return
    with archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES:
            yield Item(parts, None, when, f"is a zip bomb: it lists {len(entries)} files.")
            return
        empty = _empty(entries)
        if empty:
            yield Item(parts, None, when, empty)
        last = {info.orig_filename: number for number, info in enumerate(entries)}
        for number, info in enumerate(entries):
            repeated = number != last[info.orig_filename]
            for item in _zipped(archive, info, parts, spool, level, repeated):
                yield replace(item, when=item.when or when)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    """As `ZipInfo.is_dir`, which fails where the name begins with a zero byte."""
    return info.filename.endswith("/")


def _steps(info: zipfile.ZipInfo) -> list[str]:
    """The parts of an entry's name; what no file system takes is cut, and refused by `_refused`."""
    parts = re.split(r"[/\\]", info.orig_filename)
    return [part[:NAME_BYTES] for part in parts if part not in ("", ".")]


def _empty(entries: list[zipfile.ZipInfo]) -> str:
    """What is said of a zip without any file that somebody handed in; '' where there is one."""
    ways = [_steps(info) for info in entries if not _is_folder(info)]
    if any(not any(is_junk(part) for part in way) for way in ways):
        return ""
    return ONLY_CHECKPOINTS if any(CHECKPOINTS in way for way in ways) else "is an empty zip file."


def _zipped(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    parts: tuple[str, ...],
    spool: Spool,
    level: int,
    repeated: bool,
) -> Iterator[Item]:
    name = info.orig_filename
    inside = (*parts, *_steps(info))
    when = _zip_time(info)
    own_folder = _is_folder(info) and len(inside) == len(parts)
    if own_folder or any(is_junk(part) for part in inside[len(parts) :]):
        return
    message = _refused(info, spool) or (REPEATED if repeated else "")
    if message:
        last = inside[-1] if len(inside) > len(parts) else escape(name)
        yield Item((*parts, last) if ".." in inside else inside or (last,), None, when, message)
    elif _is_folder(info):
        if inside and inside[-1].lower().endswith(".ipynb"):
            yield Item((*inside, ""), None, when)
    else:
        yield from _inflated(archive, info, inside, spool, level)


def _inflated(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    inside: tuple[str, ...],
    spool: Spool,
    level: int,
) -> Iterator[Item]:
    when = _zip_time(info)
    try:
        with archive.open(info) as stream:
            limit = min(FILE_BYTES, spool.bytes_left)
            data = stream.read(limit + 1)
    except UNREADABLE as fault:
        reason = escape(str(fault)) or type(fault).__name__
        yield Item(inside, None, when, f"is damaged inside its zip ({reason}).")
        return
    if len(data) > limit:
        message = f"is a zip bomb: it inflates to more than the {FILE_BYTES >> 20} MB allowed."
        yield Item(inside, None, when, message)
    elif inside[-1].lower().endswith(".zip"):
        yield from open_zip(spool.save(data), inside, spool.share(len(data)), level + 1, when)
    else:
        yield Item(inside, spool.save(data), when)


def _refused(info: zipfile.ZipInfo, spool: Spool) -> str:
    """Why an entry is not inflated at all; '' where it may be."""
    name = info.orig_filename
    steps = re.split(r"[/\\]", name)
    if ".." in steps or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return f"is the zip entry '{escape(name)}', which leads out of its folder; it is refused."
    if "\\" in name or "\0" in name or not set(steps) - {"", "."}:
        return f"is the zip entry '{escape(name)}' (backslash, zero byte, no name); it is refused."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link inside a zip; links are not followed. Hand in the file itself."
    if info.flag_bits & 0x1:
        return "is in an encrypted zip (password). Hand it in without a password."
    if _is_folder(info):
        return ""
    if info.compress_type not in PACKED:
        return f"is packed by method {info.compress_type}. Zip it again in the ordinary way."
    if any(len(step.encode("utf-8", "replace")) > NAME_BYTES for step in steps):
        return f"has a name of more than {NAME_BYTES} bytes, which no file system takes."
    if len(steps) > DEPTH:
        return f"is nested too deep, in more than {DEPTH} folders."
    return _bomb(info.file_size, info.compress_size, spool.bytes_left)


def _bomb(inflated: int, packed: int, bytes_left: int) -> str:
    if inflated > FILE_BYTES:
        return (
            f"is a zip bomb or too big: it inflates to {inflated / 1e6:.0f} MB, more than the "
            f"{FILE_BYTES >> 20} MB allowed."
        )
    if inflated > RATIO_FROM_BYTES and inflated > RATIO * max(packed, 1):
        return f"is a zip bomb: it inflates to {inflated // max(packed, 1)} times its size."
    if inflated > bytes_left:
        return f"inflates past the {bytes_left / 1e6:.0f} MB that are left to its zip."
    return ""


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """The entry's time; None for the year 1980, which stands for 'not recorded'."""
    try:
        when = datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None
    return when if when.year > 1980 else None
