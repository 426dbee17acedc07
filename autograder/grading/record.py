"""A graded submission written down: inert notebooks for staff, marks, then how it ran.

Beside each graded submission stands `autograded/<student>/<id>/grade.json` with the key it was
graded under. It is written last: a run cut short anywhere before is simply graded again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.files import write_file
from autograder.gradebook.mark_changes import MarkChange
from autograder.grading.context import GradingContext, lay_out
from autograder.grading.grade_file import RECORD
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.messages import lost_mark_messages
from autograder.model import Assignment, Course, CourseError, Submission
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.roster.group_work import ClassWork
from autograder.sanitizing import sanitize

Save = Callable[[str, datetime | None, dict[str, Any]], None]


@dataclass(frozen=True)
class Outcome:
    """How one submission fared this time: graded now, unchanged since last time, or not graded.

    changes: the marks that are other than before although the work is the same.
    """

    student: str
    fresh: bool
    seconds: float
    message: str
    changes: tuple[MarkChange, ...] = ()


@dataclass(frozen=True)
class GradedAs:
    """What a submission is graded under. key: of work and context together. work: of the work
    alone. kept_messages: the marks of an earlier version of the tests that stay, by notebook and
    cell, with what each says."""

    key: str
    work: str
    kept_messages: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class SharedWork:
    """The group whose work it is, and which member handed it in."""

    group: str
    handed_in_by: str


def shared_work(work: ClassWork) -> SharedWork | None:
    """Whose group's work it is; None for who works alone."""
    return SharedWork(work.group, work.submission.student) if work.group else None


def record(
    course: Course,
    assignment: Assignment,
    context: GradingContext,
    submission: Submission,
    graded_as: GradedAs,
    graded: SubmissionRun,
    save: Save,
    shared: SharedWork | None = None,
) -> Outcome:
    """Write notebooks, then marks (through `save`), then the record. Raises CourseError where the
    disk does not take them; what was there before is then graded again. shared: where the work is a
    group's; `submission.student` is then the member whose record this is."""
    folder = course.autograded / submission.student / assignment.id
    try:
        _write_notebooks(folder, submission, context, graded)
        if graded.executed:
            save(submission.student, submission.submitted_at, dict(graded.executed))
        record_fields = _record_fields(submission, graded_as, graded, context)
        record_fields |= asdict(shared) if shared else {}
        text = json.dumps(record_fields, ensure_ascii=False, indent=1)
        write_file(folder / RECORD, text.encode())
    except OSError as fault:
        raise CourseError(
            f"{folder} cannot be written ({fault.strerror or fault}). The marks so far are kept. "
            f"Free the disk or give yourself the right to write there, then grade again."
        ) from fault
    return Outcome(submission.student, True, graded.seconds, message(record_fields))


def messages_by_cell(
    executed: Mapping[str, Notebook], models: Mapping[str, Notebook]
) -> dict[str, dict[str, str]]:
    """What each failed test of executed notebooks says, by notebook and cell."""
    return {name: dict(lost_mark_messages(book, models[name])) for name, book in executed.items()}


def _record_fields(
    submission: Submission, graded_as: GradedAs, graded: SubmissionRun, context: GradingContext
) -> dict[str, Any]:
    stamp = submission.submitted_at
    messages = messages_by_cell(graded.executed, context.models)
    for (notebook, cell), sentence in graded_as.kept_messages.items():
        messages.setdefault(notebook, {})[cell] = sentence
    return {
        "key": graded_as.key if graded.level else "",  # what ran nowhere is tried again next time
        "work": graded_as.work,
        "kept": sorted(f"{notebook}/{cell}" for notebook, cell in graded_as.kept_messages),
        "level": graded.level,
        "seconds": round(graded.seconds, 2),
        "says": graded.messages,
        "faults": graded.faults,
        "forked": graded.forked,
        "integration": graded.integration,
        "marks": messages,
        "submitted_at": stamp.isoformat() if stamp else None,
    }


def message(record_fields: dict[str, Any]) -> str:
    """What a record says went wrong, in one line."""
    return "; ".join([*record_fields["faults"], *record_fields["says"]])


def message_of_run(graded: SubmissionRun) -> str:
    """What went wrong in a run, in one line."""
    return "; ".join([*graded.faults, *graded.messages])


def _write_notebooks(
    folder: Path, submission: Submission, context: GradingContext, graded: SubmissionRun
) -> None:
    """What staff will open is inert; the original stays in submitted/."""
    if folder.exists():
        (folder / RECORD).unlink(missing_ok=True)
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    lay_out(context.support_files, folder)
    for name, notebook in graded.executed.items():
        write_file(folder / f"{name}.ipynb", cells.dump(sanitize.make_inert(notebook)).encode())
    stamp = submission.folder / "timestamp.txt"
    if stamp.is_file() and not stamp.is_symlink():
        shutil.copyfile(stamp, folder / "timestamp.txt")
