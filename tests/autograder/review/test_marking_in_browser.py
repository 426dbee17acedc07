"""A marker at work in Chromium, by mouse or by keyboard alone: each mark is saved and said."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect
from review_course import (
    ESSAY,
    STUDENTS,
    WHY,
    add_item,
    answer_of,
    give,
    listed,
    points,
    served,
    session,
    stored,
    write_course,
)
from review_in_browser import (
    PATIENCE_MS,
    dialog_is_closed,
    expect_saved,
    focused,
    onwards,
    path_of,
    visit,
)

from autograder.gradebook.connection import transaction
from autograder.gradebook.review_marks import read_seconds
from autograder.review.worklist import Session

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review-browser")]


def student_shown(page: Page, at: Session, question: tuple[str, str]) -> str:
    number = int(page.locator("#who").inner_text().removeprefix("Answer "))
    return next(a.student for a in listed(at, question).answers if a.number == number)


def write_item(page: Page, worth: str, text: str) -> None:
    """A new item of the rubric, with keys alone."""
    page.keyboard.press("a")
    page.keyboard.type(worth)
    page.keyboard.press("Tab")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.locator("#item").wait_for(state="hidden")
    page.get_by_text(text, exact=True).wait_for()


def test_a_ta_marks_ten_essays_in_a_first_hour_with_the_keyboard_alone(
    browser, tmp_path, record_property
):
    """From the printed address to the last essay: rubric, comments, bank, a change half-way."""
    course = write_course(tmp_path)
    at = session(course)
    begun = time.perf_counter()
    with served(at) as server, visit(browser, server) as page:
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        onwards(page, lambda: page.keyboard.press("2"))
        assert "2 points: the first loop leaves the data" in page.locator("#asked").inner_text()
        write_item(page, "2", "the first loop leaves the data in the cache")
        write_item(page, "1", "a cache line holds neighbours")
        write_item(page, "-0,5", "says that the computer learns")
        chosen: dict[str, str] = {}
        for turn in range(10):
            student = student_shown(page, at, ESSAY)
            text = page.locator(".student").inner_text()
            chosen[student] = keys_for(text)
            for key in chosen[student]:
                page.keyboard.press(key)
            if turn == 0:
                page.keyboard.press("c")
                page.keyboard.type("Which of the two loops reads first?")
                page.keyboard.press("Escape")
                page.keyboard.press("k")
                expect_saved(page, "The comment is kept.")
            elif not chosen[student]:
                page.keyboard.press("b")
                page.keyboard.press("1")
                dialog_is_closed(page, "#bank-dialog")
            if turn == 5:  # the cache alone was worth too much
                page.keyboard.press("e")
                page.keyboard.press("1")
                page.keyboard.type("1.5")
                page.keyboard.press("Enter")
                dialog_is_closed(page, "#item")
            onwards(page, lambda: page.keyboard.press("Enter"))
        assert "/q/words/plot" in page.url, "the essays are done, the next question follows"
    seconds = time.perf_counter() - begun
    record_property("seconds_for_ten_essays", round(seconds, 1))
    print(f"ten essays by keyboard: {seconds:.1f} s")
    worth = {"1": 1.5, "2": 1.0, "3": -0.5}
    expected = {s: max(0.0, sum(worth[key] for key in keys)) for s, keys in chosen.items()}
    assert points(course, ESSAY) == expected
    assert sorted(expected.values()) == [0, 0, 0, 0, 0, 0, 1, 1, 1.5, 1.5]
    comments = [cell.manual_comment for cell in stored(course, ESSAY).values()]
    assert comments.count("Which of the two loops reads first?") >= 4
    with transaction(course, writing=False) as connection:
        times = read_seconds(connection, listed(at, ESSAY).question.key)
    assert len(times) == 10 and all(0 < spent < seconds for spent in times.values())
    assert sum(times.values()) < seconds


def keys_for(text: str) -> str:
    """The items that a marker would choose for one of the five answers of the course."""
    words = {"cache, so": "1", "neighbours": "2", "learned": "3"}
    return "".join(key for word, key in words.items() if word in text)


def test_everything_works_with_the_mouse(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server) as page:
        onwards(page, page.get_by_role("link", name="Begin").click)
        student = student_shown(page, at, WHY)
        page.get_by_role("button", name=re.compile("Add an item")).click()
        page.locator("#item-points").fill("2")
        page.locator("#item-text").fill("names the cache")
        page.locator("#item-save").click()
        page.get_by_text("names the cache", exact=True).click()
        expect_saved(page, "Draft saved")
        page.locator("#more").click()
        page.locator("#comment").fill("Good. <b>Not bold</b>")
        page.locator("#keep").click()
        expect_saved(page, "The comment is kept.")
        assert page.locator("#points").inner_text() == "2.5"
        onwards(page, page.locator("#finish").click)
        assert (points(course)[student], stored(course)[student].manual_comment) == (
            2.5,
            "Good. <b>Not bold</b>",
        )
        page.locator("#bank-button").click()
        page.locator("#bank .insert").click()
        assert page.locator("#comment").input_value() == "Good. <b>Not bold</b>"
        page.locator("#full").click()
        expect(page.locator("#points")).to_have_text("4", timeout=PATIENCE_MS)
        page.locator("#bank-button").click()
        page.locator("#bank .drop").click()
        page.get_by_text("None yet.").wait_for()
        page.keyboard.press("Escape")
        onwards(page, page.locator("#finish").click)
        onwards(page, page.locator("#previous").click)
        onwards(page, page.go_back)
        onwards(page, page.locator("nav a", has_text="essay").click)
        onwards(page, page.locator(".home a").click)
        assert "2 of 3" in page.locator("tr", has_text="Why is").inner_text()


def test_a_rubric_that_is_edited_afterwards_changes_all_marks(browser, course):
    at = session(course)
    item = add_item(at, 2, "names the cache")
    for student in STUDENTS[:3]:
        give(at, student, (item,))
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        page.locator("button.edit").click()
        page.locator("#item-points").fill("2.5")
        page.keyboard.press("Enter")
        expect_saved(page, "Saved. 3 marks follow: answers 1, 2 and 3.")
        assert page.locator("#points").inner_text() == "2.5"
        assert set(points(course).values()) == {2.5}
        page.keyboard.press("e")
        page.keyboard.press("1")
        page.keyboard.type("x")
        page.keyboard.press("Enter")
        page.get_by_text("An item needs a number of points and a few words.").wait_for()
        assert focused(page) == "item-points"
        page.keyboard.press("Escape")
        dialog_is_closed(page, "#item")
        page.keyboard.press("d")
        page.keyboard.press("1")
        assert focused(page) == "item-remove"
        page.keyboard.press("Enter")
        expect_saved(page, "Saved. 3 marks follow: answers 1, 2 and 3.")
        assert set(points(course).values()) == {0}


def press_at_once(page: Page, *keys: str) -> None:
    """Keys that come before anything that the first of them began can be done."""
    press = """keys => keys.forEach(key => document.body.dispatchEvent(
        new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))"""
    page.evaluate(press, keys)


def test_an_untouched_answer_is_not_saved_and_each_save_is_told_and_taken_back(browser, course):
    """Enter alone gives nothing, z gives 0; the adjustment shows its total while it is typed."""
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        here = page.url
        page.locator("#finish").focus()
        page.keyboard.press("Enter")
        nothing = "Not saved: nothing was chosen for this answer. z gives 0 points."
        expect_saved(page, nothing)
        assert (page.url, focused(page)) == (here, "finish")
        page.locator("#finish").click()
        page.locator("body:not([data-turning])").wait_for()
        press_at_once(page, "Enter", "f")
        expect_saved(page, f"{nothing} What you pressed after that was left out.")
        assert page.locator("#points").inner_text() == "0"
        write_item(page, "2", "names the cache")
        assert answer_of(at, "ada").state == "to mark", "an item that is added touches no answer"
        page.keyboard.press("j")
        page.keyboard.type("1,5")
        assert page.locator("#points").inner_text() == "1.5"
        page.keyboard.press("Escape")
        assert page.locator("#points").inner_text() == page.locator("#adjustment").input_value()
        assert answer_of(at, "ada").own_mark is None
        page.keyboard.press("j")
        page.keyboard.type("2.5")
        onwards(page, lambda: page.keyboard.press("Enter"))
        assert points(course)["ada"] == 2.5
        name = f"Answer {answer_of(at, 'ada').number}"
        expect_saved(page, f"{name}: 2.5 of 4. u takes it back.")
        onwards(page, lambda: page.keyboard.press("u"))
        assert (page.url, points(course)["ada"]) == (here, None)
        page.keyboard.press("z")
        onwards(page, lambda: press_at_once(page, "Enter", "c", "O", "k"))
        expect(page.locator("#comment")).to_have_value("Ok", timeout=PATIENCE_MS)
        assert points(course)["ada"] == 0


def test_keys_are_not_lost_while_a_page_follows_another(browser, course):
    """At 0.3 s, on a server that takes twice as long, all of them do what they do at leisure."""
    at = session(course)
    for student in STUDENTS[:3]:
        give(at, student, (), 1)
    first = listed(at).answers[0]
    with served(at) as server, visit(browser, server, path_of(at, first.student)) as page:

        def slow(route):
            time.sleep(0.2)
            route.continue_()

        page.context.route("**/*", slow)
        for key in "unun":
            page.keyboard.press(key)
            page.wait_for_timeout(300)
        third = listed(at).answers[2]
        page.wait_for_url(server.address + path_of(at, third.student))
        expect(page.locator("#state")).to_have_text("marked", timeout=PATIENCE_MS)
    assert [answer.state for answer in listed(at).answers] == ["draft", "draft", "marked"]


def test_a_list_of_all_answers_opens_any_of_them_by_its_number(browser, course):
    at = session(course)
    item = add_item(at, 2, "names the cache")
    give(at, "ada", (item,), -2, "the first words")
    number = answer_of(at, "ada").number
    with served(at) as server, visit(browser, server, path_of(at, "carl")) as page:
        onwards(page, lambda: page.keyboard.press("l"))
        assert focused(page) == f"answer-{answer_of(at, 'carl').number}"
        line = page.locator("tr", has=page.locator(f"#answer-{number}")).inner_text()
        words = "0 of 4 marked +2 names the cache −2 adjusted the first words anna"
        assert words in " ".join(line.split())
        page.keyboard.press("3")
        assert focused(page) == "answer-3"
        page.keyboard.press("ArrowUp")
        assert focused(page) == "answer-2"
        onwards(page, lambda: page.keyboard.press("Enter"))
        assert page.locator("#who").inner_text() == "Answer 2"
        onwards(page, page.locator("#list").click)
        onwards(page, lambda: page.keyboard.press("l"))
        assert page.locator("#who").inner_text() == "Answer 2"


@pytest.mark.slow
def test_more_points_than_there_are_count_as_the_maximum_and_the_page_says_so(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        page.keyboard.press("j")
        page.keyboard.type("seven")
        page.keyboard.press("Enter")
        page.get_by_text("the adjustment has to be a number").wait_for()
        assert (focused(page), answer_of(at, "ada").own_mark) == ("adjustment", None)
        page.locator("#adjustment").fill("7,5")
        page.keyboard.press("Tab")
        page.get_by_text("The items come to 7.5. The question has 4: 4.").wait_for()
        onwards(page, page.locator("#finish").click)
        expect(page.locator("#saved")).to_contain_text("4 of 4. The items come to 7.5.")
        assert answer_of(at, "ada").own_mark.adjustment == 7.5


@pytest.mark.slow
def test_the_timer_stands_still_while_the_page_is_hidden(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        page.wait_for_timeout(1200)
        page.evaluate(
            """() => {
                Object.defineProperty(document, "hidden", {value: true, configurable: true});
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
        page.wait_for_timeout(600)
        timer_text = page.locator("#timer").inner_text()
        page.wait_for_timeout(1600)
        assert page.locator("#timer").inner_text() == timer_text != "0:00"
        key = listed(at).question.key
        with transaction(course, writing=False) as connection:
            spent = read_seconds(connection, key)["ada", "anna"]
        page.keyboard.press("+")
        expect_saved(page, "Draft saved")
        with transaction(course, writing=False) as connection:
            assert read_seconds(connection, key)["ada", "anna"] - spent < 0.5


@pytest.mark.slow
def test_a_page_whose_server_is_gone_says_that_nothing_was_saved(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        page.context.set_offline(True)
        page.keyboard.press("+")
        page.get_by_text("Not saved: autograder review does not answer.").wait_for()
        page.context.set_offline(False)
        page.keyboard.press("+")
        expect_saved(page, "Draft saved")
    assert answer_of(at, "ada").own_mark.adjustment == 1.0
