"""Marks of people land in nbgrader's gradebook, follow their rubric, and never undo each other."""

import os
import re
import signal
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from gradebook_course import warm
from review_course import (
    ESSAY,
    PLOT,
    WHY,
    add_item,
    answer_of,
    copy_course,
    give,
    hand_in,
    in_formgrader,
    listed,
    mark_and_tell,
    mark_at_once,
    points,
    session,
    stored,
    write_course,
)

from autograder.collecting import requests
from autograder.gradebook.connection import transaction
from autograder.gradebook.manual_marks import give_points
from autograder.gradebook.review_marks import FORMGRADER, REQUEST, add_to_sample, read_marks
from autograder.grading.read_grades import grades
from autograder.model import CourseError
from autograder.reporting import feedback
from autograder.review import pages, rubric_changes, second_marker
from autograder.review.begin import begin, marker_name
from autograder.review.marking import (
    OvertakenError,
    change_mark,
    keep_gradebook,
    settle,
    take_back,
)
from autograder.review.points_elsewhere import follow_points
from autograder.review.second_marker import comparisons, draw, take_mark
from autograder.review.worklist import Session, worklist_of
from autograder.settings.nbgrader_strip import graded_form


@pytest.fixture(scope="module")
def original_course(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("c"), ("ada", "blaise", "carl", "dorothy"))


@pytest.fixture
def course(original_course, tmp_path):
    return copy_course(original_course, tmp_path / "course")


@pytest.fixture
def anna(course):
    return session(course)


@pytest.fixture
def ben(course, anna):
    return session(course, "ben")


def write(at, action, *values, question=WHY):
    with transaction(at.course, writing=True) as connection:
        return action(at, connection, *values)


def change(at, answer, how):
    """The question once the mark of an answer was changed from a page that showed it."""
    page_state = answer.number, answer.own_mark.version, answer.fingerprint
    return write(at, change_mark, *WHY, *page_state, how)


def change_item(at, item, worth, text="new words"):
    key = listed(at).question.key
    with transaction(at.course, writing=True) as connection:
        return rubric_changes.change(at, connection, key, item, worth, text)


def numbers(at, *students):
    return tuple(answer_of(at, student).number for student in students)


def test_before_anything_is_graded_there_is_nothing_to_mark(tmp_path):
    empty = write_course(tmp_path, ())
    with pytest.raises(CourseError, match="Grade it first: autograder grade words"):
        list(begin(Session(empty, empty.assignments[0], "anna")))


def test_written_answers_are_for_a_person_and_so_is_a_test_that_gave_no_number(anna):
    with transaction(anna.course, writing=False) as connection:
        worklists = {
            question: worklist_of(anna, connection, *question) for question in (WHY, ESSAY, PLOT)
        }
    assert [len(worklists[question].answers) for question in (WHY, ESSAY, PLOT)] == [4, 4, 1]
    assert worklists[PLOT].answers[0].student == "ada"


def test_a_mark_is_points_comment_and_done_in_nbgraders_gradebook(anna, course):
    item = add_item(anna, 2, "names the cache")
    give(anna, "ada", (item,), 0.5, "  Say more about lines. ")
    cell = stored(course)["ada"]
    assert (cell.manual_score, cell.needs_manual) == (2.5, False)
    assert cell.manual_comment == "Say more about lines."
    grade = next(g for g in grades(course, course.assignments[0]) if g.student == "ada")
    mark = next(m for m in grade.marks if m.cell == "why")
    assert (mark.points, mark.comment) == (2.5, "Say more about lines.")
    assert mark.needs_review is False


def test_a_task_and_a_tested_cell_take_points_and_comments_too(anna, course):
    for question in (ESSAY, PLOT):
        give(anna, "ada", (), 1, "half", question=question)
        cell = stored(course, question)["ada"]
        assert (cell.manual_score, cell.manual_comment, cell.needs_manual) == (1, "half", False)
    marks = grades(course, course.assignments[0])[0].marks
    assert {m.cell: m.comment for m in marks} == {"why": "", "essay": "half", "plot": "half"}
    assert answer_of(anna, "ada", PLOT).state == "marked"


