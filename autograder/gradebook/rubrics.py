"""Rubrics: what points of a question are given for; and the bank of comments of an assignment.

Marks name the items that they use, so an item that changes later changes all of them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from autograder.gradebook.review_tables import (
    APPLIED,
    COMMENT,
    ITEM,
    RUBRIC,
    Connection,
    QuestionKey,
    of_question,
)


@dataclass(frozen=True)
class Item:
    """A line of a rubric. points: added where the item applies; a deduction is below 0."""

    id: str
    points: float
    text: str


@dataclass(frozen=True)
class Rubric:
    """The items of a question in order. from_full: a mark begins at full points, else at 0."""

    items: tuple[Item, ...] = ()
    from_full: bool = False

    def ids(self) -> frozenset[str]:
        return frozenset(item.id for item in self.items)


@dataclass(frozen=True)
class BankComment:
    """A comment that was kept to be used again."""

    id: str
    text: str


def read_rubric(connection: Connection, question: QuestionKey) -> Rubric:
    """The rubric of a question; an empty one where nobody has written any."""
    query = select(ITEM.c.id, ITEM.c.points, ITEM.c.text).where(of_question(ITEM, question))
    rows = connection.execute(query.order_by(ITEM.c.place, ITEM.c.id)).all()
    start = select(RUBRIC.c.from_full).where(of_question(RUBRIC, question))
    from_full = bool(connection.execute(start).scalar())
    return Rubric(tuple(Item(*row) for row in rows), from_full)


def set_start(connection: Connection, question: QuestionKey, from_full: bool) -> None:
    """Marks of the question begin at full points from now on, or at 0."""
    connection.execute(delete(RUBRIC).where(of_question(RUBRIC, question)))
    connection.execute(insert(RUBRIC), {**question._asdict(), "from_full": from_full})


def add_item(connection: Connection, question: QuestionKey, points: float, words: str) -> str:
    """Add a line at the end of a rubric; its id."""
    last = select(func.max(ITEM.c.place)).where(of_question(ITEM, question))
    place = (connection.execute(last).scalar() or 0) + 1
    row = {"id": uuid.uuid4().hex, "place": place, "points": points, "text": words}
    connection.execute(insert(ITEM), {**question._asdict(), **row})
    return str(row["id"])


def change_item(
    connection: Connection, question: QuestionKey, item: str, points: float, words: str
) -> bool:
    """Whether there was such an item, which now has these points and words."""
    chosen = update(ITEM).where(of_question(ITEM, question), ITEM.c.id == item)
    return bool(connection.execute(chosen, {"points": points, "text": words}).rowcount)


def remove_item(connection: Connection, question: QuestionKey, item: str) -> None:
    """Take an item out of the rubric and out of every mark that uses it."""
    connection.execute(
        delete(APPLIED).where(of_question(APPLIED, question), APPLIED.c.item == item)
    )
    connection.execute(delete(ITEM).where(of_question(ITEM, question), ITEM.c.id == item))


def read_bank(connection: Connection, assignment: str) -> list[BankComment]:
    """The kept comments of an assignment in alphabetical order, so that their numbers stay."""
    query = select(COMMENT.c.id, COMMENT.c.text).where(COMMENT.c.assignment == assignment)
    rows = [BankComment(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda comment: (comment.text.casefold(), comment.id))


def keep_comment(connection: Connection, assignment: str, words: str) -> None:
    """Keep a comment; one that is there already is not kept twice."""
    if words not in {comment.text for comment in read_bank(connection, assignment)}:
        row = {"id": uuid.uuid4().hex, "assignment": assignment, "text": words}
        connection.execute(insert(COMMENT), row)


def drop_comment(connection: Connection, assignment: str, comment: str) -> None:
    """Take a comment out of the bank; marks that were given it keep their words."""
    chosen = (COMMENT.c.assignment == assignment) & (COMMENT.c.id == comment)
    connection.execute(delete(COMMENT).where(chosen))
