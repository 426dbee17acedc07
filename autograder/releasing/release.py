"""The release of one assignment: a folder with the notebooks and files that students get.

nbgrader takes out the solutions and hidden tests; the audit says whether the tests are strong
enough; the leak check says whether anything secret remains. Only then is the folder replaced, all
of it at once.
"""

from __future__ import annotations

import filecmp
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.files import check_writable
from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.releasing import accepted_leaks
from autograder.releasing.leaks import Leak, leaks
from autograder.settings import nbgrader_config, nbgrader_strip, packages
from autograder.settings.given_texts import given_texts
from autograder.settings.source_notebook import source_notebook

DRAFT = ".autograder-release-"


@dataclass(frozen=True)
class Released:
    """The folder of a released assignment, its files, warnings for the instructor, and the leaks
    that were accepted in this release."""

    folder: Path
    files: tuple[str, ...]
    changed: bool
    warnings: tuple[str, ...] = ()
    accepted: tuple[Leak, ...] = ()


def release(
    course: Course,
    assignment: Assignment,
    audited: bool = True,
    accepted_cells: Iterable[str] = (),
) -> Released:
    """Release one assignment. Raises CourseError where its audit fails or something leaks.

    audited: a course without proofs of its own passes with a warning; False runs no audit, and so
    gives neither this warning nor an audit's error. Where the syllabus has other points than the
    notebooks, a warning says so in any case.
    accepted_cells: the cells whose solution, hidden test or mark scheme students may see where it
    stands now; this is kept in the course.
    """
    check_writable(course.release)
    names = list(accepted_cells)
    sources = _sources(course, assignment)
    accepted_leaks.check_cells(assignment, sources, names)
    warnings = list(_audit_warnings(course, assignment)) if audited else []
    warnings += _points_warnings(assignment, sources)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=_folder_above(course.release)) as draft:
        folder = Path(draft) / assignment.id
        given_files = write(course, assignment, folder)
        all_leaks = find_leaks(course, assignment, _files(folder), given_files)
        accepted = [leak for leak in all_leaks if leak.secret.cell in names]
        _refuse(course, assignment, [leak for leak in all_leaks if leak not in accepted])
        if accepted:
            accepted_leaks.accept(course, assignment, accepted)
        changed = replace_folder(folder, course.release / assignment.id)
    released = course.release / assignment.id
    files = tuple(sorted(path.name for path in released.rglob("*")))
    return Released(released, files, changed, tuple(warnings), tuple(accepted))


