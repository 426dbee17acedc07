"""An answer that has another mark in Chromium: of a second marker, of formgrader, of before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from review_course import (
    ESSAY,
    PLOT,
    STUDENTS,
    WHY,
    answer_of,
    give,
    hand_in,
    in_formgrader,
    listed,
    points,
    served,
    session,
    stored,
    write_course,
)
from review_in_browser import PATIENCE_MS, expect_saved, onwards, path_of, visit

from autograder.review.begin import begin
from autograder.review.worklist import Session

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review-browser")]


def onwards_in_place(page: Page, action) -> None:
    with page.expect_navigation():
        action()


def test_enter_on_the_first_page_opens_what_is_left_to_resolve(browser, course):
    anna, ben = Session(course, course.assignments[0], "anna"), session(course, "ben")
    list(begin(anna, "1"))
    (shared,) = (answer for answer in listed(anna).answers if answer.is_sampled)
    for question in (WHY, ESSAY, PLOT):
        for answer in listed(anna, question).answers:
            give(anna, answer.student, (), 1, question=question)
            if answer.is_sampled:
                give(ben, answer.student, (), 1 + (question == WHY), question=question)
    with served(anna) as server, visit(browser, server) as page:
        onwards(page, lambda: page.keyboard.press("Enter"))
        assert page.url == server.address + path_of(anna, shared.student)
        assert page.locator(".badge").inner_text() == "for two markers"
        page.keyboard.press("w")
        expect(page.locator(".by")).to_contain_text("By anna, as ben", timeout=PATIENCE_MS)
        onwards(page, lambda: page.keyboard.press("Enter"))
        assert answer_of(anna, shared.student).own_mark.marked_by == "anna, as ben"
        assert "autograder feedback words" in page.locator("pre").inner_text()
    assert points(course)[shared.student] == 2


def test_a_mark_that_formgrader_changed_meanwhile_is_shown_and_both_are_offered(browser, course):
    at = session(course)
    give(at, "ada", (), 3, "good")
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        in_formgrader(course, "ada", 1.0, "Talked to her")
        page.keyboard.press("+")
        page.locator("#overtaken").wait_for()
        dialog = page.locator("#overtaken").inner_text()
        assert "formgrader or with another program" in dialog
        assert "1, “Talked to her”" in dialog and "adjusted by 3.5" in dialog
        assert points(course)["ada"] == 1.0
        onwards_in_place(page, lambda: page.keyboard.press("1"))
        assert page.locator("#comment").input_value() == "Talked to her"
        in_formgrader(course, "ada", 2.0)
        page.reload()
        assert "formgrader has" in page.locator("#conflict").inner_text()
        page.keyboard.press("w")
        expect_saved(page)
        assert (points(course)["ada"], page.locator("#conflict").count()) == (1.0, 0)


@pytest.mark.slow
def test_a_mark_that_another_ta_changed_meanwhile_is_shown_with_the_name(browser, course):
    at, ben = session(course), session(course, "ben")
    give(at, "ada", (), 3)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        give(ben, "ada", (), 1, "too short")
        page.keyboard.press("c")
        page.keyboard.type("good")
        page.keyboard.press("Control+Enter")
        page.locator("#overtaken").wait_for()
        assert "ben changed this mark on" in page.locator("#overtaken").inner_text()
        page.keyboard.press("2")
        expect_saved(page)
        assert (points(course)["ada"], stored(course)["ada"].manual_comment) == (3, "good")


def test_two_markers_and_their_kappa_as_computed_by_hand(browser, tmp_path):
    """Ten answers, marks of 0 or 1: both 1 four times, both 0 three, anna alone 1 twice, ben alone
    once. Seen 7/10; chance 6/10 * 5/10 + 4/10 * 5/10 = 0.5; kappa = 0.2 / 0.5 = 0.40."""
    course = write_course(tmp_path)
    anna = Session(course, course.assignments[0], "anna")
    list(begin(anna, "100%"))
    ben = session(course, "ben")
    marks = {"anna": (1, 1, 1, 1, 0, 0, 0, 1, 1, 0), "ben": (1, 1, 1, 1, 0, 0, 0, 0, 0, 1)}
    for at in (anna, ben):
        for student, mark in list(zip(STUDENTS, marks[at.marker], strict=True))[:-1]:
            give(at, student, (), mark)
    give(ben, "joan", (), 1)
    with served(anna) as server, visit(browser, server, path_of(anna, "joan")) as page:
        assert "ben" not in page.locator("main").inner_text()
        assert page.locator("#points").inner_text() == "0"
        page.keyboard.press("z")
        expect_saved(page, "Draft saved")
        onwards(page, lambda: page.keyboard.press("Enter"))
        page.goto(server.address)
        text = page.locator(".comparison", has_text="Why is").inner_text()
        assert "anna and ben" in text
        assert "7 of 10" in text
        assert re.search(r"Kappa\s+0\.40\s+Weighted kappa\s+0\.40", text)
        assert "anna gives 0.1 points more" in text
        assert text.count("to resolve") == 3
        name = f"Answer {answer_of(anna, 'ibn').number}"
        onwards(page, page.get_by_role("link", name=name, exact=True).click)
        assert "Two markers differ." in page.locator(".banner").inner_text()
        onwards_in_place(page, lambda: page.keyboard.press("x"))
        by = page.locator(".by").inner_text()
        assert by.startswith("By anna, ") and "as anna" not in by
    assert points(course)["ibn"] == 1
    assert sum(value is None for value in points(course).values()) == 2


@pytest.mark.slow
def test_an_answer_handed_in_again_stands_beside_its_old_mark(browser, course):
    at = session(course)
    give(at, "ada", (), 3, "good")
    hand_in(course, "ada", "Quite another text.", "essay")
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        assert "3 of 4, “good”, by anna" in " ".join(page.locator(".banner").inner_text().split())
        assert "Quite another text." in page.locator(".student").inner_text()
        page.keyboard.press("-")
        expect_saved(page, "Draft saved")
        assert points(course)["ada"] == 3
        onwards(page, lambda: page.keyboard.press("Enter"))
        assert points(course)["ada"] == 2.5
