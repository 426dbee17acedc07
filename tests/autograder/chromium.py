"""Opens pages in headless Chromium, refuses what they ask of the world, and says what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

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
    """What a page did: calls of ran(), the numbers they gave, dialogs, what it asked for beside
    itself, where it ended."""

    ran: int = 0
    signs: set[int] = field(default_factory=set)
    dialogs: list[str] = field(default_factory=list)
    requested_urls: list[str] = field(default_factory=list)
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
def watched(
    browser: Browser,
    answer: Callable[[Route], bool],
    width: int = 1280,
    headers: dict[str, str] | None = None,
) -> Iterator[tuple[Page, Visit]]:
    """An empty page; `answer` answers a request or says False, then it is counted and refused."""
    visit = Visit()
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, extra_http_headers=headers)
    page = context.new_page()

    def count(sign: int | None) -> None:
        visit.ran += 1
        visit.signs |= {sign} if isinstance(sign, int) else set()

    def route(request_route: Route) -> None:
        if not answer(request_route):
            visit.requested_urls.append(request_route.request.url)
            request_route.abort()

    context.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
    context.expose_function("count", count)
    context.add_init_script("window.ran = sign => window.count(sign)")
    context.route("**/*", route)
    try:
        yield page, visit
        visit.ended_at = page.url
    finally:
        context.close()


@contextmanager
def opened(browser: Browser, html: str, width: int = 1280) -> Iterator[tuple[Page, Visit]]:
    """The page, open at PLACE; every request but its own is counted and refused."""

    def answer(route: Route) -> bool:
        is_page = route.request.url.split("#")[0] == PLACE
        if is_page:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        return is_page

    with watched(browser, answer, width) as (page, visit):
        page.goto(PLACE)
        page.wait_for_timeout(300)
        yield page, visit


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


def touch_everything(page: Page) -> None:
    """Let every element of the page believe that a pointer, the focus and an animation came."""
    page.evaluate(
        """() => {
            const kinds = ["pointerover", "mouseover", "mouseenter", "focus", "animationstart"];
            for (const element of document.querySelectorAll("body *"))
                kinds.forEach(kind => element.dispatchEvent(new Event(kind)));
        }"""
    )
