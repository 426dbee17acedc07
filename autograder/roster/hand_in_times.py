"""Whose hand-in has a time that nobody recorded: the time of a file, or of an entry of a zip.

`collect` writes such a time into timestamp.txt, where it orders hand-ins. It does not say when
somebody handed in, so no lateness rests on it. A timestamp.txt that a person wrote does say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from autograder.collecting.store import HandIn, Store
from autograder.collecting.student_ids import first_five
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


def undated_students(course: Course, assignment: Assignment) -> frozenset[str]:
    """The students of whose work nobody has recorded when it was handed in: those without a time,
    and those with that of a file."""
    works = class_work(course, assignment)
    return students_without_time(course, assignment) | {
        student
        for work in works
        if work.submission.submitted_at is None
        for student in work.students
    }


def undated_sentence(course: Course, students: Iterable[str]) -> str:
    """What is said of these students where lateness costs something."""
    return (
        f"the time of the hand-in of {first_five(students)} is not recorded (a file's own time "
        f"does not count), so nothing is taken off there. Write it into timestamp.txt beside the "
        f"work in {course.submitted.name}/, and grade again."
    )


def _is_of_a_file(submission: Submission, hand_ins: list[HandIn]) -> bool:
    files = tuple(row for row in submission.files if row[0] != STAMP)
    equal_hand_ins = [hand_in for hand_in in hand_ins if hand_in.files == files]
    stamps = [parse_time(hand_in.stamp) for hand_in in equal_hand_ins if hand_in.stamp]
    certain = any(hand_in.certain for hand_in in equal_hand_ins)
    return bool(equal_hand_ins) and not certain and submission.submitted_at in stamps
