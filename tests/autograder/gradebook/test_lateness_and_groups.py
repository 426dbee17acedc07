"""Penalties, extensions and shared marks in nbgrader's own tables, beside what nbgrader makes of
them."""

from datetime import UTC, datetime, timedelta

import pytest
from gradebook_course import forms, marks, write_course

from autograder.gradebook import open_gradebook, read_marks
from autograder.gradebook.group_marks import share_marks
from autograder.gradebook.lateness import Lateness, write_lateness

DUE = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def course(tmp_path):
    new_course = write_course(tmp_path)
    work, books = new_course.assignments[0], forms(new_course)
    open_gradebook.register(new_course, work)
    with open_gradebook.recorder(new_course, work) as save:
        for student in ("ada", "bob", "cem"):
            save(student, DUE + 2 * DAY, books)
    with open_gradebook.gradebook(new_course) as book:
        book.find_assignment("functions").duedate = DUE.replace(tzinfo=None)
        book.db.commit()
    return new_course


def late(course, judge, **how):
    return write_lateness(course, course.assignments[0], judge, **how)


def facts(course, student="ada"):
    """What nbgrader itself says: seconds late, penalty of the whole, and of each notebook."""
    with open_gradebook.gradebook(course) as book:
        submission = book.find_submission("functions", student)
        penalties = {n.name: n.late_submission_penalty for n in submission.notebooks}
        return submission.total_seconds_late, submission.late_submission_penalty, penalties


def test_the_judge_is_asked_with_points_maximum_and_times(course):
    works = [work for work, _ in late(course, lambda work: Lateness())]
    assert [work.student for work in works] == ["ada", "bob", "cem"]
    assert (works[0].points, works[0].maximum) == (6.5, 15.5)
    assert (works[0].submitted_at, works[0].due, works[0].granted) == (DUE + 2 * DAY, DUE, None)


def test_a_penalty_is_shared_out_over_the_notebooks_and_nbgrader_adds_it_up(course):
    late(course, lambda work: Lateness(2, 1.3, None, "two days"))
    seconds, penalty, parts = facts(course)
    assert (seconds, penalty) == (2 * 86400, pytest.approx(1.3))
    assert parts == {"functions": pytest.approx(1.0), "written": pytest.approx(0.3)}
    assert read_marks.recorded(course, course.assignments[0])["ada"].late_penalty == penalty
    reasons = read_marks.lateness_reasons(course, course.assignments[0])
    assert reasons == dict.fromkeys(("ada", "bob", "cem"), "two days")


def test_the_same_again_changes_no_byte_and_none_at_all_takes_everything_back(course):
    before = facts(course)
    verdict = Lateness(1, 0.5, DAY, "a day")
    late(course, lambda work: verdict)
    database = (course.root / "gradebook.db").read_bytes()
    late(course, lambda work: verdict)
    assert (course.root / "gradebook.db").read_bytes()[100:] == database[100:]
    late(course, lambda work: Lateness())
    assert facts(course) == before
    assert read_marks.lateness_reasons(course, course.assignments[0]) == {}


def test_where_nothing_speaks_of_lateness_no_table_is_made(course):
    assert late(course, lambda work: Lateness(), undo_only=True) == []
    assert read_marks.lateness_reasons(course, course.assignments[0]) == {}


def test_nbgrader_counts_with_an_extension_and_its_own_stays(course):
    late(course, lambda work: Lateness(extension=2 * DAY if work.student == "ada" else None))
    assert facts(course)[0] == 0 and facts(course, "bob")[0] == 2 * 86400
    with open_gradebook.gradebook(course) as book:
        book.grant_extension("functions", "bob", days=5)
    granted = {work.student: work.granted for work, _ in late(course, lambda work: Lateness())}
    assert granted == {"ada": None, "bob": 5 * DAY, "cem": None}
    assert facts(course, "ada")[0] == 2 * 86400 and facts(course, "bob")[0] == 0


def test_nbgrader_s_plugin_penalty_is_left_alone_without_a_policy(course):
    with open_gradebook.gradebook(course) as book:
        book.find_submission_notebook("written", "functions", "ada").late_submission_penalty = 1
        book.db.commit()
    late(course, lambda work: Lateness(extension=DAY))
    assert facts(course)[1] == 1


def by_hand(course, student, score=None, comment=None, extra=None, cell="essay"):
    """What a person enters in formgrader."""
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade(cell, "functions", "functions", student)
        grade.manual_score, grade.extra_credit = score, extra
        grade.needs_manual_grade = score is None
        book.find_comment(cell, "functions", "functions", student).manual_comment = comment
        book.db.commit()


def manual_mark(course, student, cell="essay"):
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade(cell, "functions", "functions", student)
        comment = book.find_comment(cell, "functions", "functions", student).manual_comment
        return grade.manual_score, grade.extra_credit, comment, bool(grade.needs_manual_grade)


def share(course, *members):
    return share_marks(course, course.assignments[0], {"G1": members or ("ada", "bob")})


def test_marks_comments_and_extra_credit_of_one_member_reach_the_others_and_nobody_else(course):
    by_hand(course, "bob", 1, "well put", 0.5)
    assert share(course) == []
    assert manual_mark(course, "ada") == manual_mark(course, "bob") == (1, 0.5, "well put", False)
    assert manual_mark(course, "cem") == (None, None, None, True)
    assert marks(course, "ada")["essay"] == 1.5


def test_what_is_changed_later_for_any_member_reaches_all_even_when_it_is_taken_back(course):
    by_hand(course, "bob", 1, "well put")
    share(course)
    by_hand(course, "ada", 0.5, "on reflection")
    assert share(course) == []
    assert manual_mark(course, "bob") == (0.5, None, "on reflection", False)
    by_hand(course, "ada", None, None)
    assert share(course) == []
    assert manual_mark(course, "bob") == (None, None, None, True)


def test_a_member_who_joins_gets_the_marks_and_takes_none_away(course):
    by_hand(course, "bob", 1, "well put")
    share(course)
    assert share(course, "ada", "bob", "cem") == []
    assert manual_mark(course, "cem") == manual_mark(course, "ada") == (1, None, "well put", False)


def test_two_different_marks_are_named_and_neither_is_lost(course):
    by_hand(course, "ada", 1)
    by_hand(course, "bob", 0.5)
    (sentence,) = share(course)
    assert "group 'G1', cell 'essay': ada has 1 point by hand and bob has 0.5" in sentence
    assert manual_mark(course, "ada")[0] == 1 and manual_mark(course, "bob")[0] == 0.5
    by_hand(course, "bob", 1)
    assert share(course) == []


def test_a_mark_that_waits_again_waits_for_all_until_one_is_looked_at(course):
    by_hand(course, "ada", 1)
    share(course)
    with open_gradebook.gradebook(course) as book:
        for student in ("ada", "bob"):
            grade = book.find_grade("essay", "functions", "functions", student)
            grade.needs_manual_grade = True
        book.db.commit()
    share(course)
    assert manual_mark(course, "bob")[3]
    by_hand(course, "bob", 1)
    share(course)
    assert manual_mark(course, "ada") == (1, None, None, False)
