"""`course ask ID QUESTION "TEXT"`: a zip with a request to look at a mark again.

It holds one small file, request.json, and none of your work, so that handing it in late costs
nothing and replaces nothing. The course's staff read it as text; the answer comes with the next
page of feedback, beside the question.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from coursekit import notebook, questions
from coursekit.archive import archive_bytes
from coursekit.syllabus import Assignment, CourseError, nearest
from coursekit.workspace import Workspace

FILE = "request.json"
MOST_CHARACTERS = 2000  # what the collector takes


def pack(
    space: Workspace, row: Assignment, question: str, text: str, now: datetime, student: str = ""
) -> Path:
    """Makes the zip of a request, and returns it. Raises CourseError where it could not be taken.

    question: a graded cell, `notebook/cell` where two notebooks have one of that name. student:
    your name in the course; it is not needed where you upload under your own account.
    """
    names = _graded(space, row.id)
    if names and question.rpartition("/")[2] not in names:
        raise CourseError(
            f"{row.id} has no graded question '{question}'. {nearest(question, names)}"
        )
    plain = text.strip()
    if not 0 < len(plain) <= MOST_CHARACTERS:
        raise CourseError(
            f"The text has {len(plain)} characters; 1 to {MOST_CHARACTERS} are taken. Say in a few "
            f"sentences which property your answer has, and what the test said."
        )
    request = {
        "course": space.course,
        "version": space.version,
        "assignment": row.id,
        "question": question,
        "text": plain,
        "student": student,
        "asked_at": now.isoformat(timespec="seconds"),
    }
    data = json.dumps(request, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    path = space.submissions / _file_name(row.id, now, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(archive_bytes({FILE: data}))
    except FileExistsError as error:
        raise CourseError(f"{path} is already there, made this very second. Try again.") from error
    return path


def _graded(space: Workspace, assignment_id: str) -> list[str]:
    """The names of the graded cells: those packaged with the course, else of your notebooks."""
    packaged = [*questions.of(assignment_id), *questions.written_answers(assignment_id)]
    if packaged:
        return [question.name for question in packaged]
    books = [notebook.read(path) for path in space.notebooks(assignment_id)]
    marks = [notebook.meta(cell) for book in books for cell in book["cells"]]
    return [str(mark.get("grade_id")) for mark in marks if mark.get("grade") or mark.get("task")]


def _file_name(assignment_id: str, now: datetime, student: str) -> str:
    """A name that is read like one of `course submit`."""
    safe = re.sub(r"[^\w.@+-]", "-", student)
    if safe:
        return f"{assignment_id}_{safe}_attempt_{now:%Y-%m-%d-%H-%M-%S}.zip"
    return f"{assignment_id}-{now:%Y%m%dT%H%M%SZ}.zip"
