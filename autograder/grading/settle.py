"""The gradebook brought up to date with what a course says besides the hand-ins.

What a person gave one member of a group reaches the others, and what lateness costs follows from
the policy, the extensions and the marks as they are now. Doing it again changes nothing. `grade`
and `late` do it, and so does whatever reads marks to hand them on: feedback, export, fill.
"""

from __future__ import annotations

from autograder.gradebook.group_marks import share_marks
from autograder.gradebook.late_penalties import assign_late_penalties
from autograder.gradebook.lateness import Lateness, Work, write_lateness
from autograder.grading.grade_file import read_record
from autograder.model import Assignment, Course
from autograder.roster.extensions import extension_finder, extensions
from autograder.roster.groups import groups
from autograder.roster.penalty import judge_lateness
from autograder.settings.late_policy import has_plugin, late_policy


def settle(course: Course, assignment: Assignment, with_plugin: bool = False) -> list[str]:
    """Bring marks of groups and penalties up to date; a sentence for each cell of a group whose
    members were given different marks by hand.

    with_plugin: also run nbgrader's plugin for late penalties, where the course has one, and take
    back penalties of a policy that is no longer there. Raises CourseError where policy, extensions
    or groups cannot be read.
    """
    notes = _share_group_marks(course, assignment)
    policy = late_policy(course, assignment)
    configured = policy is not None or bool(extensions(course, assignment))
    if configured or with_plugin:
        find = extension_finder(course, assignment)

        def judge(work: Work) -> Lateness:
            return judge_lateness(work, policy, find(work.student), course.time_zone)

        write_lateness(course, assignment, judge, undo_only=not configured)
    if with_plugin and has_plugin(course):
        assign_late_penalties(course, assignment)
    return notes


def _share_group_marks(course: Course, assignment: Assignment) -> list[str]:
    graded: dict[str, list[str]] = {}
    for group in groups(course, assignment):
        for member in group.members:
            record = read_record(course, assignment, member) or {}
            if record.get("group") == group.name:
                graded.setdefault(group.name, []).append(member)
    return share_marks(course, assignment, graded) if graded else []
