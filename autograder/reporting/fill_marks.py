"""Marks back into the table that a learning platform exported: only the cells of marks change.

Whatever does not match, and every mark that is not written, is listed with its reason and left as
it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

from autograder.model import Assignment, CourseError, Grade
from autograder.roster.byte_table import Table, read_table, replaced
from autograder.roster.lms_layouts import Layout, MarkColumn, find_layout, number
from autograder.roster.lms_rows import people, person, students_of_rows
from autograder.roster.people import Person


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
class Change:
    """A mark in the table: whose, what stood there, what stands there now. late_penalty: how many
    points are off for lateness, in the course's points."""

    person: str
    before: str
    after: str
    late_penalty: float = 0.0


@dataclass(frozen=True)
class Filled:
    """The table's bytes with marks in it, and what a person has to know of it.

    unchanged: marks that stood there already. without_row: students with a mark and no row.
    without_mark: rows without a hand-in. held: a sentence for each mark that was not written.
    not_in_roster: rows of people whom roster.csv does not have, where there is one.
    """

    data: bytes
    platform: str
    column: str
    changes: tuple[Change, ...]
    unchanged: int
    without_row: tuple[str, ...]
    without_mark: tuple[str, ...]
    held: tuple[str, ...]
    not_in_roster: tuple[str, ...] = ()


def fill(
    data: bytes,
    assignment: Assignment,
    grades: Iterable[Grade],
    rules: Rules,
    roster: Iterable[Person] = (),
) -> Filled:
    """`data` with the marks of the assignment in it. Raises CourseError where the table, its column
    or its maximum is not clear, and where two rows are one student's.

    roster: the people of the class, () where nobody knows them. Who is one of them and handed
    nothing in is known by a grade with the status 'no hand-in'.
    """
    table = read_table(data)
    layout = _named_layout(table, rules) if rules.key else find_layout(table)
    if layout is None:
        head = ", ".join(f"'{cell.value}'" for cell in table.rows[0][:8]) if table.rows else "none"
        raise CourseError(
            "the table is none that Canvas, Moodle or Blackboard exports in English; its columns "
            f"are {head}. Name the column of student ids with --key, that of marks with --column."
        )
    column = _mark_column(layout, assignment, rules.column)
    by_student = {grade.student: grade for grade in grades}
    known = {person.id: person for person in roster}
    students = students_of_rows(table, layout, {**by_student, **known}, known)
    graded = {
        row: [by_student[name] for name in names if name in by_student]
        for row, names in students.items()
    }
    with_work = {name for name, grade in by_student.items() if grade.status != "no hand-in"}
    return _filled(table, layout, column, graded, with_work, rules, bool(known))


def _filled(
    table: Table,
    layout: Layout,
    column: MarkColumn,
    graded: Mapping[int, list[Grade]],
    students: set[str],
    rules: Rules,
    has_roster: bool,
) -> Filled:
    comma = _has_decimal_comma(table, layout, column)
    values: dict[tuple[int, int], str] = {}
    changes, held, absent, strangers, unchanged = [], [], [], [], 0
    for row in people(table, layout):
        name, matched = person(table, layout, row), graded.get(row)
        if has_roster and matched is None:
            strangers.append(name)
            continue
        if has_roster and not matched:
            held.append(f"{name}: there is no grade of this person yet")
            continue
        grades = [grade for grade in matched or () if grade.status != "no hand-in"]
        before = table.value(row, column.column)
        reason = _reason_to_hold(table, layout, row, grades, rules, before)
        if reason:
            held.append(f"{name}: {reason}")
            continue
        if not grades:
            absent.append(name)
            if not rules.absent_as_zero:
                continue
        most = column.most if layout.most is None else number(table.value(row, layout.most))
        points = _points(grades[0], most, rules) if grades else 0.0
        is_clear = comma or "," not in before
        if is_clear and number(before) == round(points, 6):
            unchanged += 1
            continue
        values[row, column.column] = _text(points, comma)
        penalty = grades[0].late_penalty if grades else 0.0
        changes.append(Change(name, before, values[row, column.column], penalty))
    with_row = {grade.student for grades in graded.values() for grade in grades}
    return Filled(
        data=replaced(table, values),
        platform=layout.platform,
        column=column.titles[0],
        changes=tuple(changes),
        unchanged=unchanged,
        without_row=tuple(sorted(students - with_row)),
        without_mark=tuple(absent),
        held=tuple(held),
        not_in_roster=tuple(strangers),
    )


def _reason_to_hold(
    table: Table, layout: Layout, row: int, grades: list[Grade], rules: Rules, before: str
) -> str:
    """Why this row gets no mark; '' where it may. before: what stands there."""
    if layout.locked and table.value(row, layout.locked[0]).strip().lower() == layout.locked[1]:
        return "the platform says that this mark cannot be changed"
    if before.strip() in layout.kept and (grades or rules.absent_as_zero):
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


def _has_decimal_comma(table: Table, layout: Layout, column: MarkColumn) -> bool:
    """Whether the marks of the column or its maxima have a decimal comma, and no mark a point.
    1,000 may be a thousand, and says nothing unless it is a maximum."""
    rows = list(people(table, layout))
    most = [table.value(row, layout.most) for row in rows if layout.most is not None]
    cells = [table.value(row, column.column) for row in rows]
    others = [table.value(row, other.column) for row in rows for other in layout.marks]
    if any(re.fullmatch(r"\d*\.\d+", cell.strip()) for cell in (*cells, *most, *others)):
        return False
    return any(re.fullmatch(r"\d+,\d+", cell.strip()) for cell in most) or any(
        re.fullmatch(r"\d+,(\d{1,2}|\d{4,})", cell.strip()) for cell in cells
    )


def _mark_column(layout: Layout, assignment: Assignment, wanted: str) -> MarkColumn:
    """The column that the person named, or the one that bears the assignment's id or title."""
    names = [wanted] if wanted else [assignment.id, assignment.title]
    lower = {name.casefold().strip() for name in names if name}
    found = [c for c in layout.marks if lower & {t.casefold().strip() for t in c.titles}]
    if not wanted and not found and len(layout.marks) == 1:
        found = list(layout.marks)
    if len(found) == 1:
        return found[0]
    titles = ", ".join(f"'{column.titles[0]}'" for column in layout.marks) or "none"
    fault = "several columns are" if found else "no column is"
    title = f"'{wanted}'" if wanted else f"'{assignment.id}' or as its title"
    raise CourseError(
        f"{fault} called {title} in this table of {layout.platform}. Its columns of marks: "
        f"{titles}. Name one with --column; where titles are equal, by the number in it."
    )


def _named_layout(table: Table, rules: Rules) -> Layout:
    """The layout of a table of another platform, whose columns the person named."""
    head = [cell.value.strip() for cell in table.rows[0]] if table.rows else []
    for name in (rules.key, rules.column):
        if head.count(name) != 1:
            columns = ", ".join(f"'{title}'" for title in head[:20]) or "none"
            raise CourseError(
                f"'{name}' is not the title of one column. --key and --column each name one of: "
                f"{columns}."
            )
    key, marks = head.index(rules.key), head.index(rules.column)
    return Layout("another platform", 1, (MarkColumn(marks, (rules.column,)),), ids=(key,))