def test_a_draft_stays_out_of_the_gradebook(anna, course):
    give(anna, "ada", (), 2, "a first thought", is_finished=False)
    assert stored(course)["ada"].manual_score is None
    assert stored(course)["ada"].needs_manual
    assert answer_of(anna, "ada").state == "draft"


def test_an_item_that_changes_changes_all_marks_and_the_gradebook(anna, course):
    item, other = add_item(anna, 2, "names it"), add_item(anna, 1, "says why")
    give(anna, "ada", (item,))
    give(anna, "blaise", (item, other), 0.5)
    give(anna, "carl", (other,))
    settled = change_item(anna, item, 1.5)
    assert settled.changed_numbers == tuple(
        a.number for a in listed(anna).answers if a.student in ("ada", "blaise")
    )
    assert points(course) == {"ada": 1.5, "blaise": 3.0, "carl": 1.0, "dorothy": None}


def test_an_item_that_is_removed_leaves_all_marks(anna, course):
    item = add_item(anna, 2, "names it")
    give(anna, "ada", (item,), 0.5)
    write(anna, rubric_changes.remove, listed(anna).question.key, item)
    assert points(course)["ada"] == 0.5
    assert answer_of(anna, "ada").own_mark.items == frozenset()


def test_marks_that_begin_at_full_points_lose_deductions(anna, course):
    item = add_item(anna, -1, "wrong unit")
    give(anna, "ada", (item,))
    give(anna, "blaise")
    write(anna, rubric_changes.start_from, listed(anna).question.key, True)
    assert (points(course)["ada"], points(course)["blaise"]) == (3.0, 4.0)


@pytest.mark.parametrize(
    ("worth", "text", "sentence"),
    [(1, "  ", "needs 1 to 500"), (1, "x" * 501, "needs 1 to 500"), (1e5, "x", "between")],
)
def test_an_item_without_words_or_with_odd_points_is_refused(anna, worth, text, sentence):
    with pytest.raises(CourseError, match=sentence):
        add_item(anna, worth, text)
    assert listed(anna).rubric.items == ()


def test_two_markers_of_one_answer_are_both_told(anna, ben, course):
    page = answer_of(ben, "ada")
    give(anna, "ada", (), 3, "good")
    with pytest.raises(OvertakenError) as error:
        give(ben, "ada", (), 1, version=0, fingerprint=page.fingerprint)
    assert error.value.where == "review"
    assert error.value.answer.own_mark.marked_by == "anna"
    assert points(course)["ada"] == 3
    give(ben, "ada", (), 1)  # with what is there now before his eyes
    assert points(course)["ada"] == 1
    assert answer_of(anna, "ada").own_mark.marked_by == "ben"


def test_a_change_in_formgrader_is_not_overwritten_in_silence(anna, course):
    page = give(anna, "ada", (), 3, "good")
    in_formgrader(course, "ada", 1.0, "Talked to her")
    assert answer_of(anna, "ada").state == "conflict"
    with pytest.raises(OvertakenError) as error:
        give(anna, "ada", (), 2, version=page.own_mark.version, fingerprint=page.fingerprint)
    assert error.value.where == "gradebook"
    with pytest.raises(OvertakenError):  # not even from a page that shows it, unless it is said
        give(anna, "ada", (), 2)
    assert (points(course)["ada"], stored(course)["ada"].manual_comment) == (1.0, "Talked to her")
    give(anna, "ada", (), 2, replaces=True)
    assert points(course)["ada"] == 2
    assert answer_of(anna, "ada").state == "marked"


def test_what_formgrader_has_can_be_kept_and_the_rubric_still_moves_it(anna, course):
    item = add_item(anna, 2, "names it")
    give(anna, "ada", (item,), 1, "good")
    in_formgrader(course, "ada", 1.5, "Talked to her")
    answer = answer_of(anna, "ada")
    change(anna, answer, keep_gradebook)
    answer_after = answer_of(anna, "ada")
    assert (
        answer_after.state,
        answer_after.own_mark.adjustment,
        answer_after.own_mark.comment,
    ) == (
        "marked",
        -0.5,
        "Talked to her",
    )
    change_item(anna, item, 3)
    assert points(course)["ada"] == 2.5


def test_points_that_formgrader_took_away_can_stay_away(anna, course):
    give(anna, "ada", (), 3)
    in_formgrader(course, "ada", None)
    answer = answer_of(anna, "ada")
    change(anna, answer, keep_gradebook)
    assert answer_of(anna, "ada").state == "draft"
    assert points(course)["ada"] is None


