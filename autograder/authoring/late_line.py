"""The late policy of a syllabus, its table [late], as one sentence for students.

    [late]
    grace_minutes = 15
    percent_per_day = 10
    cap_percent = 50

An option that is not known here is shown as it is written, so that nothing of a policy is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PHRASES = {
    "grace_minutes": "up to {} minutes after the due time nothing is taken off",
    "percent_per_day": "each day that has begun takes {} % of the points off",
    "points_per_day": "each day that has begun takes {} points off",
    "cap_percent": "at most {} % is taken off",
    "cap_points": "at most {} points are taken off",
}


def late_line(policy: Mapping[str, Any]) -> str:
    """The sentence, '' for no policy."""
    known = [PHRASES[name].format(policy[name]) for name in PHRASES if name in policy]
    unknown = {name: value for name, value in policy.items() if name not in PHRASES}
    others = [f"{name.replace('_', ' ')}: {value}" for name, value in unknown.items()]
    phrases = [*known, *others]
    return f"Late work: {'; '.join(phrases)}." if phrases else ""
