"""Whose hand-in has a time that nobody recorded: the time of a file, or of an entry of a zip.

`collect` writes such a time into timestamp.txt, where it orders hand-ins. It does not say when
somebody handed in, so no lateness rests on it. A timestamp.txt that a person wrote does say so.
"""

from __future__ import annotations

from collections import defaultdict

from autograder.collecting.store import HandIn, Store
from autograder.collecting.time_stamps import STAMP, parse_time
from autograder.model import Assignment, Course, Submission
from autograder.roster.group_work import class_work


def students_without_time(course: Course, assignment: Assignment) -> frozenset[str]:
    """The students whose work stands in submitted/ with the time of a file, all members of a group
    where the work is a group's."""
    hand_ins_by_student: dict[str, list[HandIn]] = defaultdict(list)
    for hand_in in Store(course, assignment.id).all():
        hand_ins_by_student[hand_in.student].append(hand_in)
    works = class_work(course, assignment)
    return frozenset(
        student
        for work in works
        if _is_of_a_file(work.submission, hand_ins_by_student[work.submission.student])
        for student in work.students
    )


def _is_of_a_file(submission: Submission, hand_ins: list[HandIn]) -> bool:
    files = tuple(row for row in submission.files if row[0] != STAMP)
    equal_hand_ins = [hand_in for hand_in in hand_ins if hand_in.files == files]
    stamps = [parse_time(hand_in.stamp) for hand_in in equal_hand_ins if hand_in.stamp]
    certain = any(hand_in.certain for hand_in in equal_hand_ins)
    return bool(equal_hand_ins) and not certain and submission.submitted_at in stamps
