"""`course update --from ZIP`: a new release comes into the student's folder.

Notebooks are merged; any other file is replaced where the student left it as it was, else the new
one is put beside it. `workspace.toml` is written last, each file through a rename, so that a run
that was stopped can be repeated. The releases that later merges need are in `.course/released/`, by
their sha256.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coursekit import notebook, workspace
from coursekit.merge import Change, Merged, merge
from coursekit.new_release import NewRelease, sha256
from coursekit.notebook import Notebook
from coursekit.plain_cell import plain_form
from coursekit.syllabus import CourseError, nearest
from coursekit.workspace import Workspace

BACKUPS = "backups"
BOOK = "book/"
NEW = "It is new."
MISSING = "It was missing and is put back."
REPLACED = "It is replaced by the new one; you had not changed it."
NO_EARLIER = (
    "The release that you began with is not in .course/released, so it cannot be told who changed "
    "a cell. Where your text and the course's differ, both are in the notebook."
)


@dataclass(frozen=True)
class FileUpdate:
    """What became of one file. complete: whether the new release of it is in place or merged."""

    name: str
    sentences: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    complete: bool = True


def update(
    space: Workspace, release: NewRelease, now: datetime, assignment_id: str = ""
) -> list[FileUpdate]:
    """Brings the release, or one assignment of it, into the workspace; what changed, by file.

    Raises CourseError, before anything is written, where the two do not belong together.
    """
    _examine(space, release, assignment_id)
    start = f"{assignment_id}/" if assignment_id else ""
    files = {name: data for name, data in release.files.items() if name.startswith(start)}
    for name, data in files.items():
        if name.endswith(".ipynb"):
            _write(_released(space, sha256(data)), data)
    updates = [_update_file(space, name, data, now) for name, data in files.items()]
    removed = [name for name in space.files if name.startswith(start) and name not in release.files]
    updates += [_removed(name) for name in removed if (space.root / name).exists()]
    marker = _marker(space, release, updates, assignment_id)
    _write(space.root / workspace.MARKER, workspace.marker_text(marker).encode())
    return [item for item in updates if item.sentences or item.changes]


def _examine(space: Workspace, release: NewRelease, assignment_id: str) -> None:
    if not space.marked:
        raise CourseError(
            f"{space.root} is no folder of the course: it holds no {workspace.MARKER}. Change into "
            f"the folder that the course's zip unpacked to."
        )
    if release.marker.root.resolve() == space.root:
        raise CourseError(f"{space.root} is this folder itself. Give the new release after --from.")
    if release.marker.course != space.course:
        raise CourseError(
            f"{release.place} is of the course {release.marker.course}, and this folder is of "
            f"{space.course}. Give a release of {space.course}."
        )
    ids = release.marker.assignments
    if assignment_id and assignment_id not in ids:
        raise CourseError(f"The release has no '{assignment_id}'. {nearest(assignment_id, ids)}")


def _update_file(space: Workspace, name: str, data: bytes, now: datetime) -> FileUpdate:
    path = space.root / name
    if not path.exists():
        workspace.write_bytes(path, data)
        return FileUpdate(name, (MISSING if name in space.files else NEW,))
    current = path.read_bytes()
    if current == data or space.files.get(name) == sha256(data):
        return FileUpdate(name)
    if name.endswith(".ipynb"):
        return _update_notebook(space, name, current, data, now)
    if sha256(current) == space.files.get(name):
        workspace.write_bytes(path, data)
        return FileUpdate(name, (REPLACED,))
    return FileUpdate(name, (f"You had changed it, so it stays. {_put_beside(path, data)}",))


def _update_notebook(
    space: Workspace, name: str, current: bytes, data: bytes, now: datetime
) -> FileUpdate:
    path = space.root / name
    try:
        student = notebook.parse(current, path)
    except CourseError as error:
        sentences = (str(error), _put_beside(path, data), "Then run the update again.")
        return FileUpdate(name, sentences, complete=False)
    old = _old_release(space, name, current)
    merged = merge(old, student, notebook.parse(data, path))
    if _is_same(merged.notebook, student):
        return FileUpdate(name)
    backup = _backup(space, path, current, now)
    untouched = sha256(current) == space.files.get(name)
    workspace.write_bytes(path, data if untouched else _json(merged.notebook))
    return FileUpdate(name, (*_notes(old, merged), backup), merged.changes)


def _old_release(space: Workspace, name: str, current: bytes) -> Notebook | None:
    """The notebook as the student got it, None where that is not at hand."""
    sha = space.files.get(name, "")
    if sha256(current) == sha:
        return notebook.parse(current, space.root / name)
    path = _released(space, sha)
    data = path.read_bytes() if sha and path.is_file() else b""
    return notebook.parse(data, path) if sha256(data) == sha else None


def _released(space: Workspace, sha: str) -> Path:
    return space.state / "released" / f"{sha}.ipynb"


def _notes(old: Notebook | None, merged: Merged) -> Iterator[str]:
    if old is None:
        yield NO_EARLIER
    if merged.answers:
        yield f"{_count(merged.answers, 'answer')} of yours {_stay(merged.answers)} as written."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _stay(number: int) -> str:
    return "stays" if number == 1 else "stay"


def _is_same(merged: Notebook, student: Notebook) -> bool:
    cells = [plain_form(cell) for cell in student["cells"]]
    return bool(merged["cells"] == cells and merged["metadata"] == student.get("metadata"))


def _json(book: Notebook) -> bytes:
    """The notebook's file as Jupyter writes it: the text of a cell as a list of lines."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in book["cells"]]
    document = {**book, "cells": cells}
    try:
        return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can only say escaped
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _backup(space: Workspace, path: Path, current: bytes, now: datetime) -> str:
    stem = f"{path.stem}-{now:%Y%m%dT%H%M%SZ}"
    place = _free(space.root / BACKUPS, stem, path.suffix, current)
    _write(place, current)
    return f"The old notebook is kept as {place.relative_to(space.root).as_posix()}."