def write(course: Course, assignment: Assignment, folder: Path) -> list[Path]:
    """Writes the released files of `assignment` into `folder`: the same bytes every time. Returns
    those that are given, the copies of what lies beside the source notebooks."""
    if not assignment.notebooks:
        raise CourseError(
            f"{course.source / assignment.id} holds no notebook: write one there and release again."
        )
    folder.mkdir(parents=True)
    for name in assignment.notebooks:
        text = nbgrader_strip.strip_notebook(course, assignment, name)
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    given_files = nbgrader_config.support_files(course, assignment)
    for given_file in given_files:
        (folder / given_file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(course.source / assignment.id / given_file, folder / given_file)
    return [folder / given_file for given_file in given_files]


def check_no_leaks(
    course: Course,
    assignment: Assignment,
    files: list[Path],
    public_files: Iterable[Path] = (),
) -> None:
    """Raises CourseError that names every place in `files` where a secret of the source stands.
    public_files: as in `find_leaks`."""
    beside = files_beside(course, assignment)
    _refuse(course, assignment, find_leaks(course, assignment, files, beside, public_files))


def files_beside(course: Course, assignment: Assignment) -> list[Path]:
    """The files beside the source notebooks, which every student gets."""
    names = nbgrader_config.support_files(course, assignment)
    return [course.source / assignment.id / name for name in names]


def find_leaks(
    course: Course,
    assignment: Assignment,
    files: list[Path],
    given_files: list[Path],
    public_files: Iterable[Path] = (),
) -> list[Leak]:
    """Every place in `files` where a secret of the source stands. given_files: as in `leaks`.
    public_files: code that students have besides the course's own packages."""
    sources = _sources(course, assignment)
    code = [*packages.handed_out(course), *public_files]
    return leaks(sources, files, code, given_files, given_texts(course))


def _sources(course: Course, assignment: Assignment) -> list[Notebook]:
    """The instructor's notebooks. Raises CourseError where one cannot be read."""
    return [_source(course, assignment, name) for name in assignment.notebooks]


def _source(course: Course, assignment: Assignment, name: str) -> Notebook:
    try:
        return source_notebook(course, assignment, name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        path = course.source / assignment.id / f"{name}.ipynb"
        raise CourseError(
            f"{path} is no notebook that can be read ({fault!r}). Open it in Jupyter and save it, "
            f"or restore it."
        ) from fault


def _refuse(course: Course, assignment: Assignment, all_leaks: list[Leak]) -> None:
    """Raises CourseError that names each leak that nobody has accepted, and how to accept it."""
    refused = accepted_leaks.refused(course, assignment, all_leaks)
    if not refused:
        return
    names = dict.fromkeys(leak.secret.cell for leak in refused if leak.secret.cell)
    options = " ".join(f"--accept-leak {shlex.quote(name)}" for name in names)
    advice = (
        f"\nTake it out of there. Where students may see it, say so for each cell: "
        f"autograder release {assignment.id} {options}"
    )
    raise CourseError(
        f"{assignment.id} was not released: it would show what students must not see.\n"
        + "\n".join(f"  {leak}" for leak in refused)
        + (advice if names else "")
    )


def _audit_warnings(course: Course, assignment: Assignment) -> Iterator[str]:
    """Audits the assignment: the warning about a course without proofs. Raises CourseError where
    an audit fails."""
    from autograder.releasing.audit import audit

    result = audit(course, assignment)
    if result.holds:
        return
    if result.has_proofs or course.ours:
        raise CourseError(
            f"{assignment.id} was not released: its audit does not hold. See what is missing with: "
            f"autograder audit {assignment.id} (--again tries everything anew)"
        )
    yield (
        f"{assignment.id} has no proofs in {course.proofs}: nobody has shown that its tests tell "
        f"right from wrong (--no-audit silences this)"
    )


def _points_warnings(assignment: Assignment, sources: Iterable[Notebook]) -> Iterator[str]:
    """Where the syllabus has points for the assignment and they are not those of its cells."""
    points = sum(cells.points(cell) for source in sources for cell in source["cells"])
    if assignment.points and abs(points - assignment.points) > 1e-9:
        yield (
            f"the syllabus says points = {assignment.points:g} for '{assignment.id}', and the "
            f"graded cells of its notebooks have {points:g}. Write points = {points:g} there, or "
            f"change the cells: calendar and syllabus page show the one, grades the other"
        )


def replace_folder(draft: Path, target: Path) -> bool:
    """Replaces the folder `target` by `draft`; returns False where not a byte would change.

    Where both are on one disk, the draft is moved there and no longer where it was.
    """
    if _is_same(draft, target):
        return False
    previous = target.with_name(f".{target.name}.old")
    replacement = target.with_name(f".{target.name}.new")
    for leftover in (previous, replacement):
        shutil.rmtree(leftover, ignore_errors=True)
    replacement.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(draft, replacement)
    if target.exists():
        target.rename(previous)
    replacement.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    return True


def _is_same(draft: Path, target: Path) -> bool:
    """Do both folders hold the same files? Of two files only those of one length are read."""
    names = [path.relative_to(draft) for path in _files(draft)]
    if names != [path.relative_to(target) for path in _files(target)]:
        return False
    return all(filecmp.cmp(draft / name, target / name, shallow=False) for name in names)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _folder_above(folder: Path) -> Path:
    """The next folder above that exists: a draft there is on the same disk."""
    return next(parent for parent in folder.parents if parent.is_dir())
