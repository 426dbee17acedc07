"""Pages of a review in Chromium: open one, wait for what it saves, and go on to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect
from review_course import WHY, answer_of

from autograder.review.server import ReviewServer
from autograder.review.worklist import Session

PATIENCE_MS = 30_000  # of a machine that does much else


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


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.localName")
