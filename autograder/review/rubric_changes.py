"""A rubric changes, and every mark that rests on it follows at once, in the same transaction."""

from __future__ import annotations

import math

from autograder.gradebook.review_tables import Connection, QuestionKey
from autograder.gradebook.rubrics import add_item, change_item, remove_item, set_start
from autograder.model import CourseError
from autograder.review.marking import Settlement, settle
from autograder.review.worklist import Session

LONGEST_TEXT = 500
MOST_POINTS = 10_000


def check_item(points: float, words: str) -> str:
    """The words of an item without space around. Raises CourseError where it can be none."""
    words = " ".join(words.split())
    if not words or len(words) > LONGEST_TEXT:
        raise CourseError(
            f"An item of a rubric needs 1 to {LONGEST_TEXT} characters of text; it has "
            f"{len(words)}. Say what the points are for."
        )
    if not math.isfinite(points) or abs(points) > MOST_POINTS:
        raise CourseError(
            f"An item has between -{MOST_POINTS} and {MOST_POINTS} points, and {points} came."
        )
    return words


def add(connection: Connection, key: QuestionKey, points: float, words: str) -> str:
    """Add an item that no mark uses yet; its id."""
    return add_item(connection, key, points, check_item(points, words))


def change(
    session: Session, connection: Connection, key: QuestionKey, item: str, points: float, words: str
) -> Settlement:
    """Change an item. All marks that use it have the new points afterwards."""
    if not change_item(connection, key, item, points, check_item(points, words)):
        raise CourseError("Somebody else removed this item meanwhile. Load the page again.")
    return settle(session, connection, key.notebook, key.cell)


def remove(session: Session, connection: Connection, key: QuestionKey, item: str) -> Settlement:
    """Remove an item. Marks that used it have no points of it afterwards."""
    remove_item(connection, key, item)
    return settle(session, connection, key.notebook, key.cell)


def start_from(
    session: Session, connection: Connection, key: QuestionKey, from_full: bool
) -> Settlement:
    """Let all marks of the question begin at full points, or at 0."""
    set_start(connection, key, from_full)
    return settle(session, connection, key.notebook, key.cell)
