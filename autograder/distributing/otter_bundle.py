"""The doorway to Otter-Grader: bundles from the same source notebook, and `otter run`.

`bundle` writes student.zip (the release, its public tests, `grader.check("q")`) and autograder.zip
(Gradescope's format, hidden tests inside, see `otter_grader`); `run` grades one submission with the
latter. Cells that a person marks are part of neither; `describe_manual_cells` names them.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from autograder.distributing import otter_grader
from autograder.distributing.deterministic_zip import members, pack
from autograder.distributing.otter_tests import full_file, public_file
from autograder.grading.context import lay_out
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.notebook.validate import open_notebook
from autograder.releasing.release import check_no_leaks
from autograder.sandbox.kernel_language import language
from autograder.settings.source_notebook import source_notebook

IGNORED_TAG = "otter_ignore"
# As on Gradescope: what a development install adds, such as the course itself, is not importable.
# What is installed and what the bundle lays out is, also by programs that a cell starts.
SITE_CUSTOMIZE = """\
import os
import site
import sys

INSTALLED = (sys.prefix, sys.base_prefix, site.getusersitepackages())
BUNDLE = os.environ["TMPDIR"]
sys.path[:] = [path for path in sys.path if os.path.abspath(path).startswith((*INSTALLED, BUNDLE))]
"""


def bundle(course: Course, assignment: Assignment, out: Path) -> list[Path]:
    """Write student.zip and autograder.zip of `assignment` into `out`; the same bytes every time.

    Otter grades one notebook: of several, each with graded cells gets both in a folder of its own.
    Raises CourseError where the assignment is not released, nothing in it can be graded by running
    it, a notebook is not in Python, student.zip would leak, or autograder.zip would hold an answer;
    nothing is written then.
    """
    graded = [name for name in assignment.notebooks if _questions(course, assignment, name)]
    if not graded:
        raise CourseError(
            f"{assignment.id} has no cell that is graded by running it: Otter has no use here."
        )
    _check_language(course, assignment, graded)
    with tempfile.TemporaryDirectory(prefix="autograder-otter-") as draft:
        zip_pairs = [
            _bundle_notebook(course, assignment, name, Path(draft) / name) for name in graded
        ]
        check_no_leaks(course, assignment, [student for student, _grader in zip_pairs])
        return [
            _copy_into(path, out / path.parent.name if len(assignment.notebooks) > 1 else out)
            for pair in zip_pairs
            for path in pair
        ]


def _check_language(course: Course, assignment: Assignment, names: list[str]) -> None:
    """Raises CourseError where one of these notebooks is in another language than Python."""
    for name in names:
        spoken = language(source_notebook(course, assignment, name))
        if spoken != "python":
            raise CourseError(
                f"A bundle for Otter needs notebooks in Python, but {name} of {assignment.id} is "
                f"in '{spoken}'; grade it with: autograder grade {assignment.id}"
            )


def describe_manual_cells(course: Course, assignment: Assignment) -> list[str]:
    """A sentence for each notebook with cells that a person marks: Otter leaves them out."""
    message = []
    for name in assignment.notebooks:
        notebook = source_notebook(course, assignment, name)
        manual = [cell for cell in notebook["cells"] if cells.is_manual(cell)]
        if manual:
            names = ", ".join(cells.grade_id(cell) for cell in manual)
            points = sum(cells.points(cell) for cell in manual)
            message.append(f"{name}: {points:g} points are not Otter's, a person marks {names}")
    return message


def _questions(course: Course, assignment: Assignment, name: str) -> list[Cell]:
    source = source_notebook(course, assignment, name)
    return list(cells.tests(source))


def _copy_into(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(path, folder / path.name))


def _bundle_notebook(
    course: Course, assignment: Assignment, name: str, draft: Path
) -> tuple[Path, Path]:
    questions = _questions(course, assignment, name)
    student = write_student_folder(course, assignment, name, draft / "student")
    _write_tests(draft / "tests", {cells.grade_id(q): full_file(q) for q in questions})
    pack(members(student), draft / "student.zip")
    return draft / "student.zip", otter_grader.generate(course, assignment, draft)


def write_student_folder(course: Course, assignment: Assignment, name: str, folder: Path) -> Path:
    """Writes the files of student.zip for one notebook into `folder`, and returns it.

    Raises CourseError where the notebook is not released.
    """
    released = course.release / assignment.id
    if not (released / f"{name}.ipynb").is_file():
        raise CourseError(
            f"{assignment.id} is not released yet. Run: autograder release {assignment.id}"
        )
    folder.mkdir(parents=True)
    lay_out(otter_grader.support_files(course, assignment), folder)
    notebook = with_checks(with_tests(cells.load(released / f"{name}.ipynb")))
    (folder / f"{name}.ipynb").write_text(cells.dump(notebook), encoding="utf-8")
    questions = _questions(course, assignment, name)
    _write_tests(folder / "tests", {cells.grade_id(q): public_file(q) for q in questions})
    return folder


def with_tests(notebook: Notebook) -> Notebook:
    """The notebook with each graded cell telling Otter to run its test in that place."""
    scored_tests = copy.deepcopy(notebook)
    for cell in cells.tests(scored_tests):
        cell["metadata"]["otter"] = {"tests": [cells.grade_id(cell)]}
    return scored_tests


def with_checks(notebook: Notebook) -> Notebook:
    """The notebook with a `grader.check("q")` after each graded cell; grading ignores these."""
    new_cells = [
        _ungraded_cell(notebook, "otter-start", "import otter\n\ngrader = otter.Notebook()")
    ]
    for cell in notebook["cells"]:
        new_cells.append(cell)
        if cells.is_test(cell):
            name = cells.grade_id(cell)
            new_cells.append(_ungraded_cell(notebook, f"otter-{name}", f'grader.check("{name}")'))
    return {**notebook, "cells": new_cells}


def _ungraded_cell(notebook: Notebook, name: str, text: str) -> Cell:
    cell: Cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": [IGNORED_TAG]},
        "outputs": [],
        "source": text,
    }
    return {**cell, "id": name[:64]} if notebook.get("nbformat_minor", 0) >= 5 else cell


def _write_tests(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def run(autograder_zip: Path, submission: Path, limit_s: float = 120.0) -> dict[str, float]:
    """Points per question as `otter run` gives them, in place where the notebook can say where.

    Otter itself would wait for ever on an endless loop, and loses what was earned: after `limit_s`
    seconds this raises CourseError. Its results are read as JSON and never unpickled here. Only
    installed packages and those of the bundle are importable, but nothing is isolated: the
    submission runs with your rights, so do this with work you trust.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-otter-run-") as folder:
        submitted_copy = Path(folder) / "submission.ipynb"
        submitted_copy.write_text(cells.dump(_runnable(submission)), encoding="utf-8")
        command = [sys.executable, "-m", "otter", "run", "--no-logo"]
        command += ["-a", str(autograder_zip.resolve()), "-o", folder, str(submitted_copy)]
        code, message = _run_limited(command, Path(folder), limit_s)
        results = Path(folder) / "results.json"
        if code is None:
            raise CourseError(
                f"otter run took more than {limit_s:g} s on {submission} and was stopped, so it "
                f"gives no points. `autograder grade` limits each cell and keeps the other marks."
            )
        if code or not results.is_file():
            raise CourseError(f"otter run failed on {submission}: {message[-500:]}")
        return _scores(submission, json.loads(results.read_text(encoding="utf-8")))


