"""How many points a late hand-in costs, and the sentence that says why.

A started day of 24 hours after due time, extension and grace counts as a day, as on Canvas, whose
late policy also takes its percents of the assignment's maximum (app/models/late_policy.rb).
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from autograder.gradebook.lateness import Lateness, Work
from autograder.roster.deadlines import written_time
from autograder.roster.extensions import Extension
from autograder.settings.counted import counted
from autograder.settings.late_policy import LatePolicy

DAY = timedelta(days=1)


def judge_lateness(
    work: Work, policy: LatePolicy | None, extension: Extension | None, zone: tzinfo
) -> Lateness:
    """The lateness of one submission. Without a policy it costs nothing, and nbgrader's own column
    of penalties is left alone; the extension is written all the same. zone: of the sentence."""
    granted = _granted(work, extension)
    until = work.due + granted if work.due and granted else work.due
    ours = granted if extension and granted != work.granted else None
    if policy is None or until is None or work.submitted_at is None:
        return Lateness(extension=ours, penalty=None if policy is None else 0.0)
    days = started_days(work.submitted_at, until + timedelta(minutes=policy.grace_minutes))
    penalty = points_off(days, policy, work.maximum, work.points)
    sentence = _sentence(work, until, extension if ours else None, days, policy, zone)
    return Lateness(days, penalty, ours, sentence)


def _granted(work: Work, extension: Extension | None) -> timedelta | None:
    """How much later than the class the student may hand in; None for no later."""
    ours = extension.until - work.due if extension and work.due else timedelta(0)
    most = max(ours, work.granted or timedelta(0))
    return most if most > timedelta(0) else None


def started_days(submitted_at: datetime, until: datetime) -> int:
    """0 in time, 1 from the first microsecond after it, 2 after 24 hours and a microsecond."""
    return max(0, -((until - submitted_at) // DAY))


def points_off(days: int, policy: LatePolicy, maximum: float, points: float) -> float:
    """The penalty in points: never more than the cap, nor than the points there are."""
    rate = policy.points_per_day + policy.percent_per_day / 100 * maximum
    penalty = min(days * rate, policy.cap_percent / 100 * maximum, points)
    return max(0.0, min(round(penalty, 6), points))


def _sentence(
    work: Work,
    until: datetime,
    extension: Extension | None,
    days: int,
    policy: LatePolicy,
    zone: tzinfo,
) -> str:
    """'' for what came before the due time of the class."""
    if work.submitted_at is None or work.due is None or work.submitted_at <= work.due:
        return ""
    hand_in_text = f"handed in {written_time(work.submitted_at, zone)}"
    until_text = written_time(until, zone)
    if until != work.due:
        source = f" {extension.owner_text}" if extension else ""
        due = f"due {until_text} by an extension{f' ({source.strip()})' if source else ''}"
    else:
        due = f"due {until_text}"
    if not days:
        grace = (
            ""
            if work.submitted_at <= until
            else f", within {counted(policy.grace_minutes, 'minute')} of grace"
        )
        return f"{hand_in_text}, {due}{grace}: nothing is taken off"
    days_text = counted(days, "started day")
    return f"{hand_in_text}, {due}: {days_text} late; the policy takes {policy}"
