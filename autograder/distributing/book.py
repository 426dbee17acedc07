"""The course's book for the students' folder: a site of static pages, read as it was built.

A link to a released notebook leads out of the book, to the notebook that the student works in; the
copy of it that the site carries stays behind. An older site may hold notebooks of assignments that
are not released: they stay behind too, and of a link to one the words remain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autograder.model import Course, CourseError

FOLDER = "book"
SOURCES = (
    "course/book",
    "course/perfsim",
    "course/assignments.md",
    "course/syllabus.toml",
    "benchmarks/README.md",
    "release",
)
ENDINGS = (".md", ".py", ".toml", ".po", ".csv", ".npz", ".ipynb", ".js", ".css")


def built(course: Course) -> Path | None:
    """Where `make book` puts the pages, if they are there."""
    site = course.root / "dist" / "book" / "html"
    return site if (site / "index.html").is_file() else None


def is_missing(course: Course) -> bool:
    """Whether the course has a book that is not built."""
    return (course.root / "course" / "book").is_dir() and built(course) is None


def is_old(course: Course, site: Path) -> bool:
    """Whether a text, the code or a released notebook was changed since the site was built."""
    sources = [course.root / name for name in SOURCES]
    paths = (path for source in sources for path in (source, *source.rglob("*")))
    files = [path for path in paths if path.suffix in ENDINGS and path.is_file()]
    changed_ns = max((path.stat().st_mtime_ns for path in files), default=0)
    return changed_ns > (site / "index.html").stat().st_mtime_ns


def missing_languages(course: Course, site: Path) -> list[str]:
    """The languages into which the book is translated and in which `site` does not have it."""
    catalogues = course.root.glob("course/book/locales/*/LC_MESSAGES")
    names = sorted(path.parent.name for path in catalogues)
    return [name for name in names if not (site / name / "index.html").is_file()]


def files(site: Path, released: Iterable[str], closed: Iterable[str] = ()) -> dict[str, bytes]:
    """The files of the site by their path in the students' folder. released: ids of assignments;
    closed: ids of those that students do not get.

    Raises CourseError where `site` is no built book, or holds a link to another place.
    """
    if not (site / "index.html").is_file():
        raise CourseError(
            f"{site} holds no index.html, so it is no built book. Build it first: make book"
        )
    ids, hidden = set(released), set(closed)
    linked = next((path for path in sorted(site.rglob("*")) if path.is_symlink()), None)
    if linked:
        raise CourseError(
            f"{linked} is a link, and what it leads to would be published. Remove it, or build the "
            "book again: make book"
        )
    paths = {path.relative_to(site): path for path in sorted(site.rglob("*")) if path.is_file()}
    return {
        f"{FOLDER}/{name.as_posix()}": _page(path, ids, hidden)
        for name, path in paths.items()
        if not _is_left_out(name, ids | hidden)
    }


def _is_left_out(name: Path, ids: set[str]) -> bool:
    """A tool's own file, or a copy of an assignment's notebook."""
    is_copy = name.parts[0] == "notebooks" and len(name.parts) > 1 and name.parts[1] in ids
    return is_copy or any(part.startswith(".") for part in name.parts)


def _page(path: Path, ids: set[str], hidden: set[str]) -> bytes:
    """The file; in a page, links to released notebooks lead to those of the students' folder, and
    those to others are gone."""
    data = path.read_bytes()
    if path.suffix != ".html":
        return data
    if hidden:
        link = rf'<a href="(?:\.\./)*notebooks/(?:{_any(hidden)})/[^"]*"[^>]*>(.*?)</a>'
        data = re.sub(link.encode(), rb"\1", data, flags=re.S)
    if ids:
        link = rf'href="((?:\.\./)*)notebooks/((?:{_any(ids)})/)'
        data = re.sub(link.encode(), rb'href="\1../\2', data)
    return data


def _any(names: set[str]) -> str:
    return "|".join(sorted(map(re.escape, names)))