def _runnable(submission: Path) -> Notebook:
    try:
        notebook = with_tests(open_notebook(submission.read_bytes()))
    except (OSError, CourseError) as fault:
        raise CourseError(f"{submission} {fault}") from fault
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {**notebook, "metadata": {**notebook.get("metadata", {}), "kernelspec": kernel}}


def _run_limited(command: list[str], folder: Path, limit_s: float) -> tuple[int | None, str]:
    """(exit code, stderr); the code is None where the time was up. No process is left running."""
    scratch, site = folder / "scratch", folder / "site"
    scratch.mkdir()
    lay_out({"sitecustomize.py": SITE_CUSTOMIZE.encode()}, site)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(site)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _out, message = process.communicate(timeout=limit_s)
        return process.returncode, message.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return None, ""
    finally:
        _kill_family(process)


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """Kills the process and all it started: the submission's kernel has a session of its own."""
    family = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.communicate()
    psutil.wait_procs(family, timeout=5)


def _scores(submission: Path, results: dict) -> dict[str, float]:
    """Points by question from Gradescope's list, which has other entries without points too."""
    scored_tests = [test for test in results["tests"] if "max_score" in test]
    if not scored_tests:
        message = " ".join(str(test.get("output", "")) for test in results["tests"])
        raise CourseError(f"otter run gave no points on {submission}: {message[-500:]}")
    return {test["name"]: float(test["score"]) for test in scored_tests}
