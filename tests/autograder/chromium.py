"""Opens a page in headless Chromium with nothing but that page to load, and says what it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
PLACE = "http://class.example/page.html"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@dataclass
class Visit:
    """What a page did: calls of ran(), dialogs, what it asked for beside itself, where it ended."""

    ran: int = 0
    dialogs: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    ended_at: str = ""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; a test that needs it is skipped where it is missing."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, html: str, width: int = 1280) -> Iterator[tuple[Page, Visit]]:
    """The page, open at PLACE; every request but its own is counted and refused."""
    visit = Visit()
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
    page.expose_function("count", lambda: setattr(visit, "ran", visit.ran + 1))
    page.add_init_script("window.ran = () => window.count()")

    def answer(route: Route) -> None:
        if route.request.url.split("#")[0] == PLACE:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            visit.asked.append(route.request.url)
            route.abort()

    context.route("**/*", answer)
    try:
        page.goto(PLACE)
        page.wait_for_timeout(300)
        yield page, visit
        visit.ended_at = page.url
    finally:
        context.close()


def click_every_link(page: Page, text: str) -> int:
    """Click each link that says `text` and is no web or mail address; returns how many say it."""
    links: int = page.evaluate(
        """text => {
            const links = [...document.querySelectorAll("a, math")];
            const named = links.filter(link => link.textContent.includes(text));
            const odd = named.filter(link => !/^(https?|mailto):$/.test(link.protocol));
            odd.forEach(link => link.dispatchEvent(new MouseEvent("click", {cancelable: true})));
            return named.length;
        }""",
        text,
    )
    page.wait_for_timeout(200)
    return links
