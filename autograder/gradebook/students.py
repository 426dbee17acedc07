"""nbgrader's table of students, so that formgrader shows names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from nbgrader import api
from sqlalchemy import func

from autograder.gradebook.connection import write_connection
from autograder.gradebook.statements import insert, table
from autograder.model import Course

STUDENT = table(api.Student)
TEXTS = ("first_name", "last_name", "email", "lms_user_id")


@dataclass(frozen=True)
class StudentRow:
    """A student as nbgrader has one; '' for what is not known."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def save_students(course: Course, rows: Iterable[StudentRow]) -> None:
    """Add these students to the gradebook, or give those who are there their names.

    What is not known here stays as it is there, and nobody is removed. nbgrader's pages write names
    without escaping: give it none with markup.
    """
    values = [{name: text or None for name, text in asdict(row).items()} for row in rows]
    if not values:
        return
    with write_connection(course) as connection, connection.begin():
        adding = insert(connection, api.Student)
        names = {name: func.coalesce(adding.excluded[name], STUDENT.c[name]) for name in TEXTS}
        connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=names), values)
