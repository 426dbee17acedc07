"""`check("q")`: is my answer to question q right, as far as the visible tests tell?

In a notebook: `from coursekit import check`, then `check("matmul")` for one question, `check()` for
all. It answers with a report and never raises, so that Run All goes on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from coursekit import questions, results
from coursekit.explain import explain
from coursekit.questions import Question
from coursekit.report import HIDDEN_TESTS_FOLLOW, Report, Reports
from coursekit.syllabus import nearest


def check(question: str | None = None, namespace: dict[str, Any] | None = None) -> Report | Reports:
    """Tries the visible tests of a question on this notebook's names.

    question: its name; the id of an assignment, or nothing, stands for all questions of the
    notebook. namespace: the names to try it on, default: those of the caller. `.ok` of the answer
    tells whether all went well.
    """
    names = namespace if namespace is not None else sys._getframe(1).f_globals
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return Report(question or "check", True, "left to the graded cell.")
    available = questions.available(Path.cwd())
    if question in available:
        report = checked(available[question], names)
        return replace(report, notes=(*report.notes, *_notes([report])))
    assignment = question or questions.notebook_here(Path.cwd()) or _in_use(names, available)
    chosen = [entry for entry in available.values() if entry.assignment == assignment]
    if chosen:
        reports = tuple(checked(entry, names) for entry in chosen)
        return Reports(reports, _notes(reports))
    if question is None:
        return Reports(
            (), (f"Which notebook is this? Name an assignment, check({_example(available)}).",)
        )
    return Report(question, False, f"there is no such question. {nearest(question, available)}")


def checked(question: Question, names: dict[str, Any]) -> Report:
    """The report on one question, which is also noted in the workspace, where there is one."""
    report = explain(question.name, question.source, names)
    results.note(question, report)
    return report


def _notes(reports: Sequence[Report]) -> tuple[str, ...]:
    """What a green report does not promise."""
    return (HIDDEN_TESTS_FOLLOW,) if any(report.ok for report in reports) else ()


def _in_use(names: dict[str, Any], available: dict[str, Question]) -> str:
    """The assignment of the question checked last in this session, read from IPython's history.

    In Colab the notebook's file is nowhere on the machine, but the cells that ran are.
    """
    history = names.get("In")
    cells = [str(cell) for cell in history] if isinstance(history, list) else []
    calls = ((cell, q) for cell in reversed(cells) for q in available.values())
    return next((q.assignment for cell, q in calls if _asks(cell, q.name)), "")


def _asks(cell: str, name: str) -> bool:
    return f'check("{name}")' in cell or f"check('{name}')" in cell


def _example(available: dict[str, Question]) -> str:
    ids = [question.assignment for question in available.values()]
    return f'"{ids[0]}"' if ids else '"01_tensor"'
