"""The file of a request to look at a mark again, taken in from an inbox.

    request.json    {"assignment": ..., "question": ..., "text": ..., "student": ...}

`course ask` packs it into a zip, which is handed in like any other. What is not exactly a request
about a graded cell of the assignment is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from autograder.collecting.allow_list import AllowList, released_name
from autograder.collecting.attempts import DatedFile
from autograder.collecting.copied_names import undecorated
from autograder.collecting.requests import (
    MOST_CHARACTERS,
    Question,
    Request,
    inert,
    keep,
)
from autograder.collecting.student_ids import escape, student_id
from autograder.files import read_plain
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.settings.source_notebook import source_notebook

FILE = "request.json"
MOST_BYTES = 64 << 10


def is_request(file: DatedFile, allowed: AllowList) -> bool:
    """Whether a file of an inbox is a request, and no file that was released by that name."""
    name = PurePath(file.owner.file[-1])
    plain = f"{undecorated(name.stem)[0]}{name.suffix}".casefold()
    return plain == FILE and released_name(file.owner.file, allowed) is None


def take(
    course: Course,
    assignment: Assignment,
    questions: Sequence[Question],
    file: DatedFile,
    now: datetime,
) -> Request:
    """The request in a file, once it is on disk; the same one again is the one there is.

    questions: the graded cells of the assignment. Raises CourseError with the second half of a
    sentence where it is none.
    """
    body = _body(file)
    student = file.owner.student or student_id(str(body.get("student") or ""))
    if not student:
        raise CourseError("is a request that names no student. Hand it in under your own name.")
    if body.get("assignment") not in (None, assignment.id):
        named = escape(str(body["assignment"]))
        raise CourseError(f"is a request about '{named}', not about '{assignment.id}'.")
    notebook, cell = find_question(assignment, questions, str(body.get("question")))
    text = inert(str(body.get("text") or ""))
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise CourseError(
            f"is a request with a text of {len(text)} characters; 1 to {MOST_CHARACTERS} were "
            f"needed. {_advice(cell)}"
        )
    request = Request(0, assignment.id, student, notebook, cell, text, file.when)
    return keep(course, request, now)


def _body(file: DatedFile) -> dict[str, Any]:
    if file.item.message or file.item.path is None:
        raise CourseError(file.item.message)
    try:
        data = read_plain(file.item.path, MOST_BYTES + 1)
        body = json.loads(data.decode("utf-8-sig")) if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise CourseError(
            f"is no request: a JSON object of at most {MOST_BYTES >> 10} kB was needed. "
            f"{_advice('CELL')}"
        )
    return body


def _advice(cell: str) -> str:
    """How a student asks again, with the command `course` or, in a course without it, by hand."""
    body = json.dumps({"question": cell, "text": "..."}, ensure_ascii=False)
    return f"Hand in a {FILE} again that says {body}; 'course ask' writes one where it is there."


def graded_questions(course: Course, assignment: Assignment) -> list[Question]:
    """The graded cells that a request may be about, in the order of the notebooks."""
    return [
        (notebook, cells.grade_id(cell))
        for notebook in assignment.notebooks
        for cell in source_notebook(course, assignment, notebook)["cells"]
        if cells.nbgrader(cell).get("grade") or cells.nbgrader(cell).get("task")
    ]


def find_question(assignment: Assignment, questions: Sequence[Question], name: str) -> Question:
    """The graded cell of that name (or notebook/name). CourseError where there is none, and where
    several notebooks have one."""
    matches = [q for q in questions if name in (q[1], "/".join(q))]
    if not matches:
        raise CourseError(
            f"asks about '{escape(name)}', which is no graded cell of '{assignment.id}'. It has: "
            f"{', '.join(cell for _, cell in questions) or 'none'}."
        )
    if len(matches) > 1:
        raise CourseError(
            f"asks about '{escape(name)}', which several notebooks have. Ask about one of: "
            f"{', '.join(map('/'.join, matches))}."
        )
    return matches[0]
