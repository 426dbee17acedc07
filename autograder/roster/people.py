"""Who is in the class: roster.csv in the course root.

    id,first_name,last_name,email,sections,lms_id

`id` is the student's id as `collect` writes it, `sections` are separated by `;`, `lms_id` is the
platform's own number or name of the person. A seventh column, `gone`, has the day on which an
import no longer listed the person. Without the file nobody knows who is in the class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.model import Course, CourseError
from autograder.roster.csv_file import Line, read_lines, write_lines
from autograder.sanitizing import student_names

FILE = "roster.csv"
COLUMNS = ("id", "first_name", "last_name", "email", "sections", "lms_id")
GONE_COLUMN = "gone"
LONGEST = 128  # of each text, in nbgrader's gradebook


@dataclass(frozen=True)
class Person:
    """A row of the roster. gone: the day on which the class was last imported without the person,
    '' for who is in it."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    sections: tuple[str, ...] = ()
    lms_id: str = ""
    gone: str = ""

    @property
    def name(self) -> str:
        """First and last name, the id where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


def roster_file(course: Course) -> Path:
    return course.root / FILE


def everybody(course: Course) -> tuple[Person, ...]:
    """All people of roster.csv in its order, also those who have gone; () without the file.

    Raises CourseError, which names the line, where a row has no id, where two rows have one id, and
    where a text is too long for the gradebook.
    """
    people: list[Person] = []
    lines: dict[str, int] = {}
    for line in read_lines(roster_file(course), COLUMNS, (GONE_COLUMN,)):
        person = _person(line)
        if person.id in lines:
            raise CourseError(
                f"{FILE}, line {line.number}: '{person.id}' stands in line {lines[person.id]} "
                f"already. Take one of the two out."
            )
        lines[person.id] = line.number
        people.append(person)
    return tuple(people)


def people(course: Course) -> tuple[Person, ...]:
    """The people who are in the class, () where there is no roster.csv."""
    return tuple(person for person in everybody(course) if not person.gone)


def sections(course: Course) -> tuple[str, ...]:
    """The names of the sections of the class, sorted."""
    return tuple(sorted({section for person in people(course) for section in person.sections}))


def split_sections(text: str) -> tuple[str, ...]:
    """The sections in a cell of the roster."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def is_student_id(text: str) -> bool:
    """Whether a folder can have this name, and nbgrader's pages can show it."""
    is_name = text.isprintable() and "/" not in text and text.strip(".") != ""
    return is_name and student_names.is_plain(text)


def write_people(course: Course, rows: Iterable[Person]) -> None:
    """Write roster.csv. The column `gone` is there only where somebody has gone."""
    listed = list(rows)
    columns = (*COLUMNS, GONE_COLUMN) if any(person.gone for person in listed) else COLUMNS
    write_lines(roster_file(course), columns, map(_cells, listed))


def _cells(person: Person) -> dict[str, str]:
    texts = {name: getattr(person, name) for name in (*COLUMNS, GONE_COLUMN)}
    return {**texts, "sections": ";".join(person.sections)}


def _person(line: Line) -> Person:
    values = line.values
    if not values["id"]:
        raise CourseError(f"{FILE}, line {line.number}: the row has no id.")
    if not is_student_id(values["id"]):
        raise CourseError(
            f"{FILE}, line {line.number}: {values['id']!a} cannot be the id of a student: a "
            f"folder's name without markup was needed. Write it as 'autograder collect' does."
        )
    long = [name for name in COLUMNS if len(values[name]) > LONGEST and name != "sections"]
    if long:
        raise CourseError(
            f"{FILE}, line {line.number}: {long[0]} has {len(values[long[0]])} characters; the "
            f"gradebook takes {LONGEST}."
        )
    texts = {name: values[name] for name in COLUMNS if name != "sections"}
    section_names = split_sections(values["sections"])
    return Person(**texts, sections=section_names, gone=values.get(GONE_COLUMN, ""))
