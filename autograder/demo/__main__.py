"""`make demo`: the whole road on thirty submissions, in demo/, through the real commands.

A copy of the course is released, the class hands in (as Canvas downloads, as Moodle ones, in
nbgrader's own folders), and every stage runs as an instructor would run it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from time import perf_counter

from autograder.commands import terminal
from autograder.commands.cli import main as command
from autograder.demo.demo_class import CLASS
from autograder.demo.demo_inbox import hand_in
from autograder.demo.demo_road import road
from autograder.files import write_file
from autograder.grading.read_grades import grades
from autograder.model import Course, Grade
from autograder.reporting import class_page
from autograder.settings.open_course import open_course

LIMIT_S = 10.0
PARTS = ("source", "course", "hardware_labs", "tests/proofs", "tests/audits", "nbgrader_config.py")


def main() -> int:
    """Run the demo in ./demo; the exit code is 0 when every stage did what it should."""
    start = perf_counter()
    root = Path.cwd()
    folder = root / "demo"
    course = _fresh_course(root, folder / "course")
    print_line = terminal.print_line
    taught = [course.assignment(name) for name in CLASS]
    for assignment in taught:
        _run(course, "release", assignment.id)
    for assignment in taught:
        inbox = hand_in(course, assignment, folder / "inbox")
        _run(course, "collect", assignment.id, str(inbox), ok=(0, 1))
    for assignment in taught:
        _run(course, "grade", assignment.id, "--cell-limit", str(LIMIT_S), "--accept-faults")
        _run(course, "feedback", assignment.id)
        for kind in ("csv", "json"):
            target = folder / "marks" / f"{assignment.id}.{kind}"
            target.parent.mkdir(exist_ok=True)
            _run(course, "export", assignment.id, "--to", kind, "--output", str(target))
    _run(course, "status")
    results = [(assignment, grades(course, assignment)) for assignment in taught]
    page = folder / "index.html"
    steps = road(course, *results[0])
    write_file(page, class_page.page(course, results, _link, steps).encode("utf-8", "replace"))
    print_line(f"\n{page.relative_to(root)} shows it all. {perf_counter() - start:.0f} s.")
    return 0


def _fresh_course(root: Path, target: Path) -> Course:
    if not (root / "source").is_dir():
        sys.exit(f"demo: {root} is no course, it has no folder source/. Run it in the repository.")
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
    terminal.print_line(
        f"\n$ autograder {' '.join(words)}".replace(str(course.root.parent), "demo")
    )
    try:
        command([*words, "--course", str(course.root)], standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    if code not in ok:
        sys.exit(f"demo: 'autograder {' '.join(words)}' ended with exit code {code}.")


def _link(grade: Grade) -> str:
    return f"course/feedback/{grade.student}/{grade.assignment}/{grade.assignment}.html"


if __name__ == "__main__":
    sys.exit(main())
