"""What the class hands in, as it reaches the instructor: a Canvas download, a Moodle one, and
nbgrader's own folders."""

from __future__ import annotations

from pathlib import Path

from autograder.demo.demo_class import CLASS, Student, notebook
from autograder.distributing.deterministic_zip import pack
from autograder.model import Assignment, Course
from autograder.notebook import cells


def hand_in(course: Course, assignment: Assignment, inbox: Path) -> Path:
    """What the learning platform (or nbgrader) hands the instructor, for one assignment."""
    inbox.mkdir(exist_ok=True)
    layout = LAYOUTS.get(assignment.id, _nbgrader)
    members: dict[str, bytes] = {}
    for number, student in enumerate(CLASS[assignment.id]):
        text = cells.dump(notebook(course, assignment, student)).encode()
        members |= layout(assignment, student, 5000 + number, _cut(text, student))
    path = inbox / f"{assignment.id}.zip"
    pack(members.items(), path)
    return path


def _cut(text: bytes, student: Student) -> bytes:
    return text[: len(text) // 2] if student.fault == "truncated" else text


def _canvas(assignment: Assignment, student: Student, number: int, text: bytes) -> dict[str, bytes]:
    stem = f"{student.name}_{number}_{number + 90000}_"
    members = {f"{stem}{assignment.id}.ipynb": text}
    if student.fault == "shadowing module":
        members[f"{stem}numpy.py"] = b"def allclose(*_): return True\n"
    return members


def _moodle(assignment: Assignment, student: Student, number: int, text: bytes) -> dict[str, bytes]:
    folder = f"{student.name}_{number}_assignsubmission_file_"
    return {f"{folder}/{assignment.id}.ipynb": text}


def _nbgrader(
    assignment: Assignment, student: Student, _number: int, text: bytes
) -> dict[str, bytes]:
    return {f"{student.name}/{assignment.id}/{assignment.id}.ipynb": text}


LAYOUTS = {
    "01_tensor": _canvas,
    "02_activations": _moodle,
    "03_layers": _canvas,
    "x01_deployment_limits": _moodle,
}
