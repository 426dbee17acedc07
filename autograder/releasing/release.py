"""The release of one assignment: a folder with the notebooks and files that students get.

nbgrader takes out the solutions and hidden tests; the audit says whether the tests are strong
enough; the leak check says whether anything secret remains. Only then is the folder replaced, all
of it at once.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.model import Assignment, Course, CourseError
from autograder.releasing.leaks import leaks
from autograder.settings import nbgrader_config, nbgrader_strip, packages
from autograder.settings.source_notebook import source_notebook

if TYPE_CHECKING:
    from autograder.releasing.audit_record import Audit


@dataclass(frozen=True)
class Released:
    """The folder of a released assignment, its files, and a warning for the instructor."""

    folder: Path
    files: tuple[str, ...]
    changed: bool
    warning: str = ""


def release(
    course: Course,
    assignment: Assignment,
    audited: bool = True,
) -> Released:
    """Release one assignment. Raises CourseError where its audit fails or something leaks.

    A course without proofs of its own is released with a warning; `audited=False` skips both.
    """
    warning = _audit_warning(course, assignment) if audited else ""
    with tempfile.TemporaryDirectory(prefix="autograder-release-") as draft:
        folder = Path(draft) / assignment.id
        write(course, assignment, folder)
        check_no_leaks(course, assignment, [p for p in folder.rglob("*") if p.is_file()])
        changed = replace_folder(folder, course.release / assignment.id)
    files = tuple(sorted(str(p.name) for p in (course.release / assignment.id).rglob("*")))
    return Released(course.release / assignment.id, files, changed, warning)


def write(course: Course, assignment: Assignment, folder: Path) -> None:
    """Writes the released files of `assignment` into `folder`: the same bytes every time."""
    if not assignment.notebooks:
        raise CourseError(
            f"{course.source / assignment.id} holds no notebook: write one there and release again."
        )
    folder.mkdir(parents=True)
    for name in assignment.notebooks:
        text = nbgrader_strip.strip_notebook(course, assignment, name)
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    for support_file in nbgrader_config.support_files(course, assignment):
        (folder / support_file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(course.source / assignment.id / support_file, folder / support_file)


def check_no_leaks(course: Course, assignment: Assignment, files: list[Path]) -> None:
    """Raises CourseError that names every place in `files` where a secret of the source stands."""
    sources = [source_notebook(course, assignment, name) for name in assignment.notebooks]
    found_leaks = leaks(sources, files, packages.handed_out(course))
    if found_leaks:
        raise CourseError(
            f"{assignment.id} was not released: it would show what students must not see.\n"
            + "\n".join(f"  {leak}" for leak in found_leaks)
        )


def _audit_warning(course: Course, assignment: Assignment) -> str:
    """Audits the assignment. The warning for the instructor, '' where there is none."""
    from autograder.releasing.audit import audit

    return _warning(audit(course, assignment), course)


def _warning(result: Audit, course: Course) -> str:
    """The warning about a course without proofs. Raises CourseError where an audit fails."""
    if result.holds:
        return ""
    if not result.has_proofs and not course.ours:
        return (
            f"{result.assignment} has no proofs in {course.proofs}: nobody has shown that its "
            f"tests tell right from wrong (--no-audit silences this)"
        )
    raise CourseError(
        f"{result.assignment} was not released: its audit does not hold. See what is missing with: "
        f"autograder audit {result.assignment} (--again tries everything anew)"
    )


def replace_folder(draft: Path, target: Path) -> bool:
    """Replaces the folder `target` by `draft`; returns False where not a byte would change."""
    if _contents(draft) == _contents(target):
        return False
    previous = target.with_name(f".{target.name}.old")
    replacement = target.with_name(f".{target.name}.new")
    for leftover in (previous, replacement):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(draft, replacement)
    if target.exists():
        target.rename(previous)
    replacement.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    return True


def _contents(folder: Path) -> dict[str, bytes]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}
