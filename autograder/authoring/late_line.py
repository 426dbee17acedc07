"""What lateness costs, in a sentence for students: the policies that grading goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from autograder.settings.late_policy import LatePolicy

NOTHING = "nothing is taken off"
MEANING = "Percents are of an assignment's maximum, and a day is 24 hours."


def late_line(policies: Mapping[str, LatePolicy | None]) -> str:
    """The sentence for assignments with these policies, by id: the commonest one, then those that
    differ from it. '' where lateness costs nothing at all."""
    if not any(policies.values()):
        return ""
    costs = {name: str(policy) if policy else NOTHING for name, policy in policies.items()}
    common = Counter(costs.values()).most_common(1)[0][0]
    others = [f"{name}: {cost}" for name, cost in costs.items() if cost != common]
    return f"Late work: {'; '.join([common, *others])}. {MEANING}"