def test_a_rubric_that_changes_holds_back_where_formgrader_changed_a_mark(anna, course):
    item = add_item(anna, 2, "names it")
    for student in ("ada", "blaise"):
        give(anna, student, (item,))
    in_formgrader(course, "ada", 1.0)
    settled = change_item(anna, item, 3)
    assert (settled.changed_numbers, settled.conflict_numbers) == (
        numbers(anna, "blaise"),
        numbers(anna, "ada"),
    )
    assert (points(course)["ada"], points(course)["blaise"]) == (1.0, 3.0)


def test_a_mark_of_formgrader_alone_is_shown_as_such(anna, course):
    in_formgrader(course, "ada", 2.0, "fine")
    answer = answer_of(anna, "ada")
    assert (answer.state, answer.own_mark) == ("elsewhere", None)
    give(anna, "ada", (), 3)
    assert points(course)["ada"] == 3


def test_an_answer_that_is_still_as_released_has_its_points_from_the_grader(anna, course):
    hand_in(course, "ada", released_text(course), "essay")
    answer = answer_of(anna, "ada")
    assert (answer.state, answer.graded_cells[0].auto_score) == ("automatic", 0)
    give(anna, "ada", (), 1, "handed in by mail")
    assert (answer_of(anna, "ada").state, points(course)["ada"]) == ("marked", 1)


def released_text(course):
    form = graded_form(course, course.assignments[0], "words")
    return next(cell["source"] for cell in form["cells"] if cell["id"] == "why")


def test_a_mark_of_an_answer_that_was_missing_is_asked_for_again_when_it_comes(anna, course):
    path = course.autograded / "ada" / "words" / "words.ipynb"
    path.unlink()
    give(anna, "ada", (), 0, "there is nothing")
    assert answer_of(anna, "ada").state == "marked"
    hand_in(course, "ada", "Here it is.", "essay")
    assert answer_of(anna, "ada").state == "changed"


def test_a_mark_can_be_taken_back(anna, course):
    give(anna, "ada", (), 3, "good")
    answer = answer_of(anna, "ada")
    change(anna, answer, take_back)
    cell = stored(course)["ada"]
    assert (cell.manual_score, cell.manual_comment, cell.needs_manual) == (None, "", True)
    draft = answer_of(anna, "ada").own_mark
    assert (draft.done, draft.adjustment, draft.comment) == (False, 3, "good")


def test_an_answer_handed_in_again_is_shown_again_with_its_old_mark(anna, course):
    give(anna, "ada", (), 3, "good")
    hand_in(course, "ada", "Another text", "essay")
    answer = answer_of(anna, "ada")
    assert (answer.state, answer.own_mark.gradebook_entry) == ("changed", {"ada": (3.0, "good")})
    assert stored(course)["ada"].needs_manual
    give(anna, "ada", (), 2, "draft of a new mark", is_finished=False)
    assert (answer_of(anna, "ada").state, points(course)["ada"]) == ("changed", 3.0)
    give(anna, "ada", (), 2, "new")
    assert (answer_of(anna, "ada").state, points(course)["ada"]) == ("marked", 2.0)


def test_graded_again_with_the_same_answer_the_mark_stands_and_nobody_is_asked(anna, course):
    give(anna, "blaise", (), 3, "good")
    again = stored(course)["blaise"]
    hand_in(course, "blaise", "Because the computer remembers the numbers. It learned them in the "
            "first loop.", "another essay")  # fmt: skip
    assert stored(course)["blaise"].needs_manual
    lines = list(begin(Session(course, course.assignments[0], "ben")))
    assert "1 mark of people brought in line: graded again, answer as it was." in lines
    assert stored(course)["blaise"] == again


def test_a_mark_for_which_nothing_was_chosen_is_refused_and_no_draft_is_written(anna, course):
    with pytest.raises(CourseError, match=r"nothing was chosen .* z gives 0 points\."):
        give(anna, "ada", is_bare=False)
    give(anna, "ada", ("an item that is gone",), 0, "  ", is_finished=False, is_bare=False)
    assert (answer_of(anna, "ada").state, answer_of(anna, "ada").own_mark) == ("to mark", None)
    assert points(course)["ada"] is None
    give(anna, "ada", is_bare=True)
    assert points(course)["ada"] == 0


