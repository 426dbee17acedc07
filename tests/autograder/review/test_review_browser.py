"""The page of a review in Chromium: by mouse, by keyboard alone, hostile answers, two markers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import hostile_notebook
import pytest
import review_course
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, click_every_link, touch_everything, watched
from playwright.sync_api import Browser, Page, expect
from review_course import (
    ESSAY,
    PLOT,
    STUDENTS,
    WHY,
    add_item,
    answer_of,
    copy_course,
    give,
    hand_in,
    in_formgrader,
    listed,
    points,
    served,
    session,
    source_notebook,
    stored,
    write_course,
)
from small_course import save

from autograder.gradebook.connection import transaction
from autograder.gradebook.review_marks import read_seconds
from autograder.review.begin import begin
from autograder.review.server import ReviewServer
from autograder.review.worklist import Session

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review-browser")]


PATIENCE_MS = 30_000  # of a machine that does much else
ACTIVE = """() => [...document.querySelectorAll(".student *")]
    .flatMap(element => [...element.attributes].map(a => [element.localName, a.name, a.value]))
    .filter(([tag, name, value]) => /^on|^(href|action|srcset|formaction|ping|id)$/.test(name)
        || /^(script|iframe|object|embed|form|input|style|base|meta|link|svg)$/.test(tag)
        || (name === "src" && !/^data:image|^[\\w.-]+$/.test(value)))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def original_course(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("c"), STUDENTS[:3])


@pytest.fixture
def course(original_course, tmp_path):
    return copy_course(original_course, tmp_path / "course")


def onwards_in_place(page: Page, action) -> None:
    with page.expect_navigation():
        action()


@contextmanager
def visit(browser: Browser, server: ReviewServer, path: str = "", **options) -> Iterator[Page]:
    """A page of the server in a browser of its own; the page may not fail at anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.address + path)
    try:
        yield page
        assert errors == []
    finally:
        context.close()


def path_of(at: Session, student: str, question: tuple[str, str] = WHY) -> str:
    return f"q/{question[0]}/{question[1]}/{answer_of(at, student, question).number}"


def expect_saved(page: Page, words: str = "Saved") -> None:
    expect(page.locator("#saved")).to_have_text(words, timeout=PATIENCE_MS)


def onwards(page: Page, action) -> None:
    """Do what leads to another page, and wait for it."""
    before = page.url
    action()
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("load")
    page.locator("body:not([data-turning])").wait_for()


def dialog_is_closed(page: Page, dialog: str) -> None:
    """Wait until keys are the page's again: the browser tells of a closed dialog a moment later."""
    page.locator(dialog).wait_for(state="hidden")
    page.evaluate("new Promise((done) => setTimeout(done, 50))")


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


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.localName")


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


