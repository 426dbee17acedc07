"""What a notebook needs to run elsewhere: the course's own packages, and those from the index.

The course's own packages are folders beside `source/` or in `course/`; what they need from the
index stands in the course's pyproject.toml. A course without either needs what its notebooks
import.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from autograder.model import Assignment, Course, CourseError
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.settings.source_notebook import source_notebook

EXTRA = {"hardware_labs": "boards"}  # the optional dependencies that a package of ours needs
UNWANTED = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
COMPILED = {".pyc", ".pyo"}
CODE = {".py", ".js", ".css", ".c", ".h", ".cpp", ".ino", ".ld"}
IMPORT = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", re.M)


def course_packages(course: Course, names: Iterable[str]) -> dict[str, Path]:
    """The folders of those of `names` that are the course's own packages, and of all that these
    import in turn; by name, sorted."""
    packages: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        places = (course.root / "course" / name, course.root / name)
        folder = next((place for place in places if (place / "__init__.py").is_file()), None)
        if folder and name not in packages:
            packages[name] = folder
            for path in files(folder):
                waiting += IMPORT.findall(_code(path))
    return dict(sorted(packages.items()))


def handed_out(course: Course) -> list[Path]:
    """The code of the course's own packages that students get: all but what they write themselves,
    which the assignments' `exports` name."""
    theirs = {assignment.exports.partition("/")[0] for assignment in course.assignments}
    places = [*(course.root / "course").glob("*"), *course.root.glob("hardware_labs")]
    folders = [p for p in sorted(places) if p.name not in theirs and (p / "__init__.py").is_file()]
    return [path for folder in folders for path in files(folder) if path.suffix in CODE]


def files(folder: Path) -> list[Path]:
    """The files of a package, without caches and compiled modules, sorted."""
    paths = (p for p in folder.rglob("*") if p.is_file() and p.suffix not in COMPILED)
    return sorted(p for p in paths if not UNWANTED & set(p.relative_to(folder).parts))


def imported(course: Course, assignment: Assignment) -> set[str]:
    """Top-level names that the instructor's notebooks of an assignment import."""
    notebooks = (source_notebook(course, assignment, name) for name in assignment.notebooks)
    return {name for notebook in notebooks for name in imported_by(notebook)}


def imported_by(notebook: Notebook) -> set[str]:
    """Top-level names that the cells of a notebook import."""
    texts = (cells.source(c) for c in notebook["cells"] if c["cell_type"] == "code")
    return {name for text in texts for name in IMPORT.findall(text)}


def requirements(course: Course, assignment: Assignment) -> list[str]:
    """What an installer needs to run the notebooks of an assignment: a requirement per line.

    A requirements.txt beside the notebooks or in the course root is the instructor's word.
    Otherwise it is what the notebooks import, as the installed distributions are called.
    """
    path = requirements_file(course, assignment)
    if path is not None:
        return read_lines(path)
    names = imported(course, assignment)
    packages = course_packages(course, names)
    declared = needs(project(course), packages) if packages else []
    have = {_distribution(line) for line in declared}
    undeclared = {_installed()[name] for name in names - {*packages} if name in _installed()}
    return sorted({*declared, *(name for name in undeclared if name not in have)})


def requirements_file(course: Course, assignment: Assignment) -> Path | None:
    """The requirements.txt that holds for an assignment, None where nobody wrote one."""
    folders = (course.source / assignment.id, course.root)
    paths = (folder / "requirements.txt" for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def read_lines(path: Path) -> list[str]:
    """The lines of a requirements.txt. Raises CourseError where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as fault:
        raise CourseError(
            f"{path} is not in UTF-8, as PowerShell writes it with '>'. Save it as UTF-8."
        ) from fault


def needs(table: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """What the packages `names` need from the index, as a pyproject table says."""
    extras = [EXTRA[name] for name in names if name in EXTRA]
    optional = table.get("optional-dependencies", {})
    return [*table.get("dependencies", []), *(n for e in extras for n in optional.get(e, []))]


def project(course: Course) -> dict[str, Any]:
    """The [project] table of the course's pyproject.toml, {} where there is none."""
    path = course.root / "pyproject.toml"
    if not path.is_file():
        return {}
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    return table


def _code(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.suffix == ".py" else ""


def _distribution(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement.strip())[0].lower().replace("_", "-")


@cache
def _installed() -> dict[str, str]:
    """Import name -> distribution, of all that is installed and not part of Python."""
    return {
        name: distributions[0].lower().replace("_", "-")
        for name, distributions in packages_distributions().items()
        if name not in sys.stdlib_module_names
    }