def test_an_untouched_answer_has_no_full_points_either_where_marks_begin_there(anna, course):
    write(anna, rubric_changes.start_from, listed(anna).question.key, True)
    with pytest.raises(CourseError, match=r"z gives 0 points, f gives 4\."):
        give(anna, "ada", is_bare=False)
    assert points(course)["ada"] is None


def test_points_never_leave_the_range_of_the_question(anna, course):
    give(anna, "ada", (), 99)
    give(anna, "blaise", (), -99)
    assert (points(course)["ada"], points(course)["blaise"]) == (4, 0)


def test_two_markers_do_not_see_each_others_marks_before_both_are_done(anna, ben, course):
    sample(anna, "100%")
    give(anna, "ada", (), 3, "good")
    assert answer_of(anna, "ada").state == "waits"
    assert answer_of(ben, "ada").own_mark is None
    assert answer_of(ben, "ada").state == "to mark"
    assert stored(course)["ada"].manual_score is None


def sample(at, wish):
    with transaction(at.course, writing=True) as connection:
        return draw(at, connection, worklist_of(at, connection, *WHY), wish).size


def test_points_of_an_answered_request_are_the_mark_of_the_page_and_no_conflict(anna, course):
    item = add_item(anna, 1.5, "names the cache")
    give(anna, "ada", (item,))
    work = course.assignments[0]
    give_points(course, work, "ada", *WHY, 2)
    assert answer_of(anna, "ada").state == "conflict"
    follow_points(course, work, "ada", *WHY, by=REQUEST)
    mark = answer_of(anna, "ada").own_mark
    assert (mark.marked_by, mark.items) == (REQUEST, {item})
    assert mark.adjustment == 0.5
    assert (answer_of(anna, "ada").state, points(course)["ada"]) == ("marked", 2)
    give_points(course, work, "blaise", *WHY, 1)  # whom nobody has marked on the page
    follow_points(course, work, "blaise", *WHY, by=REQUEST)
    assert answer_of(anna, "blaise").state == "elsewhere"


