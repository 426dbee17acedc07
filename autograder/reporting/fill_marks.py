"""Marks back into the table that a learning platform exported: only the cells of marks change.

Whatever does not match, and every mark that is not written, is listed with its reason and left as
it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.model import Assignment, CourseError, Grade
from autograder.reporting.row_marks import (
    ABSENT,
    HELD,
    STRANGER,
    TEST_STUDENT,
    UNCHANGED,
    Change,
    Rules,
    Target,
    fate,
    has_decimal_comma,
)
from autograder.roster.byte_table import Table, read_table, replaced
from autograder.roster.lms_layouts import Layout, MarkColumn, find_layout
from autograder.roster.lms_rows import people, students_of_rows
from autograder.roster.people import Person


@dataclass(frozen=True)
class Filled:
    """The table's bytes with marks in it, and what a person has to know of it.

    unchanged: marks that stood there already. without_row: students with a mark and no row.
    without_mark: rows without a hand-in, which stay; zero_count: how many of them get 0 instead.
    not_written: a sentence for each mark that was not. not_in_roster: rows of people whom
    roster.csv does not have, where there is one. test_students: rows of the platform's own test
    student, whatever was handed in under that name.
    """

    data: bytes
    platform: str
    column: str
    changes: tuple[Change, ...]
    unchanged: int
    without_row: tuple[str, ...]
    without_mark: tuple[str, ...]
    not_written: tuple[str, ...]
    not_in_roster: tuple[str, ...] = ()
    zero_count: int = 0
    test_students: tuple[str, ...] = ()


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
    people_by_id = {person.id: person for person in roster}
    students = students_of_rows(table, layout, {**by_student, **people_by_id}, people_by_id)
    graded = {
        row: [by_student[name] for name in names if name in by_student]
        for row, names in students.items()
    }
    with_work = {name for name, grade in by_student.items() if grade.status != "no hand-in"}
    comma = has_decimal_comma(table, layout, column)
    target = Target(table, layout, column, rules, bool(people_by_id), comma)
    return _filled(target, graded, with_work)


def _filled(target: Target, graded: Mapping[int, list[Grade]], students: set[str]) -> Filled:
    """graded: the grades of each row's person. students: who handed something in."""
    table, column = target.table, target.column
    fates = [fate(target, row, graded.get(row)) for row in people(table, target.layout)]
    changes = {(f.row, column.column): f.change for f in fates if f.change}
    with_row = {grade.student for grades in graded.values() for grade in grades}
    return Filled(
        data=replaced(table, {place: change.after for place, change in changes.items()}),
        platform=target.layout.platform,
        column=column.titles[0],
        changes=tuple(changes.values()),
        unchanged=sum(f.kind == UNCHANGED for f in fates),
        without_row=tuple(sorted(students - with_row)),
        without_mark=tuple(f.person for f in fates if f.kind == ABSENT),
        not_written=tuple(f"{f.person}: {f.reason}" for f in fates if f.kind == HELD),
        not_in_roster=tuple(f.person for f in fates if f.kind == STRANGER),
        zero_count=sum(f.is_absent and f.kind != ABSENT for f in fates),
        test_students=tuple(f.person for f in fates if f.kind == TEST_STUDENT),
    )


def _mark_column(layout: Layout, assignment: Assignment, column_name: str) -> MarkColumn:
    """The column that the person named, or the one that bears the assignment's id or title."""
    names = [column_name] if column_name else [assignment.id, assignment.title]
    lower = {name.casefold().strip() for name in names if name}
    columns = [c for c in layout.marks if lower & {t.casefold().strip() for t in c.titles}]
    if not column_name and not columns and len(layout.marks) == 1:
        columns = list(layout.marks)
    if len(columns) == 1:
        return columns[0]
    titles = ", ".join(f"'{column.titles[0]}'" for column in layout.marks) or "none"
    fault = "several columns are" if columns else "no column is"
    title = f"'{column_name}'" if column_name else f"'{assignment.id}' or as its title"
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
