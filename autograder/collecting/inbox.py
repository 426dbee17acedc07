"""An inbox is a folder, a zip or one notebook from outside; here it becomes a list of plain files.

Nothing in it is trusted: links are not followed, zips are opened by `zip_files`, and whatever is
refused stays in the list with a sentence that says why. Whose file it is comes next, in
`lms_names.py`.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
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
from autograder.collecting.zip_files import open_zip
from autograder.model import CourseError

ARCHIVES = {
    ".rar": "a RAR archive",
    ".7z": "a 7-Zip archive",
    ".tar": "a tar archive",
    ".tgz": "a tar archive",
    ".gz": "a gzip archive",
    ".bz2": "a bzip2 archive",
    ".xz": "an xz archive",
}
LAYOUTS = (
    "Understood are: nbgrader's submitted/ (STUDENT/ID/files), an exchange's inbound/ "
    "(STUDENT+ID+TIME/files), a folder of files that name the student (STUDENT_NOTEBOOK.ipynb, "
    "STUDENT.zip or STUDENT/NOTEBOOK.ipynb), a download (zip or folder) of Canvas, Moodle, "
    "Blackboard, Brightspace, Gradescope, Sakai, ILIAS, Teams or GitHub Classroom, nbgrader's "
    "zip_collect names (ID_STUDENT_attempt_TIME_NOTEBOOK.ipynb), and the zip that 'course submit' "
    "makes."
)


def open_inbox(path: Path, spool: Spool, named: bool = False) -> list[Item]:
    """Every file below `path`, in the order of their names; a zip's bytes go to the spool.

    named: the name of the zip itself says whose it is, so it belongs to the way of its files.
    Raises CourseError where `path` is nothing that can be opened.
    """
    if path.is_dir():
        items = _folder(path, (), spool)
    elif path.suffix == ".ipynb" and path.is_file():
        items = iter([_file(path, (path.name,))])
    elif path.is_file() and zipfile.is_zipfile(path):
        items = open_zip(path, (path.name,) if named else (), spool, 1, _time(path))
    else:
        raise CourseError(f"{path} {_why_not_opened(path)} {LAYOUTS}")
    return list({(i.parts, i.message): i for i in _outside_notebooks(items)}.values())


def _why_not_opened(path: Path) -> str:
    kind = ARCHIVES.get(path.suffix.lower())
    if not path.exists():
        return "does not exist."
    if kind:
        return f"is {kind}, which is not opened. Unpack it, and collect the folder."
    return "is neither a folder nor a zip file."


def _time(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _outside_notebooks(items: Iterator[Item]) -> Iterator[Item]:
    """A folder that is named like a notebook is refused as one."""
    for item in items:
        for depth, part in enumerate(item.parts[:-1], start=1):
            if part.lower().endswith(".ipynb"):
                message = "is a folder, not a notebook. Hand in the notebook file itself."
                yield Item(item.parts[:depth], None, item.when, message)
                break
        else:
            yield item


def _folder(folder: Path, parts: tuple[str, ...], spool: Spool) -> Iterator[Item]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as fault:
        yield Item(parts, None, _time(folder), f"cannot be read ({fault.strerror}).")
        return
    entries_to_read = [entry for entry in ordered if not is_junk(entry.name)]
    if not entries_to_read and any(entry.name == CHECKPOINTS for entry in ordered):
        yield Item((*parts, CHECKPOINTS), None, _time(folder), ONLY_CHECKPOINTS)
    for entry in entries_to_read:
        yield from _entry(Path(entry.path), (*parts, entry.name), spool)


def _entry(path: Path, parts: tuple[str, ...], spool: Spool) -> Iterator[Item]:
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        target = escape(str(path.readlink()))
        message = f"is a link to '{target}'; links are not followed. Hand in the file itself."
        yield Item(parts, None, _time(path), message)
    elif stat.S_ISDIR(kind) and len(parts) > DEPTH:
        yield Item(parts, None, _time(path), f"is nested too deep, in more than {DEPTH} folders.")
    elif stat.S_ISDIR(kind) and path.suffix.lower() == ".ipynb":
        yield Item((*parts, ""), None, _time(path))
    elif stat.S_ISDIR(kind):
        yield from _folder(path, parts, spool)
    elif stat.S_ISREG(kind) and path.suffix.lower() == ".zip":
        share = spool.share(path.lstat().st_size)
        yield from open_zip(path, parts, share, 1, _time(path))
    elif stat.S_ISREG(kind):
        yield _file(path, parts)
    else:
        message = "is not a plain file (a pipe, a socket or a device)."
        yield Item(parts, None, _time(path), message)


def _file(path: Path, parts: tuple[str, ...]) -> Item:
    when, size = _time(path), path.lstat().st_size
    if size > FILE_BYTES:
        return Item(parts, None, when, _too_big(size))
    return Item(parts, path, when)


def _too_big(size: int) -> str:
    return (
        f"is too big: {size / 1e6:.0f} MB, more than the {FILE_BYTES >> 20} MB allowed. "
        f"Clear the outputs and hand it in again."
    )
