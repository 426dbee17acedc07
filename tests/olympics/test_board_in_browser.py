"""The board in a browser: from its folder, by keyboard, in both schemes, at two widths."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium
from made_ledger import TEAMS, season, season_rows, sha

from autograder.olympics.board.publish import board, publish
from autograder.olympics.teams import Team

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("olympics-board")]
HOSTILE = "<img src=x onerror=window.ran=1><script>window.ran=1</script>"
SPRINT = "events/framework_sprint.html"
PAGES = (
    "index.html",
    SPRINT,
    "events/featherweight.html",
    "medals.html",
    "bests.html",
    "shelf.html",
    "feeds.html",
    f"entries/{sha(100)[:16]}.html",
    f"entries/{sha(400)[:16]}.html",
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    publish(board(season()), folder)
    return folder


@contextmanager
def visit(browser, site, path):
    """A page from its folder, and what it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    requested_urls = []
    page.on("request", lambda request: requested_urls.append(request.url))
    page.goto((site / path).as_uri())
    try:
        yield page, requested_urls
    finally:
        context.close()


def visible_titles(page):
    """The titles of the categories that can be seen."""
    return [h.inner_text() for h in page.locator(".category h2").all() if h.is_visible()]


@pytest.mark.parametrize(
    "path", [*PAGES[:2], *(pytest.param(path, marks=pytest.mark.slow) for path in PAGES[2:])]
)
def test_a_page_asks_for_nothing_but_itself(browser, site, path):
    with visit(browser, site, path) as (page, requested_urls):
        page.wait_for_timeout(200)
    assert requested_urls == [(site / path).as_uri()]


@pytest.mark.parametrize(
    "path", [*PAGES[:2], *(pytest.param(path, marks=pytest.mark.slow) for path in PAGES[2:])]
)
def test_a_page_is_accessible_in_both_schemes_and_fits_its_window(browser, site, path):
    with visit(browser, site, path) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            faults = Axe().run(page).response["violations"]
            assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults], scheme
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_filter_works_by_keyboard_and_without_a_server(browser, site):
    with visit(browser, site, SPRINT) as (page, _):
        assert [title.split(",")[0] for title in visible_titles(page)] == [
            "Closed division",
            "Open division",
        ]
        page.locator("#division-all").focus()
        page.keyboard.press("ArrowRight")
        assert [title.split(",")[0] for title in visible_titles(page)] == ["Closed division"]
        page.keyboard.press("ArrowRight")
        assert [title.split(",")[0] for title in visible_titles(page)] == ["Open division"]
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert visible_titles(page) == ["Open division, Novice"]
        assert page.get_by_text("Nothing is ranked here yet.").filter(visible=True).count() == 1


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser, site):
    with visit(browser, site, "index.html") as (page, _):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.inner_text() == "Skip to the content"
        assert focused.bounding_box()["x"] >= 0


def test_from_the_season_to_the_log_of_an_entry_by_links(browser, site):
    with visit(browser, site, "index.html") as (page, _):
        page.get_by_role("link", name="Framework Sprint").first.click()
        page.locator("td.score a").first.click()
        page.locator("summary").first.click()
        assert "12 pairs, 2 warm-ups" in page.locator("pre.log").first.inner_text()


def test_markup_in_names_ideas_and_logs_does_nothing(browser, tmp_path):
    rows = [replace(r, idea=HOSTILE, log=HOSTILE, machine=HOSTILE) for r in season_rows()]
    teams = {**TEAMS, "t-ada": Team("t-ada", HOSTILE, HOSTILE, 1, False)}
    publish(board(season(rows, teams)), tmp_path)
    for path in PAGES[:8]:
        with visit(browser, tmp_path, path) as (page, requested_urls):
            page.wait_for_timeout(100)
            assert page.evaluate("window.ran") is None
            assert len(requested_urls) == 1 and page.locator("img, script").count() == 0


def test_a_badge_is_a_picture(browser, site):
    with visit(browser, site, "badges/team-3/framework_sprint.svg") as (page, requested_urls):
        box = page.locator("text").last.bounding_box()
        assert box["width"] > 100 and len(requested_urls) == 1