def _put_beside(path: Path, data: bytes) -> str:
    place = _free(path.parent, f"{path.stem}.new", path.suffix, data)
    _write(place, data)
    return f"The new one stands beside it as {place.name}."


def _free(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """A path that is not in use, or holds the same bytes: nothing is overwritten."""
    place, number = folder / f"{stem}{suffix}", 2
    while place.exists() and place.read_bytes() != data:
        place, number = folder / f"{stem}-{number}{suffix}", number + 1
    return place


def _write(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        workspace.write_bytes(path, data)


def _is_page(item: FileUpdate) -> bool:
    plain = ((NEW,), (MISSING,), (REPLACED,))
    return item.name.startswith(BOOK) and item.sentences in plain


def _removed(name: str) -> FileUpdate:
    return FileUpdate(name, ("It is no longer part of the course. Yours stays.",))


def _marker(
    space: Workspace, release: NewRelease, updates: list[FileUpdate], assignment_id: str
) -> Workspace:
    """The marker afterwards. Of one assignment only its files are brought up to date, and a file
    that could not be merged still belongs to the release before."""
    failed = {item.name for item in updates if not item.complete}
    sums = {
        item.name: release.marker.files[item.name]
        for item in updates
        if item.name in release.files and item.name not in failed
    }
    before = {name: sha for name, sha in space.files.items() if assignment_id or name in failed}
    if not assignment_id:
        return replace(release.marker, files={**before, **sums})
    removed = {item.name for item in updates} - set(release.files)
    files = {name: sha for name, sha in {**before, **sums}.items() if name not in removed}
    ids = dict.fromkeys([*space.assignments, assignment_id])
    return replace(space, assignments=tuple(ids), files=files)


def report(space: Workspace, updates: list[FileUpdate]) -> Iterator[str]:
    """The lines that tell the student what changed; cells to look at bear an exclamation mark. The
    pages of the book are many, and are counted where nothing has to be said of them."""
    pages = [item for item in updates if _is_page(item)]
    if pages:
        yield BOOK
        yield f"    Brought up to date: {_count(len(pages), 'file')}."
    for item in updates:
        if item in pages:
            continue
        yield item.name
        for change in item.changes:
            yield f"  {'!' if change.attention else ' '} {change.cell}: {change.sentence}"
        for sentence in item.sentences:
            yield f"    {sentence}"
        if item.name.endswith(".whl") and (space.root / item.name).exists():
            yield f"    Install it: python -m pip install --force-reinstall --no-deps ./{item.name}"
    if any(change.attention for item in updates for change in item.changes):
        yield "Cells marked with ! need a look from you."
    if not updates:
        yield "Nothing is new: your folder has this release already."
