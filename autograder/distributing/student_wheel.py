"""The students' wheel: coursekit with the release's checks, the other packages, their data.

Files are copied by an allow-list of endings into a staged project that hatchling builds; with the
time fixed, the same course gives the same bytes. The reference framework stays behind, but for
the modules of closed chapters that the instructor names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.distributing import student_checks
from autograder.model import Assignment, Course, CourseError
from autograder.settings.packages import CODE
from autograder.settings.student_packages import dotted, with_everyday_names

PACKAGES = (
    *("course/coursekit", "course/appeals", "course/perfsim", "course/olympics"),
    "hardware_labs",
)
ENDINGS = CODE | {".csv", ".npy", ".npz", ".json", ".toml", ".md", ".typed"}
COMMANDS = (  # command, the package that has it, where; of two packages the later one
    ("course", "coursekit", "coursekit.cli:main"),
    ("course", "appeals", "appeals.command:main"),
    ("hardware-labs", "hardware_labs", "hardware_labs.cli:main"),
    ("olympics", "olympics", "olympics.commands:main"),
    ("perfsim", "perfsim", "perfsim.commands.cli:main"),
)
NO_VERSION = "0"  # of a course whose pyproject.toml names none
EPOCH = "315532800"  # 1980-01-01, the first day a zip can name


@dataclass(frozen=True)
class Edition:
    """Name, version and requirements of a distribution, from pyproject.toml where there is one."""

    course: str
    name: str
    version: str
    python: str = ">=3.11"
    dependencies: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}"

    @property
    def wheel(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


def edition_of(course: Course) -> Edition:
    """The course's name and version for students: `mlsys-course` gives `mlsys-student`."""
    path = course.root / "pyproject.toml"
    project: dict[str, Any] = {}
    if path.is_file():
        project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    name = str(project.get("name", course.name))
    short = re.sub(r"[^a-z0-9]+", "-", name.removesuffix("-course").lower()).strip("-")
    return Edition(
        course=name,
        name=f"{short or 'course'}-student",
        version=str(project.get("version", NO_VERSION)),
        python=str(project.get("requires-python", ">=3.11")),
        dependencies=tuple(project.get("dependencies", ())),
        boards=tuple(project.get("optional-dependencies", {}).get("boards", ())),
    )


def stage(
    course: Course, edition: Edition, released: dict[str, list[Path]], closed: list[Assignment]
) -> dict[str, bytes]:
    """The files of the wheel's project by their path. closed: chapters whose reference goes in."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        files.update(_package_files(course.root / package, edition))
    syllabus = course.root / "course" / "syllabus.toml"
    files["coursekit/syllabus.toml"] = syllabus.read_bytes()
    for name, notebooks in released.items():
        rows = student_checks.table(name, notebooks)
        files[f"coursekit/checks/{name}.json"] = _json(rows)
    files.update(reference(course, closed))
    if (course.root / "LICENSE").is_file():
        files["LICENSE"] = (course.root / "LICENSE").read_bytes()
    files["pyproject.toml"] = _project(edition, files).encode()
    return files


def reference(course: Course, closed: list[Assignment]) -> dict[str, bytes]:
    """The modules of closed chapters, and package files that name no other module."""
    modules = {row.exports: _reference_module(course, row) for row in closed}
    names = {*map(dotted, modules)}
    files = dict(modules)
    for path in modules:
        for folder in [*Path(path).parents][:-1]:
            init = f"{folder.as_posix()}/__init__.py"
            text = (course.root / "course" / init).read_text(encoding="utf-8")
            files[init] = with_everyday_names(text, names.__contains__).encode()
    return files


def build(project: dict[str, bytes], folder: Path, edition: Edition) -> Path:
    """Writes the staged project into `folder` and builds its wheel there."""
    for name, data in project.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    result = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "built"],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    wheel = folder / "built" / edition.wheel
    if result.returncode or not wheel.is_file():
        raise CourseError(
            f"The students' wheel was not built; hatchling says: {_last_line(result.stderr)} "
            f"It is needed beside autograder: pip install hatchling"
        )
    shutil.move(wheel, folder / edition.wheel)
    return folder / edition.wheel


def _package_files(folder: Path, edition: Edition) -> dict[str, bytes]:
    """The files of a package by their path in the wheel; {} where the course has none.

    Code that names the distribution it came in (`--version`, `pip install`) names the students'.
    """
    course_name, student_name = (re.escape(edition.course).encode(), edition.name.encode())
    return {
        path.relative_to(folder.parent).as_posix(): re.sub(
            rb"\b" + course_name + rb"\b", student_name, data
        )
        if path.suffix == ".py"
        else data
        for path, data in _allowed_files(folder)
    }


def _allowed_files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if (
            path.is_file()
            and path.suffix in ENDINGS
            and not any(part.startswith((".", "__pyc")) for part in parts)
        ):
            yield path, path.read_bytes()


def _reference_module(course: Course, row: Assignment) -> bytes:
    path = course.root / "course" / row.exports
    if not row.exports or not path.is_file():
        raise CourseError(
            f"{row.id} has no reference to hand out: {row.track or 'it'} exports "
            f"{row.exports or 'no module'}. Name BUILD chapters whose module stands in course/."
        )
    return path.read_bytes()


def _project(edition: Edition, files: dict[str, bytes]) -> str:
    """The pyproject.toml of the staged project."""
    packages = sorted({name.partition("/")[0] for name in files if "/" in name})
    places = {command: place for command, package, place in COMMANDS if package in packages}
    scripts = [f"{command} = {json.dumps(place)}" for command, place in places.items()]
    licence = ['license = "Apache-2.0"', 'license-files = ["LICENSE"]']
    return "\n".join(
        [
            "[build-system]",
            'requires = ["hatchling"]',
            'build-backend = "hatchling.build"',
            "",
            "[project]",
            f"name = {json.dumps(edition.name)}",
            f"version = {json.dumps(edition.version)}",
            'description = "The student\'s side of the course: check, export, submit, labs"',
            f"requires-python = {json.dumps(edition.python)}",
            *(licence if "LICENSE" in files else []),
            f"dependencies = {json.dumps(edition.dependencies)}",
            *(
                ["optional-dependencies.boards = " + json.dumps(edition.boards)]
                if edition.boards
                else []
            ),
            "",
            "[project.scripts]",
            *scripts,
            "",
            "[tool.hatch.build.targets.wheel]",
            f"packages = {json.dumps(packages)}",
            "",
        ]
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "nothing."
