"""The last step before students: their folder, the same as a zip, and a wheel, written to `out`.

Everything is made in a temporary folder, searched for secrets of every source notebook, and only
then moved into place. The same course gives the same bytes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.distributing import earlier_folder, student_folder, student_wheel
from autograder.distributing.deterministic_zip import pack
from autograder.distributing.student_wheel import Edition
from autograder.model import Assignment, Course, CourseError
from autograder.releasing.accepted_leaks import refused as refused_leaks
from autograder.releasing.release import files_beside, find_leaks


@dataclass(frozen=True)
class Published:
    """The folder, the zip and the wheel (where there is one), and notes for the instructor."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def publish(
    course: Course, out: Path, prerequisites: Iterable[str] = (), site: Path | None = None
) -> Published:
    """Publishes what is in release/ to `out`. prerequisites: ids of closed chapters whose reference
    module goes into the wheel. site: the pages of the built book, which go into the folder.

    Raises CourseError where nothing is released, something secret would leave, or the folder in
    `out` is not as it was published; then `out` stays as it was.
    """
    released = student_folder.released(course)
    if not released:
        raise CourseError(f"{course.release} holds no notebook. First: autograder release ID")
    closed = [course.assignment(name) for name in dict.fromkeys(prerequisites)]
    edition = student_wheel.edition_of(course)
    earlier_folder.refuse_changes(out / edition.stem)
    with tempfile.TemporaryDirectory(prefix="autograder-publish-") as draft:
        stage, draft_folder = Path(draft) / "stage", Path(draft) / "made"
        project = _project(course, edition, released, closed)
        wheel = student_wheel.build(project, stage, edition) if project else None
        data = wheel.read_bytes() if wheel else None
        contents = student_folder.contents(course, edition, data, site)
        paths = _write(draft_folder, edition, contents, data)
        _check_no_leaks(course, closed, draft_folder / edition.stem, stage)
        paths_in_out = tuple(_move_into(path, out) for path in paths)
    return Published(paths_in_out, tuple(_notes(course, released, closed, bool(project))))


def _project(
    course: Course, edition: Edition, released: dict[str, list[Path]], closed: list[Assignment]
) -> dict[str, bytes]:
    """The wheel's project; {} for a course that has no coursekit."""
    if (course.root / "course" / "coursekit").is_dir():
        return student_wheel.stage(course, edition, released, closed)
    if closed:
        raise CourseError(
            f"{course.root} has no course/coursekit, so there is no wheel to hold the reference "
            f"of {closed[0].id}. Publish without prerequisites."
        )
    return {}


def _write(
    folder: Path, edition: Edition, files: dict[str, bytes], wheel: bytes | None
) -> list[Path]:
    """Writes folder, zip and wheel into `folder`; returns them in this order."""
    for name, data in files.items():
        path = folder / edition.stem / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    archive = folder / f"{edition.stem}.zip"
    pack([(f"{edition.stem}/{name}", data) for name, data in files.items()], archive)
    if wheel is None:
        return [folder / edition.stem, archive]
    (folder / edition.wheel).write_bytes(wheel)
    return [folder / edition.stem, archive, folder / edition.wheel]


def _check_no_leaks(course: Course, closed: list[Assignment], folder: Path, stage: Path) -> None:
    """Raises CourseError that names each place in `folder` with a secret of a source notebook.

    The zip holds the same bytes, and the folder the wheel. Of a closed chapter everything is
    searched but the module that students get, and so the wheel as it was staged. The solution of
    an open chapter may share single lines with such a module, as with all code that students have.
    """
    reference_modules = tuple(row.exports for row in closed)
    handed_out = [stage / name for name in reference_modules]
    plain_files = [path for path in [*_files(folder), *_files(stage)] if path.suffix != ".whl"]
    searched_files = [
        path for path in plain_files if not path.as_posix().endswith(reference_modules)
    ]
    refused = []
    for row in filter(lambda row: row.notebooks, course.assignments):
        files = searched_files if row in closed else _files(folder)
        all_leaks = find_leaks(course, row, files, files_beside(course, row), handed_out)
        refused += [f"  {row.id}: {leak}" for leak in refused_leaks(course, row, all_leaks)]
    if refused:
        raise CourseError(
            "Nothing was published: students would see what they must not see. Take it out of "
            "there; only what stands in a release can be accepted.\n" + "\n".join(refused)
        )


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _move_into(path: Path, out: Path) -> Path:
    """Moves a finished file or folder into `out`; replaces an older one of the same name."""
    out.mkdir(parents=True, exist_ok=True)
    target, new, old = (
        out / name for name in (path.name, f".{path.name}.new", f".{path.name}.old")
    )
    for leftover in (new, old):
        _remove(leftover)
    shutil.move(path, new)
    if target.exists() or target.is_symlink():
        target.rename(old)
    new.rename(target)
    _remove(old)
    return target


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _notes(
    course: Course, released: dict[str, list[Path]], closed: list[Assignment], wheel: bool
) -> Iterator[str]:
    if not wheel:
        yield f"{course.root} has no course/coursekit: a folder and a zip were made, no wheel."
    for row in course.assignments:
        if row.notebooks and row.id not in released:
            yield f"{row.id} is not released, so it is not in it."
    for row in closed:
        yield f"The reference of {row.id} is in the wheel: students can read its solutions."
