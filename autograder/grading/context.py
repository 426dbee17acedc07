"""All that a mark rests on besides the submission itself, the same for the whole class.

The instructor's notebooks with their hidden tests, how each test is run, the files beside them,
the course's own packages as far as the assignment's students may have them, and the limits. Plain
data: it can be sent to another machine, and its key changes with any byte of it.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.files import sha256
from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.sandbox.job import HiddenTestPlan, Job
from autograder.sandbox.kernel_language import language
from autograder.sandbox.limits import Limits
from autograder.settings import nbgrader_config, nbgrader_strip
from autograder.settings.grading_options import grading_options
from autograder.settings.source_notebook import source_notebook
from autograder.settings.student_packages import student_packages

VERSION = "6"


@dataclass(frozen=True)
class Supplies:
    """What a zygote is warmed with. libraries: the files of the course's own packages. preload:
    modules to import. executor: 'warm', or 'kernel' (nothing is imported ahead of time then)."""

    libraries: Mapping[str, bytes]
    preload: tuple[str, ...]
    executor: str = "warm"


@dataclass(frozen=True)
class GradingContext:
    """models: notebook name -> its graded form. plans and tester_setup: by notebook name, see Job.
    support_files: the instructor's files next to the notebooks. cache: what the instructor's own
    run left in ~/.cache. unearned: the tests whose points the instructor's own solution does not
    earn. accepted_files: patterns of the files that students may hand in beside the notebooks.
    source_digest: of the instructor's notebooks, whose solutions decide how each test runs."""

    assignment: str
    supplies: Supplies
    models: Mapping[str, Notebook]
    support_files: Mapping[str, bytes]
    limits: Limits
    plans: Mapping[str, Mapping[str, HiddenTestPlan]] = field(default_factory=dict)
    tester_setup: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cache: Mapping[str, bytes] = field(default_factory=dict)
    unearned: tuple[str, ...] = ()
    accepted_files: tuple[str, ...] = ()
    source_digest: str = ""

    def job(
        self, name: str, notebook: Notebook, handed_in: Mapping[str, bytes] | None = None
    ) -> Job:
        """What is run for `notebook`, a submission of the notebook called `name`, with the files
        that came with it."""
        files = {**self.cache, **self.support_files}
        setup = self.tester_setup.get(name, {})
        return Job(notebook, self.plans.get(name, {}), files, setup, handed_in or {})

    @property
    def key(self) -> str:
        """Names all that a mark rests on besides the submission itself."""
        digest = hashlib.sha256(f"{VERSION} {self.limits} {self.supplies.executor}".encode())
        digest.update(self.source_digest.encode())
        for name, model in sorted(self.models.items()):
            digest.update(name.encode() + cells.dump(model).encode())
        digest.update(json.dumps(self.accepted_files).encode() if self.accepted_files else b"")
        for files in (self.support_files, self.supplies.libraries):
            for path, data in sorted(files.items()):
                digest.update(path.encode() + b"\0" + data)
        return digest.hexdigest()


def supplies(course: Course, assignment: Assignment, executor: str) -> Supplies:
    """What the pool of `assignment` needs; quick to find, so that it can warm up meanwhile."""
    return Supplies(
        libraries=student_packages(course, assignment),
        preload=tuple(dict.fromkeys(_modules(course, assignment))),
        executor=executor_of(course, assignment, executor),
    )


def executor_of(course: Course, assignment: Assignment, executor: str) -> str:
    """The executor that is demanded; 'kernel' where a notebook is in another language than Python:
    the course's notebook decides, whatever a submission says of itself."""
    languages = {language(notebook) for notebook in _sources(course, assignment)}
    return executor if languages <= {"python"} else "kernel"


def _sources(course: Course, assignment: Assignment) -> Iterator[Notebook]:
    for name in assignment.notebooks:
        yield source_notebook(course, assignment, name)


def context(
    course: Course, assignment: Assignment, limits: Limits, supplies: Supplies
) -> GradingContext:
    """The context of `assignment` before its reference run (see `test_plan`)."""
    folder = course.source / assignment.id
    support_files = {
        path.as_posix(): (folder / path).read_bytes()
        for path in nbgrader_config.support_files(course, assignment)
    }
    forms = {n: nbgrader_strip.graded_form(course, assignment, n) for n in assignment.notebooks}
    accepted = grading_options(course).accepted_files
    sources = [cells.dump(notebook) for notebook in _sources(course, assignment)]
    return GradingContext(
        assignment.id,
        supplies,
        forms,
        support_files,
        limits,
        accepted_files=accepted,
        source_digest=sha256(json.dumps(sources).encode()),
    )


def _modules(course: Course, assignment: Assignment) -> Iterator[str]:
    """What the instructor's notebooks import at top level where students see it, by module: a
    submission can list what is loaded."""
    for notebook in _sources(course, assignment):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and not cells.is_solution(cell):
                yield from _imports(cells.remove_regions(cells.source(cell), cells.HIDDEN))


def _imports(text: str) -> Iterator[str]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def identity(
    key: str, files: Mapping[str, str] | tuple, submitted_at: object, earlier: str = ""
) -> str:
    """The key that a submission is graded under in the context of `key`. earlier: the version of
    the student's own chapters that it builds on."""
    text = json.dumps([key, sorted(files), str(submitted_at), earlier])
    return sha256(text.encode())


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Write `files` below `folder`."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
