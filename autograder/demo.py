"""`make demo`: the whole road on twenty submissions, in demo/, through the real commands.

A copy of the course is released, the class hands in (one assignment as a Canvas download, one as a
Moodle one, one in nbgrader's own folders), and every stage runs as an instructor would run it.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path
from time import perf_counter

from autograder import cells, screen
from autograder.cli import main as command
from autograder.demo_class import CLASS, Student, notebook
from autograder.demo_page import demo_index
from autograder.ledger import grades
from autograder.nouns import Assignment, Course, Grade
from autograder.syllabus import open_course

LIMIT_S = 10.0
PARTS = ("source", "course", "hardware_labs", "tests/proofs", "nbgrader_config.py", ".autograder")


def main() -> int:
    """Run the demo in ./demo; the exit code is 0 when every stage did what it should."""
    start = perf_counter()
    root = Path.cwd()
    folder = root / "demo"
    course = _fresh_course(root, folder / "course")
    say = screen.say
    _run(course, "release", "--all")
    shutil.copytree(course.state, root / ".autograder", dirs_exist_ok=True)
    for assignment in course.assignments:
        inbox = hand_in(course, assignment, folder / "inbox")
        _run(course, "collect", assignment.id, str(inbox), ok=(0, 1))
    for assignment in course.assignments:
        _run(course, "grade", assignment.id, "--cell-limit", str(LIMIT_S), "--accept-faults")
        _run(course, "feedback", assignment.id)
        for kind in ("csv", "json"):
            target = folder / "marks" / f"{assignment.id}.{kind}"
            target.parent.mkdir(exist_ok=True)
            _run(course, "export", assignment.id, "--to", kind, "--output", str(target))
    _run(course, "status")
    results = [(assignment, grades(course, assignment)) for assignment in course.assignments]
    page = folder / "index.html"
    page.write_text(demo_index(course, results, _link), encoding="utf-8")
    say(f"\n{page.relative_to(root)} shows it all. {perf_counter() - start:.0f} s.")
    return 0


def _fresh_course(root: Path, target: Path) -> Course:
    shutil.rmtree(target.parent, ignore_errors=True)
    target.mkdir(parents=True)
    for part in PARTS:
        if (root / part).is_dir():
            shutil.copytree(root / part, target / part)
        elif (root / part).exists():
            shutil.copyfile(root / part, target / part)
    return open_course(target)


def _run(course: Course, *words: str, ok: tuple[int, ...] = (0,)) -> None:
    """One command as it would be typed, shown first."""
    screen.say(f"\n$ autograder {' '.join(words)}".replace(str(course.root.parent), "demo"))
    try:
        command([*words, "--course", str(course.root)], standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    if code not in ok:
        sys.exit(f"demo: 'autograder {' '.join(words)}' ended with exit code {code}.")


def hand_in(course: Course, assignment: Assignment, inbox: Path) -> Path:
    """What the learning platform (or nbgrader) hands the instructor, for one assignment."""
    inbox.mkdir(exist_ok=True)
    layout = {"01_tensor": _canvas, "x01_deployment_limits": _moodle}.get(assignment.id, _nbgrader)
    members: dict[str, bytes] = {}
    for number, student in enumerate(CLASS[assignment.id]):
        text = cells.dump(notebook(course, assignment, student)).encode()
        members |= layout(assignment, student, 5000 + number, _cut(text, student))
    path = inbox / f"{assignment.id}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
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


def _link(grade: Grade) -> str:
    return f"course/feedback/{grade.student}/{grade.assignment}/{grade.assignment}.html"


if __name__ == "__main__":
    sys.exit(main())
