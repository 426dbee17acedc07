"""Whose is an id? The ids that `collect` makes of a download lead to people of the roster.

Canvas puts its number of the person behind the name (`lovelaceada_1843`), so the number decides.
Moodle's number is another for each assignment, so there the name decides, where one person alone
has it. An id of the roster is always its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from autograder.model import Course
from autograder.roster.people import Person, everybody

NUMBER_AT_END = re.compile(r"(?P<name>.*?)_?(?P<number>\d+)", re.S)
Resolve = Callable[[Iterable[str]], dict[str, str]]


def letters(name: str) -> str:
    """A name as Canvas writes it into file names: its letters and digits, in lower case."""
    composed = unicodedata.normalize("NFC", name).casefold()
    return "".join(c for c in composed if c.isalnum())


def number_at_end(student: str) -> str:
    """The number that a platform put behind the name, `1843` of `lovelaceada_1843`; '' for none."""
    match = NUMBER_AT_END.fullmatch(student)
    if match and (match["name"] == "" or student.endswith(f"_{match['number']}")):
        return match["number"]
    return ""


def names_in(student: str) -> set[str]:
    """The letters of the name in an id, with and without what stands behind the last `_`."""
    match = NUMBER_AT_END.fullmatch(student)
    names = {student, match["name"] if match else student, student.rpartition("_")[0]}
    return {letters(name) for name in names if letters(name)}


def persons_of(people: Collection[Person], ids: Iterable[str]) -> dict[str, Person]:
    """The person of each id that has one: by the id itself, then by the platform's number, by the
    e-mail address, and by a name that one person alone has."""
    by_id = {person.id: person for person in people}
    by_number = _unique(people, lambda person: [person.lms_id])
    by_email = _unique(people, lambda person: [person.email.casefold()])
    by_name = _unique(people, full_names)
    persons: dict[str, Person] = {}
    for student in ids:
        named = {by_name[name].id for name in names_in(student) if name in by_name}
        person = (
            by_id.get(student)
            or by_number.get(number_at_end(student))
            or by_email.get(student.casefold())
            or (by_id[named.pop()] if len(named) == 1 else None)
        )
        if person and not _contradicts(student, person):
            persons[student] = person
    return persons


def by_full_name(people: Iterable[Person]) -> Mapping[str, Person]:
    """The person of each name, as `letters` writes it, that one person alone has."""
    return _unique(people, lambda person: full_names(person)[:1])


def full_names(person: Person) -> list[str]:
    """A person's name as `letters` writes it, with the first name first and with the last; [] where
    one of them is not known."""
    if not (person.first_name and person.last_name):
        return []
    first, last = letters(person.first_name), letters(person.last_name)
    return list(dict.fromkeys((first + last, last + first)))


def _unique(
    people: Iterable[Person], keys: Callable[[Person], Iterable[str]]
) -> Mapping[str, Person]:
    """The person of each key that only one has."""
    pairs = [(key, person) for person in people for key in keys(person) if key]
    counts = Counter(key for key, _ in pairs)
    return {key: person for key, person in pairs if counts[key] == 1}


def _contradicts(student: str, person: Person) -> bool:
    """Whether the id bears a number of Canvas that is another than the person's."""
    number = number_at_end(student)
    name = student.removesuffix(f"_{number}")
    like_canvas = bool(number) and name == letters(name)
    return student != person.id and like_canvas and person.lms_id not in ("", number)


def roster_ids(course: Course) -> Resolve:
    """A function from the ids of one inbox to those of roster.csv, for the ids that differ.

    Where two ids of one inbox would become one person, neither does, but for the person's own id.
    """
    listed = everybody(course)

    def resolve(ids: Iterable[str]) -> dict[str, str]:
        persons = persons_of(listed, sorted(set(ids)))
        counts = Counter(person.id for person in persons.values())
        return {
            student: person.id
            for student, person in persons.items()
            if student != person.id and counts[person.id] == 1
        }

    return resolve


def hand_in_ids(course: Course) -> tuple[str, ...]:
    """The ids under which something was handed in, for any assignment."""
    folders: Iterable[Path] = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return tuple(sorted(path.name for path in folders if path.is_dir()))
