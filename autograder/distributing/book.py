"""The course's book for the students' folder: a site of static pages, read as it was built.

A link to a released notebook leads out of the book, to the notebook that the student works in; the
copy of it that the site carries stays behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autograder.model import Course, CourseError

FOLDER = "book"


def built(course: Course) -> Path | None:
    """Where `make book` puts the pages, if they are there."""
    site = course.root / "dist" / "book" / "html"
    return site if (site / "index.html").is_file() else None


def is_missing(course: Course) -> bool:
    """Whether the course has a book that is not built."""
    return (course.root / "course" / "book").is_dir() and built(course) is None


def files(site: Path, released: Iterable[str]) -> dict[str, bytes]:
    """The files of the site by their path in the students' folder. released: ids of assignments.

    Raises CourseError where `site` is no built book.
    """
    if not (site / "index.html").is_file():
        raise CourseError(
            f"{site} holds no index.html, so it is no built book. Build it first: make book"
        )
    ids = set(released)
    paths = {path.relative_to(site): path for path in sorted(site.rglob("*")) if path.is_file()}
    return {
        f"{FOLDER}/{name.as_posix()}": _page(path, ids)
        for name, path in paths.items()
        if not _is_left_out(name, ids)
    }


def _is_left_out(name: Path, ids: set[str]) -> bool:
    """A tool's own file, or the copy of a released notebook."""
    is_copy = name.parts[0] == "notebooks" and len(name.parts) > 1 and name.parts[1] in ids
    return is_copy or any(part.startswith(".") for part in name.parts)


def _page(path: Path, ids: set[str]) -> bytes:
    """The file; in a page, links to released notebooks lead to those of the students' folder."""
    data = path.read_bytes()
    if path.suffix != ".html" or not ids:
        return data
    names = "|".join(sorted(map(re.escape, ids)))
    pattern = rf'href="((?:\.\./)*)notebooks/((?:{names})/)'.encode()
    return re.sub(pattern, rb'href="\1../\2', data)
