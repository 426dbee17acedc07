"""Every number of a report as CSV, one a row: what it is about, what it measures, from how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.reporting.table_file import Value, to_csv
from autograder.reports.quiet import Quiet
from autograder.reports.report import AssignmentReport, Spread

HEAD = ("assignment", "notebook", "question", "student", "measure", "value", "n", "text")
Row = tuple[Value, ...]


def report_csv(reports: Iterable[AssignmentReport], quiet: Iterable[Quiet] = ()) -> str:
    """The text of the table (RFC 4180). Shares are 0 to 1; a cell is empty where n is too small."""
    rows = [row for report in reports for row in _assignment(report)]
    quiet_rows = [
        ("", "", "", q.student, "gone quiet: missed", len(q.missed_ids), "", q.last) for q in quiet
    ]
    return to_csv(HEAD, [*rows, *quiet_rows])


def _assignment(report: AssignmentReport) -> Iterator[Row]:
    name = report.assignment.id
    yield name, "", "", "", "submissions", len(report.grades), "", ""
    yield name, "", "", "", "graded", len(report.graded), "", ""
    yield name, "", "", "", "waiting for a person", report.waiting, "", ""
    yield from _spread(name, "score share", report.scores)
    for item in report.items:
        numbers = {
            "difficulty": item.difficulty,
            "all points, share": item.full,
            "discrimination": item.correlation,
            "discrimination, low": item.interval and item.interval[0],
            "discrimination, high": item.interval and item.interval[1],
            "best less weakest 27 %": item.upper_lower,
        }
        for measure, value in numbers.items():
            yield name, item.notebook, item.cell, "", measure, _rounded(value), item.n, ""
        for failure in report.failures.get((item.notebook, item.cell), ()):
            share, n = _rounded(failure.share), failure.students
            yield (
                name,
                item.notebook,
                item.cell,
                "",
                "wrong answer, share",
                share,
                n,
                failure.message,
            )
    yield from _spread(name, "minutes (claim)", report.minutes)
    for claim in report.claims:
        minutes = round(claim.minutes, 1)
        yield name, "", "", claim.student, "minutes (claim)", minutes, claim.moments, ""
    for grade in report.late:
        yield name, "", "", grade.student, "late penalty", _rounded(grade.late_penalty), "", ""
    for student in report.ungraded:
        yield name, "", "", student, "not graded yet", "", "", ""
    for student in report.absent:
        yield name, "", "", student, "no hand-in", "", "", ""


def _spread(name: str, measure: str, values: Spread) -> Iterator[Row]:
    parts = {"lower quarter": values.low, "median": values.middle, "upper quarter": values.high}
    for part, value in parts.items():
        yield name, "", "", "", f"{measure}, {part}", _rounded(value), values.n, ""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
