"""The one door to Otter-Grader: bundles made from the same source notebook, and `otter run`.

`bundle` writes student.zip (the release, its public tests, `grader.check("q")`) and autograder.zip
(Gradescope's format, hidden tests inside); `run` grades one submission with the latter.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder import cells, nbgrader_door
from autograder.cells import Notebook
from autograder.nouns import Assignment, Course, CourseError
from autograder.otter_tests import full_file, public_file
from autograder.release import check_tight

EPOCH = (1980, 1, 1, 0, 0, 0)
REQUIREMENTS = ("numpy", "matplotlib", "ipywidgets", "click")


def bundle(course: Course, assignment: Assignment, out: Path) -> list[Path]:
    """Write student.zip and autograder.zip of `assignment` into `out`; the same bytes every time.

    An assignment of several notebooks gets a folder of both per notebook, because Otter grades
    one. Raises CourseError where the assignment is not released, or student.zip would leak.
    """
    paths: list[Path] = []
    for name in assignment.notebooks:
        folder = out / name if len(assignment.notebooks) > 1 else out
        folder.mkdir(parents=True, exist_ok=True)
        paths += _bundle_notebook(course, assignment, name, folder)
    return paths


def _bundle_notebook(course: Course, assignment: Assignment, name: str, out: Path) -> list[Path]:
    source = cells.load(course.source / assignment.id / f"{name}.ipynb")
    questions = list(cells.tests(source))
    if not questions:
        raise CourseError(
            f"{name} has no cell that is graded by running it: Otter has no use here."
        )
    with tempfile.TemporaryDirectory(prefix="autograder-otter-") as draft:
        student = _student_folder(course, assignment, name, Path(draft) / "student")
        _write_tests(student / "tests", {cells.grade_id(q): public_file(q) for q in questions})
        tests = Path(draft) / "tests"
        _write_tests(tests, {cells.grade_id(q): full_file(q) for q in questions})
        made = Path(draft) / "autograder.zip"
        _generate(course, assignment, tests, made)
        _pack(_members(student), Path(draft) / "student.zip")
        check_tight(course, assignment, [Path(draft) / "student.zip"])
        for each in ("student.zip", "autograder.zip"):
            shutil.copyfile(Path(draft) / each, out / each)
    return [out / "student.zip", out / "autograder.zip"]


def _student_folder(course: Course, assignment: Assignment, name: str, folder: Path) -> Path:
    released = course.release / assignment.id
    if not (released / f"{name}.ipynb").exists():
        raise CourseError(
            f"{assignment.id} is not released yet. Run: autograder release {assignment.id}"
        )
    folder.mkdir()
    for beside in nbgrader_door.support_files(course, assignment):
        (folder / beside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(released / beside, folder / beside)
    notebook = with_checks(with_tests(cells.load(released / f"{name}.ipynb")))
    (folder / f"{name}.ipynb").write_text(cells.dump(notebook), encoding="utf-8")
    return folder


def with_tests(notebook: Notebook) -> Notebook:
    """The notebook with each graded cell telling Otter to run its test in that place."""
    marked = copy.deepcopy(notebook)
    for cell in cells.tests(marked):
        cell["metadata"]["otter"] = {"tests": [cells.grade_id(cell)]}
    return marked


def with_checks(notebook: Notebook) -> Notebook:
    """The notebook with `grader.check("q")` behind each graded cell; grading passes over those."""
    checked = [_extra("otter-start", "import otter\n\ngrader = otter.Notebook()")]
    for cell in notebook["cells"]:
        checked.append(cell)
        if cells.is_test(cell):
            name = cells.grade_id(cell)
            checked.append(_extra(f"otter-{name}", f'grader.check("{name}")'))
    return {**notebook, "cells": checked}


def _extra(name: str, text: str) -> cells.Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name[:64],
        "metadata": {"tags": ["otter_ignore"]},
        "outputs": [],
        "source": text,
    }


def _write_tests(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def _generate(course: Course, assignment: Assignment, tests: Path, made: Path) -> None:
    """Otter's own generator, then the same members with fixed times in a fixed order."""
    from otter.generate import main as generate

    folder = made.parent / "generate"
    folder.mkdir()
    (folder / "requirements.txt").write_text("\n".join(REQUIREMENTS) + "\n")
    beside = nbgrader_door.support_files(course, assignment)
    for name in beside:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(course.source / assignment.id / name, folder / name)
    before = Path.cwd()
    os.chdir(folder)
    try:
        generate(
            tests_dir=str(tests),
            output_path=str(made),
            no_config=True,
            no_environment=True,
            requirements="requirements.txt",
            files=[str(name) for name in beside],
        )
    finally:
        os.chdir(before)
    with zipfile.ZipFile(made) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    _pack(members, made)


def _members(folder: Path) -> Iterable[tuple[str, bytes]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]


def _pack(members: Iterable[tuple[str, bytes]], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (
                0o755 if name.endswith(("setup.sh", "run_autograder")) else 0o644
            ) << 16
            archive.writestr(info, data)


def run(autograder_zip: Path, submission: Path, limit_s: float = 120.0) -> dict[str, float]:
    """Points per question as `otter run` gives them, in place where the notebook can say where.

    Otter itself would wait for ever on an endless loop: after `limit_s` seconds this raises
    CourseError. Its results are read as JSON and never unpickled.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-otter-run-") as folder:
        handed_in = Path(folder) / submission.name
        marked = with_tests(cells.load(submission))
        handed_in.write_text(cells.dump(marked), encoding="utf-8")
        command = [sys.executable, "-m", "otter", "run", "--no-logo"]
        command += ["-a", str(autograder_zip.resolve()), "-o", folder, str(handed_in)]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=limit_s)
        except subprocess.TimeoutExpired as fault:
            raise CourseError(f"otter run took more than {limit_s:g} s on {submission}.") from fault
        results = Path(folder) / "results.json"
        if done.returncode or not results.exists():
            raise CourseError(f"otter run failed on {submission}: {done.stderr.decode()[-500:]}")
        return _scores(json.loads(results.read_text(encoding="utf-8")))


def _scores(results: dict) -> dict[str, float]:
    """Gradescope's list of tests, without the one that sums up the public ones."""
    return {test["name"]: test["score"] for test in results["tests"] if "max_score" in test}
