"""Bytes that survive a crash: a temporary file, fsync, rename, fsync of the folder.

A reader sees the old content or the new one, never half of it. Links are never followed.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
UNFINISHED = ".unfinished-"
NONBLOCK = getattr(os, "O_NONBLOCK", 0)


def read_plain(path: Path, limit: int = -1) -> bytes:
    """At most `limit` bytes (-1: all) of a plain file. Raises OSError for a link or a device."""
    handle = os.open(path, os.O_RDONLY | NOFOLLOW | NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path} is not a plain file")
        return file.read(limit)


def write_file(path: Path, data: bytes) -> None:
    """Make `path` hold exactly `data`; a file that already does is left alone."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parent / f"{UNFINISHED}{os.getpid()}"
    _write(unfinished, data)
    unfinished.replace(path)
    sync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Create `folder` with `files` (relative names) in one step; one that exists is left alone."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.parent / f"{UNFINISHED}{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name, data in files.items():
        (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
        _write(unfinished / name, data)
    sync_folder(unfinished)
    unfinished.rename(folder)
    sync_folder(folder.parent)


def move(path: Path, place: Path) -> None:
    """Rename a file or a folder on one disk. What has that name already stays; a + is added."""
    place.parent.mkdir(parents=True, exist_ok=True)
    while os.path.lexists(place):
        place = place.with_name(place.name + "+")
    path.rename(place)
    sync_folder(place.parent)
    sync_folder(path.parent)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the folder's list of names on disk. Windows has no such call and needs none."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
