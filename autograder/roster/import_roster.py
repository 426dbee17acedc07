"""A platform's list of people becomes roster.csv: who is new, who changed, who has gone.

Nobody is removed: who is no longer listed keeps row, hand-ins and marks, and is marked as gone. An
id under which something was handed in before stays the person's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date

from autograder.files import exclusive_lock
from autograder.gradebook.students import StudentRow, save_students
from autograder.model import Course, CourseError
from autograder.roster.lms_people import Listing, read_listing
from autograder.roster.matching import (
    by_full_name,
    canvas_number,
    hand_in_ids,
    letters,
    persons_of,
)
from autograder.roster.people import LONGEST, Person, everybody, write_people
from autograder.sanitizing.student_names import without_markup

SHARE = 10  # of so many people of a class one alone is in the table: it may be of another
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
    have handed in, by person; doubt: why the table may not be of this class, or ''."""

    platform: str
    people: tuple[Person, ...]
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    other_ids: tuple[tuple[str, tuple[str, ...]], ...] = ()
    doubt: str = ""


def import_roster(
    course: Course,
    data: bytes,
    today: date,
    partial: bool = False,
    dry_run: bool = False,
    insist: bool = False,
) -> Import:
    """Read an exported table into roster.csv and nbgrader's table of students.

    partial: the table lists a part of the class, so nobody has gone. dry_run: write nothing.
    insist: the table is of this class, although it has nearly nobody of the roster. Raises
    CourseError where the table or roster.csv cannot be read or the table may not be of this class;
    then nothing is written.
    """
    lock = course.root / ".autograder" / "roster.lock"
    with nullcontext() if dry_run else exclusive_lock(lock):
        before = everybody(course)
        listing = read_listing(data)
        result = merge(before, listing, hand_in_ids(course), today, partial)
        if result.doubt and not dry_run and not insist:
            raise CourseError(result.doubt)
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
    matched_ids = {person.id for person in earlier.values()}
    ids_of_unlisted = persons_of([p for p in old.values() if p.id not in matched_ids], sorted(used))
    ids_of: dict[str, list[str]] = {}
    for student, person in persons_of(listing.people, sorted(used)).items():
        if student not in ids_of_unlisted or canvas_number(student) == person.lms_id != "":
            ids_of.setdefault(person.id, []).append(student)
    people, changes, other_ids = [], [], []
    for listed in listing.people:
        previous = earlier.get(listed.id)
        theirs = [i for i in ids_of.get(listed.id, ()) if i not in old or i == _id(previous)]
        person = replace(_merged(listed, previous, listing), id=_best_id(listed, previous, theirs))
        further = tuple(sorted(set(theirs) - {person.id}))
        other_ids += [(person.id, further)] if further else []
        people.append(person)
        changes += _changes(previous, person)
    for person in old.values():
        if person.id not in matched_ids:
            unlisted_person = (
                person if partial or person.gone else replace(person, gone=today.isoformat())
            )
            people.append(unlisted_person)
            changes += [Change("gone", unlisted_person)] if unlisted_person != person else []
    _refuse_twins(people)
    return Import(
        listing.platform,
        tuple(people),
        tuple(changes),
        listing.left_out,
        tuple(other_ids),
        "" if partial else _doubt(old.values(), matched_ids, listing),
    )


def _doubt(old: Iterable[Person], matched_ids: set[str], listing: Listing) -> str:
    """A sentence where at most one in ten of the class is in the table, else ''."""
    class_ids = {person.id for person in old if not person.gone}
    count = len(class_ids & matched_ids)
    if not class_ids or count * SHARE > len(class_ids):
        return ""
    return (
        f"the table is of {listing.platform}, and of the {len(class_ids)} people in roster.csv it "
        f"has {count or 'nobody'}: the others would be gone, and {len(listing.people) - count} "
        f"would be new. Nothing was written. If it is of another platform or course than "
        f"roster.csv, import one of the same. If it lists a further section of the class, add "
        f"--partial; if it lists a new class, add --replace."
    )


