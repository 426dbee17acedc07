"""What the page of a review is for whoever opens it: readable by all, without names, inert."""

from __future__ import annotations

import hostile_notebook
import pytest
import review_course
from axe_playwright_python.sync_playwright import Axe
from chromium import click_every_link, touch_everything, watched
from review_course import (
    ESSAY,
    STUDENTS,
    add_item,
    give,
    hand_in,
    in_formgrader,
    served,
    session,
    source_notebook,
    write_course,
)
from review_in_browser import dialog_is_closed, expect_saved, path_of, visit
from small_course import save

from autograder.review.begin import begin
from autograder.review.worklist import Session

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review-browser")]
ACTIVE = """() => [...document.querySelectorAll(".student *")]
    .flatMap(element => [...element.attributes].map(a => [element.localName, a.name, a.value]))
    .filter(([tag, name, value]) => /^on|^(href|action|srcset|formaction|ping|id)$/.test(name)
        || /^(script|iframe|object|embed|form|input|style|base|meta|link|svg)$/.test(tag)
        || (name === "src" && !/^data:image|^[\\w.-]+$/.test(value)))"""


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
def test_names_are_shown_where_they_are_asked_for_and_nowhere_else(browser, course):
    at = session(course)
    with served(at) as server, visit(browser, server, path_of(at, "ada")) as page:
        assert "ada" not in page.content()
    with (
        served(session(course, names=True)) as server,
        visit(browser, server, path_of(at, "ada")) as page,
    ):
        assert page.locator("#who").inner_text() == "ada"


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