def group_of_two(course):
    """Ada and Carl, who handed in together and have 1.5 points on the page."""
    (course.root / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,carl\n")
    at = session(course)
    (student,) = {a.student for a in listed(at).answers} & {"ada", "carl"}
    give(at, student, (), 1.5, "page 4")
    return at, student


@pytest.mark.parametrize("requester", ["ada", "carl"])
def test_points_of_an_answered_request_reach_everybody_who_handed_in_together(course, requester):
    at, student = group_of_two(course)
    give_points(course, course.assignments[0], requester, *WHY, 2)
    follow_points(course, course.assignments[0], requester, *WHY, by=REQUEST)
    list(begin(at))
    assert (points(course)["ada"], points(course)["carl"]) == (2, 2)
    assert answer_of(at, student).state == "marked"


def test_where_formgrader_gave_another_member_something_else_a_person_settles_it(course):
    at, student = group_of_two(course)
    in_formgrader(course, "ada", 3.0, "about Ada alone")
    give_points(course, course.assignments[0], "carl", *WHY, 2)
    follow_points(course, course.assignments[0], "carl", *WHY, by=REQUEST)
    assert answer_of(at, student).state == "conflict"
    assert (points(course)["ada"], points(course)["carl"]) == (3, 2)
    assert stored(course)["carl"].manual_comment == "page 4"


def test_a_question_that_the_source_has_no_longer_is_left_alone(anna, course):
    give(anna, "ada", (), 1)
    path = course.source / "words" / "words.ipynb"
    path.write_text(path.read_text().replace('"grade_id": "why"', '"grade_id": "reason"'))
    give_points(course, course.assignments[0], "ada", *WHY, 2)
    follow_points(course, course.assignments[0], "ada", *WHY, by=REQUEST)
    assert points(course)["ada"] == 2


def test_where_nobody_has_marked_on_the_page_nothing_follows(course):
    work = course.assignments[0]
    give_points(course, work, "ada", *WHY, 2)
    follow_points(course, work, "ada", *WHY, by=REQUEST)  # there is no table of the page's marks
    anna = session(course)
    follow_points(course, work, "ada", *WHY, by=REQUEST)
    with transaction(course, writing=False) as connection:
        assert read_marks(connection, listed(anna).question.key) == []
    assert points(course)["ada"] == 2


def test_a_sample_that_comes_too_late_is_said_to_be_smaller(anna, course):
    for student in ("ada", "blaise", "carl"):
        give(anna, student, (), 1)
    lines = list(begin(anna, "3"))
    assert "5 answers will be marked by two people." in lines  # 1 of `why`, 3 and 1 of the others
    (short,) = [line for line in lines if "was asked for" in line]
    assert short.startswith("why: a sample of 3 was asked for, and it has 1")
    assert not any("was asked for" in line for line in begin(anna))


def for_two(at, *students):
    """Let two people mark the answers of these students."""
    with transaction(at.course, writing=True) as connection:
        add_to_sample(connection, listed(at).question.key, students)


def test_where_both_agree_the_mark_counts_at_once(anna, ben, course):
    for_two(anna, "ada")
    give(anna, "ada", (), 3, "good")
    give(ben, "ada", (), 3, "see page 4")
    cell = stored(course)["ada"]
    assert (cell.manual_score, cell.manual_comment) == (3, "good\n\nsee page 4")
    assert answer_of(anna, "ada").own_mark.marked_by == "anna and ben"


def test_where_they_differ_nothing_counts_until_it_is_resolved(anna, ben, course):
    for_two(anna, "ada", "blaise")
    give(anna, "ada", (), 3, "good")
    give(ben, "ada", (), 1, "thin")
    give(anna, "blaise", (), 2)
    give(ben, "blaise", (), 2)
    assert points(course)["ada"] is None
    (comparison,) = comparisons(listed(anna))
    assert (comparison.first, comparison.second, comparison.waiting) == ("anna", "ben", 0)
    assert [a.student for a in comparison.unresolved] == ["ada"]
    assert (
        comparison.agreement.n,
        comparison.agreement.equal,
        comparison.agreement.difference,
    ) == (2, 1, 1.0)
    assert answer_of(ben, "ada").state == "disagree"
    write(ben, take_mark, *WHY, *numbers(ben, "ada"), "anna", answer_of(ben, "ada").fingerprint)
    assert (points(course)["ada"], answer_of(anna, "ada").own_mark.marked_by) == (3, "ben, as anna")
    (comparison,) = comparisons(listed(anna))
    assert (len(comparison.unresolved), len(comparison.resolved)) == (0, 1)
    assert comparison.agreement.equal == 1, (
        "what was resolved later says nothing of their agreement"
    )


def test_a_mark_that_a_marker_chose_at_the_end_has_the_time_of_the_choice(
    anna, ben, course, monkeypatch
):
    for_two(anna, "ada")
    give(anna, "ada", (), 3)
    give(ben, "ada", (), 1)
    monkeypatch.setattr(second_marker, "now_utc", lambda: "2031-01-02T03:04:05+00:00")
    write(anna, take_mark, *WHY, *numbers(anna, "ada"), "anna", answer_of(anna, "ada").fingerprint)
    mark = answer_of(anna, "ada").own_mark
    assert (mark.marked_by, mark.marked_at) == ("anna", "2031-01-02T03:04:05+00:00")


@pytest.mark.parametrize("other_points", [3, 1])
def test_before_the_sample_is_done_nothing_is_told_of_the_other_mark(
    anna, ben, course, other_points
):
    """Whether the other one gave the same points or not, all that the marker can see is equal."""
    for_two(anna, "ada", "blaise")
    give(anna, "ada", (), other_points, "by anna")
    give(anna, "blaise", (), 2)
    give(ben, "ada", (), 3, "by ben")
    answer = answer_of(ben, "ada")
    assert (answer.state, answer.own_mark.marked_by) == ("waits", "ben")
    assert pages.finished_count(listed(ben)) == 1
    (comparison,) = comparisons(listed(ben))
    assert (comparison.agreement, comparison.unresolved, comparison.hidden) == (None, (), 1)
    assert answer_of(anna, "ada").state == ("marked" if other_points == 3 else "disagree")
    with pytest.raises(CourseError, match="your other answers of the sample first"):
        write(ben, take_mark, *WHY, *numbers(ben, "ada"), "ben", answer.fingerprint)
    give(ben, "blaise", (), 2)
    assert answer_of(ben, "ada").state == answer_of(anna, "ada").state
    assert pages.finished_count(listed(ben)) == (2 if other_points == 3 else 1)


def test_a_mark_that_is_changed_before_the_sample_is_done_takes_its_agreement_along(
    anna, ben, course
):
    for_two(anna, "ada", "blaise")
    give(anna, "ada", (), 3)
    give(ben, "ada", (), 3)
    assert points(course)["ada"] == 3
    give(ben, "ada", (), 2)
    assert points(course)["ada"] is None and stored(course)["ada"].needs_manual
    give(ben, "ada", (), 3)
    assert points(course)["ada"] == 3
    change(ben, answer_of(ben, "ada"), take_back)
    assert (points(course)["ada"], answer_of(ben, "ada").state) == (None, "draft")


def test_the_sample_comes_first_in_the_order_of_each_marker(anna, ben):
    before = [a.student for a in listed(anna).answers]
    for_two(anna, before[-1], before[1])
    assert [a.student for a in listed(anna).answers] == [
        *(before[1], before[-1], before[0], *before[2:-1]),
    ]
    assert {a.student for a in listed(ben).answers[:2]} == {before[1], before[-1]}
    assert listed(anna).open_counts() == (2, len(before) - 2)


def test_a_third_mark_can_resolve(anna, ben, course):
    for_two(anna, "ada")
    give(anna, "ada", (), 3)
    give(ben, "ada", (), 1)
    give(anna, "ada", (), 2, "we talked")
    assert points(course)["ada"] == 2


def test_an_item_that_changes_can_make_two_markers_agree(anna, ben, course):
    sample(anna, "100%")
    item, other = add_item(anna, 2, "names it"), add_item(anna, 1, "says why")
    give(anna, "ada", (item,))
    give(ben, "ada", (other,))
    assert points(course)["ada"] is None
    change_item(anna, other, 2)
    assert points(course)["ada"] == 2


def test_without_a_second_marker_one_mark_can_be_made_to_count(anna, course):
    sample(anna, "100%")
    give(anna, "ada", (), 3)
    fingerprint = answer_of(anna, "ada").fingerprint
    with pytest.raises(CourseError, match="'ben' has no finished mark"):
        write(anna, take_mark, *WHY, *numbers(anna, "ada"), "ben", fingerprint)
    write(anna, take_mark, *WHY, *numbers(anna, "ada"), "anna", answer_of(anna, "ada").fingerprint)
    assert points(course)["ada"] == 3


def test_a_sample_grows_and_keeps_what_it_has(anna):
    assert sample(anna, "25%") == 1
    first = {a.student for a in listed(anna).answers if a.is_sampled}
    assert sample(anna, "3") == 3
    assert sample(anna, "1") == 3
    assert first < {a.student for a in listed(anna).answers if a.is_sampled}


def test_an_answer_that_is_marked_already_does_not_come_into_a_sample(anna):
    for student in ("ada", "blaise", "carl"):
        give(anna, student, (), 1)
    assert sample(anna, "100%") == 1


def test_numbers_stay_when_more_is_handed_in(anna, course):
    before = {a.student: a.number for a in listed(anna).answers}
    hand_in(course, "aaron", "text", "essay")
    session(course)
    after = {a.student: a.number for a in listed(anna).answers}
    assert after == {**before, "aaron": 5}
    assert sorted(before.values()) == [1, 2, 3, 4]


def test_a_stale_page_of_a_question_that_is_gone_is_told_so(anna):
    with (
        transaction(anna.course, writing=False) as connection,
        pytest.raises(CourseError, match="no question 'gone'"),
    ):
        worklist_of(anna, connection, "words", "gone")


@pytest.mark.parametrize("name", ["x" * 65, "a\x07b"])
def test_a_marker_has_a_name_that_can_be_shown(name):
    with pytest.raises(CourseError, match="--marker anna"):
        marker_name(name)


def test_a_mark_that_was_called_saved_outlives_kill_9(anna, course):
    processes = warm()
    receiver, sender = processes.Pipe(duplex=False)
    child = processes.Process(target=mark_and_tell, args=(course, sender))
    child.start()
    sender.close()
    last = 0
    while last < 5:
        last = receiver.recv()
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    with suppress(EOFError):
        while True:
            last = receiver.recv()
    cell, mark = stored(course)["ada"], answer_of(anna, "ada").own_mark
    number = round(cell.manual_score * 1000)
    assert number in (last, last + 1), "what was told is there; at most one more was on its way"
    assert cell.manual_comment == mark.comment == f"comment {number}"
    assert mark.adjustment == number / 1000


def test_two_tas_at_once_lose_no_mark(tmp_path):
    students = tuple(f"s{n:02}" for n in range(12))
    course = write_course(tmp_path, students)
    at = session(course)
    parts = {"anna": students[::2], "ben": students[1::2]}
    assert mark_at_once(course, parts) == [0, 0]
    cells = stored(course)
    assert {cells[s].manual_comment for s in parts["anna"]} == {"by anna"}
    assert {cells[s].manual_comment for s in parts["ben"]} == {"by ben"}
    with transaction(course, writing=False) as connection:
        assert len(read_marks(connection, listed(at).question.key)) == 12


def test_bringing_marks_in_line_twice_changes_nothing(anna, course):
    give(anna, "ada", (add_item(anna, 2, "names it"),), 0.5, "good")
    before = stored(course)
    settled = write(anna, settle, *WHY)
    assert (settled.changed_numbers, settled.conflict_numbers, stored(course)) == ((), (), before)


def test_the_work_of_a_group_is_one_answer_whose_mark_is_every_member_s(course):
    (course.root / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,carl\n")
    anna = session(course)
    assert [a.student for a in sorted(listed(anna).answers, key=lambda a: a.student)] == [
        *("ada", "blaise", "dorothy")
    ]
    give(anna, "ada", (), 3, "for both")
    cells = stored(course)
    assert points(course) == {"ada": 3, "blaise": None, "carl": 3, "dorothy": None}
    assert cells["carl"].manual_comment == "for both" and not cells["carl"].needs_manual


def test_each_member_of_a_group_reads_the_items_of_their_mark(course):
    (course.root / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,carl\n")
    anna = session(course)
    give(anna, "ada", (add_item(anna, 3, "names a reason"),))
    pages = [feedback_words(course, student) for student in ("ada", "carl", "dorothy")]
    assert [page.count("+3 names a reason") for page in pages] == [2, 2, 0]


def test_who_joins_a_group_reads_the_items_of_the_group_alone(course):
    anna = session(course)
    early, late = add_item(anna, 2, "for carl alone"), add_item(anna, 2, "for both")
    give(anna, "carl", (early,))
    assert feedback_words(course, "carl").count("+2 for carl alone") == 2
    table = "assignment,group,student\n*,G,ada\n*,G,carl\n"
    (course.root / "groups.csv").write_text(table)
    give(anna, "ada", (late,), replaces=True)
    for student in ("ada", "carl"):
        page = feedback_words(course, student)
        assert page.count("+2 for both") == 2 and "for carl alone" not in page


def test_who_leaves_a_group_reads_the_items_of_the_own_mark(course):
    (course.root / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,carl\n")
    anna = session(course)
    give(anna, "ada", (add_item(anna, 3, "for both"),))
    (course.root / "groups.csv").unlink()
    assert "for both" not in feedback_words(course, "carl"), "it is the mark of another's answer"
    give(anna, "carl", (add_item(anna, 1, "for carl alone"),), replaces=True)
    page = feedback_words(course, "carl")
    assert page.count("+1 for carl alone") == 2 and "for both" not in page
    assert feedback_words(course, "ada").count("+3 for both") == 2


def test_points_of_an_answer_to_a_request_are_not_said_to_be_the_markers(course):
    (course.root / "groups.csv").write_text("assignment,group,student\n*,G,ada\n*,G,carl\n")
    anna, work = session(course), course.assignments[0]
    give(anna, "ada", (add_item(anna, 2, "names it"),), 0.25)
    assert "+2 names it +0.25 added by the marker" in feedback_words(course, "ada")
    keep_request(course, "ada")
    for student in ("ada", "carl"):
        give_points(course, work, student, *WHY, 3)
    follow_points(course, work, "ada", *WHY, by=REQUEST)
    ada, carl = (feedback_words(course, student) for student in ("ada", "carl"))
    assert ada.count("+2 names it +1 adjusted in the answer to your request") == 2
    assert carl.count("+2 names it +1 adjusted in the answer to a request of your group") == 2
    assert "by the marker" not in ada + carl


def keep_request(course, student):
    now = datetime(2027, 2, 1, tzinfo=UTC)
    requests.keep(course, requests.Request(0, "words", student, *WHY, "Please look.", now), now)


def test_points_that_were_changed_in_formgrader_are_said_to_be_the_staffs(anna, course):
    give(anna, "ada", (add_item(anna, 2, "names it"),))
    in_formgrader(course, "ada", 1.5)
    change(anna, answer_of(anna, "ada"), keep_gradebook)
    assert answer_of(anna, "ada").own_mark.marked_by == FORMGRADER
    page = feedback_words(course, "ada")
    assert page.count("+2 names it −0.5 adjusted by the course&#39;s staff") == 2


def test_of_two_marks_students_read_the_items_of_the_one_that_counts(course):
    anna, ben = (Session(course, course.assignments[0], name) for name in ("anna", "ben"))
    list(begin(anna))
    for_two(anna, "ada")
    mine, other = add_item(anna, 2, "by anna"), add_item(anna, 1, "by ben")
    give(anna, "ada", (mine,))
    assert "by anna" not in feedback_words(course, "ada"), "the second marker has not seen it"
    give(ben, "ada", (other,))
    assert "by anna" not in feedback_words(course, "ada")
    write(ben, take_mark, *WHY, *numbers(ben, "ada"), "anna", answer_of(ben, "ada").fingerprint)
    page = feedback_words(course, "ada")
    assert "+2 by anna" in page and "by ben" not in page


def feedback_words(course, student):
    """What stands between the tags of the page of feedback of a student, in one line."""
    work = course.assignments[0]
    feedback.write(course, work, grades(course, work))
    page = course.feedback / student / "words" / "words.html"
    return " ".join(re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8")).split())


def test_students_read_the_items_that_they_were_given_and_no_others(anna, course):
    given_item, other = add_item(anna, 3, "names a reason"), add_item(anna, 1, "names a second one")
    loss = add_item(anna, -0.5, "calls it a <register>")
    give(anna, "ada", (given_item, loss), 0.25, "Good.")
    give(anna, "blaise", (other,))
    give(anna, "carl", (given_item,), is_finished=False)
    page = feedback_words(course, "ada")
    lines = "+3 names a reason −0.5 calls it a &lt;register&gt; +0.25 added by the marker Good."
    assert page.count(lines) == 2, "in the table of marks, and at the answer"
    assert "a second one" not in page
    assert feedback_words(course, "blaise").count("+1 names a second one") == 2
    assert "names a" not in feedback_words(course, "carl"), "a draft counts for nothing"
    assert (points(course)["ada"], stored(course)["ada"].manual_comment) == (2.75, "Good.")


def test_the_points_of_a_task_say_that_the_answer_stands_below_them(anna, course):
    for question in (WHY, ESSAY):
        give(anna, "ada", (), 2, question=question)
    page = feedback_words(course, "ada")
    assert page.count("points for your answer, which follows") == 1
    assert page.index("2 of 3 points for your answer, which follows") < page.index("(0)")
    assert "2 of 4 points" in page


def test_items_on_a_page_follow_the_rubric_and_are_none_where_they_do_not_add_up(anna, course):
    item = add_item(anna, 2, "names the cache")
    for student in ("ada", "blaise"):
        give(anna, student, (item,), comment="see above")
    change_item(anna, item, 1.5, "says how a cache works")
    page = feedback_words(course, "ada")
    assert "+1.5 says how a cache works" in page and "names the cache" not in page
    in_formgrader(course, "ada", 4.0)
    page = feedback_words(course, "ada")
    assert "says how" not in page and "see above" in page
    assert "says how" in feedback_words(course, "blaise")
    key = listed(anna).question.key
    with transaction(course, writing=True) as connection:
        rubric_changes.start_from(anna, connection, key, True)
    page = feedback_words(course, "blaise")
    assert "4 to begin with +1.5 says how a cache works = 5.5 of which 4 count" in page
    with transaction(course, writing=True) as connection:
        rubric_changes.remove(anna, connection, key, item)
    assert "says how" not in feedback_words(course, "blaise")
