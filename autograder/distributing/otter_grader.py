"""autograder.zip: what Gradescope or Otter itself grades a submission with.

Of the course it holds what a student of that chapter has: the files beside the notebook, and the
packages without the module that the assignment exports and without those of the chapters that it
does not build on. The reference of the closed chapters before it is in, for the submission imports
it. No solution of the assignment is in it, and nothing that installs one.

What stays possible: Otter runs the tests in the submission's own process. A submission can read the
hidden tests, what a test itself computes as the right value, and the closed chapters, and it can
change the points that it is given. `autograder grade` keeps all of this apart.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from autograder.distributing.deterministic_zip import members, pack
from autograder.distributing.student_requirements import has_credentials, without_comments
from autograder.distributing.student_wheel import edition_of
from autograder.grading.context import lay_out
from autograder.model import Assignment, Course, CourseError
from autograder.releasing import accepted_leaks
from autograder.releasing.release import find_leaks
from autograder.settings import nbgrader_config, packages
from autograder.settings.student_packages import chapters, student_packages

GRADER_PYTHON = "3.12"
TOOL_FILES = {".OTTER_LOG", ".ipynb_checkpoints", "__pycache__"}  # these may hold solved notebooks


def generate(course: Course, assignment: Assignment, draft: Path) -> Path:
    """Writes autograder.zip of the tests in `draft/tests` with Otter's generator, makes its bytes
    repeatable, and returns it.

    Raises CourseError where it would hold an answer, or install one.
    """
    requirements = packages.requirements(course, assignment)
    check_requirements(course, requirements)
    texts = [text for _, text in without_comments(requirements)]
    (draft / "requirements.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    files = grader_files(course, assignment)
    folder = draft / "generate"
    folder.mkdir()
    lay_out(files, folder)
    check_no_answers(course, assignment, [folder / name for name in files])
    autograder_zip = draft / "autograder.zip"
    _run_otter_generate(assignment, folder, autograder_zip)
    pack(members(autograder_zip), autograder_zip)
    return autograder_zip


def grader_files(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """What stands beside a submission when it runs, but for the tests."""
    return {**support_files(course, assignment), **student_packages(course, assignment)}


def support_files(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The files beside the instructor's notebooks, without what tools leave there, and without the
    comments of a requirements.txt."""
    folder = course.source / assignment.id
    paths = nbgrader_config.support_files(course, assignment)
    files = {p.as_posix(): (folder / p).read_bytes() for p in paths if not TOOL_FILES & {*p.parts}}
    if "requirements.txt" in files:
        lines = packages.read_lines(folder / "requirements.txt")
        texts = [f"{text}\n" for _, text in without_comments(lines)]
        files["requirements.txt"] = "".join(texts).encode()
    return files


def describe_closed_chapters(course: Course, assignment: Assignment) -> list[str]:
    """A sentence about the chapters whose reference a submission can read, [] without any."""
    names = ", ".join(chapter.id for chapter in chapters(course, assignment))
    sentence = f"{names}: their reference is in autograder.zip, and a submission can read it"
    return [sentence] if names else []


def check_no_answers(course: Course, assignment: Assignment, files: list[Path]) -> None:
    """Raises CourseError where one of the files holds a secret of the assignment.

    Students have these files, so a line or two that a solution shares with their code is none.
    """
    folder = course.source / assignment.id
    given_files = [folder / path for path in nbgrader_config.support_files(course, assignment)]
    code = [path for path in files if path.suffix == ".py"]
    all_leaks = find_leaks(course, assignment, files, given_files, code)
    answers = [leak for leak in all_leaks if not leak.secret.lines]
    refused = accepted_leaks.refused(course, assignment, answers)
    if refused:
        raise CourseError(
            f"{assignment.id} was not bundled: submissions could import from autograder.zip what "
            f"students must not have. Take it out of the files beside the notebook and of the "
            f"course's packages.\n" + "\n".join(f"  {leak}" for leak in refused)
        )


def check_requirements(course: Course, requirements: list[str]) -> None:
    """Raises CourseError where a requirement installs the course itself, with all its answers, or
    names a password, since a submission can read the bundle."""
    names = _distributions_of(course)
    for number, text in without_comments(requirements):
        if has_credentials(text):
            raise CourseError(
                f"Requirements for Otter must not name a user or a password, which a submission "
                f"could read, but line {number} has one in its address: take it out of the "
                f"requirements.txt or pyproject.toml."
            )
        if _installs(course, text, names):
            raise CourseError(
                f"Requirements for Otter must not install the course's own packages, whose modules "
                f"are answers, but one is '{text}': take it out of the requirements.txt or "
                f"pyproject.toml; what a submission needs of the course is in autograder.zip."
            )


def _distributions_of(course: Course) -> set[str]:
    """The distributions that hold the course: its own, its students', and those that are installed
    here with a package that students write."""
    exported_packages = {row.exports.partition("/")[0] for row in course.assignments if row.exports}
    installed = packages_distributions()
    return {
        _normal_name(name)
        for name in (
            str(packages.project(course).get("name", "")),
            edition_of(course).name,
            *(name for package in exported_packages for name in installed.get(package, ())),
        )
        if name
    }


def _installs(course: Course, requirement: str, names: set[str]) -> bool:
    """Does the requirement install one of the distributions `names`, or a folder of this machine?

    A requirement by name must have that very name; a path, an address or an option holds it.
    """
    if match := re.fullmatch(r"(\w(?:[\w.-]*\w)?)\s*([\[<>=!~;(@].*)?", requirement):
        return _normal_name(match[1]) in names or _holds(match[2] or "", names)
    path = re.sub(r"^(-e|--editable)[\s=]*|^file:(//)?", "", requirement)
    is_folder = bool(path) and (course.root / path.partition("[")[0]).is_dir()
    return is_folder or _holds(requirement, names)


def _holds(text: str, names: set[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", _normal_name(text)) for name in names)


def _normal_name(name: str) -> str:
    """The name of a distribution as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _run_otter_generate(assignment: Assignment, folder: Path, autograder_zip: Path) -> None:
    draft = autograder_zip.parent
    command = [sys.executable, "-m", "otter", "generate", "--tests-dir", str(draft / "tests")]
    command += ["--output-path", str(autograder_zip)]
    command += ["--requirements", str(draft / "requirements.txt"), "--no-config"]
    command += ["--no-environment", "--python-version", GRADER_PYTHON]
    command += sorted(path.name for path in folder.iterdir())
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    if result.returncode:
        raise CourseError(f"otter generate failed on {assignment.id}: {result.stderr[-500:]}")
