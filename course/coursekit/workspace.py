"""The student's workspace: the folder that holds the released assignments and their own tinytorch.

It is found by walking up from the current folder to `workspace.toml`, which the release writes:
the course's name and version, the assignments, and the sha256 of each released file. In the
course's own repository, the repository is the workspace.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit import chapters
from coursekit.syllabus import CourseError

MARKER = "workspace.toml"
STATE = ".course"


@dataclass(frozen=True)
class Workspace:
    """`packages` is the folder of `tinytorch/`; `files` maps a released path to its sha256."""

    root: Path
    packages: Path
    marked: bool = False
    course: str = ""
    version: str = ""
    assignments: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """What the workspace remembers (check results, exports, the notebooks as released); it can
        be deleted at any time."""
        return self.root / STATE

    @property
    def submissions(self) -> Path:
        return self.root / "submissions"

    @property
    def sums(self) -> set[str]:
        """The sha256 of every released file."""
        return set(self.files.values())

    def folder(self, assignment_id: str) -> Path | None:
        """The folder of an assignment; in the repository the instructor's notebook comes first."""
        places = (self.root, self.root / "source", self.root / "release")
        folders = (place / assignment_id for place in places)
        return next((folder for folder in folders if folder.is_dir()), None)

    def notebooks(self, assignment_id: str) -> list[Path]:
        """The notebooks of an assignment: those released, else every one in its folder."""
        folder = self.folder(assignment_id)
        if folder is None:
            alone = self.root / f"{assignment_id}.ipynb"
            return [alone] if alone.exists() else []
        released = [
            folder / path for path in self.released(assignment_id) if path.endswith(".ipynb")
        ]
        present = [path for path in released if path.exists()]
        return present or sorted(folder.glob("*.ipynb"))

    def released(self, assignment_id: str) -> list[str]:
        """The names of the assignment's released files, as seen from its folder."""
        parts = [path.partition(f"{assignment_id}/") for path in sorted(self.files)]
        return [
            name for before, separator, name in parts if separator and before in ("", "release/")
        ]


def find(start: Path | None = None) -> Workspace | None:
    """The workspace around `start` (default: the current folder), None outside of any."""
    start_folder = (start or Path.cwd()).resolve()
    for folder in (start_folder, *start_folder.parents):
        if (folder / MARKER).is_file():
            return _marked(folder)
        if (folder / "course" / "syllabus.toml").is_file():
            return Workspace(root=folder, packages=folder / "course")
    return None


def current(start: Path | None = None) -> Workspace:
    """The workspace around `start`; outside of any (one notebook alone in Colab), that folder."""
    folder = (start or Path.cwd()).resolve()
    return find(folder) or Workspace(root=folder, packages=folder)


def use_workspace(start: Path | None = None) -> Path:
    """Puts the workspace at the front of sys.path, so that `import tinytorch` is the student's own.

    Returns the folder. Outside of any workspace it is `start`. From here on, importing a chapter
    that is not exported raises MissingChapter with what to run.
    """
    folder = current(start).packages
    chapters.install(folder)
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry != str(folder))]
    return folder


def write_json(path: Path, value: Any) -> None:
    """Writes through a temporary file and a rename: readers see all of it or nothing."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Writes through a temporary file and a rename, as `write_json` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """The value at `path`, None where there is none or it is damaged: never worth a crash."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def marker_text(space: Workspace) -> str:
    """The text of the `workspace.toml` that marks this workspace."""
    sums = (f"{_quoted(name)} = {_quoted(sha)}" for name, sha in sorted(space.files.items()))
    return "\n".join(
        [
            "# Marks this folder as your workspace: leave it here.",
            f"course = {_quoted(space.course)}",
            f"version = {_quoted(space.version)}",
            f"assignments = {json.dumps(space.assignments)}",
            "",
            "[files]",
            *sums,
            "",
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _marked(folder: Path) -> Workspace:
    marker = folder / MARKER
    try:
        return marked(folder, marker.read_bytes())
    except OSError as error:
        raise CourseError(f"{marker} cannot be read: {error.strerror}.") from error


def marked(folder: Path, data: bytes) -> Workspace:
    """The workspace at `folder` whose `workspace.toml` holds `data`."""
    marker = folder / MARKER
    try:
        table = tomllib.loads(data.decode())
        files = {str(path): str(sha) for path, sha in dict(table.get("files", {})).items()}
    except (ValueError, TypeError) as error:
        raise CourseError(
            f"{marker} is damaged ({error}). Take it again from the course's zip."
        ) from error
    return Workspace(
        root=folder,
        packages=folder,
        marked=True,
        course=str(table.get("course", "")),
        version=str(table.get("version", "")),
        assignments=_ids(table.get("assignments", ())),
        files=files,
    )


def _ids(entries: Iterable[Any]) -> tuple[str, ...]:
    """Assignment ids, given as strings or as tables with an id."""
    return tuple(str(entry["id"] if isinstance(entry, dict) else entry) for entry in entries)
