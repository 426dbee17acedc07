"""Which marks of a submission are other than before, now that it ran under other tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from autograder.gradebook.mark_changes import MarkChange
from autograder.gradebook.points import automatic_points
from autograder.gradebook.stored_marks import Key, StoredMark, stored_marks, submission_times
from autograder.grading.context import GradingContext
from autograder.grading.grade_file import is_same_work, read_record
from autograder.grading.grade_one import SubmissionRun
from autograder.grading.record import GradedAs, messages_by_cell
from autograder.model import Assignment, Course, Submission
from autograder.notebook import cells
from autograder.notebook.cells import Cell

Points = tuple[float | None, float]  # automatic points and those possible


class EarlierMarks:
    """The marks that submissions have from before, where their work is the same as then."""

    def __init__(
        self, course: Course, assignment: Assignment, waiting: Mapping[Submission, GradedAs]
    ) -> None:
        self.at = datetime.now(UTC).isoformat()
        self._waiting = waiting
        self._read = partial(read_record, course, assignment)
        self._read_marks = partial(stored_marks, course, assignment)
        self._records = {
            submission.student: self._read(submission.student) for submission in waiting
        }
        self._marks = self._read_marks()
        self._times = submission_times(course, assignment)

    def is_other_work(self, submission: Submission) -> bool:
        """Whether the gradebook's marks of a student are of another hand-in than this one."""
        before = self._read(submission.student)
        if before:
            work = self._waiting[submission].work
            return not is_same_work(before, work, submission.submitted_at)
        recorded = self._times.get(submission.student, submission.submitted_at)
        return recorded != submission.submitted_at

    def changes(
        self, submission: Submission, graded: SubmissionRun, context: GradingContext
    ) -> tuple[MarkChange, ...]:
        """The marks of a submission that are other than before; () where it was handed in anew."""
        before = self._read(submission.student)
        if before != self._records[submission.student]:  # somebody else graded it meanwhile
            self._marks = self._read_marks()
        marks: Mapping[Key, StoredMark] = self._marks.get(submission.student, {})
        work = self._waiting[submission].work
        same_work = before and is_same_work(before, work, submission.submitted_at)
        if not before or not same_work or not marks or not graded.executed:
            return ()
        return mark_differences(submission.student, marks, before, graded, context, work)


def mark_differences(
    student: str,
    stored: Mapping[Key, StoredMark],
    record: Mapping[str, Any],
    graded: SubmissionRun,
    context: GradingContext,
    work: str,
) -> tuple[MarkChange, ...]:
    """A change for each graded cell whose points or message are other than before, in the order of
    the notebooks. stored: what the gradebook has; record: what grade.json says of that run. work:
    the key of the hand-in."""
    messages_after = messages_by_cell(graded.executed, context.models)
    changes = []
    for (notebook, cell), (points, out_of) in _points(graded, context):
        mark = stored.get((notebook, cell))
        if mark is None:
            continue
        change = MarkChange(
            student,
            notebook,
            cell,
            before=mark.automatic,
            after=points,
            out_of_before=mark.out_of,
            out_of_after=out_of,
            message_before=_message(record.get("marks", {}), notebook, cell),
            message_after=_message(messages_after, notebook, cell),
            person=mark.by_person,
            work=work,
        )
        if _differs(change):
            changes.append(change)
    return tuple(changes)


def _points(graded: SubmissionRun, context: GradingContext) -> Iterator[tuple[Key, Points]]:
    """What each graded cell earns now; 0 where its notebook could not be run."""
    for name, model in context.models.items():
        executed = {cells.grade_id(cell): cell for cell in _graded(graded.executed.get(name))}
        for cell in _graded(model):
            grade_id = cells.grade_id(cell)
            no_points = (0.0, float(cells.nbgrader(cell)["points"]))
            ran = executed.get(grade_id)
            yield (name, grade_id), automatic_points(ran) if ran else no_points


def _graded(notebook: Mapping[str, Any] | None) -> list[Cell]:
    """The cells for which a program or a person gives points."""
    rows = notebook["cells"] if notebook else []
    flags = (cells.nbgrader(cell) for cell in rows)
    return [cell for cell, of in zip(rows, flags, strict=True) if of.get("grade") or of.get("task")]


def _message(messages: Mapping[str, Mapping[str, str]], notebook: str, cell: str) -> str:
    return messages.get(notebook, {}).get(cell, "")


def _differs(change: MarkChange) -> bool:
    same_points = change.before == change.after and change.out_of_before == change.out_of_after
    return not same_points or change.message_before != change.message_after
