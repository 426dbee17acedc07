"""The students' folder of an earlier publish: replaced only while it is as it was published.

Whoever tries the folder out works in it, and a second publish would delete that work. The sums in
its `workspace.toml` tell what was added or changed since.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from autograder.files import sha256
from autograder.model import CourseError

MARKER = "workspace.toml"
OF_TOOLS = (".ipynb_checkpoints", "__pycache__", ".DS_Store")


def refuse_changes(folder: Path) -> None:
    """CourseError that names what was added to `folder` or changed in it, or that it is a link."""
    if folder.is_symlink():
        raise CourseError(
            f"{folder} is a link, so nothing was published there. Remove it, or name another "
            "folder."
        )
    changed = sorted(_changed(folder)) if folder.is_dir() else []
    if changed:
        names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if changed[5:] else "")
        raise CourseError(
            f"{folder} is not as it was published, and would be replaced: {names}. Nothing was "
            "published. Move the folder away, or name another one."
        )


def _changed(folder: Path) -> Iterator[str]:
    sums = _sums(folder / MARKER)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if not any(part in OF_TOOLS for part in path.parts) and not _is_published(path, name, sums):
            yield name


def _is_published(path: Path, name: str, sums: dict[str, str]) -> bool:
    """Whether the file is one that was published, unchanged; copies are named by their sum."""
    if path.is_symlink():
        return False
    if name == MARKER:
        return bool(sums)
    published_sum = path.stem if name.startswith(".course/released/") else sums.get(name)
    return published_sum == sha256(path.read_bytes())


def _sums(marker: Path) -> dict[str, str]:
    """The sums by the names of the files; none where the marker is missing or cannot be read."""
    try:
        return dict(tomllib.loads(marker.read_text(encoding="utf-8")).get("files", {}))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
