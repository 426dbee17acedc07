"""What lateness costs: `[late]` in the syllabus, or c.Autograder.late in nbgrader_config.py.

    [late]                          c.Autograder.late = {
    grace_minutes = 15                  "grace_minutes": 15,
    percent_per_day = 10                "percent_per_day": 10,
    cap_percent = 50                    "cap_percent": 50,
                                        "assignments": {"hw2": {"percent_per_day": 20}},
                                    }

`points_per_day` stands instead of `percent_per_day`. A row of the syllabus overrides it with
`late = { percent_per_day = 20 }`, and with `late = false` there is no penalty. Percents are of the
assignment's maximum, as on Canvas. nbgrader's own plugin for late penalties excludes all this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from autograder.model import Assignment, Course, CourseError
from autograder.settings.counted import counted
from autograder.settings.nbgrader_config import config
from autograder.settings.open_course import read_syllabus

PLUGIN_SECTIONS = ("LateSubmissionPlugin", "AssignLatePenalties")
RATES = ("percent_per_day", "points_per_day")
SYLLABUS, CONFIG = "course/syllabus.toml, [late]", "nbgrader_config.py, c.Autograder.late"


@dataclass(frozen=True)
class LatePolicy:
    """What is taken off for each started day of 24 hours after the due time and the grace.

    One of the two rates is 0. cap_percent: the most that lateness costs, in percent of the
    assignment's maximum.
    """

    grace_minutes: float = 0.0
    percent_per_day: float = 0.0
    points_per_day: float = 0.0
    cap_percent: float = 100.0

    def __str__(self) -> str:
        rate = (
            counted(self.points_per_day, "point")
            if self.points_per_day
            else f"{self.percent_per_day:g} %"
        )
        cap = f", {self.cap_percent:g} % at most" if self.cap_percent < 100 else ""
        minutes = counted(self.grace_minutes, "minute")
        grace = f", {minutes} of grace" if self.grace_minutes else ""
        return f"{rate} for each started day{cap}{grace}"


NAMES = tuple(field.name for field in fields(LatePolicy))
MOST = {
    "grace_minutes": 366 * 24 * 60,
    "percent_per_day": 100,
    "points_per_day": 1_000_000,
    "cap_percent": 100,
}
NOTHING = "nothing is taken off"
MEANING = "Percents are of an assignment's maximum, and a day is 24 hours."


def late_sentence(policies: Mapping[str, LatePolicy | None]) -> str:
    """What lateness costs, for students, of assignments with these policies by id: the commonest
    one, then those that differ from it by name. '' where lateness costs nothing at all."""
    if not any(policies.values()):
        return ""
    costs = {name: str(policy) if policy else NOTHING for name, policy in policies.items()}
    common = Counter(costs.values()).most_common(1)[0][0]
    other_costs = [f"{name}: {cost}" for name, cost in costs.items() if cost != common]
    return f"Late work: {'; '.join([common, *other_costs])}. {MEANING}"


def has_plugin(course: Course) -> bool:
    """Whether nbgrader_config.py configures nbgrader's own late penalties."""
    settings = config(course.root)
    return any(len(settings[section]) for section in PLUGIN_SECTIONS)


def late_policy(course: Course, assignment: Assignment) -> LatePolicy | None:
    """The policy of an assignment, None where lateness costs nothing.

    Raises CourseError where two places speak of it, and where a value cannot be used.
    """
    place, common, own_setting = _tables(course, assignment)
    if common is None and own_setting is None:
        return None
    if has_plugin(course):
        raise CourseError(
            f"Two things would take points off for lateness: {place}, and the plugin of nbgrader "
            f"that nbgrader_config.py configures ({' or '.join(PLUGIN_SECTIONS)}). Keep one."
        )
    if own_setting is False:
        return None
    base = _checked(place, common or {}, rate_needed=False)
    override = _checked(f"{place} of '{assignment.id}'", own_setting or {}, rate_needed=False)
    if any(rate in override for rate in RATES):
        base = {name: value for name, value in base.items() if name not in RATES}
    merged = _checked(place, {**base, **override}, rate_needed=True)
    return LatePolicy(**merged)


def _tables(course: Course, assignment: Assignment) -> tuple[str, Any, Any]:
    """Where the policy stands, what is said of all assignments, and what of this one."""
    syllabus = read_syllabus(course.root)
    rows = [row for row in syllabus.get("assignment", []) if row["id"] == assignment.id]
    in_syllabus = syllabus.get("late"), rows[0].get("late") if rows else None
    configured = config(course.root).Autograder.get("late")
    if configured is None:
        return SYLLABUS, *in_syllabus
    if any(table is not None for table in in_syllabus):
        raise CourseError(
            f"Two places set what lateness costs: {SYLLABUS}, and {CONFIG}. Keep one."
        )
    common = dict(_table(CONFIG, configured))
    own_setting = dict(_table(CONFIG, common.pop("assignments", {}))).get(assignment.id)
    return CONFIG, common or None, own_setting


def _short_repr(value: Any) -> str:
    try:
        return f"{value!r:.40}"
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "a number of thousands of digits"


def _table(place: str, table: Any) -> Mapping[str, Any]:
    if not isinstance(table, Mapping) or not all(isinstance(name, str) for name in table):
        raise CourseError(f"{place} is {table!r:.40}; a table of {', '.join(NAMES)} was needed.")
    return table


def _checked(place: str, table: Any, rate_needed: bool) -> dict[str, float]:
    table = _table(place, table)
    unknown = sorted(set(table) - set(NAMES))
    if unknown:
        raise CourseError(
            f"{place} sets '{unknown[0]}', which does not exist. There is: {', '.join(NAMES)}."
        )
    for name, value in table.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MOST[name]:
            raise CourseError(
                f"{place} sets {name} to {_short_repr(value)}; a number from 0 to {MOST[name]} was "
                f"needed."
            )
    rates = [rate for rate in RATES if rate in table]
    if len(rates) > 1 or (rate_needed and not rates):
        fault = "both" if rates else "neither"
        raise CourseError(f"{place} sets {fault} of {' and '.join(RATES)}; one was needed.")
    return {name: float(value) for name, value in table.items()}
