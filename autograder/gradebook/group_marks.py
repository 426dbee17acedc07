"""Marks and comments that a person gives one member of a group reach all members.

nbgrader has a row of marks for each student. The table `autograder_group_marks` remembers what the
members of a group had in common last, so that what a person changed since is known from what is
only old.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader import api
from sqlalchemy import Column, MetaData, String, Table, Text, select, text, update
from sqlalchemy.engine import Connection

from autograder.gradebook.connection import ensure_table, write_connection
from autograder.gradebook.mark_rows import MARK_ROWS, NOTEBOOK_ROWS
from autograder.gradebook.statements import insert_into, table
from autograder.model import Assignment, Course
from autograder.settings.counted import counted

SHARED = Table(
    "autograder_group_marks",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("group_name", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", Text, nullable=False),
)
GRADES = f"""
SELECT submitted_assignment.student_id, notebook.name, base_cell.name, grade.id,
       grade.manual_score, grade.extra_credit, grade.needs_manual_grade
{MARK_ROWS}
WHERE assignment.name = :assignment
"""
COMMENTS = f"""
SELECT submitted_assignment.student_id, notebook.name, base_cell.name, comment.id,
       comment.manual_comment
{NOTEBOOK_ROWS}
JOIN comment ON comment.notebook_id = submitted_notebook.id
JOIN base_cell ON base_cell.id = comment.cell_id
WHERE assignment.name = :assignment
"""
MARK, COMMENT = "mark", "comment"
NOTHING = {MARK: [None, None], COMMENT: None}
Key = tuple[str, str, str]  # (notebook, cell, MARK or COMMENT)


@dataclass(frozen=True)
class GivenValue:
    """What a person gave one student for one cell. row: its id in the gradebook. value: a comment,
    or points and extra credit; waits: whether a person still has to look."""

    row: str
    value: Any
    waits: bool = False


def share_marks(
    course: Course, assignment: Assignment, groups: Mapping[str, Iterable[str]]
) -> list[str]:
    """Give all members of each group what a person gave one of them, in one transaction.

    groups: name -> ids of the members whose rows are of one hand-in. Returned is a sentence for
    each cell whose members were given different things since; there nothing changes.
    """
    conflicts: list[str] = []
    with write_connection(course) as connection, connection.begin():
        ensure_table(connection, SHARED)
        given_values = _given_values(connection, assignment)
        for name, members in sorted(groups.items()):
            before = _shared(connection, assignment, name)
            by_member = {
                member: given_values[member] for member in members if member in given_values
            }
            for key in sorted({key for cells in by_member.values() for key in cells}):
                rows = {member: cells[key] for member, cells in by_member.items() if key in cells}
                conflict = _share(connection, assignment, name, key, rows, before.get(key))
                conflicts += [conflict] if conflict else []
    return conflicts


def _given_values(
    connection: Connection, assignment: Assignment
) -> dict[str, dict[Key, GivenValue]]:
    """By student: what a person gave, for each cell that has a row."""
    parameters = {"assignment": assignment.id}
    given_values: dict[str, dict[Key, GivenValue]] = {}
    for student, notebook, cell, row, score, extra, waits in connection.execute(
        text(GRADES), parameters
    ):
        value = GivenValue(row, [score, extra], bool(waits))
        given_values.setdefault(student, {})[notebook, cell, MARK] = value
    for student, notebook, cell, row, comment in connection.execute(text(COMMENTS), parameters):
        given_values.setdefault(student, {})[notebook, cell, COMMENT] = GivenValue(row, comment)
    return given_values


def _shared(connection: Connection, assignment: Assignment, name: str) -> dict[Key, Any]:
    """What the group had in common last, with the members who had it."""
    query = select(SHARED).where(SHARED.c.assignment == assignment.id, SHARED.c.group_name == name)
    rows = connection.execute(query).all()
    return {(row.notebook, row.cell, row.kind): json.loads(row.value) for row in rows}


def _share(
    connection: Connection,
    assignment: Assignment,
    name: str,
    key: Key,
    rows: Mapping[str, GivenValue],
    before: Any,
) -> str:
    """Bring one cell of a group to one value; a sentence where there are several new ones.

    What somebody who joined the group brings along was given for other work: it is no new value.
    """
    kind = key[2]
    value = before["value"] if before else NOTHING[kind]
    known_members = before["members"] if before else rows
    changed = {
        member: row
        for member, row in rows.items()
        if member in known_members and row.value != value and (before or row.value != NOTHING[kind])
    }
    if len({json.dumps(row.value) for row in changed.values()}) > 1:
        return _conflict(name, key, changed)
    value = next((row.value for row in changed.values()), value)
    brought = {
        member: row
        for member, row in rows.items()
        if member not in known_members and row.value not in (value, NOTHING[kind])
    }
    if brought:
        return _conflict(name, key, {m: r for m, r in rows.items() if m in known_members} | brought)
    waits = all(row.waits for row in rows.values() if row.value == value)
    for row in rows.values():
        if (row.value, row.waits) != (value, waits):
            _write(connection, kind, row, value, waits)
    _remember(connection, assignment, name, key, {"value": value, "members": sorted(rows)}, before)
    return ""


def _conflict(name: str, key: Key, rows: Mapping[str, GivenValue]) -> str:
    member_values = " and ".join(
        f"{m} {_describe_value(key[2], row.value)}" for m, row in rows.items()
    )
    return (
        f"group '{name}', cell '{key[1]}': {member_values}. All members have one mark: give them "
        f"the same in formgrader, and run this again."
    )


def _describe_value(kind: str, value: Any) -> str:
    if kind == COMMENT:
        return f"has the comment {value or ''!a:.40}"
    points = "no points by hand" if value[0] is None else f"{counted(value[0], 'point')} by hand"
    return f"has {points}" + (f" and {value[1]:g} extra" if value[1] else "")


def _write(connection: Connection, kind: str, row: GivenValue, value: Any, waits: bool) -> None:
    if kind == COMMENT:
        stored = table(api.Comment)
        values = {"manual_comment": value}
    else:
        stored = table(api.Grade)
        values = {"manual_score": value[0], "extra_credit": value[1], "needs_manual_grade": waits}
    connection.execute(update(stored).where(stored.c.id == row.row).values(**values))


def _remember(
    connection: Connection,
    assignment: Assignment,
    name: str,
    key: Key,
    shared: dict[str, Any],
    before: Any,
) -> None:
    if shared == before:
        return
    columns = dict(zip(("notebook", "cell", "kind"), key, strict=True))
    names = {"assignment": assignment.id, "group_name": name, **columns}
    adding = insert_into(connection, SHARED)
    keyed = adding.on_conflict_do_update(
        index_elements=list(names), set_={"value": adding.excluded.value}
    )
    connection.execute(keyed, {**names, "value": json.dumps(shared, sort_keys=True)})
