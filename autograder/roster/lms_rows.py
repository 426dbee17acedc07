"""Whose row is it? People of a platform's table and students of the course, brought together.

A student whom the roster knows is found by e-mail address and the platform's own id. Else a row is
matched by the number that the platform puts into the names of hand-ins (Canvas's ID, Moodle's
participant), then by an id (user name, login, e-mail address, and where nothing speaks against it
an ID number that people may edit), and only then by name, that of the roster or that in the id,
where one row and one student have it. No name brings together what a number or an address of the
person parts (`contradictions`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autograder.collecting.student_ids import student_id
from autograder.model import CourseError
from autograder.roster.byte_table import Table
from autograder.roster.contradictions import PARTICIPANT, Evidence
from autograder.roster.lms_layouts import Layout
from autograder.roster.matching import letters, number_at_end
from autograder.roster.people import Person

TEST_STUDENT = ("Student, Test", "Test Student")
NOBODY: Mapping[str, Person] = MappingProxyType({})


@dataclass(frozen=True)
class Match:
    """One way to know a person: the keys of a cell's text, and those of a student's id. fits: what
    a row and a student with one key must not contradict."""

    columns: tuple[int, ...]
    of_row: Callable[[Sequence[str]], Iterable[str]]
    of_student: Callable[[str], Iterable[str]]
    fits: Callable[[int, str], bool] = lambda _row, _student: True
    is_name: bool = False


def people(table: Table, layout: Layout) -> Iterator[int]:
    """The rows of people: a line without a text is none."""
    for row in range(layout.first_row, len(table.rows)):
        if len(table.rows[row]) > 1 and any(cell.value.strip() for cell in table.rows[row]):
            yield row


def is_test_student(table: Table, layout: Layout, row: int) -> bool:
    """Canvas lists the instructor's test student below all others."""
    name = " ".join(table.value(row, column).strip() for column in layout.names)
    return layout.platform.startswith("Canvas") and name in TEST_STUDENT


def person(table: Table, layout: Layout, row: int) -> str:
    """What a person of the table is called: the name, else the first id."""
    columns = layout.names or (*layout.ids, *layout.numbers)[:1]
    return " ".join(table.value(row, c).strip() for c in columns).strip() or f"row {row + 1}"


def students_of_rows(
    table: Table,
    layout: Layout,
    students: Iterable[str],
    roster: Mapping[str, Person] = NOBODY,
) -> dict[int, tuple[str, ...]]:
    """The students of each row that has any: several where several ids lead to one person.

    roster: the people of the class by id, as far as they are known. Raises CourseError where an id
    of the platform leads to two rows.
    """
    matched: dict[int, tuple[str, ...]] = {}
    left = list(students)
    evidence = Evidence(table, layout, tuple(people(table, layout)), roster)
    for match in _matches(layout, roster, evidence):
        matched |= _matched(table, layout, match, matched, left)
        matched_students = {student for names in matched.values() for student in names}
        left = [student for student in left if student not in matched_students]
    return matched


def _matches(layout: Layout, roster: Mapping[str, Person], evidence: Evidence) -> tuple[Match, ...]:
    """The ways to know a person, the surest first."""
    fixed_columns = tuple(column for column in layout.ids if column not in layout.editable)

    def from_roster(fact: str) -> Callable[[str], Iterable[str]]:
        return lambda student: _roster_fact(roster, student, fact)

    def chosen(student: str) -> Iterator[str]:
        yield from _roster_fact(roster, student, "lms_id")
        yield from _ids_of(student)

    return (
        Match(fixed_columns, _ids, from_roster("email")),
        Match(layout.numbers or fixed_columns, _ids, from_roster("lms_id")),
        Match(layout.numbers, _numbers, _trusted_numbers(evidence)),
        Match(fixed_columns, _ids, lambda student: [student.casefold()]),
        Match(
            fixed_columns,
            _ids,
            _behind_name,
            lambda row, who: _is_not_another_s_name(evidence, row, who),
        ),
        Match(layout.editable, _ids, chosen, evidence.may_have_chosen_id),
        Match(
            layout.names,
            _names,
            lambda student: map(letters, evidence.names(student)),
            lambda row, student: (
                evidence.bears_name(row, student) and not evidence.is_somebody_else_s(row, student)
            ),
            is_name=True,
        ),
    )


