"""A new release of the course, as `autograder publish` makes it: a folder or the same as a zip.

Every file that its `workspace.toml` names is read and held against its sha256 before anything of
the student's is touched, so half a download changes nothing.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coursekit import workspace
from coursekit.syllabus import CourseError
from coursekit.workspace import MARKER, Workspace

Reader = Callable[[str], bytes]


@dataclass(frozen=True)
class NewRelease:
    """`marker` is its workspace.toml; `files` maps each path to its bytes."""

    place: Path
    marker: Workspace
    files: dict[str, bytes]


def read(place: Path) -> NewRelease:
    """The release in the folder or zip at `place`. Raises CourseError where it is not whole."""
    if place.is_dir():
        names = [path.relative_to(place).as_posix() for path in place.glob(f"*/{MARKER}")]
        return _read(place, [*_present(place), *names], lambda name: (place / name).read_bytes())
    if not place.is_file():
        raise CourseError(
            f"There is no {place}. Download the course's new zip, and give its path after --from."
        )
    if place.suffix == ".whl" or not zipfile.is_zipfile(place):
        raise CourseError(
            f"{place} is not a release of the course: its folder or its zip is needed. If it is "
            f"the zip, the download is damaged: take it again."
        )
    with zipfile.ZipFile(place) as archive:
        return _read(place, archive.namelist(), archive.read)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _present(place: Path) -> list[str]:
    return [MARKER] if (place / MARKER).is_file() else []


def _read(place: Path, names: Iterable[str], reader: Reader) -> NewRelease:
    """The release around the outermost marker among the names."""
    markers = sorted(
        (name for name in names if PurePosixPath(name).name == MARKER),
        key=lambda name: name.count("/"),
    )
    if not markers:
        raise CourseError(
            f"{place} holds no {MARKER}, so it is not a release of the course. Give the zip that "
            f"your course handed out, or the folder that it unpacks to."
        )
    start = markers[0].removesuffix(MARKER)
    marker = workspace.marked(place / start, _bytes(place, markers[0], reader))
    files = {name: _bytes(place, start + name, reader) for name in marker.files}
    for name, data in files.items():
        _examine(place, name, data, marker)
    return NewRelease(place, marker, files)


def _bytes(place: Path, name: str, reader: Reader) -> bytes:
    try:
        return reader(name)
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise CourseError(
            f"{place} is not whole: {name} cannot be read. Download the course's zip again."
        ) from error


def _examine(place: Path, name: str, data: bytes, marker: Workspace) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise CourseError(f"{place} names the file '{name}', which is outside of the course.")
    if sha256(data) != marker.files[name]:
        raise CourseError(
            f"{name} in {place} is not as it was released: damaged, or changed since. "
            f"Download the course's zip again and give its path after --from."
        )
