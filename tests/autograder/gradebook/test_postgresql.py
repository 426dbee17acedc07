"""The gradebook in PostgreSQL, where several machines record one class at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pytest
from gradebook_course import (
    REGISTERED,
    STORED,
    executed,
    forms,
    marks,
    record_at_once,
    rows,
    write_course,
)
from postgresql_server import new_database

from autograder.gradebook import open_gradebook, read_marks
from autograder.gradebook.group_marks import share_marks
from autograder.gradebook.lateness import Lateness, write_lateness
from autograder.gradebook.mark_changes import LogEvent, MarkChange, append, history, restore
from autograder.gradebook.stored_marks import stored_marks
from autograder.gradebook.students import StudentRow, save_students
from autograder.gradebook.write_marks import Regrade
from autograder.grading.read_grades import grades
from autograder.model import CourseError
from autograder.reporting.status import status
from autograder.reports.report import assignment_report

pytestmark = pytest.mark.xdist_group("postgresql")

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def empty(server, admin, tmp_path):
    """A course whose gradebook is a database without tables."""
    return write_course(tmp_path, new_database(server, admin))


@pytest.fixture
def course(empty):
    open_gradebook.register(empty, empty.assignments[0])
    return empty


def in_sqlite(course, folder):
    """The same course with its gradebook in a file."""
    plain = replace(course, db_url=f"sqlite:///{folder / 'plain.db'}")
    open_gradebook.register(plain, plain.assignments[0])
    return plain


def test_before_the_first_grade_there_is_nothing_to_read(empty):
    assert read_marks.recorded(empty, empty.assignments[0]) == {}
    assert [row.graded for row in status(empty)] == [0]


def test_postgresql_holds_the_rows_that_sqlite_holds(course, tmp_path):
    plain, work, rng = in_sqlite(course, tmp_path), course.assignments[0], np.random.default_rng(3)
    for student in ("ada", "blaise", "žofie", "ada"):
        notebooks = executed(forms(course), rng)
        for twin in (course, plain):
            open_gradebook.record(twin, work, student, NOON, notebooks)
    assert rows(course, {**REGISTERED, **STORED}) == rows(plain, {**REGISTERED, **STORED})
    assert read_marks.recorded(course, work) == read_marks.recorded(plain, work)
    assert grades(course, work) == grades(plain, work)
    assert assignment_report(course, work, NOON) == assignment_report(plain, work, NOON)


def test_nbgrader_itself_reads_and_marks_it(course):
    open_gradebook.record(course, course.assignments[0], "ada", NOON, forms(course))
    with open_gradebook.gradebook(course) as book:
        (submission,) = book.submission_dicts("functions")
        assert (submission["student"], submission["score"]) == ("ada", 6.5)
        assert submission["max_score"] == 15.5
        grade = book.find_grade("essay", "functions", "functions", "ada")
        grade.manual_score, grade.needs_manual_grade = 1, False
        book.db.commit()
    assert marks(course, "ada")["essay"] == 1


def test_names_lateness_and_marks_of_groups_are_as_in_sqlite(course, tmp_path):
    plain, work, books = in_sqlite(course, tmp_path), course.assignments[0], forms(course)
    due = datetime(2027, 1, 31, tzinfo=UTC)
    verdicts = [
        Lateness(2, 1.25, timedelta(days=1), "two days"),
        Lateness(2, 0.75, None, "two days"),
        Lateness(),
    ]
    for twin in (course, plain):
        save_students(twin, [StudentRow("ada", "Ada", "Lovelace", "", "1"), StudentRow("cem")])
        save_students(twin, [StudentRow("ada", "", "Byron"), StudentRow("cem", email="c@d")])
        for student in ("ada", "bob"):
            open_gradebook.record(twin, work, student, NOON, books)
        with open_gradebook.gradebook(twin) as book:
            book.find_grade("essay", "functions", "functions", "ada").manual_score = 1
            book.db.commit()
        assert share_marks(twin, work, {"G": ("ada", "bob")}) == []
    for verdict in verdicts:
        for twin in (course, plain):
            judgements = write_lateness(twin, replace(work, due=due), lambda _work, v=verdict: v)
            assert [(w.student, w.due, w.points) for w, _ in judgements] == [
                ("ada", due, 7.5),
                ("bob", due, 7.5),
            ]
        assert rows(course, STORED) == rows(plain, STORED)
        reasons = dict.fromkeys(("ada", "bob"), verdict.reason) if verdict.reason else {}
        assert read_marks.lateness_reasons(course, work) == reasons
    assert rows(course, STORED)["student"][0] == ("ada", "Ada", "Byron", None, "1")
    assert marks(course, "bob")["essay"] == 1


@pytest.mark.slow
def test_two_writers_at_once_leave_each_row_once(empty, tmp_path):
    """Both also make the tables and register, which is where two first-comers would collide."""
    plain, rng = in_sqlite(empty, tmp_path), np.random.default_rng(4)
    books = forms(empty)
    common_students = {f"s{i:02}": executed(books, rng) for i in range(30)}
    apart = [{f"{who}{i}": executed(books, rng) for i in range(15)} for who in "ab"]
    orders = [
        {**apart[0], **common_students},
        {**dict(reversed(common_students.items())), **apart[1]},
    ]
    assert record_at_once(empty, orders) == [0, 0]
    with open_gradebook.recorder(plain, plain.assignments[0]) as save:
        for student, notebooks in {**orders[0], **orders[1]}.items():
            save(student, None, notebooks)
    assert rows(empty, {**REGISTERED, **STORED}) == rows(plain, {**REGISTERED, **STORED})


def test_a_broken_connection_is_opened_again(course, admin):
    with open_gradebook.recorder(course, course.assignments[0]) as save:
        save("ada", NOON, forms(course))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname LIKE 'marks%' AND pid <> pg_backend_pid()"
        )
        save("blaise", NOON, forms(course))
    assert marks(course, "blaise")["double"] == 2


@pytest.mark.slow
def test_a_row_kept_locked_is_waited_for_then_said(course):
    work, books = course.assignments[0], forms(course)
    open_gradebook.record(course, work, "ada", NOON, books)
    with open_gradebook.gradebook(course) as book:
        book.update_or_create_student("blaise")
        book.find_submission("functions", "ada").timestamp = datetime(2027, 3, 1)
        book.db.flush()
        with open_gradebook.recorder(course, work, patience_s=0.2) as save:
            with pytest.raises(CourseError, match=r"is in use by another program"):
                save("ada", NOON, books)
            save("charles", NOON, books)
    open_gradebook.record(course, work, "ada", NOON, books)
    assert marks(course, "ada") == marks(course, "charles")


def test_tables_of_another_nbgrader_say_so(course):
    with open_gradebook.gradebook(course) as book, book.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE grade DROP COLUMN extra_credit")
    with pytest.raises(CourseError, match=r"no column 'grade.extra_credit'.*nbgrader db upgrade"):
        open_gradebook.register(course, course.assignments[0])
    with pytest.raises(CourseError, match="made by another version of nbgrader"):
        read_marks.recorded(course, course.assignments[0])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://staff:wr%40ng@/postgres?host={server}",
        "postgresql://staff@/postgres?host={server}&password=wr%40ng",
        "postgresql://staff:wr%40ng@/nowhere?host={server}/none",
    ],
)
def test_no_sentence_shows_a_password(server, tmp_path, url):
    pytest.importorskip("psycopg")
    course = write_course(tmp_path, url.format(server=server))
    for ask in (open_gradebook.register, read_marks.recorded):
        with pytest.raises(CourseError, match=r"gradebook postgresql://staff.*db_url") as error:
            ask(course, course.assignments[0])
        assert "wr@ng" not in str(error.value)
        assert "wr%40ng" not in str(error.value)


def test_a_mark_that_changed_is_logged_once_and_goes_back_by_the_log(empty):
    work = empty.assignments[0]
    books = {
        name: executed({name: form}, np.random.default_rng(1))[name]
        for name, form in forms(empty).items()
    }
    open_gradebook.register(empty, work)
    open_gradebook.record(empty, work, "ada", NOON, books)
    before = stored_marks(empty, work)["ada"]["functions", "double"]
    assert history(empty, work) == {}
    points = 0.0 if before.automatic else 2.0
    change = MarkChange(
        "ada", "functions", "double", before.automatic, points, 2, 2, "", "why 为什么"
    )
    event = LogEvent("2027-02-01T12:00:00+00:00", "regrade", "k" * 64)
    log = partial(append, assignment=work.id, event=event, changes=[change])
    with open_gradebook.recorder(empty, work) as save:
        with pytest.raises(ValueError, match="power"):
            save("ada", NOON, books, Regrade(_failing, {("functions", "double"): points}))
        assert stored_marks(empty, work)["ada"]["functions", "double"] == before
        save("ada", NOON, books, Regrade(log, {("functions", "double"): points}))
    assert stored_marks(empty, work)["ada"]["functions", "double"].automatic == points
    assert history(empty, work) == {event: [change]}
    back = LogEvent("2027-02-01T13:00:00+00:00", "undo", "k" * 64, event.at)
    assert restore(empty, work, back, [change]) == [change]
    assert restore(empty, work, back, [change]) == []
    assert stored_marks(empty, work)["ada"]["functions", "double"] == before
    assert [e.cause for e in history(empty, work)] == ["regrade", "undo"]


def _failing(_connection):
    raise ValueError("a power cut")
