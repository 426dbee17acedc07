"""`course doctor`: is everything in place? Each finding is a sentence, with the exact fix.

A finding is fine, a note (worth knowing), or something that must be fixed.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coursekit import notebook, questions
from coursekit.syllabus import CourseError, load
from coursekit.workspace import MARKER, Workspace

MINIMUM_VERSIONS = {
    "numpy": "2.0",
    "matplotlib": "3.10",
    "ipywidgets": "7.7",
    "click": "8.1",
    "threadpoolctl": "3.1",
}
WIDGET_SIDE = {"8": "3", "7": "1"}  # ipywidgets -> jupyterlab_widgets, by major version
LEAST_MB = 200
PORTS = ("ttyACM*", "ttyUSB*")


@dataclass(frozen=True)
class Sign:
    """A finding. level: 'fine', 'note' or 'fix'."""

    level: str
    message: str


def examine(space: Workspace, environment: Mapping[str, str] = os.environ) -> Iterator[Sign]:
    """Everything the doctor looks at, in the order in which it should be fixed."""
    yield python_version(sys.version_info[:2])
    yield from packages(installed())
    yield from workspace_sign(space)
    yield from writable(space.root)
    yield disk(shutil.disk_usage(space.root).free)
    yield from notebooks(space)
    yield from boards(space, needed_by_boards(_requirements()))
    yield from serial_ports([str(p) for kind in PORTS for p in sorted(Path("/dev").glob(kind))])
    yield from colab(environment)


def python_version(version: tuple[int, int]) -> Sign:
    running = ".".join(map(str, version))
    if (3, 11) <= version <= (3, 13):
        return Sign("fine", f"Python {running}.")
    return Sign(
        "fix",
        f"Python {running} came; 3.11, 3.12 or 3.13 is needed. "
        f"Install one from python.org and make a new environment with it.",
    )


def installed() -> dict[str, str]:
    names = (*MINIMUM_VERSIONS, "jupyterlab_widgets", "ipython", "jupyterlab", "pyserial")
    return {name: version for name in names if (version := _version(name))}


def packages(versions: Mapping[str, str]) -> Iterator[Sign]:
    for name, least in MINIMUM_VERSIONS.items():
        have = versions.get(name, "")
        if not have or _numbers(have) < _numbers(least):
            fault = f"{name} {have} is too old" if have else f"{name} is not installed"
            fix = f"{sys.executable} -m pip install '{name}>={least}'"
            yield Sign("fix", f"{fault}; {least} or newer is needed. Run: {fix}")
    present = [f"{name} {versions[name]}" for name in MINIMUM_VERSIONS if name in versions]
    yield Sign("fine", f"Packages: {', '.join(present)}.")
    yield from _widget_versions(versions)


def _widget_versions(versions: Mapping[str, str]) -> Iterator[Sign]:
    kernel, browser = versions.get("ipywidgets", ""), versions.get("jupyterlab_widgets", "")
    matching = WIDGET_SIDE.get(kernel.partition(".")[0], "")
    if browser and matching and browser.partition(".")[0] != matching:
        fix = f"{sys.executable} -m pip install -U ipywidgets jupyterlab_widgets"
        yield Sign(
            "fix",
            f"ipywidgets {kernel} needs jupyterlab_widgets {matching}.x, and {browser} is "
            f"installed: widgets stay empty. Run: {fix}",
        )


def workspace_sign(space: Workspace) -> Iterator[Sign]:
    if space.marked:
        yield Sign("fine", f"Workspace {space.root}: {space.course} {space.version}.")
    elif space.packages != space.root:
        yield Sign("note", f"{space.root} is the course's repository, not a student's workspace.")
    else:
        yield Sign(
            "note",
            f"{space.root} is in no workspace: neither it nor a folder above holds {MARKER}. "
            f"Change into the folder that the course's zip unpacked to; without one, progress "
            f"is not kept.",
        )


def writable(folder: Path) -> Iterator[Sign]:
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield Sign("fine", f"{folder} can be written to.")
    except OSError as error:
        yield Sign(
            "fix",
            f"{folder} cannot be written to ({error.strerror}). "
            f"Copy the course into a folder of your own.",
        )


def disk(free_bytes: int) -> Sign:
    free_mb = free_bytes // 10**6
    if free_mb >= LEAST_MB:
        return Sign("fine", f"{free_mb / 1000:.1f} GB of disk are free.")
    return Sign("fix", f"Only {free_mb} MB of disk are free; {LEAST_MB} MB are needed. Make room.")


def notebooks(space: Workspace) -> Iterator[Sign]:
    """Each notebook of the workspace: can it be read, and does it still know its graded cells?"""
    for assignment_id in space.assignments or _folders(space):
        paths = space.notebooks(assignment_id)
        if not paths:
            yield Sign("note", f"{assignment_id} has no notebook here.")
        for path in paths:
            yield _metadata(path, assignment_id)


def _folders(space: Workspace) -> list[str]:
    return sorted({path.parent.name for path in space.root.glob("*/*.ipynb")})


def _metadata(path: Path, assignment_id: str) -> Sign:
    try:
        book = notebook.read(path)
    except CourseError as error:
        return Sign("fix", str(error))
    expected = [question.name for question in questions.of(assignment_id)]
    grade_ids = {str(notebook.meta(cell).get("grade_id", "")) for cell in book["cells"]}
    lost_names = [name for name in expected if name not in grade_ids]
    if not grade_ids - {""}:
        return Sign("note", f"{path.name} has lost its metadata. {_FOUND_AGAIN}")
    if lost_names:
        return Sign("note", f"{path.name} has lost {', '.join(lost_names)}. {_FOUND_AGAIN}")
    return Sign("fine", f"{path.name} can be read, and its graded cells are marked.")


_FOUND_AGAIN = (
    "Cells are found again by their id or by the names they define; to be safe, copy your "
    "answers into a fresh copy of the released notebook."
)


def boards(space: Workspace, needed: list[str]) -> Iterator[Sign]:
    """Where a lab of the DEPLOY track is here: are the packages there that it needs?"""
    labs = [row.id for row in load().assignments if row.track == "DEPLOY"]
    present = [name for name in labs if space.marked and space.notebooks(name)]
    missing_packages = [name for name in needed if not _version(name)]
    if present and missing_packages:
        wheel = next((path.name for path in sorted(space.root.glob("*.whl"))), "mlsys-course")
        fix = f"{sys.executable} -m pip install './{wheel}[boards]' (in {space.root})"
        yield Sign(
            "fix",
            f"{', '.join(present)} cannot start without {', '.join(missing_packages)}; nothing "
            f"else needs them. Before that lab, run: {fix}",
        )


def needed_by_boards(requirements: list[str]) -> list[str]:
    """The packages that the extra `boards` asks for, from the requirements of the course."""
    extra = [line for line in requirements if re.search(r"extra\s*==\s*['\"]boards['\"]", line)]
    return [name[0] for line in extra if (name := re.match(r"[\w.-]+", line))]


def _requirements() -> list[str]:
    try:
        return importlib.metadata.requires("mlsys-course") or []
    except importlib.metadata.PackageNotFoundError:
        return []


def serial_ports(ports: list[str]) -> Iterator[Sign]:
    """Only where a board is plugged in: may it be opened?"""
    for port in ports:
        if os.access(port, os.R_OK | os.W_OK):
            yield Sign("fine", f"The board's port {port} can be opened.")
        else:
            yield Sign(
                "fix",
                f"You may not open {port}. Run: sudo usermod -aG dialout $USER "
                f"(then log out and in again).",
            )
    if ports and not _version("pyserial"):
        fix = f"{sys.executable} -m pip install pyserial"
        yield Sign("fix", f"A board is plugged in and pyserial is not installed. Run: {fix}")


def colab(environment: Mapping[str, str]) -> Iterator[Sign]:
    if "COLAB_RELEASE_TAG" in environment:
        yield Sign(
            "note",
            "This is Colab: files vanish when the session ends. Keep the course in your Drive, "
            "and download each archive that `course submit` makes.",
        )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    leading = (part for part in version.split(".")[:3])
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in leading)
