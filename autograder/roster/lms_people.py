"""The people in a table that a platform exported, each with the id that `collect` would give.

Canvas      letters of the sortable name, and Canvas's number    lovelaceada_1843
Moodle      the full name                                        Ada Lovelace
Blackboard  the user name                                        alovelace
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from autograder.collecting.student_ids import student_id
from autograder.files import sha256
from autograder.model import CourseError
from autograder.roster import lms_rows
from autograder.roster.byte_table import Table, read_table
from autograder.roster.lms_layouts import Layout, find_people_layout
from autograder.roster.people import Person

JOINTS = re.compile(r",? and |, ")


@dataclass(frozen=True)
class Listing:
    """A table of people. platform: which table it is. left_out: names of rows that are nobody's.
    has_email, has_sections: whether the table says them."""

    platform: str
    people: tuple[Person, ...]
    left_out: tuple[str, ...] = ()
    has_email: bool = True
    has_sections: bool = True


def read_listing(data: bytes) -> Listing:
    """The people of an exported table. Raises CourseError where it is none that we know, and where
    two rows would be one person."""
    table = read_table(data)
    layout = find_people_layout(table)
    if layout is None:
        head = ", ".join(f"'{cell.value}'" for cell in table.rows[0][:8]) if table.rows else "none"
        raise CourseError(
            "the table is none that Canvas, Moodle or Blackboard exports in English; its columns "
            f"are {head}. Write roster.csv by hand: id,first_name,last_name,email,sections,lms_id."
        )
    rows = list(lms_rows.people(table, layout))
    is_test = {row for row in rows if lms_rows.is_test_student(table, layout, row)}
    left_out = tuple(lms_rows.person(table, layout, row) for row in sorted(is_test))
    section_cells = {_cell(table, row, layout.sections) for row in rows}
    listed = [row for row in rows if row not in is_test]
    people = [_person(table, layout, row, section_cells) for row in listed]
    return Listing(
        layout.platform,
        tuple(_apart(people, [_own_mark(table, layout, row) for row in listed])),
        left_out,
        layout.email is not None,
        layout.sections is not None,
    )


def _cell(table: Table, row: int, column: int | None) -> str:
    return table.value(row, column).strip() if column is not None else ""


def _person(table: Table, layout: Layout, row: int, section_cells: Iterable[str]) -> Person:
    first, last = _names(table, layout, row)
    number = next((table.value(row, column).strip() for column in layout.numbers), "")
    ids = [table.value(row, column).strip() for column in layout.ids]
    if layout.platform.startswith("Canvas"):
        name, lms_id = _canvas_name(f"{last}, {first}" if first else last), number
    elif layout.platform == "Blackboard":
        name, lms_id = ids[0] if ids else "", ids[1] if len(ids) > 1 else ""
    else:
        name, lms_id = f"{first} {last}".strip(), ""
    return Person(
        id=student_id(name, lms_id if layout.platform.startswith("Canvas") else ""),
        first_name=first,
        last_name=last,
        email=_cell(table, row, layout.email),
        sections=_sections(_cell(table, row, layout.sections), set(section_cells)),
        lms_id=lms_id,
    )


def _names(table: Table, layout: Layout, row: int) -> tuple[str, str]:
    """First and last name. A full name in one cell ends in the last name."""
    cells = [table.value(row, column).strip() for column in layout.names]
    if len(cells) > 1:
        return cells[0], " ".join(cells[1:])
    name = cells[0] if cells else ""
    if layout.last_name_first:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()


def _canvas_name(name: str) -> str:
    """A sortable name as Canvas writes it into the names of files (lib/content_zipper.rb)."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(c for c in composed if _is_word(c)).lower()


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc", "Me", "Pc")


def _sections(cell: str, section_cells: set[str]) -> tuple[str, ...]:
    """Platforms join several sections with commas and `and`, which may be in a name too: they are
    taken apart where each part is a section of somebody's own."""
    parts = tuple(part.strip() for part in JOINTS.split(cell) if part.strip())
    section_names = parts if len(parts) > 1 and set(parts) <= section_cells else (cell,)
    return tuple(part.replace(";", ",") for part in section_names if part)


def _own_mark(table: Table, layout: Layout, row: int) -> str:
    """What tells a person from others of the name on Moodle: an id that is no e-mail address, since
    classmates might see it; else some digits of the address's hash. '' on other platforms."""
    if not layout.platform.startswith("Moodle"):
        return ""
    ids = [table.value(row, column).strip() for column in layout.ids]
    email = next((cell for cell in ids if "@" in cell), "")
    plain = next((cell for cell in ids if cell and "@" not in cell), "")
    return plain or (sha256(email.casefold().encode())[:6] if email else "")


def _apart(people: list[Person], marks: list[str]) -> list[Person]:
    """People of one id get their mark behind it. CourseError where they stay one."""
    counts = Counter(person.id for person in people)
    apart = [
        replace(person, id=student_id(person.id, mark)) if counts[person.id] > 1 else person
        for person, mark in zip(people, marks, strict=True)
    ]
    again = Counter(person.id for person in apart)
    twice = next((person for person in apart if again[person.id] > 1), None)
    if twice:
        raise CourseError(
            f"two rows of the table would both be '{twice.id}' ({twice.name}). Take out the one "
            f"that is not, or write roster.csv by hand."
        )
    nameless = next((person for person in apart if not person.id), None)
    if nameless:
        raise CourseError("a row of the table has neither a name nor an id. Take it out.")
    return apart
