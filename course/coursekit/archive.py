"""`course submit ID`: a zip of exactly what would be collected, and a receipt for it.

The notebook is looked through first; what a grader would stumble over is said, and only what
cannot be collected at all is refused. Nothing is ever overwritten, and the same content gives the
same bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit import notebook, questions, results, workspace
from coursekit.notebook import Notebook
from coursekit.syllabus import Assignment, CourseError, nearest
from coursekit.workspace import Workspace

MOST_BYTES = 20 << 20  # what the collector takes


@dataclass(frozen=True)
class Submitted:
    """The archive, its receipt, and what the student should know before uploading it."""

    archive: Path
    receipt: Path
    sha256: str
    files: tuple[str, ...]
    warnings: tuple[str, ...]


def submit(space: Workspace, row: Assignment, now: datetime, student: str = "") -> Submitted:
    """Makes the archive of an assignment. Raises CourseError where it could not be collected."""
    paths = _collected(space, row.id)
    books = {path: notebook.read(path) for path in paths if path.suffix == ".ipynb"}
    warnings = [w for path, book in books.items() for w in doubts(book, row.id, path)]
    warnings += [*_unchecked(space, row.id), *_late(row, now), *_nameless(student)]
    folder = space.folder(row.id) or space.root
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    data = archive_bytes(contents)
    archive = space.submissions / _archive_name(row.id, now, student)
    _write_new(archive, data)
    receipt = archive.with_suffix(".receipt.json")
    workspace.write_json(receipt, _receipt(space, row, now, student, archive.name, data, contents))
    return Submitted(archive, receipt, _sha256(data), tuple(sorted(contents)), tuple(warnings))


def latest_receipt(space: Workspace, assignment_id: str) -> dict[str, Any] | None:
    """The newest receipt of an assignment, None where nothing was submitted."""
    receipts = [workspace.read_json(path) for path in space.submissions.glob("*.receipt.json")]
    mine = [r for r in receipts if isinstance(r, dict) and r.get("assignment") == assignment_id]
    return max(mine, key=lambda receipt: str(receipt.get("submitted_at")), default=None)


def doubts(book: Notebook, assignment_id: str, path: Path) -> Iterator[str]:
    """What the grader would have to repair or cannot mark, each as a sentence."""
    names = [str(notebook.meta(cell).get("grade_id", "")) for cell in book["cells"]]
    for question in questions.of(assignment_id):
        if question.name not in names and notebook.find(book, question.name) is None:
            yield f"The graded cell {question.name} is not in {path.name}; the grader restores it."
    for name in dict.fromkeys(n for n in names if n and names.count(n) > 1):
        yield f"The cell {name} stands in {path.name} more than once; the last one is graded."
    codes = {notebook.name(c): notebook.source(c) for c in book["cells"] if notebook.is_code(c)}
    unwritten = [name for name, text in codes.items() if notebook.unwritten(text)]
    if unwritten:
        yield f"Not written yet, still raising NotImplementedError: {', '.join(unwritten)}."
    empty = [
        name for name in _released_texts(assignment_id) if _is_empty(book, assignment_id, name)
    ]
    if empty:
        yield f"A written answer is still empty, and a person marks it: {', '.join(empty)}."
    for name, text in codes.items():
        if not notebook.parses(notebook.python(text)):
            yield f"{name} is not Python: running it stops with a SyntaxError."


def _released_texts(assignment_id: str) -> dict[str, str]:
    """The cells that a person marks, by name, with their text as released."""
    return {answer.name: answer.source for answer in questions.written_answers(assignment_id)}


def _is_empty(book: Notebook, assignment_id: str, name: str) -> bool:
    """Whether a written answer is there and holds nothing but what was released."""
    match = notebook.find(book, name)
    text = notebook.source(match.cell).strip() if match else "absent: the grader says so"
    return text in ("", _released_texts(assignment_id)[name].strip())


def archive_bytes(contents: dict[str, bytes]) -> bytes:
    """A zip of the files by name; without times, so that equal contents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
    return buffer.getvalue()


def _collected(space: Workspace, assignment_id: str) -> list[Path]:
    """The files to hand in: the notebooks under their released names, and released files that
    the work has changed since (a record). Nothing else would be collected.
    """
    released = space.released(assignment_id)
    folder = space.folder(assignment_id) or space.root
    books = [n for n in released if n.endswith(".ipynb")] or [f"{assignment_id}.ipynb"]
    for path in (folder / name for name in books):
        if not path.is_file():
            raise CourseError(_absent(path, folder))
        if path.stat().st_size > MOST_BYTES:
            raise CourseError(
                f"{path.name} has {path.stat().st_size / 1e6:.0f} MB; at most "
                f"{MOST_BYTES >> 20} MB are collected. Clear the outputs, save, and try again."
            )
    support_files = (folder / name for name in released if name not in books)
    changed = [
        p for p in support_files if p.is_file() and _sha256(p.read_bytes()) not in space.sums
    ]
    return [*(folder / name for name in books), *changed]


def _absent(path: Path, folder: Path) -> str:
    present = [file.name for file in sorted(folder.glob("*.ipynb"))]
    if not present:
        return f"{folder} holds no notebook {path.name}. Run this in the folder of your course."
    return (
        f"{folder} holds no {path.name}, and only that name is collected. "
        f"{nearest(path.name, present)} Rename it back to {path.name}."
    )


def _unchecked(space: Workspace, assignment_id: str) -> Iterator[str]:
    noted = results.noted(space, assignment_id)
    failing = [name for name, row in noted.items() if not row.get("ok")]
    if failing:
        yield f"When last checked, {', '.join(failing)} did not pass the visible tests."


def _late(row: Assignment, now: datetime) -> Iterator[str]:
    if row.due and now > row.due:
        yield f"It was due at {row.due:%Y-%m-%d %H:%M %Z}."


def _nameless(student: str) -> Iterator[str]:
    if not student:
        yield (
            "The archive does not carry your name. That is enough where you upload it under your "
            "own account; else make it again with your name: course submit ID --student NAME"
        )


def _archive_name(assignment_id: str, now: datetime, student: str) -> str:
    """The names that nbgrader's zip_collect and the course's own collector understand."""
    safe = re.sub(r"[^\w.@+-]", "-", student)
    if safe:
        return f"{assignment_id}_{safe}_attempt_{now:%Y-%m-%d-%H-%M-%S}.zip"
    return f"{assignment_id}-{now:%Y%m%dT%H%M%SZ}.zip"


def _write_new(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise CourseError(f"{path} is already there, made this very second. Try again.") from error


def _receipt(
    space: Workspace,
    row: Assignment,
    now: datetime,
    student: str,
    archive: str,
    data: bytes,
    contents: dict[str, bytes],
) -> dict[str, Any]:
    return {
        "course": space.course,
        "version": space.version,
        "assignment": row.id,
        "student": student,
        "submitted_at": now.isoformat(timespec="seconds"),
        "archive": archive,
        "sha256": _sha256(data),
        "files": [
            {"name": name, "bytes": len(contents[name]), "sha256": _sha256(contents[name])}
            for name in sorted(contents)
        ],
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
