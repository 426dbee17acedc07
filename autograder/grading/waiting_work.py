"""Which work of a class is graded already, and what the rest will be graded under."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from autograder.grading.context import identity
from autograder.grading.grade_file import read_record
from autograder.grading.record import GradedAs, Outcome, SharedWork, message
from autograder.grading.student_modules import version
from autograder.model import Assignment, Course, Submission
from autograder.roster.group_work import ClassWork
from autograder.settings.grading_options import is_accepted

Waiting = Mapping[Submission, tuple[GradedAs, ClassWork]]  # what each will be graded under


def split_by_key(
    course: Course, assignment: Assignment, works: list[ClassWork], context_key: str
) -> tuple[list[Outcome], Waiting]:
    """What is graded already, and what waits with what it will be graded under."""
    unchanged, waiting = [], {}
    for work in works:
        graded_as = keys(course, assignment, work.submission, context_key)
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


def keys(
    course: Course, assignment: Assignment, submission: Submission, context_key: str
) -> GradedAs:
    """What a submission is graded under in the context of `context_key`."""
    earlier = version(course, assignment, submission.student)
    rest = (submission.files, submission.submitted_at, earlier)
    return GradedAs(identity(context_key, *rest), identity("", *rest))


def of_students(work: ClassWork) -> list[Submission]:
    """The submission as each student's whose work it is."""
    return [replace(work.submission, student=student) for student in work.students]


def shared_work(work: ClassWork) -> SharedWork | None:
    """Whose group's work it is; None for who works alone."""
    return SharedWork(work.group, work.submission.student) if work.group else None


def of_all_students(waiting: Waiting) -> dict[Submission, GradedAs]:
    """What is graded under what, as each student's whose work it is."""
    return {
        theirs: graded_as for graded_as, work in waiting.values() for theirs in of_students(work)
    }


def submission_files(submission: Submission, accepted_files: tuple[str, ...]) -> dict[str, bytes]:
    """The notebooks of a submission that can be read, and the files that the course accepts beside
    them. What else it holds never reaches the folder it runs in: a numpy.py would shadow NumPy."""
    files = {}
    for name, digest in submission.files:
        notebook = name.endswith(".ipynb") and "/" not in name
        if digest and (notebook or is_accepted(name, accepted_files)):
            with suppress(OSError):
                files[name] = (submission.folder / name).read_bytes()
    return files
