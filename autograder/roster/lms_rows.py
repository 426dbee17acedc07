"""Whose row is it? People of a platform's table and students of the course, brought together.

A student whom the roster knows is found by e-mail address and the platform's own id. Else a row is
matched by the number that the platform puts into the names of hand-ins (Canvas's ID, Moodle's
participant), then by an id (user name, login, e-mail address), and only then by name, that of the
roster or that in the id, where one row and one student have it.
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
from autograder.roster.lms_layouts import Layout
from autograder.roster.matching import full_names, letters, names_in, number_at_end
from autograder.roster.people import Person

NOBODY: Mapping[str, Person] = MappingProxyType({})
PARTICIPANT = re.compile(r"\D*\s\d+")  # Moodle's number, which is another in each assignment


@dataclass(frozen=True)
class Match:
    """One way to know a person: the keys of a cell's text, and those of a student's id."""

    columns: tuple[int, ...]
    of_row: Callable[[Sequence[str]], Iterable[str]]
    of_student: Callable[[str], Iterable[str]]
    is_name: bool = False


def people(table: Table, layout: Layout) -> Iterator[int]:
    """The rows of people: a line without a text is none."""
    for row in range(layout.first_row, len(table.rows)):
        if len(table.rows[row]) > 1 and any(cell.value.strip() for cell in table.rows[row]):
            yield row


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
    numbers = _trusted_numbers(table, layout, roster)
    for match in (
        Match(layout.ids, _ids, lambda student: _known(roster, student, "email")),
        Match(
            layout.numbers or layout.ids, _ids, lambda student: _known(roster, student, "lms_id")
        ),
        Match(layout.numbers, _numbers, numbers),
        Match(layout.ids, _ids, _ids_of),
        Match(layout.names, _names, lambda student: _names_of(roster, student), is_name=True),
    ):
        matched |= _matched(table, layout, match, matched, left)
        taken = {student for names in matched.values() for student in names}
        left = [student for student in left if student not in taken]
    return matched


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
            row for key in match.of_student(student) for row in rows_of_key.get(key, ())
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


def _known(roster: Mapping[str, Person], student: str, fact: str) -> Iterator[str]:
    """What the roster knows of a student, as `_ids` writes it."""
    if student in roster and getattr(roster[student], fact):
        yield student_id(getattr(roster[student], fact)).casefold()


def _trusted_numbers(
    table: Table, layout: Layout, roster: Mapping[str, Person]
) -> Callable[[str], Iterable[str]]:
    """The number in a student's id, unless the row that has it as Moodle's participant is of
    somebody else: of another name than the roster's, while the id's own name is in another row."""
    row_of: dict[str, int] = {}
    rows_of_name: dict[str, set[int]] = defaultdict(set)
    for row in people(table, layout):
        cells = [table.value(row, column) for column in layout.numbers]
        if any(PARTICIPANT.fullmatch(cell.strip()) for cell in cells):
            row_of |= dict.fromkeys(_numbers(cells), row)
        for name in _names([table.value(row, column) for column in layout.names]):
            rows_of_name[name].add(row)

    def numbers(student: str) -> Iterator[str]:
        number = number_at_end(student)
        names = {letters(roster[student].name)} if student in roster else names_in(student)
        named_rows = {row for name in names for row in rows_of_name.get(name, ())}
        row = row_of.get(number)
        stranger = student in roster and bool(layout.names) and not named_rows
        if number and (row is None or row in named_rows or not (named_rows or stranger)):
            yield number

    return numbers


def _ids(cells: Sequence[str]) -> Iterator[str]:
    return (student_id(cell).casefold() for cell in cells if cell.strip())


def _ids_of(student: str) -> Iterator[str]:
    """The id itself, and what stands behind the name in NAME_ID."""
    yield student.casefold()
    name, bar, number = student.rpartition("_")
    if bar and name and number:
        yield number.casefold()


def _names_of(roster: Mapping[str, Person], student: str) -> set[str]:
    """The name in a student's id, and the name that the roster has, in either order."""
    known = set(full_names(roster[student])) if student in roster else set()
    return names_in(student) | known


def _names(cells: Sequence[str]) -> Iterator[str]:
    name = letters(" ".join(cells))
    if name:
        yield name
