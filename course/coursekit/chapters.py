"""The chapters that a student has not exported yet, named where something of them is imported.

`use_workspace` puts a finder behind all others: it is asked for `tinytorch` and what is in it only
where nobody else has it, and answers with a sentence that names the chapter and what to run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from coursekit.syllabus import Assignment, CourseError, Syllabus, load


class MissingChapter(ModuleNotFoundError):
    """A module, or a name of one, that a chapter writes and that is not exported. Its text is the
    sentence for the student."""


class ChapterFinder(MetaPathFinder):
    """Answers for what no other finder has. packages: the folder that holds the student's own."""

    def __init__(self, packages: Path) -> None:
        self.packages = packages

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """None where no chapter writes it. Raises MissingChapter where one does."""
        sentence = missing(fullname, self.packages)
        if sentence:
            # `from package import name` forgives an error that carries the full name of both.
            raise MissingChapter(sentence, name=fullname.rpartition(".")[0] or fullname)
        return None


def install(packages: Path) -> None:
    """Puts the finder for `packages` behind all others, in the place of an earlier one."""
    other_finders = [finder for finder in sys.meta_path if not isinstance(finder, ChapterFinder)]
    sys.meta_path[:] = [*other_finders, ChapterFinder(packages)]


def missing(module: str, packages: Path) -> str:
    """The sentence about a module that could not be found, '' where no chapter writes it."""
    try:
        syllabus = load()
    except CourseError:  # a notebook far from any syllabus
        return ""
    writers = [row for row in syllabus.assignments if row.exports]
    if module in {row.exports.partition("/")[0] for row in writers}:
        return _nothing_exported(module, syllabus, packages)
    row = next((row for row in writers if _writes(row, module)), None)
    return _sentence(module, [row]) if row else ""


def built_on(syllabus: Syllabus, assignment_id: str) -> list[Assignment]:
    """The chapters with a module that an assignment builds on, in the order of the syllabus."""
    ids: set[str] = set()
    waiting = list(syllabus.assignment(assignment_id).prerequisites)
    while waiting:
        chapter = waiting.pop()
        if chapter not in ids:
            ids.add(chapter)
            waiting += syllabus.assignment(chapter).prerequisites
    return [row for row in syllabus.assignments if row.id in ids and row.exports]


def command(assignment_id: str) -> str:
    """How to export a chapter, in a terminal and in a cell."""
    return (
        f"course export {assignment_id} (in a terminal; in a cell: "
        f'from coursekit import export; export("{assignment_id}"))'
    )


def _writes(row: Assignment, module: str) -> bool:
    """Is it the chapter's module or the package around it, or, of the whole package, its name?"""
    dotted = row.exports.removesuffix(".py").replace("/", ".")
    package, _, name = module.rpartition(".")
    everyday = package == dotted.partition(".")[0] and name in row.everyday
    return everyday or dotted == module or dotted.startswith(f"{module}.")


def _nothing_exported(package: str, syllabus: Syllabus, packages: Path) -> str:
    """The sentence where the whole package is absent; the notebook is known by its folder."""
    writers = [row for row in syllabus.assignments if row.exports]
    here = next((row.id for row in syllabus.assignments if row.id == Path.cwd().name), "")
    rows = built_on(syllabus, here) if here else writers[:1]
    absent = [row for row in rows if not (packages / row.exports).exists()]
    return _sentence(package, absent or writers[:1])


def _sentence(module: str, rows: list[Assignment]) -> str:
    ids = [row.id for row in rows]
    if len(ids) == 1:
        return (
            f"Chapter {ids[0]} writes {module}, and you have not exported it. "
            f"Finish it, then run: {command(ids[0])}"
        )
    return (
        f"This notebook builds on chapters that you have not exported: {', '.join(ids)}. "
        f"Begin with the first. Finish it, then run: {command(ids[0])}"
    )
