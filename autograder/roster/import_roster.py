"""A platform's list of people becomes roster.csv: who is new, who changed, who has gone.

Nobody is removed: who is no longer listed keeps row, hand-ins and marks, and is marked as gone. An
id under which something was handed in before stays the person's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from autograder.files import exclusive_lock
from autograder.gradebook.students import StudentRow, save_students
from autograder.model import Course, CourseError
from autograder.roster.lms_people import Listing, read_listing
from autograder.roster.matching import by_full_name, hand_in_ids, persons_of
from autograder.roster.people import LONGEST, Person, everybody, write_people
from autograder.sanitizing.student_names import without_markup

FACTS = ("id", "first_name", "last_name", "email", "sections", "lms_id", "gone")


@dataclass(frozen=True)
class Change:
    """What an import does with a person. kind: 'new', 'changed', 'gone' or 'back'. facts: what
    changes, as text."""

    kind: str
    person: Person
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """What an import does. people: the roster afterwards; other_ids: further ids under which people
    have handed in, by person."""

    platform: str
    people: tuple[Person, ...]
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    other_ids: tuple[tuple[str, tuple[str, ...]], ...] = ()


def import_roster(
    course: Course, data: bytes, today: date, partial: bool = False, dry_run: bool = False
) -> Import:
    """Read an exported table into roster.csv and nbgrader's table of students.

    partial: the table lists a part of the class, so nobody has gone. dry_run: write nothing. Raises
    CourseError where the table or roster.csv cannot be read; then nothing is written.
    """
    with exclusive_lock(course.root / ".autograder" / "roster.lock"):
        before = everybody(course)
        listing = read_listing(data)
        result = merge(before, listing, hand_in_ids(course), today, partial)
        if not dry_run:
            write_people(course, result.people)
            everybody(course)  # what was written can be read
            save_names(course, result.people)
    return result


def save_names(course: Course, people: Iterable[Person]) -> None:
    """Give these people their names in nbgrader's table of students, where formgrader has them."""
    save_students(course, map(_student, people))


def _student(person: Person) -> StudentRow:
    """The person as nbgrader's pages may show them, which write names without escaping."""
    facts = (person.first_name, person.last_name, person.email, person.lms_id)
    return StudentRow(person.id, *map(without_markup, facts))


def merge(
    before: Iterable[Person],
    listing: Listing,
    handed_in: Iterable[str],
    today: date,
    partial: bool = False,
) -> Import:
    """The roster with a listing in it. handed_in: ids under which something was handed in."""
    old = {person.id: person for person in before}
    earlier = _earlier(old, listing.people)
    used = set(handed_in)
    ids_of: dict[str, list[str]] = {}
    for student, person in persons_of(listing.people, sorted(used)).items():
        ids_of.setdefault(person.id, []).append(student)
    people, changes, others, taken = [], [], [], set[str]()
    for listed in listing.people:
        previous = earlier.get(listed.id)
        theirs = [i for i in ids_of.get(listed.id, ()) if i not in old or i == _id(previous)]
        person = replace(_merged(listed, previous, listing), id=_best_id(listed, previous, theirs))
        further = tuple(sorted(set(theirs) - {person.id}))
        others += [(person.id, further)] if further else []
        taken |= {person.id, _id(previous)}
        people.append(person)
        changes += _changes(previous, person)
    for person in old.values():
        if person.id not in taken:
            gone = person if partial or person.gone else replace(person, gone=today.isoformat())
            people.append(gone)
            changes += [Change("gone", gone)] if gone != person else []
    _refuse_twins(people)
    return Import(listing.platform, tuple(people), tuple(changes), listing.left_out, tuple(others))


def _refuse_twins(people: list[Person]) -> None:
    counts = Counter(person.id for person in people)
    twin = next((person for person in people if counts[person.id] > 1), None)
    if twin:
        raise CourseError(
            f"two people would have the id '{twin.id}'. Change the row of one in roster.csv, then "
            f"run this again."
        )


def _id(person: Person | None) -> str:
    return person.id if person else ""


def _earlier(old: dict[str, Person], listed: Iterable[Person]) -> dict[str, Person]:
    """The row of the roster that each listed person had before, by the listed id: by the platform's
    own id, by the id, the e-mail address, and a name that one person has."""
    listed = list(listed)
    by_lms_id = {person.lms_id: person for person in old.values() if person.lms_id}
    found = {p.id: by_lms_id[p.lms_id] for p in listed if p.lms_id in by_lms_id}
    by_email = {person.email.casefold(): person for person in old.values() if person.email}
    for person in listed:
        match = old.get(person.id) or by_email.get(person.email.casefold())
        if person.id not in found and match and not _other_number(match, person):
            found[person.id] = match
    left = [p for p in listed if p.id not in found]
    taken = {person.id for person in found.values()}
    free = [person for person in old.values() if person.id not in taken]
    named = by_full_name(free)
    for name, person in by_full_name(left).items():
        if name in named and not _other_number(named[name], person):
            found[person.id] = named[name]
    return found


def _other_number(a: Person, b: Person) -> bool:
    return bool(a.lms_id and b.lms_id and a.lms_id != b.lms_id)


def _best_id(listed: Person, previous: Person | None, used: list[str]) -> str:
    """The id under which the person has handed in (`used`), best the one of the roster or the one
    that the platform's names lead to; without hand-ins one of these two."""
    own = previous.id if previous else listed.id
    return own if own in used or not used else min(used)


def _merged(listed: Person, previous: Person | None, listing: Listing) -> Person:
    """The listed person, with what the table does not say as it was."""
    person = replace(
        listed,
        first_name=listed.first_name[:LONGEST],
        last_name=listed.last_name[:LONGEST],
        email=listed.email[:LONGEST],
    )
    if previous:
        person = replace(
            person,
            email=person.email if listing.has_email else previous.email,
            sections=person.sections if listing.has_sections else previous.sections,
            lms_id=person.lms_id or previous.lms_id,
        )
    return person


def _changes(previous: Person | None, person: Person) -> list[Change]:
    if previous is None:
        return [Change("new", person)]
    facts = tuple(
        f"{name}: {_text(getattr(previous, name))} -> {_text(getattr(person, name))}"
        for name in FACTS
        if getattr(previous, name) != getattr(person, name)
    )
    if previous.gone:
        return [Change("back", person, facts)]
    return [Change("changed", person, facts)] if facts else []


def _text(value: str | tuple[str, ...]) -> str:
    return (";".join(value) if isinstance(value, tuple) else value) or "(empty)"
