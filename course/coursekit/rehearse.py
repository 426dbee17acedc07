"""Runs a notebook from top to bottom without Jupyter and checks each question in its place.

`python -m coursekit.rehearse NOTEBOOK [QUESTION]` prints the reports and exits 0 only when all
went well. Cells run as plain Python: magics and shell lines are left out, and that is said. The
command `course check` starts it as a process of its own, so that whatever the cells do to Python
stays there.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import os
import subprocess
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit import notebook, questions, results, workspace
from coursekit.chapters import MissingChapter
from coursekit.check import checked
from coursekit.explain import stumbled
from coursekit.module_head import bound_names, undefined
from coursekit.notebook import Cell
from coursekit.questions import Question
from coursekit.report import HIDDEN_TESTS_FOLLOW, Report
from coursekit.syllabus import CourseError, nearest


@dataclass
class Rehearsal:
    """A notebook while it runs: its names, the future features it imported, what was found.

    stopped: the cells that stopped by themselves. unwritten: those that wait for an exercise or for
    a stopped cell. unmade: the names that these would have bound.
    """

    names: dict[str, Any]
    flags: int = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    reports: list[Report] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)
    unmade: set[str] = field(default_factory=set)
    magics: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(report.ok for report in self.reports) and not (self.stopped or self.unwritten)


def start(path: Path, question: str | None, limit_s: float) -> int:
    """Runs the notebook in a process of its own, its output going to ours; returns its exit code.

    Raises CourseError where it ran past `limit_s` or ended Python itself.
    """
    command = [sys.executable, "-m", "coursekit.rehearse", str(path.resolve())]
    command += [question] if question else []
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONUTF8": "1"}
    try:
        completed = subprocess.run(command, env=environment, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise CourseError(
            f"{path.name} did not come to its end in {limit_s:g} s: look for a loop that never "
            f"ends, or give it longer with --timeout."
        ) from error
    if completed.returncode not in (0, 1):
        raise CourseError(
            f"A cell of {path.name} ended Python itself (exit {completed.returncode})."
        )
    return completed.returncode


def rehearse(path: Path, question: str | None = None) -> Rehearsal:
    """Runs the cells in order, printing each report as it comes."""
    book = notebook.read(path)
    by_name = _questions_of(book, path)
    if question is not None and question not in by_name:
        raise CourseError(f"{path.name} has no question '{question}'. {nearest(question, by_name)}")
    run, waiting = Rehearsal(_fresh_names()), dict(by_name)
    for cell in filter(notebook.is_code, book["cells"]):
        name = notebook.name(cell)
        if name in waiting:
            _report(run, waiting.pop(name), question)
            _run(run, cell, tells=False)
            if name == question:
                return run
        elif not _only_checks(cell):
            _run(run, cell, tells=True)
    for skipped in waiting.values():  # graded cells that were deleted, or lost their metadata
        _report(run, skipped, question)
    return run


def closing(run: Rehearsal, path: Path) -> str:
    """What is left to say at the end."""
    good = sum(report.ok for report in run.reports)
    lines = [f"{good} of {len(run.reports)} questions pass their visible tests."]
    lines += [HIDDEN_TESTS_FOLLOW] if good else []
    if run.unwritten:
        cause = "is not written yet or stopped" if run.stopped else "is not written yet"
        lines.append(f"Waiting for what {cause}: {', '.join(run.unwritten)}.")
    if run.magics:
        lines.append(f"Magics and shell lines were left out in: {', '.join(run.magics)}.")
    return "\n".join(lines)


def _fresh_names() -> dict[str, Any]:
    """The names of a new, empty module __main__, where a dataclass looks for its cell's names."""
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.__dict__["display"] = _display
    return module.__dict__


def _questions_of(book: notebook.Notebook, path: Path) -> dict[str, Question]:
    """The questions of the notebook by name; packaged ones, where there are, go first."""
    all_questions = [*questions.of(path.stem), *questions.inside(path)]
    return {question.name: question for question in reversed(all_questions)}


def _report(run: Rehearsal, question: Question, only: str | None) -> None:
    if only in (None, question.name):
        run.reports.append(_waiting(run, question) or checked(question, run.names))
        print(run.reports[-1], flush=True)


def _waiting(run: Rehearsal, question: Question) -> Report | None:
    """The report on a question that needs what a cell above did not make, None for others."""
    is_cut_off = (run.unwritten or run.stopped) and notebook.parses(question.source)
    absent = [n for n in undefined(question.source) if n not in run.names] if is_cut_off else []
    if not absent:
        return None
    sentence = f"it waits for {', '.join(absent)}, which no cell above has made yet."
    report = Report(question.name, False, sentence)
    results.note(question, report)
    return report


def _run(run: Rehearsal, cell: Cell, tells: bool) -> None:
    """Runs a cell quietly. tells: a cell that stops is reported (a test was reported already)."""
    text, name = notebook.visible(notebook.source(cell)), notebook.name(cell)
    code, filename = notebook.python(text), f"<{notebook.name(cell)}>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    run.magics += [name] if notebook.has_magics(text) else []
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            _execute(run, code, filename)
    except MissingChapter as cause:
        raise CourseError(str(cause)) from cause  # all that follows is a consequence
    except (Exception, SystemExit) as error:  # noqa: BLE001  subtle: it is the student's code
        if tells and not _waits(run, error, code):
            run.stopped.append(f"The cell {name} stopped: {stumbled(error, run.names)}")
            print(run.stopped[-1], flush=True)
        elif tells:
            run.unwritten.append(name)
        run.unmade |= bound_names(code) if notebook.parses(code) else set()
    else:
        run.unmade -= bound_names(code)


def _waits(run: Rehearsal, error: BaseException, code: str) -> bool:
    """Whether a cell stopped only because of one before it: not written yet, or stopped itself."""
    if isinstance(error, NotImplementedError):
        return True
    if isinstance(error, NameError) and error.name not in run.names:
        return bool(run.unwritten) or error.name in run.unmade
    return notebook.parses(code) and bool(set(undefined(code)) & run.unmade)


def _execute(run: Rehearsal, code: str, filename: str) -> None:
    compiled = compile(code, filename, "exec", flags=run.flags, dont_inherit=True)
    for feature in __future__.all_feature_names:
        run.flags |= compiled.co_flags & getattr(__future__, feature).compiler_flag
    if compiled.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(compiled, run.names))
    else:
        exec(compiled, run.names)


def _only_checks(cell: Cell) -> bool:
    """Whether a cell does nothing but ask `check("q")`, which is asked here anyway."""
    return notebook.source(cell).strip().startswith("check(") and notebook.is_code(cell)


def _display(*values: Any, **_: Any) -> None:
    print(*values)


def main(arguments: list[str]) -> int:
    path = Path(arguments[0])
    os.chdir(path.parent)
    sys.path.insert(0, str(path.parent))
    workspace.use_workspace(path.parent)
    run = rehearse(path, arguments[1] if len(arguments) > 1 else None)
    print(closing(run, path), flush=True)
    return 0 if run.ok else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CourseError as fault:
        print(fault, flush=True)
        sys.exit(1)
