"""Bytes that survive a crash: a temporary file, fsync, rename, fsync of the folder.

A reader sees the old content or the new one, never half of it. Links are never followed. What a
crash or a full disk leaves half-written bears the name `.unfinished-` and is swept away later.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
LOCK = ".lock"  # in the folder of a run, held while it runs
UNFINISHED = ".unfinished-"
UNFINISHED_S = 3600
NONBLOCK = getattr(os, "O_NONBLOCK", 0)


def sha256(data: bytes) -> str:
    """The sha256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


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
    make_folder(path.parent)
    unfinished = path.parent / f"{UNFINISHED}{os.getpid()}-{threading.get_ident()}"
    try:
        _write(unfinished, data)
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink()
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and those around it, each of them listed on disk in the one around it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def check_writable(folder: Path) -> None:
    """Raise OSError, with the folder's name, where nothing can be written into `folder`, or it
    cannot be made: asked before something that takes long."""
    existing = folder
    while not existing.is_dir():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing):
            return
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(folder)) from fault


def move_file(path: Path, place: Path) -> None:
    """Rename a file or a folder on one disk. What has that name already stays; a + is added."""
    make_folder(place.parent)
    while os.path.lexists(place):
        place = place.with_name(place.name + "+")
    path.rename(place)
    sync_folder(place.parent)
    sync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Remove what was left half-written below `folder` by processes that are no more."""
    for path in list(folder.rglob(f"{UNFINISHED}*")):
        if path.is_symlink() or not (path.is_dir() or _is_being_written(path)):
            path.unlink(missing_ok=True)


def _is_being_written(path: Path) -> bool:
    """Whether the process whose number is in the file's name still runs."""
    number = path.name.removeprefix(UNFINISHED).partition("-")[0]
    if sys.platform == "win32":  # asking for a process there can end it
        return time.time() - path.lstat().st_mtime < UNFINISHED_S
    try:
        os.kill(int(number), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the folder's list of names on disk. Windows has no such call and needs none."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, once whoever holds it lets go; it ends with the process."""
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb"):
        _lock(handle)
        yield


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


class RunFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder that is locked for as long as its process runs."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix=prefix)
        self._lock = os.open(Path(self.name) / LOCK, os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o600)
        _lock(self._lock)

    def is_there(self) -> bool:
        """Whether nobody took it for abandoned in the moment before it was locked."""
        try:
            return os.path.samestat(os.fstat(self._lock), (Path(self.name) / LOCK).lstat())
        except FileNotFoundError:
            return False

    def cleanup(self) -> None:
        with suppress(OSError):
            os.close(self._lock)
        super().cleanup()


def temporary_folder(purpose: str) -> RunFolder:
    """A new folder for this run. Those that killed runs of this user left are removed."""
    start = f"autograder-{purpose}-"
    for folder in Path(tempfile.gettempdir()).glob(f"{start}*"):
        if _is_ours(folder):
            _remove_abandoned(folder)
    while not (run_folder := RunFolder(start)).is_there():
        with suppress(OSError):
            run_folder.cleanup()
    return run_folder


def _remove_abandoned(folder: Path) -> None:
    """Removes a folder whose lock nobody holds: its run was killed, here or in another container.
    The lock is held meanwhile, so that a run that is about to lock its new folder waits and sees
    that it is gone."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        handle = os.open(folder / LOCK, os.O_RDWR | NOFOLLOW)
    except OSError:
        return  # it is being made, or goes away
    with os.fdopen(handle, "wb"), suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        facts = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
