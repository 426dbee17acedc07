"""What lies in nbgrader's submitted/ for an assignment, as submissions."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from autograder.collecting.student_ids import shown
from autograder.model import Assignment, Course, Submission
from autograder.sanitizing import student_names


def submitted_folders(course: Course, assignment: Assignment) -> list[Path]:
    """submitted/<student>/<id>/ of every student, in order; links are not followed."""
    if not course.submitted.exists():
        return []
    return [
        folder
        for folder in _folders(course, assignment)
        if student_names.is_plain(folder.parent.name)
    ]


def refused(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each folder of submitted/ whose name staff's pages would take for markup."""
    if not course.submitted.exists():
        return []
    odd = (f for f in _folders(course, assignment) if not student_names.is_plain(f.parent.name))
    return [
        f"{course.submitted.name}/{shown(folder.parent.name)} is not graded: nbgrader's pages "
        f"would take the name for markup. Rename the folder to the student's id."
        for folder in odd
    ]


def _folders(course: Course, assignment: Assignment) -> list[Path]:
    folders = sorted(course.submitted.glob(f"*/{assignment.id}"))
    return [f for f in folders if f.is_dir() and not (f.is_symlink() or f.parent.is_symlink())]


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """The submissions of `assignment`, in order of student."""
    return [_submission(assignment, f) for f in submitted_folders(course, assignment)]


def _submission(assignment: Assignment, folder: Path) -> Submission:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    hashed = [(p.relative_to(folder).as_posix(), _sha256(p)) for p in files]
    return Submission(
        assignment=assignment.id,
        student=folder.parent.name,
        folder=folder,
        submitted_at=_stamp(folder / "timestamp.txt"),
        files=tuple(hashed),
    )


def _sha256(path: Path) -> str:
    """Of a file's bytes; of nothing where it cannot be read, which grading then says."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _stamp(path: Path) -> datetime | None:
    if not path.is_file() or path.is_symlink():
        return None
    from autograder.gradebook.open_gradebook import parse_stamp

    return parse_stamp(path.read_text(encoding="utf-8", errors="replace").strip())
