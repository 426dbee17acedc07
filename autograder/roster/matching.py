"""Whose is an id? The ids that `collect` makes of a download lead to people of the roster.

Canvas puts its number of the person behind the name (`lovelaceada_1843`), so the number decides.
Moodle's number is another for each assignment, so there the name decides, where one person alone
has it and no number of Canvas is another. An id of the roster is always its own. Names are compared
by their letters, since Canvas runs them together; where both have words, the words have to fit:
"Annab Elle" is not "Anna Belle".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import accumulate
from pathlib import Path

from autograder.model import Course
from autograder.roster.people import Person, everybody

NUMBER_AT_END = re.compile(r"(?P<name>.*?)_?(?P<number>\d+)", re.S)
BETWEEN_WORDS = re.compile(r"[\s,]+")
CANVAS_NAME = re.compile("[a-z0-9_\u0080-\U0010ffff]*")  # lower case without punctuation
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


def same_words(a: str, b: str) -> bool:
    """Whether two names have the same letters, and one's words are the other's, or several of
    them run together."""
    return letters(a) == letters(b) and (_cuts(a) <= _cuts(b) or _cuts(b) <= _cuts(a))


def _cuts(name: str) -> set[int]:
    """After how many letters a name has a gap between words."""
    ends = list(accumulate(len(letters(word)) for word in BETWEEN_WORDS.split(name)))
    return set(ends) - {0, ends[-1]}


def names_in(student: str) -> set[str]:
    """The name in an id, with and without what stands behind the last `_`."""
    match = NUMBER_AT_END.fullmatch(student)
    names = {student, match["name"] if match else student, student.rpartition("_")[0]}
    return {name for name in names if letters(name)}


def canvas_number(student: str) -> str:
    """The number of Canvas in an id that looks like one of its ids, '' where there is none."""
    number = number_at_end(student)
    name = student.removesuffix(f"_{number}")
    return number if number and name != student and CANVAS_NAME.fullmatch(name) else ""


def persons_of(people: Collection[Person], ids: Iterable[str]) -> dict[str, Person]:
    """The person of each id that has one: by the id itself, then by the platform's number, by the
    e-mail address, and by a name that one person alone has. An id with a number that may be
    Moodle's, which is one person's while its name is another's, has none."""
    by_id = {person.id: person for person in people}
    by_number = _unique(people, lambda person: [person.lms_id])
    by_email = _unique(people, lambda person: [person.email.casefold()])
    by_letters = defaultdict(list)
    for person in people:
        for name in full_names(person):
            by_letters[letters(name)].append((name, person))

    def person_of(student: str) -> Person | None:
        named = {
            person.id
            for text in names_in(student)
            for name, person in by_letters.get(letters(text), ())
            if same_words(text, name)
        }
        by_name = by_id[named.pop()] if len(named) == 1 else None
        numbered = by_number.get(number_at_end(student))
        if numbered and by_name and numbered != by_name and not canvas_number(student):
            return None
        return numbered or by_email.get(student.casefold()) or by_name

    persons: dict[str, Person] = {}
    for student in ids:
        match = by_id.get(student) or person_of(student)
        if match and not _contradicts(student, match):
            persons[student] = match
    return persons


def people_of_name(people: Iterable[Person], student: str) -> list[Person]:
    """The people who have the name that stands in an id."""
    texts = names_in(student)
    return [
        person
        for person in people
        if any(same_words(text, name) for text in texts for name in full_names(person))
    ]


def by_full_name(people: Iterable[Person]) -> Mapping[str, Person]:
    """The person of each name, as its words' letters, that one person alone has."""

    def words(person: Person) -> list[str]:
        if not full_names(person):
            return []
        return [f"{letters(person.first_name)} {letters(person.last_name)}"]

    return _unique(people, words)


def full_names(person: Person) -> list[str]:
    """A person's name with the first name first and with the last; [] where one of them is not
    known."""
    if not (person.first_name and person.last_name):
        return []
    first, last = person.first_name, person.last_name
    return list(dict.fromkeys((f"{first} {last}", f"{last} {first}")))


def _unique(
    people: Iterable[Person], keys: Callable[[Person], Iterable[str]]
) -> Mapping[str, Person]:
    """The person of each key that only one has."""
    pairs = [(key, person) for person in people for key in keys(person) if key]
    counts = Counter(key for key, _ in pairs)
    return {key: person for key, person in pairs if counts[key] == 1}


def _contradicts(student: str, person: Person) -> bool:
    """Whether the id bears a number of Canvas that is another than the person's."""
    number = canvas_number(student)
    theirs = person.lms_id or canvas_number(person.id)
    return student != person.id and number != "" and theirs not in ("", number)


def roster_ids(course: Course) -> Resolve:
    """A function from the ids of one inbox to those of roster.csv, for the ids that lead there.

    Where two ids of one inbox would become one person, neither does, but for the person's own id.
    """
    listed = everybody(course)

    def resolve(ids: Iterable[str]) -> dict[str, str]:
        persons = persons_of(listed, sorted(set(ids)))
        counts = Counter(person.id for person in persons.values())
        return {
            student: person.id
            for student, person in persons.items()
            if student == person.id or counts[person.id] == 1
        }

    return resolve


def hand_in_ids(course: Course) -> tuple[str, ...]:
    """The ids under which something was handed in, for any assignment."""
    folders: Iterable[Path] = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return tuple(sorted(path.name for path in folders if path.is_dir()))
