"""What students install with pip, from the instructor's requirements.txt or pyproject.toml.

An instructor's file may say more than students should read: the password of a private index, a
package on the instructor's own disk, a comment for the staff. Students get the packages alone, and
a line that is none is refused. The bundle for Otter, which a submission can read, takes the lines
without comments from here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from autograder.distributing.student_wheel import Edition
from autograder.model import Assignment, Course, CourseError
from autograder.settings import packages

COMMENT = re.compile(r"(^|\s+)#.*$")
HASH = re.compile(r"\s--hash[=\s]\s*\S+")  # one would demand a hash of every other package
CREDENTIALS = re.compile(r"://[^/\s?#]*@")  # user:password@ before a host
ARCHIVES = (".whl", ".zip", ".tar", ".gz", ".bz2", ".xz", ".tgz", ".tbz", ".txz", ".lzma")
OPTIONS = {
    "-r": "names another file, which students do not have",
    "--requirement": "names another file, which students do not have",
    "-c": "names another file, which students do not have",
    "--constraint": "names another file, which students do not have",
    "-e": "installs a folder or an address of yours, not a package of an index",
    "--editable": "installs a folder or an address of yours, not a package of an index",
}


def student_requirements(
    course: Course, edition: Edition, rows: Iterable[Assignment], has_wheel: bool
) -> str:
    """The students' requirements.txt. Their wheel names what it needs; without one, so do the
    course and its notebooks.

    Raises CourseError, with the file and the line, where one of them is no package for students.
    """
    project = course.root / "pyproject.toml"
    needed = [*edition.dependencies, *(edition.boards if has_wheel else ())]
    checked = [_package(text, str(project), "") for text in needed]
    listed = [f"./{edition.wheel}"] if has_wheel else checked
    if not has_wheel:
        listed += [text for row in rows for text in _of_assignment(course, row, project)]
    return "\n".join(["jupyterlab>=4.4", *dict.fromkeys(listed)]) + "\n"


def _of_assignment(course: Course, assignment: Assignment, project: Path) -> list[str]:
    lines = packages.requirements(course, assignment)
    path = packages.requirements_file(course, assignment)
    if path is None:
        return [_package(text, str(project), "") for text in lines]
    own_path = course.source / assignment.id / "requirements.txt"
    return _packages(lines, path, "" if path == own_path else str(own_path))


def clean_file(path: Path) -> bytes:
    """A requirements.txt that goes to students as a file: its packages, a line each. Raises
    CourseError where a line is none."""
    return "".join(f"{text}\n" for text in _packages(packages.read_lines(path), path)).encode()


def _packages(lines: Iterable[str], path: Path, better: str = "") -> list[str]:
    return [
        _package(text, f"{path}, line {number}", better) for number, text in without_comments(lines)
    ]


def without_comments(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(number of its first line, text) of each requirement or option, as pip reads them: a
    backslash at the end joins lines, and ' #' begins a comment."""
    for number, line in _joined(lines):
        text = COMMENT.sub("", line).strip()
        if text:
            yield number, text


def _joined(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    first, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        first = first if parts else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line.strip("\\"))
            continue
        yield first, "".join([*parts, f" {line}" if is_comment else line])
        parts = []
    if parts:
        yield first, "".join(parts)


def has_credentials(text: str) -> bool:
    """Whether an address in the text names a user or a password."""
    return bool(CREDENTIALS.search(text))


def _package(text: str, place: str, better: str) -> str:
    """The requirement in one line. better: a file that would be read instead, '' for none."""
    text = HASH.sub("", text).strip()
    fault = _fault(text)
    if fault:
        instead = f", or write what they install into {better}, which comes first" if better else ""
        raise CourseError(
            f"{place}: {fault}. Students are given packages, as 'numpy>=2.0': take the line out of "
            f"there{instead}."
        )
    return " ".join(text.split())


def _fault(text: str) -> str:
    """What is wrong with a requirement that students would get, '' for nothing. No address is
    repeated, for it may hold a password."""
    if text.startswith("-"):
        match = re.match(r"--[\w-]+|-\w?", text)
        option = match[0] if match else "-"
        return f"'{option}' {OPTIONS.get(option, 'is an option of pip, and no package')}"
    if has_credentials(text):
        return "the address names a user or a password, which students could read"
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return "this is no package with its version, but perhaps a path, or an address without name"
    if requirement.url:
        return _fault_of_address(requirement.url)
    return "this is a file of yours" if requirement.name.lower().endswith(ARCHIVES) else ""


def _fault_of_address(url: str) -> str:
    try:
        address = urlsplit(url)
        is_https = address.scheme in ("https", "git+https") and bool(address.hostname)
    except ValueError:
        return "the address cannot be read"
    if not is_https:
        return "the address is not one with https://"
    if "@" in address.netloc or address.query:
        return "the address has a user, a password or a part after '?', which students could read"
    return ""
