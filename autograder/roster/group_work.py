"""The submissions of a class with the people whom each is for: one for a whole group.

Of several hand-ins of a group the latest counts: by their times, else by Canvas's numbers of their
files. Where neither is known of all of them, the last in order of ids counts until a person writes
the times. Whoever handed the others in still has them in the store, where the hand-ins of each
person are found as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from autograder.collecting.store import Store
from autograder.collecting.submitted import submissions
from autograder.collecting.time_stamps import STAMP
from autograder.model import Assignment, Course, Submission
from autograder.roster.deadlines import written_time
from autograder.roster.groups import known_groups

LONG_AGO = datetime.min.replace(tzinfo=UTC)
Evidence = Literal["time", "upload", "none"]
TIME: Final = "time"
UPLOAD: Final = "upload"
NONE: Final = "none"


@dataclass(frozen=True)
class ClassWork:
    """A submission that is graded once. students: whom its marks are for, in order; group: the name
    of their group, '' for who works alone. passed_over: other hand-ins of the group. evidence: what
    says that this one is the last (TIME, UPLOAD), or NONE."""

    submission: Submission
    students: tuple[str, ...]
    group: str = ""
    passed_over: tuple[Submission, ...] = ()
    evidence: Evidence = TIME

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
            latest, evidence = _latest(course, theirs)
            not_graded = tuple(submission for submission in theirs if submission is not latest)
            works.append(ClassWork(latest, group.members, group.name, not_graded, evidence))
    works += [ClassWork(submission, (student,)) for student, submission in left.items()]
    return sorted(works, key=lambda work: work.submission.student)


def _latest(course: Course, hand_ins: list[Submission]) -> tuple[Submission, Evidence]:
    """The last hand-in of a group, and what says so."""
    times = [submission.submitted_at or LONG_AGO for submission in hand_ins]
    if len(hand_ins) == 1 or (LONG_AGO not in times and times.count(max(times)) == 1):
        return hand_ins[times.index(max(times))], TIME
    uploads = [_upload(course, submission) for submission in hand_ins]
    if all(uploads):
        return hand_ins[uploads.index(max(uploads))], UPLOAD
    return max(hand_ins, key=lambda s: (s.submitted_at or LONG_AGO, s.student)), NONE


def _upload(course: Course, submission: Submission) -> int:
    """Canvas's number of the last file of what stands in submitted/, 0 where nobody knows it."""
    files = tuple(row for row in submission.files if row[0] != STAMP)
    hand_ins = Store(course, submission.assignment).of(submission.student)
    return max((hand_in.upload for hand_in in hand_ins if hand_in.files == files), default=0)


def passed_over(course: Course, works: Iterable[ClassWork]) -> list[str]:
    """A sentence for each hand-in of a group that is not graded, and one for each group of which
    nobody knows the last hand-in."""
    return [sentence for work in works for sentence in _passed_over(course, work)]


def _passed_over(course: Course, work: ClassWork) -> list[str]:
    if not work.passed_over:
        return []
    chosen = _hand_in(course, work.submission)
    if work.evidence == NONE:
        rivals = " or ".join(_hand_in(course, submission) for submission in work.passed_over)
        return [
            f"group '{work.group}': nobody knows which hand-in is the last, that of {chosen} or "
            f"that of {rivals}. That of {work.submission.student} is graded for all members, and "
            f"nothing is lost. Write the time of each into timestamp.txt beside the work in "
            f"{course.submitted.name}/, such as 2027-02-05 23:40 UTC, and grade again."
        ]
    reason = "it is the latest" if work.evidence == TIME else "Canvas has it as the later upload"
    return [
        f"group '{work.group}': the hand-in of {_hand_in(course, submission)} is kept and not "
        f"graded; that of {chosen} counts for all members, since {reason}."
        for submission in work.passed_over
    ]


def _hand_in(course: Course, submission: Submission) -> str:
    return f"{submission.student} ({_time(course, submission)})"


def _time(course: Course, submission: Submission) -> str:
    if submission.submitted_at is None:
        return "at an unrecorded time"
    return written_time(submission.submitted_at, course.time_zone)
