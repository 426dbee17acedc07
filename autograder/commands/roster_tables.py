"""What the commands print of the people of a class: what they handed in, and who is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from autograder.collecting.student_ids import escape
from autograder.commands.terminal import console, new_table, print_line

if TYPE_CHECKING:
    from autograder.reporting.status import PersonRow, Row
    from autograder.roster.import_roster import Import
    from autograder.roster.people import Person


def status_table(rows: Sequence[Row]) -> None:
    """A row per assignment; with a roster also how many handed nothing in, and who is not in it."""
    has_roster = any(row.absent is not None for row in rows)
    columns = ("assignment", "released", "collected", "graded", "to review", "set aside")
    table = new_table(*columns, *(("no hand-in",) if has_roster else ()))
    for row in rows:
        counts = [row.collected, row.graded, row.needs_review, row.set_aside]
        counts += [row.absent] if row.absent is not None else []
        table.add_row(row.assignment, "yes" if row.released else "no", *map(str, counts))
    console.print(table)
    for sentence in dict.fromkeys(note for row in rows for note in row.notes):
        print_line(f"note: {sentence}")


def class_status_table(rows: Iterable[PersonRow]) -> None:
    """A row per person of one assignment, then a line per group: who handed in for whom."""
    table = new_table("student", "name", "sections", "status", "score", "handed in (UTC)")
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        grade, person = row.grade, row.person
        score = f"{grade.score:g} / {grade.max_score:g}" if grade and grade.marks else "-"
        when = f"{grade.submitted_at:%Y-%m-%d %H:%M}" if grade and grade.submitted_at else "-"
        if grade and grade.group:
            groups.setdefault((grade.group, grade.handed_in_by), []).append(person.id)
        name = person.name if person.name != person.id else ""
        sections = "; ".join(person.sections)
        table.add_row(person.id, escape(name), escape(sections), row.state, score, when)
    console.print(table)
    for (group, student), members in groups.items():
        other_members = ", ".join(member for member in members if member != student)
        also_for = f", also for {other_members}" if other_members else ""
        print_line(f"group '{escape(group)}': handed in by {student}{also_for}")


def people_table(people: Iterable[Person], missing: Mapping[str, Sequence[str]]) -> None:
    """A row per person of the roster. missing: the assignments without a hand-in, by person."""
    table = new_table("student", "name", "sections", "no hand-in of")
    for person in people:
        state = f"(gone since {person.gone})" if person.gone else ", ".join(missing[person.id])
        sections = "; ".join(person.sections)
        table.add_row(person.id, escape(person.name), escape(sections), state)
    console.print(table)


def import_table(result: Import) -> None:
    """Who is new, changed, gone or back by an import, and what it left out."""
    table = new_table("", "student", "name", "what changes")
    for change in result.changes:
        facts = escape("; ".join(change.facts))
        table.add_row(change.kind, change.person.id, escape(change.person.name), facts)
    if result.changes:
        console.print(table)
    for name in result.left_out:
        print_line(f"left out: {escape(name)}, the platform's test student")
    for student, other_ids in result.other_ids:
        print_line(
            f"note: '{student}' has also handed in as {', '.join(other_ids)}; that work stays apart"
        )
