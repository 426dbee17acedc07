"""`autograder new ID`: a notebook, its proofs and its row of the syllabus; nothing is replaced."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.authoring import question_cells
from autograder.authoring.proof_texts import proofs
from autograder.files import write_file
from autograder.model import Course, CourseError
from autograder.notebook import cells

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MINUTES = 60


@dataclass(frozen=True)
class NewAssignment:
    """What was written. syllabus: None in a course that has none."""

    notebook: Path
    proofs: Path
    syllabus: Path | None


def new_assignment(
    course: Course, assignment_id: str, title: str, track: str = "", due: datetime | None = None
) -> NewAssignment:
    """Write source/ID/ID.ipynb, tests/proofs/ID.py and a row of course/syllabus.toml.

    track: one of the syllabus, the first that has assignments where none is named. Raises
    CourseError for an id that is taken or no id, before anything is written.
    """
    _check_id(course, assignment_id)
    notebook = course.source / assignment_id / f"{assignment_id}.ipynb"
    proofs_path = course.proofs / f"{assignment_id}.py"
    for path in (notebook.parent, proofs_path):
        if path.exists():
            raise CourseError(f"{path} exists already. Choose another id, or move it away first.")
    syllabus = course.root / "course" / "syllabus.toml"
    row = _row(assignment_id, title, _track(course, track), due)
    text = _with_row(syllabus, row, assignment_id) if syllabus.is_file() else ""
    checked = (course.root / "course" / "coursekit").is_dir()
    document = question_cells.notebook(assignment_id, title, checked)
    write_file(notebook, cells.dump(document).encode())
    write_file(proofs_path, proofs(assignment_id).encode())
    if text:
        write_file(syllabus, text.encode())
    return NewAssignment(notebook, proofs_path, syllabus if text else None)


def _check_id(course: Course, assignment_id: str) -> None:
    if not ID.fullmatch(assignment_id):
        raise CourseError(
            f"'{assignment_id}' cannot be an id: 1 to 40 letters, digits, - and _ were needed, as "
            f"in hw2. It names a folder, and nbgrader takes no other characters."
        )
    existing_id = next(
        (a.id for a in course.assignments if a.id.lower() == assignment_id.lower()), ""
    )
    if existing_id:
        raise CourseError(
            f"the course has an assignment '{existing_id}' already. Choose another id."
        )


def _track(course: Course, track: str) -> str:
    """The track of a new row. CourseError where the syllabus does not list it."""
    tracks = [name for name, _ in course.tracks]
    if track and tracks and track not in tracks:
        raise CourseError(f"the syllabus has no track '{track}'. It has: {', '.join(tracks)}.")
    used = {assignment.track for assignment in course.assignments}
    return track or next((t for t in tracks if t in used), tracks[0] if tracks else "")


def _row(assignment_id: str, title: str, track: str, due: datetime | None) -> str:
    moment = due.isoformat().replace("+00:00", "Z") if due else ""
    lines = [
        "[[assignment]]",
        f"id = {_quoted(assignment_id)}",
        f"track = {_quoted(track)}" if track else "",
        f"title = {_quoted(title)}",
        "prerequisites = []",
        f"points = {sum(question_cells.POINTS.values())}",
        f"due = {moment}" if moment else "# due = 2027-01-30T23:59:59Z",
        f"minutes = {MINUTES}",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _with_row(syllabus: Path, row: str, assignment_id: str) -> str:
    """The text of the syllabus with a row at its end, comments and order as they are."""
    text = f"{syllabus.read_text(encoding='utf-8').rstrip()}\n\n{row}"
    try:
        rows = tomllib.loads(text).get("assignment", [])
    except tomllib.TOMLDecodeError as fault:
        raise CourseError(
            f"no row can be added at the end of {syllabus} ({fault}). Its assignments have to be "
            f"[[assignment]] tables; add this one by hand, and the notebook afterwards:\n{row}"
        ) from fault
    if rows[-1:] and rows[-1].get("id") == assignment_id:
        return text
    raise CourseError(f"{syllabus} does not end in its assignments. Add the row by hand:\n{row}")
