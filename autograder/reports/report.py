"""The report of an assignment, and that of a course: every number that their pages show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median, quantiles

from autograder.grading.read_grades import grades as read_grades
from autograder.model import Assignment, Course, Grade
from autograder.reporting.class_page import shares
from autograder.reports.failures import Failure, failures
from autograder.reports.item_statistics import FEWEST_FOR_MEAN, Item, item_statistics
from autograder.reports.quiet import Quiet, quiet
from autograder.reports.time_spent import Claim, claims
from autograder.roster.attendance import attendance
from autograder.roster.group_work import class_work


@dataclass(frozen=True)
class Spread:
    """n values: the quarter below, the middle, the quarter above; None where n is too small."""

    n: int
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True)
class AssignmentReport:
    """An assignment over its class.

    graded: those whose notebook ran. final: the same with the marks that wait for nobody. scores:
    shares of the maximum, of `final`. items, failures: of those marks of `graded` that wait for
    nobody, the work of a group once. in_groups: how many grades are those of work that somebody
    else handed in. minutes: what students' tools claim. absent: members of the class without a
    hand-in, () where there is no roster. ungraded: those who handed in and are not graded yet.
    """

    assignment: Assignment
    grades: tuple[Grade, ...]
    graded: tuple[Grade, ...]
    final: tuple[Grade, ...]
    scores: Spread
    items: tuple[Item, ...]
    failures: Mapping[tuple[str, str], tuple[Failure, ...]]
    claims: tuple[Claim, ...]
    minutes: Spread
    in_groups: int = 0
    absent: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()

    @property
    def late(self) -> tuple[Grade, ...]:
        """The grades from which something was taken off."""
        return tuple(grade for grade in self.grades if grade.late_penalty)

    @property
    def waiting(self) -> int:
        return sum(grade.status == "needs review" for grade in self.grades)


@dataclass(frozen=True)
class CourseReport:
    """The assignments that somebody handed in, in the order of the course, and who has gone quiet
    among those assignments that are over (all of them where none has a due date)."""

    assignments: tuple[AssignmentReport, ...]
    over: tuple[str, ...]
    quiet: tuple[Quiet, ...]


def assignment_report(
    course: Course, assignment: Assignment, now: datetime, members: Collection[str] = ()
) -> AssignmentReport:
    """The report of one assignment. members: who is in the class, where a roster says so."""
    grades = tuple(read_grades(course, assignment))
    graded = tuple(grade for grade in grades if grade.status != "not graded")
    final = tuple(map(_final, graded))
    works = class_work(course, assignment)
    shared = {s for work in works for s in work.students if s != work.submission.student}
    once = [grade for grade in graded if grade.student not in shared]
    claimed = tuple(claims(course, assignment, now))
    students_with_grade = {grade.student for grade in grades}
    ungraded = set(attendance(course, assignment).present) - students_with_grade
    return AssignmentReport(
        assignment=assignment,
        grades=grades,
        graded=graded,
        final=final,
        scores=spread(shares(final)),
        items=tuple(item_statistics(once)),
        failures=failures(once),
        claims=claimed,
        minutes=spread([claim.minutes for claim in claimed]),
        in_groups=len(graded) - len(once),
        absent=tuple(sorted(set(members) - students_with_grade - ungraded)),
        ungraded=tuple(sorted(ungraded)),
    )


def course_report(course: Course, now: datetime, members: Collection[str] = ()) -> CourseReport:
    """The report of all assignments that somebody handed in."""
    all_reports = (assignment_report(course, a, now, members) for a in course.assignments)
    reports = tuple(report for report in all_reports if report.grades)
    over = [r for r in reports if r.assignment.due is None or r.assignment.due <= now]
    handed_in = [(r.assignment.id, {*r.ungraded, *(g.student for g in r.grades)}) for r in over]
    ids = tuple(name for name, _ in handed_in)
    return CourseReport(reports, ids, tuple(quiet(handed_in, members)))


def _final(grade: Grade) -> Grade:
    """The grade without the marks that wait for a person."""
    return replace(grade, marks=tuple(mark for mark in grade.marks if not mark.needs_review))


def spread(values: Iterable[float]) -> Spread:
    """The quartiles of some values."""
    ordered: Sequence[float] = sorted(values)
    if len(ordered) < FEWEST_FOR_MEAN:
        return Spread(len(ordered), None, None, None)
    low, _, high = quantiles(ordered, n=4, method="inclusive")
    return Spread(len(ordered), low, median(ordered), high)
