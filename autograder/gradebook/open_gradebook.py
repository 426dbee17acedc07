"""The one door to nbgrader's gradebook: register an assignment, record submissions, read a class.

The gradebook is SQLite's file in the course or, where several machines write, PostgreSQL: what
CourseDirectory.db_url names. Whatever fails in it is a CourseError.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from autograder.gradebook import errors, register_assignment, write_marks
from autograder.gradebook.connection import PATIENCE_S, database_url, write_connection
from autograder.gradebook.write_marks import Regrade
from autograder.model import Assignment, Course
from autograder.notebook.cells import Notebook
from autograder.settings import nbgrader_strip


class Save(Protocol):
    """Records a submission. regrade: where it is the work of before, under mended tests.
    other_work: where it is known to be another hand-in than before."""

    def __call__(
        self,
        student: str,
        submitted_at: datetime | None,
        executed: dict[str, Notebook],
        regrade: Regrade | None = None,
        other_work: bool = False,
    ) -> None: ...


@contextmanager
def gradebook(course: Course) -> Iterator[Gradebook]:
    """nbgrader's own open gradebook, its tables made where there were none."""
    url = database_url(course)
    with write_connection(course):
        pass
    with errors.translate_errors(url), warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own habit of half-built objects
        with Gradebook(url.render_as_string(hide_password=False), course.name) as book:
            yield book


def register(
    course: Course, assignment: Assignment, forms: dict[str, Notebook] | None = None
) -> None:
    """Write the assignment and its cells into the gradebook, as `generate_assignment` does.

    forms are the notebooks' graded forms, made here where they are not given. Raises CourseError
    where cells were added or removed after submissions had been graded.
    """
    if forms is None:
        names = assignment.notebooks
        forms = {name: nbgrader_strip.graded_form(course, assignment, name) for name in names}
    with write_connection(course) as connection, connection.begin():
        register_assignment.register(connection, course, assignment, forms)


@contextmanager
def recorder(
    course: Course, assignment: Assignment, patience_s: float = PATIENCE_S
) -> Iterator[Save]:
    """save(student, submitted_at, executed), over one connection for a whole class.

    executed maps notebook names to executed notebooks; a notebook that is missing scores 0. Each
    call writes all rows of its submission or, with a CourseError, none; called again it leaves
    the same rows. A person's marks and comments stay as they are. patience_s bounds the wait for
    another writer. One thread at a time.
    """
    url = database_url(course)
    with write_connection(course, patience_s) as connection:
        registered = write_marks.registered_cells(connection, assignment)

        def save(
            student: str,
            submitted_at: datetime | None,
            executed: dict[str, Notebook],
            regrade: Regrade | None = None,
            other_work: bool = False,
        ) -> None:
            with errors.translate_errors(url):
                write_marks.save(
                    connection, registered, student, submitted_at, executed, regrade, other_work
                )

        yield save


def record(
    course: Course,
    assignment: Assignment,
    student: str,
    submitted_at: datetime | None,
    executed: dict[str, Notebook],
) -> None:
    """Record a single submission, as `recorder` does for a class."""
    with recorder(course, assignment) as save:
        save(student, submitted_at, executed)
