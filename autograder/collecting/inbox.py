"""An inbox is a folder, a zip or one notebook from outside; here it becomes a list of plain files.

Nothing in it is trusted: links are not followed, a zip entry is written under a number of ours and
never under its own name, what it inflates to is capped, and whatever is refused stays in the list
with a sentence that says why. Whose file it is comes next, in `lms_names.py`.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from autograder.collecting.student_ids import escape
from autograder.model import CourseError

FILE_BYTES = 64 << 20
TOTAL_BYTES = 2 << 30
SHARE_BYTES = 128 << 20
SHARE_RATIO = 20
RATIO = 200
RATIO_FROM_BYTES = 1 << 20
ENTRIES = 50_000
DEPTH = 12
NAME_BYTES = 255
ZIP_LEVELS = 2
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others inflate in one go, without a limit
RECEIPT = "receipt.json"
CHECKPOINTS = ".ipynb_checkpoints"
ONLY_CHECKPOINTS = (
    "is Jupyter's own copy, and the notebook itself is missing. Hand in the notebook."
)
JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", CHECKPOINTS, "__pycache__", ".git"}
ARCHIVES = {
    ".rar": "a RAR archive",
    ".7z": "a 7-Zip archive",
    ".tar": "a tar archive",
    ".tgz": "a tar archive",
    ".gz": "a gzip archive",
    ".bz2": "a bzip2 archive",
    ".xz": "an xz archive",
}
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


@dataclass(frozen=True)
class Item:
    """A file of the inbox. `parts` is its way in, a zip being a part like a folder.

    path is where its bytes lie, None where `message` names why it was refused. `when` is the zip
    entry's time (which has no zone and is read as UTC) or the file's modification time.
    """

    parts: tuple[str, ...]
    path: Path | None
    when: datetime | None = None
    message: str = ""


class Spool:
    """A folder for what zips hold, and how many inflated bytes are still allowed.

    A zip inside the inbox gets a share, so that one student cannot use up what the class needs.
    """

    def __init__(
        self, folder: Path, bytes_left: int = TOTAL_BYTES, around: Spool | None = None
    ) -> None:
        self.folder, self.bytes_left, self.around = folder, bytes_left, around
        self.names: Iterator[int] = around.names if around else count()

    def share(self, packed_bytes: int) -> Spool:
        """A spool for what a zip of that size may inflate to."""
        max_bytes = max(SHARE_BYTES, SHARE_RATIO * packed_bytes)
        return Spool(self.folder, min(max_bytes, self.bytes_left), self)

    def save(self, data: bytes) -> Path:
        """The data in a file of its own."""
        self.spend(len(data))
        path = self.folder / f"{next(self.names):06}"
        path.write_bytes(data)
        return path

    def spend(self, used: int) -> None:
        self.bytes_left -= used
        if self.around:
            self.around.spend(used)


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
        items = _archive(path, (path.name,) if named else (), spool, 1, _time(path))
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


LAYOUTS = (
    "Understood are: nbgrader's submitted/ (STUDENT/ID/files), an exchange's inbound/ "
    "(STUDENT+ID+TIME/files), a folder of files that name the student (STUDENT_NOTEBOOK.ipynb, "
    "STUDENT.zip or STUDENT/NOTEBOOK.ipynb), a download (zip or folder) of Canvas, Moodle, "
    "Blackboard, Brightspace, Gradescope, Sakai, ILIAS, Teams or GitHub Classroom, nbgrader's "
    "zip_collect names (ID_STUDENT_attempt_TIME_NOTEBOOK.ipynb), and the zip that 'course submit' "
    "makes."
)


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


def _junk(name: str) -> bool:
    return name in JUNK or name.startswith("._") or name.startswith("~$")


def _folder(folder: Path, parts: tuple[str, ...], spool: Spool) -> Iterator[Item]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as fault:
        yield Item(parts, None, _time(folder), f"cannot be read ({fault.strerror}).")
        return
    entries_to_read = [entry for entry in ordered if not _junk(entry.name)]
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
        yield from _archive(path, parts, share, 1, _time(path))
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


def _archive(
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
    if any(not any(_junk(part) for part in way) for way in ways):
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
    if own_folder or any(_junk(part) for part in inside[len(parts) :]):
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


REPEATED = "stands twice in its zip; the last one counts and this one does not."


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
        yield from _archive(spool.save(data), inside, spool.share(len(data)), level + 1, when)
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


def same_name(name: str) -> str:
    """What two file names share when they differ only in capitals or in how accents are coded."""
    return unicodedata.normalize("NFC", name).casefold()
