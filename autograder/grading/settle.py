"""The gradebook brought up to date with what a course says besides the hand-ins.

What a person gave one member of a group reaches the others, and what lateness costs follows from
the policy, the extensions and the marks as they are now. Doing it again changes nothing. `grade`
and `late` do it, and so does whatever reads marks to hand them on: feedback, export, fill.
"""

from __future__ import annotations

from dataclasses import replace

from autograder.gradebook.group_marks import share_marks
from autograder.gradebook.late_penalties import assign_late_penalties
from autograder.gradebook.lateness import Lateness, Work, write_lateness
from autograder.grading.grade_file import read_record
from autograder.model import Assignment, Course
from autograder.roster.extensions import extension_finder, extensions
from autograder.roster.groups import groups
from autograder.roster.hand_in_times import students_without_time, undated_sentence
from autograder.roster.import_roster import save_names
from autograder.roster.penalty import judge_lateness
from autograder.roster.people import everybody
from autograder.settings.late_policy import late_policy


def settle(course: Course, assignment: Assignment, full: bool = False) -> list[str]:
    """Bring marks of groups and penalties up to date; a sentence for each cell of a group whose
    members were given different marks by hand, which a person has to settle.

    full: also run nbgrader's plugin for late penalties, where the course has one, take back the
    penalties of a policy that is no longer there, and write the names of roster.csv. Raises
    CourseError where policy, extensions, groups or roster cannot be read.
    """
    return settle_lateness(course, assignment, full)[0]


def settle_lateness(
    course: Course, assignment: Assignment, full: bool = False
) -> tuple[list[str], list[tuple[Work, Lateness]]]:
    """`settle`, and what the lateness of each hand-in rests on beside its verdict; none where
    nothing in the course speaks of lateness."""
    notes, works = _share_group_marks(course, assignment), []
    policy = late_policy(course, assignment)
    configured = policy is not None or bool(extensions(course, assignment))
    if configured or full:
        find = extension_finder(course, assignment)
        without_time = students_without_time(course, assignment) if policy else frozenset()

        def judge(work: Work) -> Lateness:
            time = None if work.student in without_time else work.submitted_at
            judged_work = replace(work, submitted_at=time)
            return judge_lateness(judged_work, policy, find(work.student), course.time_zone)

        works = write_lateness(course, assignment, judge, undo_only=not configured)
    if full:
        save_names(course, everybody(course))
        assign_late_penalties(course, assignment)
    return notes, works


def unknown_times(
    course: Course, assignment: Assignment, works: list[tuple[Work, Lateness]]
) -> list[str]:
    """A sentence where a policy takes points off and nobody can say whether work was late. works:
    as `settle_lateness` returns them. It is for the commands that are about the hand-ins: the time
    of a download of Canvas is never known, and saying so everywhere would hide other notes."""
    if late_policy(course, assignment) is None:
        return []
    if works and works[0][0].due is None:
        return [
            f"'{assignment.id}' has no due time, so nobody is late. Give it one: `due` in "
            f"course/syllabus.toml, or the due date in formgrader."
        ]
    without_time = students_without_time(course, assignment)
    undated = [
        work.student
        for work, _ in works
        if work.submitted_at is None or work.student in without_time
    ]
    return [undated_sentence(course, undated)] if undated else []


def _share_group_marks(course: Course, assignment: Assignment) -> list[str]:
    graded: dict[str, list[str]] = {}
    for group in groups(course, assignment):
        for member in group.members:
            record = read_record(course, assignment, member) or {}
            if record.get("group") == group.name:
                graded.setdefault(group.name, []).append(member)
    return share_marks(course, assignment, graded) if graded else []
