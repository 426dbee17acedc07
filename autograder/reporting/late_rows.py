"""Whose work came late, as rows of a table that fits a terminal: what the sentence of feedback says
in full is parted into columns, and what is the same for all stands in the lines above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from autograder.gradebook.lateness import Lateness, Work
from autograder.model import Assignment, Course, Grade
from autograder.roster.deadlines import written_time
from autograder.roster.extensions import Extension, extension_finder

NO_WORK = Work("", None, None, None, 0.0, 0.0)


@dataclass(frozen=True)
class LateRow:
    """One late hand-in. handed_in, due: on the course's clock, '' where unknown, with a year where
    it is another than that of the class's due time; due: with the student's extension. days:
    started days that count, 0 for none. why: whose extension it is, and whether the grace helped,
    '' where neither."""

    student: str
    points: float
    penalty: float
    score: float
    handed_in: str
    due: str
    days: int
    why: str


def due_line(assignment: Assignment, works: Iterable[tuple[Work, Lateness]], zone: tzinfo) -> str:
    """The due time of the class, and the clock of all times; '' where there is none."""
    due = next((work.due for work, _ in works), assignment.due)
    return f"due: {written_time(due, zone)}" if due else ""


def late_rows(
    course: Course,
    assignment: Assignment,
    grades: Iterable[Grade],
    works: Iterable[tuple[Work, Lateness]],
) -> list[LateRow]:
    """A row for each grade that lateness has to do with, in their order. works: what the lateness
    of each rests on."""
    find = extension_finder(course, assignment)
    by_student = {work.student: (work, lateness) for work, lateness in works}
    rows = []
    for grade in grades:
        if grade.late_penalty or grade.late_reason:
            work, lateness = by_student.get(grade.student, (NO_WORK, Lateness()))
            due = work.due or assignment.due
            row = LateRow(
                student=grade.student,
                points=grade.points,
                penalty=grade.late_penalty,
                score=grade.score,
                handed_in=_clock(work.submitted_at or grade.submitted_at, due, course.time_zone),
                due=_clock(_until(work, lateness) or due, due, course.time_zone),
                days=lateness.days,
                why=_why(grade, work, lateness, find(grade.student)),
            )
            rows.append(row)
    return rows


def _until(work: Work, lateness: Lateness) -> datetime | None:
    extension = lateness.extension or work.granted
    return work.due + extension if work.due and extension else work.due


def _clock(moment: datetime | None, due: datetime | None, zone: tzinfo) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    same_year = due is not None and local.year == due.astimezone(zone).year
    return f"{local.day} {local:%b} {'' if same_year else f'{local.year} '}{local:%H:%M}"


def _why(grade: Grade, work: Work, lateness: Lateness, extension: Extension | None) -> str:
    if not grade.late_reason:
        return "nbgrader's plugin"
    parts = []
    if lateness.extension and extension:
        parts.append("own extension" if extension.student else f"section '{extension.section}'")
    elif work.granted:
        parts.append("extension")
    until = _until(work, lateness)
    if not lateness.days and until and work.submitted_at and work.submitted_at > until:
        parts.append("grace")
    return ", ".join(parts)
