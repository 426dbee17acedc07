"""How submissions ran under mended tests, and what was shown of it, until somebody confirms it.

So what is confirmed is what was shown, and nothing runs twice. Drafts are caches of the course
(`.autograder/regrades/ID/`): they can be deleted at any time.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

from autograder.files import sha256, write_file
from autograder.grading.grade_one import SubmissionRun
from autograder.model import Assignment, Course

SHOWN_FILE = "shown.json"
EVENT = "event.txt"


def read_draft(
    course: Course, assignment: Assignment, student: str, key: str
) -> SubmissionRun | None:
    """How the student's submission ran under `key`; None where there is no draft of that."""
    try:
        row = json.loads(_path(course, assignment, student).read_text(encoding="utf-8"))
        if row["key"] != key:
            return None
        run = row["run"]
        lists = {name: tuple(run[name]) for name in ("messages", "faults", "forked")}
        return SubmissionRun(**{**run, **lists})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_draft(
    course: Course, assignment: Assignment, student: str, key: str, run: SubmissionRun
) -> None:
    """Keeps how a submission ran, in place of an earlier draft."""
    text = json.dumps({"key": key, "run": asdict(run)})
    write_file(_path(course, assignment, student), text.encode())


def keep_shown(course: Course, assignment: Assignment, question: str, key: str) -> None:
    """Notes that the marks of a question ('': of all) were shown under the context of `key`."""
    shown_keys = {**_shown_keys(course, assignment), question: key}
    write_file(_folder(course, assignment) / SHOWN_FILE, json.dumps(shown_keys).encode())


def was_shown(course: Course, assignment: Assignment, question: str, key: str) -> bool:
    """Whether somebody was shown the marks of a question, or those of all, under that context."""
    shown_keys = _shown_keys(course, assignment)
    return key in (shown_keys.get(question), shown_keys.get(""))


def keep_event(course: Course, assignment: Assignment, at: str) -> None:
    """Notes which event of the log is being written; it goes with the drafts once all is."""
    write_file(_folder(course, assignment) / EVENT, at.encode())


def unfinished_event(course: Course, assignment: Assignment) -> str:
    """The event of the log that was begun and not finished, ''."""
    try:
        return (_folder(course, assignment) / EVENT).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _shown_keys(course: Course, assignment: Assignment) -> dict[str, str]:
    try:
        shown_keys: dict[str, str] = json.loads(
            (_folder(course, assignment) / SHOWN_FILE).read_bytes()
        )
    except (OSError, ValueError):
        return {}
    return shown_keys


def remove_drafts(course: Course, assignment: Assignment) -> None:
    shutil.rmtree(_folder(course, assignment), ignore_errors=True)


def _folder(course: Course, assignment: Assignment) -> Path:
    return course.state / "regrades" / assignment.id


def _path(course: Course, assignment: Assignment, student: str) -> Path:
    return _folder(course, assignment) / f"{sha256(student.encode())[:16]}.json"
