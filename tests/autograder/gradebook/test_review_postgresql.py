"""Marks of people in PostgreSQL: the same rows as in SQLite, and two TAs at once."""

import pytest
from postgresql_server import new_database
from review_course import (
    WHY,
    add_item,
    answer_of,
    give,
    in_formgrader,
    mark_at_once,
    points,
    session,
    stored,
    write_course,
)
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from autograder.gradebook.connection import transaction
from autograder.gradebook.review_tables import QuestionKey
from autograder.reporting.rubric_lines import Reasons, read_reasons
from autograder.review import rubric_changes
from autograder.review.marking import OvertakenError

pytestmark = pytest.mark.xdist_group("postgresql")
STUDENTS = tuple(f"s{n:02}" for n in range(8))


@pytest.fixture
def course(server, admin, tmp_path):
    return write_course(tmp_path, STUDENTS, new_database(server, admin))


def gradebook_marks(course):
    """What a person sees in the gradebook, without keys."""
    return {
        student: (cell.manual_score, cell.manual_comment, cell.needs_manual)
        for student, cell in stored(course).items()
    }


def mark_a_class(course):
    """A rubric, marks, a change of the rubric after them, a change in formgrader."""
    at = session(course)
    item = add_item(at, 2, "nennt den Cache: 缓存")
    for student in STUDENTS[:4]:
        give(at, student, (item,), 0.5, f"für {student}")
    in_formgrader(course, STUDENTS[0], 1.0, "Talked")
    with transaction(course, writing=True) as connection:
        key = answer_key(course)
        settled = rubric_changes.change(at, connection, key, item, 1.25, "names it")
    assert len(settled.changed_numbers) == 3 and len(settled.conflict_numbers) == 1
    with pytest.raises(OvertakenError):
        give(at, STUDENTS[0], (), 2)
    return at


def answer_key(course):
    return QuestionKey("words", *WHY)


def test_postgresql_holds_the_marks_that_sqlite_holds(course, tmp_path):
    plain = write_course(tmp_path / "plain", STUDENTS)
    for twin in (course, plain):
        mark_a_class(twin)
    assert gradebook_marks(course) == gradebook_marks(plain)
    assert gradebook_marks(course)["s01"] == (1.75, "für s01", False)
    reasons, plain_reasons = (read_reasons(twin, twin.assignments[0]) for twin in (course, plain))
    assert reasons == plain_reasons
    assert reasons["s01", *WHY] == Reasons(((1.25, "names it"),), False, 0.5, "anna")


@pytest.mark.slow
def test_two_tas_at_once_lose_no_mark_in_postgresql(course):
    session(course)
    parts = {"anna": STUDENTS[::2], "ben": STUDENTS[1::2]}
    assert mark_at_once(course, parts) == [0, 0]
    assert [gradebook_marks(course)[s][1] for s in STUDENTS] == ["by anna", "by ben"] * 4


@pytest.mark.slow
def test_formgrader_waits_for_a_mark_that_is_being_written(course):
    """Its change comes after ours, whole, and is then fingerprint as a change of somebody else."""
    at = session(course)
    give(at, "s00", (), 2)
    with transaction(course, writing=True), pytest.raises(OperationalError, match="lock timeout"):
        change_with_a_short_wait(course)
    in_formgrader(course, "s00", 1.0)
    assert (answer_of(at, "s00").state, points(course)["s00"]) == ("conflict", 1.0)


def change_with_a_short_wait(course):
    engine = create_engine(course.db_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '0.2s'"))
        connection.execute(text("UPDATE grade SET manual_score = 1"))