def _refuse_twins(people: list[Person]) -> None:
    """Raise CourseError where two rows have one id, or two people in the class one address."""
    rows_of: dict[str, list[Person]] = {}
    for person in people:
        rows_of.setdefault(person.id, []).append(person)
    for student, rows in rows_of.items():
        if len(rows) > 1:
            addresses = " and ".join(dict.fromkeys(row.email or "no address" for row in rows))
            raise CourseError(
                f"two people would have the id '{student}' ({addresses}). If they are one person "
                f"with a new address, write it into the row of roster.csv; if they are two, give "
                f"one of them a row with another id there. Then run this again."
            )
    here = [person for person in people if person.email and not person.gone]
    counts = Counter(person.email.casefold() for person in here)
    shared = [person for person in here if counts[person.email.casefold()] > 1]
    if shared:
        names = " and ".join(f"'{p.id}'" for p in shared if _same_address(p, shared[0]))
        raise CourseError(
            f"{names} would all have the address {shared[0].email}. Correct the row in roster.csv "
            f"that is wrong, or the table, then run this again."
        )


def _same_address(a: Person, b: Person) -> bool:
    return a.email.casefold() == b.email.casefold()


def _id(person: Person | None) -> str:
    return person.id if person else ""


def _earlier(old: dict[str, Person], listed: Iterable[Person]) -> dict[str, Person]:
    """The row of the roster that each listed person had before, by the listed id: by the platform's
    own id, the e-mail address, the id, and a name that one person has. An id of Moodle is a name,
    which people choose, so it leads to no row whose address is another."""
    listed = list(listed)
    by_lms_id = {person.lms_id: person for person in old.values() if person.lms_id}
    by_email = _by_address(old.values())
    earlier_rows: dict[str, Person] = {}

    def match(person: Person, row: Person | None) -> None:
        matched_ids = {earlier.id for earlier in earlier_rows.values()}
        if row is not None and person.id not in earlier_rows and row.id not in matched_ids:
            earlier_rows[person.id] = row

    for person in listed:
        match(person, by_lms_id.get(person.lms_id))
    for person in listed:
        row = by_email.get(person.email.casefold())
        match(person, None if row is None or _other_number(row, person) else row)
    for person in listed:
        row = old.get(person.id)
        match(person, None if row is None or _is_another(row, person) else row)
    matched_ids = {person.id for person in earlier_rows.values()}
    named = by_full_name([person for person in old.values() if person.id not in matched_ids])
    for name, person in by_full_name([p for p in listed if p.id not in earlier_rows]).items():
        row = named.get(name)
        other = row is None or _other_number(row, person) or _other_address(row, person)
        match(person, None if other else row)
    return earlier_rows


def _by_address(people: Iterable[Person]) -> dict[str, Person]:
    """The person of each e-mail address that one row alone has."""
    rows = [person for person in people if person.email]
    counts = Counter(person.email.casefold() for person in rows)
    return {p.email.casefold(): p for p in rows if counts[p.email.casefold()] == 1}


def _is_another(row: Person, listed: Person) -> bool:
    """Whether a row with the listed id is of another person."""
    id_is_name = letters(listed.id) == letters(listed.name)
    return _other_number(row, listed) or (id_is_name and _other_address(row, listed))


def _other_number(a: Person, b: Person) -> bool:
    return bool(a.lms_id and b.lms_id and a.lms_id != b.lms_id)


def _other_address(a: Person, b: Person) -> bool:
    return bool(a.email and b.email and a.email.casefold() != b.email.casefold())


def _best_id(listed: Person, previous: Person | None, used: list[str]) -> str:
    """The id under which the person has handed in (`used`), best the one of the roster or the one
    that the platform's names lead to; without hand-ins one of these two."""
    preferred_id = previous.id if previous else listed.id
    return preferred_id if preferred_id in used or not used else min(used)


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
