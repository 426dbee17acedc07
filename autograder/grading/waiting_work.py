"""Which work of a class is graded already, and what the rest will be graded under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.grading.context import identity
from autograder.grading.grade_file import read_record
from autograder.grading.record import GradedAs, Outcome, message
from autograder.grading.student_modules import version
from autograder.model import Assignment, Course, Submission
from autograder.roster.group_work import ClassWork

Waiting = Mapping[Submission, tuple[GradedAs, ClassWork]]  # what each will be graded under


def split_by_key(
    course: Course, assignment: Assignment, works: list[ClassWork], context_key: str
) -> tuple[list[Outcome], Waiting]:
    """What is graded already, and what waits with what it will be graded under."""
    unchanged, waiting = [], {}
    for work in works:
        graded_as = grading_identity(course, assignment, work.submission, context_key)
        records = [(s, read_record(course, assignment, s) or {}) for s in work.students]
        if all(_is_graded(record, graded_as.key, work) for _, record in records):
            unchanged += [Outcome(s, False, r["seconds"], message(r)) for s, r in records]
        else:
            waiting[work.submission] = graded_as, work
    return unchanged, waiting


def _is_graded(record: Mapping[str, Any], key: str, work: ClassWork) -> bool:
    """Whether a student's record is of this work, in the group that it is of now."""
    owner = work.submission.student if work.group else ""
    named = record.get("group", ""), record.get("handed_in_by", "")
    return record.get("key") == key and named == (work.group, owner)


def grading_identity(
    course: Course, assignment: Assignment, submission: Submission, context_key: str
) -> GradedAs:
    """What a submission is graded under in the context of `context_key`."""
    earlier = version(course, assignment, submission.student)
    work_parts = (submission.files, submission.submitted_at, earlier)
    return GradedAs(identity(context_key, *work_parts), identity("", *work_parts))


def student_identities(waiting: Waiting) -> dict[Submission, GradedAs]:
    """What each student's submission will be graded under, where the work is a group's too."""
    return {
        submission: graded_as
        for graded_as, work in waiting.values()
        for submission in work.student_submissions
    }
