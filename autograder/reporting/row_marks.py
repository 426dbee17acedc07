"""What becomes of one row of a platform's table: it gets a mark, or stays as it is for a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

from autograder.model import CourseError, Grade
from autograder.roster.byte_table import Table
from autograder.roster.lms_layouts import Layout, MarkColumn, number
from autograder.roster.lms_rows import is_test_student, people, person

Kind = Literal["changed", "unchanged", "held", "absent", "stranger", "test student"]
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
HELD: Final = "held"
ABSENT: Final = "absent"
STRANGER: Final = "stranger"
TEST_STUDENT: Final = "test student"


@dataclass(frozen=True)
class Rules:
    """How marks become numbers of the table, and which are left out.

    column, key: the title of the column for the marks, and of the one that holds student ids, where
    the table does not tell. cap: no mark above the column's maximum. scale: the course's points
    stand for the column's maximum. unreviewed: also marks that a person still has to look at.
    absent_as_zero: 0 for whoever handed nothing in.
    """

    column: str = ""
    key: str = ""
    cap: bool = False
    scale: bool = False
    unreviewed: bool = False
    absent_as_zero: bool = False


@dataclass(frozen=True)
class Target:
    """Where marks go, and by which rules. has_roster: somebody knows who is in the class. comma:
    numbers of the table have a decimal comma."""

    table: Table
    layout: Layout
    column: MarkColumn
    rules: Rules
    has_roster: bool
    comma: bool


@dataclass(frozen=True)
class Change:
    """A mark in the table: whose, what stood there, what stands there now. late_penalty: how many
    points are off for lateness, in the course's points."""

    person: str
    before: str
    after: str
    late_penalty: float = 0.0


@dataclass(frozen=True)
class Fate:
    """What becomes of a row.

    kind: CHANGED (to `change`), UNCHANGED (the mark stood there already), HELD (for `reason`),
    ABSENT (nothing was handed in), STRANGER (roster.csv does not have the person) or TEST_STUDENT
    (the platform's own). is_absent: nothing was handed in, also where that counts as 0.
    """

    row: int
    person: str
    kind: Kind
    is_absent: bool = False
    reason: str = ""
    change: Change | None = None


def fate(target: Target, row: int, matched: list[Grade] | None) -> Fate:
    """What becomes of a row with the grades `matched`, None where it is of nobody in the class.

    Raises CourseError where the column's maximum is not the assignment's.
    """
    name = person(target.table, target.layout, row)
    if is_test_student(target.table, target.layout, row):
        return Fate(row, name, TEST_STUDENT)
    if target.has_roster and matched is None:
        return Fate(row, name, STRANGER)
    if target.has_roster and not matched:
        return Fate(row, name, HELD, reason="there is no grade of this person yet")
    grades = [grade for grade in matched or () if grade.status != "no hand-in"]
    before = target.table.value(row, target.column.column)
    reason = _reason_to_hold(target, row, grades, before)
    if reason:
        return Fate(row, name, HELD, reason=reason)
    if not grades and not target.rules.absent_as_zero:
        return Fate(row, name, ABSENT, is_absent=True)
    return _marked(target, row, name, before, grades[0] if grades else None)


def _marked(target: Target, row: int, name: str, before: str, grade: Grade | None) -> Fate:
    """The fate of a row that has a mark, 0 where there is no grade. before: what stands there."""
    most = target.column.most
    if target.layout.most is not None:
        most = number(target.table.value(row, target.layout.most))
    points = _points(grade, most, target.rules) if grade else 0.0
    is_clear = target.comma or "," not in before
    if is_clear and number(before) == round(points, 6):
        return Fate(row, name, UNCHANGED, is_absent=grade is None)
    penalty = grade.late_penalty if grade else 0.0
    change = Change(name, before, _text(points, target.comma), penalty)
    return Fate(row, name, CHANGED, is_absent=grade is None, change=change)


def _reason_to_hold(target: Target, row: int, grades: list[Grade], before: str) -> str:
    """Why this row gets no mark; '' where it may. before: what stands there."""
    layout, rules = target.layout, target.rules
    if layout.locked:
        column, locked_value = layout.locked
        if target.table.value(row, column).strip().lower() == locked_value:
            return "the platform says that this mark cannot be changed"
    if before.strip() in layout.kept_marks and (grades or rules.absent_as_zero):
        return f"the platform has '{before.strip()}' there, which is no mark to replace"
    if any(not isfinite(grade.points) for grade in grades):
        return "the mark in the gradebook is no number. Correct it there"
    if len(grades) > 1:
        names = " and ".join(f"'{grade.student}'" for grade in grades)
        return f"the hand-ins of {names} are both of this person"
    if grades and grades[0].status == "not graded":
        return "the hand-in could not be graded"
    if grades and grades[0].status == "needs review" and not rules.unreviewed:
        return "a person still has to look at this mark"
    return ""


def _points(grade: Grade, most: float | None, rules: Rules) -> float:
    """The mark as a number of the column, whose maximum is `most` where the table says it."""
    if most is None:
        return grade.score
    points = grade.score
    if abs(most - grade.max_score) > 1e-9:
        if not rules.scale:
            raise CourseError(
                f"the column's maximum is {most:g} and the assignment has {grade.max_score:g} "
                "points. Change one of them, or convert the marks with --scale."
            )
        points = points * most / grade.max_score if grade.max_score else 0.0
    return min(points, most) if rules.cap else points


def _text(points: float, comma: bool) -> str:
    """At most six decimals, and no zeros at their end."""
    text = f"{round(points, 6):.6f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text


def has_decimal_comma(table: Table, layout: Layout, column: MarkColumn) -> bool:
    """Whether the marks of the column or its maxima have a decimal comma, and no mark a point.
    1,000 may be a thousand, and says nothing unless it is a maximum."""
    rows = list(people(table, layout))
    most = [table.value(row, layout.most) for row in rows if layout.most is not None]
    cells = [table.value(row, column.column) for row in rows]
    all_marks = [table.value(row, other.column) for row in rows for other in layout.marks]
    if any(re.fullmatch(r"\d*\.\d+", cell.strip()) for cell in (*cells, *most, *all_marks)):
        return False
    return any(re.fullmatch(r"\d+,\d+", cell.strip()) for cell in most) or any(
        re.fullmatch(r"\d+,(\d{1,2}|\d{4,})", cell.strip()) for cell in cells
    )
