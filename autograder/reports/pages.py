"""The pages of a report, for staff alone: of an assignment, and of the course.

One file each, without script. Names of students are text in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from autograder.model import Course
from autograder.reporting.class_page import histogram
from autograder.reporting.html_page import Markup
from autograder.reports.drawings import WEAK, item_plot, quartile_plot, render
from autograder.reports.failures import Failure
from autograder.reports.item_statistics import (
    FEWEST_FOR_CORRELATION,
    FEWEST_FOR_GROUPS,
    FEWEST_FOR_MEAN,
    Item,
)
from autograder.reports.report import AssignmentReport, CourseReport, Spread, spread
from autograder.reports.time_spent import PAUSE

LIMITS = {
    "fewest_for_mean": FEWEST_FOR_MEAN,
    "fewest_for_correlation": FEWEST_FOR_CORRELATION,
    "fewest_for_groups": FEWEST_FOR_GROUPS,
    "weak": WEAK,
}
NOTHING = "–"  # where there is no number


@dataclass(frozen=True)
class QuestionRow:
    """A question in the table, its numbers as text, and its frequent failures."""

    item: Item
    difficulty: str
    full: str
    correlation: str
    upper_lower: str
    failures: tuple[Failure, ...]


def assignment_page(course: Course, report: AssignmentReport) -> str:
    """The page of one assignment."""
    return render(
        "assignment_report.html",
        title=f"{course.name}: report on {report.assignment.id}",
        report=report,
        has_scores=report.scores.n > 0,
        scores=spread_text(report.scores, _percent),
        histogram=histogram(list(report.final)) if report.scores.n else Markup(),
        plot=item_plot(report.items),
        rows=[_row(report, item) for item in report.items],
        before_due=_before_due(report),
        minutes=spread_text(report.minutes, lambda value: f"{value:.0f}"),
        pause=int(PAUSE.total_seconds() / 60),
        **LIMITS,
    )


def course_page(
    course: Course, report: CourseReport, link: Callable[[AssignmentReport], str]
) -> str:
    """The page of a course. link: the URL of an assignment's page, relative to this one."""
    assignments = [
        (r, link(r), spread_text(r.scores, _percent), spread_text(r.minutes, "{:.0f}".format))
        for r in report.assignments
    ]
    return render(
        "course_report.html",
        title=f"{course.name}: report on the course",
        course=course,
        report=report,
        plot=quartile_plot(report.assignments),
        assignments=assignments,
        **LIMITS,
    )


def spread_text(values: Spread, text: Callable[[float], str]) -> str:
    """'62 (51 to 80)': median and quartiles; a dash where there are too few values."""
    if values.low is None or values.middle is None or values.high is None:
        return NOTHING
    return f"{text(values.middle)} ({text(values.low)} to {text(values.high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _row(report: AssignmentReport, item: Item) -> QuestionRow:
    return QuestionRow(
        item,
        difficulty=NOTHING if item.difficulty is None else _percent(item.difficulty),
        full=NOTHING if item.full is None else _percent(item.full),
        correlation=_with_interval(item),
        upper_lower=NOTHING if item.upper_lower is None else f"{item.upper_lower:.2f}",
        failures=report.failures.get((item.notebook, item.cell), ()),
    )


def _with_interval(item: Item) -> str:
    if item.correlation is None or item.interval is None:
        return NOTHING
    return f"{item.correlation:.2f} ({item.interval[0]:.2f} to {item.interval[1]:.2f})"


def _before_due(report: AssignmentReport) -> str:
    """How long before the due date people handed in, '' where it is not known."""
    due = report.assignment.due
    times = [g.submitted_at for g in report.grades if g.submitted_at]
    if due is None or not times:
        return ""
    hours = spread([(due - time) / timedelta(hours=1) for time in times])
    late = sum(time > due for time in times)
    middle = "" if hours.middle is None else f"; the median came {_span(hours.middle)} the due date"
    return f"{late} of {len(times)} came after the due date{middle}"


def _span(hours: float) -> str:
    side = "before" if hours >= 0 else "after"
    amount = abs(hours)
    return f"{amount:.1f} hours {side}" if amount < 48 else f"{amount / 24:.1f} days {side}"
