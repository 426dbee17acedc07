"""What speaks against it that a row of a platform's table is a student's: number, address, name.

A person chooses a display name, and on some Moodle sites an ID number. The platform's number and
the e-mail address are the person's own, so where both sides have one and they differ, no name and
no chosen number brings them together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.roster.byte_table import Table
from autograder.roster.lms_layouts import Layout
from autograder.roster.matching import (
    BETWEEN_WORDS,
    canvas_number,
    full_names,
    letters,
    names_in,
    same_words,
)
from autograder.roster.people import Person

PARTICIPANT = re.compile(r"\D*\s\d+")  # Moodle's number, which is another in each assignment


@dataclass(frozen=True)
class Evidence:
    """What a table and the roster say of rows and students. people: the table's rows of people."""

    table: Table
    layout: Layout
    people: tuple[int, ...]
    roster: Mapping[str, Person]

    def name(self, row: int) -> str:
        """The name in a row, '' where the table has none."""
        return " ".join(self.table.value(row, column) for column in self.layout.names).strip()

    def names(self, student: str) -> set[str]:
        """The names that a student may have: that of the roster, and that in the id."""
        roster_names = full_names(self.roster[student]) if student in self.roster else []
        return names_in(student) | set(roster_names)

    def bears_name(self, row: int, student: str) -> bool:
        """Whether the row has a name of the student, word by word where both have words."""
        return any(same_words(self.name(row), name) for name in self.names(student))

    def rows_named(self, student: str) -> set[int]:
        """The rows that have a name of the student."""
        keys = {letters(name) for name in self.names(student)}
        rows = {row for key in keys for row in self._rows_of_letters.get(key, ())}
        return {row for row in rows if self.bears_name(row, student)}

    @cached_property
    def _rows_of_letters(self) -> Mapping[str, set[int]]:
        rows: dict[str, set[int]] = defaultdict(set)
        for row in self.people:
            if letters(self.name(row)):
                rows[letters(self.name(row))].add(row)
        return rows

    @cached_property
    def has_participants(self) -> bool:
        """Whether the table has Moodle's numbers of one assignment's participants."""
        cells = (self.table.value(r, c) for r in self.people for c in self.layout.numbers)
        return any(PARTICIPANT.fullmatch(cell.strip()) for cell in cells)

    def is_somebody_else_s(self, row: int, student: str) -> bool:
        """Whether number or address of the row are others than the student's."""
        return self._other_number(row, student) or self._other_address(row, student)

    def _other_number(self, row: int, student: str) -> bool:
        if self.has_participants:
            return False
        theirs = self.own_number(student)
        cells = {self.table.value(row, column).strip() for column in self.layout.numbers} - {""}
        return bool(theirs and cells) and theirs not in cells

    def own_number(self, student: str) -> str:
        """The platform's number of a student as the roster has it, else as an id of Canvas has it;
        '' where nobody knows it."""
        roster_number = self.roster[student].lms_id if student in self.roster else ""
        return roster_number if re.fullmatch(r"\d+", roster_number) else canvas_number(student)

    def _other_address(self, row: int, student: str) -> bool:
        if self.layout.email is None or student not in self.roster:
            return False
        theirs = self.roster[student].email.strip().casefold()
        cell = self.table.value(row, self.layout.email).strip().casefold()
        return bool(theirs and cell) and theirs != cell

    def may_have_chosen_id(self, row: int, student: str) -> bool:
        """Whether an id that people may choose can be taken as this student's: nothing speaks
        against it, the student's name is the row's where one is known, and the id has a digit."""
        if self.is_somebody_else_s(row, student):
            return False
        person = self.roster.get(student)
        has_words = len(BETWEEN_WORDS.split(student.strip())) > 1
        if (person and full_names(person)) or has_words or "_" in student:
            return self.bears_name(row, student)
        return any(character.isdigit() for character in student)
