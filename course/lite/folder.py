"""The students' folder as `autograder publish` writes it, and the wheel in it."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from coursekit import syllabus, workspace
from coursekit.syllabus import CourseError, Syllabus
from coursekit.workspace import Workspace

from lite.errors import LiteError

PUBLISHED = Path(__file__).parents[2] / "dist"
FIRST = "Run first: autograder publish"


@dataclass(frozen=True)
class Published:
    """What students get: the folder as a workspace, the files of the wheel by name, the syllabus in
    it."""

    space: Workspace
    wheel: dict[str, bytes]
    syllabus: Syllabus


def open_folder(folder: Path | None = None) -> Published:
    """The published folder; without one, the only one in dist/. LiteError where there is none."""
    space = _workspace(folder or _only_one(PUBLISHED))
    wheels = sorted(space.root.glob("*.whl"))
    if len(wheels) != 1:
        raise LiteError(f"{space.root} should hold one wheel, and holds {len(wheels)}. {FIRST}")
    files = _files(wheels[0])
    return Published(space, files, _syllabus(files, wheels[0].name))


def _files(wheel: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")}
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise LiteError(f"{wheel} cannot be read as a wheel: {error}. {FIRST}") from error


def _only_one(dist: Path) -> Path:
    folders = sorted(path.parent for path in dist.glob(f"*/{workspace.MARKER}"))
    if not folders:
        raise LiteError(f"{dist} holds no students' folder. {FIRST}")
    if len(folders) > 1:
        names = ", ".join(path.name for path in folders)
        raise LiteError(f"{dist} holds several students' folders: {names}. Say which: --folder")
    return folders[0]


def _workspace(folder: Path) -> Workspace:
    try:
        space = workspace.find(folder)
    except CourseError as error:
        raise LiteError(str(error)) from error
    if space is None or not space.marked or space.root != folder.resolve():
        raise LiteError(f"{folder} is no students' folder: it has no {workspace.MARKER}. {FIRST}")
    return space


def _syllabus(files: dict[str, bytes], wheel: str) -> Syllabus:
    name = "coursekit/syllabus.toml"
    if name not in files:
        raise LiteError(f"{wheel} holds no {name}, so it is not a course's wheel. {FIRST}")
    with tempfile.TemporaryDirectory() as draft:
        path = Path(draft) / "syllabus.toml"
        path.write_bytes(files[name])
        try:
            return syllabus.load(path)
        except CourseError as error:
            raise LiteError(f"The syllabus in {wheel} cannot be read: {error} {FIRST}") from error