def test_the_help_opens_at_its_top_and_escape_gives_the_focus_back(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        page.set_viewport_size({"width": 1280, "height": 400})
        focus = "document.activeElement.id || document.activeElement.localName"
        for key, before in (("?", "start"), ("Enter", "help-button")):
            page.locator(f"#{before}").focus()
            page.keyboard.press(key)
            page.locator("#help").wait_for()
            assert page.evaluate("document.getElementById('help').scrollTop") == 0
            assert page.evaluate(focus) == "help-title"
            page.evaluate("document.getElementById('help').scrollTo(0, 200)")
            page.keyboard.press("Escape")
            dialog_is_closed(page, "#help")
            assert page.evaluate(focus) == before


def test_a_long_question_is_whole_for_who_hears_it_and_opens_for_who_sees_it(
    browser, tmp_path, monkeypatch
):
    words = f"Explain {'in your own words ' * 30}why the second loop is faster."
    document = source_notebook()
    document["cells"][1]["source"] = words
    monkeypatch.setattr(review_course, "source_notebook", lambda: document)
    at = session(write_course(tmp_path, STUDENTS[:1]))
    with served(at) as server, visit(browser, server) as page:
        page.get_by_role("link", name=words, exact=True).wait_for()
        page.goto(server.address + path_of(at, "ada"))
        heading = page.get_by_role("heading", name=words, exact=True, level=1)
        short = heading.evaluate("heading => heading.clientHeight")
        for look in (heading.hover, heading.focus):
            look()
            fits = "heading => heading.clientHeight >= heading.scrollHeight"
            assert heading.evaluate(fits) and heading.evaluate("h => h.clientHeight") > 2 * short
            page.mouse.move(640, 880)
            heading.blur()
            assert heading.evaluate("heading => heading.clientHeight") == short
        page.goto(server.address + path_of(at, "ada", ESSAY))
        assert page.locator("h1").get_attribute("tabindex") is None, "a short one is no stop"


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


def test_hostile_answers_do_nothing(browser, course):
    """Every vector that we know stands as an answer, as nobody made it inert."""
    hostile = source_notebook()
    at_task = next(i for i, cell in enumerate(hostile["cells"]) if cell["id"] == "essay-answer")
    vectors = [
        {**cell, "metadata": {}, "id": f"v{place}"}
        for place, cell in enumerate(hostile_notebook.notebook()["cells"])
    ]
    hostile["cells"][at_task:at_task] = vectors
    save(course.autograded / "ada" / "words" / "words.ipynb", hostile)
    at = session(course)
    add_item(at, 1, "<img src=x onerror=ran()>", ESSAY)
    give(at, "ada", (), 1, "</textarea><script>ran()</script>", is_finished=False, question=ESSAY)
    with served(at) as server:

        def answer(route) -> bool:
            is_own = route.request.url.startswith(server.address)
            route.continue_() if is_own else None
            return is_own

        with watched(browser, answer) as (page, visited):
            page.goto(server.address + path_of(at, "ada", ESSAY))
            here = page.url
            assert page.locator(".student").inner_text().count("click") > 10
            touch_everything(page)
            click_every_link(page, "click")
            page.wait_for_timeout(300)
            assert page.evaluate(ACTIVE) == []
            page.keyboard.press("1")
            expect_saved(page, "Draft saved")
        assert (visited.ran, visited.dialogs, visited.requested_urls, visited.ended_at) == (
            0,
            [],
            [],
            here,
        )


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


@pytest.mark.slow
def test_names_are_shown_where_they_are_asked_for_and_nowhere_else(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        assert "ada" not in page.content()
    with (
        served(session(course, names=True)) as server,
        visit(browser, server, path_of(at, "ada")) as page,
    ):
        assert page.locator("#who").inner_text() == "ada"


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_no_fault_and_a_phone_needs_no_scrolling_sideways(browser, course, scheme):
    at = Session(course, course.assignments[0], "anna")
    list(begin(at, "1"))
    item = add_item(at, 2, "names the cache, " + "and a word that is very long" * 3)
    for student in STUDENTS[:3]:
        give(at, student, (item,), 0.5, "a comment")
        give(session(course, "ben"), student, (), 1)
    in_formgrader(course, "ada", 1.0)
    hand_in(course, "blaise", "Another text with `code` and a [link](https://example.org).", "e")
    answers = [path_of(at, student) for student in STUDENTS[:3]]
    paths = ["", "q/words/why/list", *answers, path_of(at, "ada", ESSAY)]
    paths = paths[:3] if scheme == "light" else paths  # the long run has them all
    with served(at) as server, visit(browser, server, color_scheme=scheme) as page:
        for path in paths:
            page.goto(server.address + path)
            dialogs = ("help", "item", "bank-dialog", "overtaken") if path[-1:].isdigit() else ()
            for dialog in ("", *dialogs):
                if dialog:
                    page.evaluate("id => document.getElementById(id).showModal()", dialog)
                violations = Axe().run(page).response["violations"]
                faults = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in violations]
                assert not faults, (path, dialog, scheme)
                if dialog:
                    page.evaluate("id => document.getElementById(id).close()", dialog)
            for width in (320, 390, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
