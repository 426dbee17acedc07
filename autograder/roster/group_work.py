"""The submissions of a class with the people whom each is for: one for a whole group.

Of several hand-ins of a group the latest counts. Whoever handed the others in still has them in the
store, where the hand-ins of each person are found as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autograder.collecting.submitted import submissions
from autograder.model import Assignment, Course, Submission
from autograder.roster.deadlines import written_time
from autograder.roster.groups import known_groups

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ClassWork:
    """A submission that is graded once. students: whom its marks are for, in order; group: the name
    of their group, '' for who works alone. passed_over: earlier hand-ins of the group."""

    submission: Submission
    students: tuple[str, ...]
    group: str = ""
    passed_over: tuple[Submission, ...] = ()

    @property
    def student_submissions(self) -> list[Submission]:
        """The submission as each student's whose work it is."""
        return [replace(self.submission, student=student) for student in self.students]


def class_work(course: Course, assignment: Assignment) -> list[ClassWork]:
    """All work of an assignment, in order of the students who handed it in."""
    left = {submission.student: submission for submission in submissions(course, assignment)}
    works = []
    for group in known_groups(course, assignment, left.keys()):
        theirs = [left.pop(member) for member in group.members if member in left]
        if theirs:
            latest = max(theirs, key=_order)
            earlier_hand_ins = tuple(s for s in theirs if s is not latest)
            works.append(ClassWork(latest, group.members, group.name, earlier_hand_ins))
    works += [ClassWork(submission, (student,)) for student, submission in left.items()]
    return sorted(works, key=lambda work: work.submission.student)


def _order(submission: Submission) -> tuple[datetime, str]:
    """Of equal times, and of work without one, the last in order of ids counts."""
    return submission.submitted_at or LONG_AGO, submission.student


def passed_over(course: Course, works: Iterable[ClassWork]) -> list[str]:
    """A sentence for each hand-in of a group that is not graded."""
    return [
        f"group '{work.group}': the hand-in of {earlier.student} ({_time(course, earlier)}) is "
        f"kept and not graded; that of {work.submission.student} "
        f"({_time(course, work.submission)}) counts for all members, since it is the latest."
        for work in works
        for earlier in work.passed_over
    ]


def _time(course: Course, submission: Submission) -> str:
    if submission.submitted_at is None:
        return "at an unrecorded time"
    return written_time(submission.submitted_at, course.time_zone)