def _matched(
    table: Table,
    layout: Layout,
    match: Match,
    before: Mapping[int, tuple[str, ...]],
    students: Iterable[str],
) -> dict[int, tuple[str, ...]]:
    """The students of rows that had none before. A name counts where no other row has it, whether
    that row's person is known by now or not."""
    rows_of_key = defaultdict(set)
    for row in people(table, layout):
        for key in match.of_row([table.value(row, column) for column in match.columns]):
            rows_of_key[key].add(row)
    students_of: dict[int, list[str]] = defaultdict(list)
    for student in students:
        matching_rows = {
            row
            for key in match.of_student(student)
            for row in rows_of_key.get(key, ())
            if match.fits(row, student)
        }
        if not match.is_name:
            matching_rows -= before.keys()
        if len(matching_rows) == 1:
            students_of[matching_rows.pop()].append(student)
        elif matching_rows and not match.is_name:
            lines = " and ".join(str(row + 1) for row in sorted(matching_rows))
            raise CourseError(
                f"lines {lines} of the table are both of the student '{student}'. "
                "Take out the one that is not, and run this again."
            )
    return {
        row: tuple(names)
        for row, names in students_of.items()
        if row not in before and (len(names) == 1 or not match.is_name)
    }


def _numbers(cells: Sequence[str]) -> Iterator[str]:
    """`1234` of "1234" and of "Participant 1234"."""
    for cell in cells:
        match = re.fullmatch(r"(?:\D*\s)?(\d+)", cell.strip())
        if match:
            yield match[1]


def _roster_fact(roster: Mapping[str, Person], student: str, fact: str) -> Iterator[str]:
    """What the roster knows of a student, as `_ids` writes it."""
    if student in roster and getattr(roster[student], fact):
        yield student_id(getattr(roster[student], fact)).casefold()


def _trusted_numbers(evidence: Evidence) -> Callable[[str], Iterable[str]]:
    """The number in a student's id, unless the row that has it as Moodle's participant is of
    somebody else: of another name than the roster's, while the id's own name is in another row, or
    of another address."""
    table, layout, roster = evidence.table, evidence.layout, evidence.roster
    row_of: dict[str, int] = {}
    for row in evidence.people:
        cells = [table.value(row, column) for column in layout.numbers]
        if any(PARTICIPANT.fullmatch(cell.strip()) for cell in cells):
            row_of |= dict.fromkeys(_numbers(cells), row)

    def numbers(student: str) -> Iterator[str]:
        number = number_at_end(student)
        named_rows = evidence.rows_named(student)
        row = row_of.get(number)
        stranger = student in roster and bool(layout.names) and not named_rows
        is_free = row is None or not evidence.is_somebody_else_s(row, student)
        if (
            number
            and is_free
            and (row is None or row in named_rows or not (named_rows or stranger))
        ):
            yield number

    return numbers


def _is_not_another_s_name(evidence: Evidence, row: int, student: str) -> bool:
    """Whether a row with what stands behind the name in NAME_ID can be the student's: an address
    is; another id is unless the name stands in other rows only."""
    theirs = evidence.rows_named(student)
    return "@" in student.rpartition("_")[2] or not theirs or row in theirs


def _ids(cells: Sequence[str]) -> Iterator[str]:
    return (student_id(cell).casefold() for cell in cells if cell.strip())


def _ids_of(student: str) -> Iterator[str]:
    """The id itself, and what stands behind the name in NAME_ID."""
    yield student.casefold()
    yield from _behind_name(student)


def _behind_name(student: str) -> Iterator[str]:
    name, bar, number = student.rpartition("_")
    if bar and name and number:
        yield number.casefold()


def _names(cells: Sequence[str]) -> Iterator[str]:
    name = letters(" ".join(cells))
    if name:
        yield name
