"""Zip archives whose bytes say nothing of when, where and in which order they were made."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
RUNS = ("setup.sh", "run_autograder")


def members(place: Path) -> list[tuple[str, bytes]]:
    """The files in a folder or an archive, by their name in it."""
    if place.is_dir():
        files = (path for path in place.rglob("*") if path.is_file())
        return [(path.relative_to(place).as_posix(), path.read_bytes()) for path in files]
    with zipfile.ZipFile(place) as archive:
        return [(m.filename, archive.read(m)) for m in archive.infolist() if not m.is_dir()]


def pack(files: Iterable[tuple[str, bytes]], path: Path) -> None:
    """A zip of the files at `path`: in order of name, 1980, readable by everybody."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (0o100755 if name in RUNS else 0o100644) << 16
            archive.writestr(info, data)
