"""One assignment through both tools, nbgrader and autograder, each in its own copy of a course.

Two students are made up: `reference` hands in the instructor's notebook with its solutions, header
and footer, `untouched` hands in what was released. A stage is one command, with its wall and
CPU seconds.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import nbformat
from cpu_seconds import close_account, join_account, open_account

from autograder.model import Assignment, Course
from autograder.settings import nbgrader_config
from autograder.settings.open_course import open_course

BIN = Path(sys.executable).parent
NOT_COPIED = {".git", ".venv", "gradebook.db", ".autograder", "store", "aside"}
NOT_COPIED |= {"release", "autograded", "feedback"}  # what the stages make anew
STOCK = {
    "release": "nbgrader generate_assignment ID --force",
    "grade": "nbgrader autograde ID",
    "feedback": "nbgrader generate_feedback ID --force",
}
OURS = {
    "release": "autograder release ID",
    "collect": "autograder collect ID SUBMITTED",
    "grade": "autograder grade ID",
    "feedback": "autograder feedback ID",
}
REFERENCE, UNTOUCHED = "reference", "untouched"
STAMP = "2027-02-01 12:00:00.000000 UTC"
LAST_LINES = 15  # of a command that failed
PATIENCE_S = 10  # that an interrupted command may take to end
# Appended to a copy's configuration: whatever paths it names, the original is not written to.
OWN_FOLDER = "\nget_config().CourseDirectory.root = {root!r}\n"
OWN_FOLDER += "get_config().CourseDirectory.db_url = {db_url!r}\n"


@dataclass(frozen=True)
class Stage:
    """A command that was run: its seconds, and its exit code, None where it was stopped."""

    assignment: str
    name: str
    tool: str
    command: str
    wall_s: float
    cpu_s: float
    exit_code: int | None
    last_lines: str

    @property
    def is_failure(self) -> bool:
        return self.exit_code != 0


@dataclass(frozen=True)
class Copies:
    """A course twice: the copy that nbgrader works in, and ours.

    limit_s: what a stage may take. grade_words: what is added to our command `grade`.
    """

    stock: Course
    ours: Course
    limit_s: float
    grade_words: tuple[str, ...] = ()


def make_copies(original: Path, folder: Path, limit_s: float, grade_words: Sequence[str]) -> Copies:
    """Two copies of a course, in a folder of their own, without what was made of it before."""
    stock, ours = (_copy(original, folder / tool) for tool in ("nbgrader", "autograder"))
    return Copies(stock, ours, limit_s, tuple(grade_words))


def _copy(original: Path, root: Path) -> Course:
    def old_results(place: str, names: list[str]) -> set[str]:
        return NOT_COPIED & set(names) if Path(place) == original else set()

    shutil.copytree(original, root, ignore=old_results, ignore_dangling_symlinks=True)
    for path in (root, *root.rglob("*")):
        path.chmod(path.stat().st_mode | 0o600)  # an original may be read-only
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        db_url = f"sqlite:///{root / 'gradebook.db'}"
        config.write(OWN_FOLDER.format(root=str(root), db_url=db_url))
    return open_course(root)


def stages(copies: Copies, assignment: Assignment) -> Iterator[Stage]:
    """Each stage as it ends, nbgrader's before ours; hand-ins are made between the first and the
    second."""
    yield from _same_stage(copies, assignment, "release")
    for course in (copies.stock, copies.ours):
        _hand_in(copies, course, assignment)
    for name in ("collect", "grade", "feedback"):
        yield from _same_stage(copies, assignment, name)


def _same_stage(copies: Copies, assignment: Assignment, name: str) -> Iterator[Stage]:
    for course, commands in ((copies.stock, STOCK), (copies.ours, OURS)):
        if name in commands:
            extra = copies.grade_words if commands[name].startswith("autograder grade") else ()
            command = " ".join([commands[name].replace("ID", assignment.id), *extra])
            yield run(command, course, assignment.id, name, copies.limit_s)


def run(command: str, course: Course, assignment_id: str, name: str, limit_s: float) -> Stage:
    """Run a command in the root of a course; after `limit_s` seconds it is stopped."""
    tool, *words = command.split()
    words = [str(course.submitted) if word == "SUBMITTED" else word for word in words]
    with tempfile.TemporaryFile() as output:
        account, start = open_account(), perf_counter()
        process = subprocess.Popen(
            join_account(account, [str(BIN / tool), *words]),
            cwd=course.root,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        exit_code = _wait(process, limit_s)
        wall_s, cpu_s = perf_counter() - start, close_account(account)
        output.seek(0)
        lines = output.read().decode(errors="replace").rstrip().splitlines()
    last_lines = "\n".join(lines[-LAST_LINES:])
    return Stage(assignment_id, name, tool, command, wall_s, cpu_s, exit_code, last_lines)


def _environment() -> dict[str, str]:
    """Programs of this environment first: nbgrader makes its gradebook by calling `alembic`."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"}


def _wait(process: subprocess.Popen[bytes], limit_s: float) -> int | None:
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt what still runs, as Ctrl-C would, and kill it where that does not help."""
    for number, patience_s in ((signal.SIGINT, PATIENCE_S), (signal.SIGKILL, None)):
        if process.poll() is None:
            os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience_s)


def _hand_in(copies: Copies, course: Course, assignment: Assignment) -> None:
    """Both tools get the same two hand-ins: nbgrader's release is handed in, or ours without it."""
    folder = _new_folder(course, REFERENCE, assignment)
    shutil.copytree(copies.stock.source / assignment.id, folder, dirs_exist_ok=True)
    for name in assignment.notebooks:
        _add_header_and_footer(course.root, folder / f"{name}.ipynb")
    releases = [place.release / assignment.id for place in (copies.stock, copies.ours)]
    release = next((place for place in releases if place.is_dir()), None)
    if release:
        folder = _new_folder(course, UNTOUCHED, assignment)
        shutil.copytree(release, folder, dirs_exist_ok=True)


def _new_folder(course: Course, student: str, assignment: Assignment) -> Path:
    folder = course.submitted / student / assignment.id
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
    return folder


def _add_header_and_footer(root: Path, path: Path) -> None:
    """The cells that nbgrader puts around those of a notebook when it releases it."""
    section = nbgrader_config.config(root).IncludeHeaderFooter
    places = [section.get(name, "") for name in ("header", "footer")]
    if any(places):
        document = nbformat.read(path, 4)
        header, footer = (nbformat.read(root / p, 4).cells if p else [] for p in places)
        document.cells = [*header, *document.cells, *footer]
        for cell in document.cells:
            cell.pop("id", None)
        document.nbformat_minor = min(document.nbformat_minor, 4)  # the last without ids of cells
        nbformat.write(document, path)
