"""The site in a browser: nothing from outside, legible, searchable, and checks without a mouse."""

import json
import re
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium

pytestmark = pytest.mark.browser
SLOW_MACHINE_MS = 180_000
CHAPTER = "chapters/benchmarking/benchmarking.html"
PAGES = (
    "index.html",
    CHAPTER,
    "assignments.html",
    "measured.html",
    "parts/foundations.html",
    "paths/student.html",
    "back/terms.html",
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@contextmanager
def visit(browser, site, path, scheme="light", width=1280):
    """A page of the site from its folder, as in the offline zip, and what it asked for."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    requested_urls, errors = [], []
    page.on("request", lambda request: requested_urls.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{(site / 'html').as_uri()}/{path}")
    page.wait_for_load_state("load")
    try:
        yield page, requested_urls, errors
    finally:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_for_nothing_outside_and_fails_at_nothing(browser, site, path):
    with visit(browser, site, path) as (page, requested_urls, errors):
        page.wait_for_timeout(1000)
        assert [url for url in requested_urls if not url.startswith(("file:", "data:"))] == []
        assert errors == []


@pytest.mark.parametrize(
    "path, scheme",
    [
        ("index.html", "light"),
        ("index.html", "dark"),
        pytest.param(CHAPTER, "light", marks=pytest.mark.slow),
        pytest.param(CHAPTER, "dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_no_serious_fault(browser, site, path, scheme):
    with visit(browser, site, path, scheme) as (page, _, _):
        assert page.locator("html").get_attribute("data-theme") == scheme
        violations = Axe().run(page).response["violations"]
    serious = [fault for fault in violations if fault["impact"] in ("serious", "critical")]
    assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in serious]


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_a_page_without_scrolling_sideways(browser, site, path):
    with visit(browser, site, path, width=390) as (page, _, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("path", "table"),
    [("paths/student.html", "table"), ("index.html", "table.bridge")],
)
def test_a_phone_shows_every_cell_of_a_stacked_table(browser, site, path, table):
    with visit(browser, site, path, width=390) as (page, _, _):
        cells = page.locator(table).first.locator("th, td").all()
        boxes = [box for cell in cells if (box := cell.bounding_box())]
        assert len(boxes) == len(cells) > 10
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_a_phone_shows_a_figure_at_a_width_that_can_be_read(browser, site):
    with visit(browser, site, CHAPTER, width=390) as (page, _, _):
        figure = page.locator("figure.chart").first
        assert figure.locator("svg").bounding_box()["width"] > 600
        assert figure.evaluate("box => box.scrollWidth > box.clientWidth")
        assert figure.locator("figcaption").bounding_box()["width"] < 390


def test_formulas_are_drawn_without_a_network(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        page.wait_for_selector("mjx-container")
        assert page.locator("mjx-container").count() >= 3


def test_search_finds_a_term_of_the_chapter(browser, site):
    with visit(browser, site, "search.html?q=coordinated") as (page, _, _):
        page.wait_for_selector("#search-results li a")
        assert "Benchmarking" in page.locator("#search-results").inner_text()


def check_of(page, kind):
    """The first check of a kind on the page, and its data."""
    for block in page.locator(".check[data-check]").all():
        data = json.loads(block.get_attribute("data-check"))[0]
        if data["kind"] == kind:
            return block, data
    raise AssertionError(f"no check of kind {kind}")


def test_a_number_is_answered_by_keyboard(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, data = check_of(page, "number")
        block.locator("input").focus()
        page.keyboard.type(f"{data['traps'][0]['value']}")
        page.keyboard.press("Enter")
        assert block.locator(".check-said.wrong").count() == 1
        page.keyboard.press("Control+a")
        page.keyboard.type(f"{data['value']:,}")
        page.keyboard.press("Enter")
        assert block.locator(".check-said.right").inner_text().startswith("Right.")


def test_an_empty_field_asks_for_a_number(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, _data = check_of(page, "number")
        block.locator("button[type=submit]").press("Enter")
        assert block.locator(".check-said").inner_text() == "Type a number first."
        assert block.locator(".check-said.wrong").count() == 0


def search_results(browser, site, word):
    """The pages that a search lists."""
    with visit(browser, site, f"search.html?q={word}") as (page, _, _):
        page.wait_for_selector("#search-results li a")
        page.wait_for_timeout(1500)
        links = page.locator("#search-results li a").all()
        return {re.split("[?#]", link.get_attribute("href"))[0] for link in links}


@pytest.mark.slow
def test_search_finds_a_word_by_its_american_spelling(browser, site):
    pages = search_results(browser, site, "quantisation")
    assert len(pages) > 3 and search_results(browser, site, "quantization") == pages


def test_choices_are_answered_by_keyboard(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, data = check_of(page, "choose")
        block.locator("input").first.focus()
        for choice in data["choices"]:
            if choice["right"]:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert block.locator(".check-said.right").count() == 1


def test_a_choice_that_was_left_out_says_why_it_is_right_at_the_second_try(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, data = check_of(page, "choose")
        block.locator("button[type=submit]").press("Enter")
        assert block.locator(".check-said").inner_text() == "Choose one first."
        right = [i for i, choice in enumerate(data["choices"]) if choice["right"]]
        block.locator("input").nth(right[0]).press("Space")
        block.locator("button[type=submit]").press("Enter")
        feedback = block.locator(".check-said.wrong").inner_text()
        assert "missing." in feedback and "You left out" not in feedback
        block.locator("button[type=submit]").press("Enter")
        feedback = block.locator(".check-said.wrong").inner_text()
        assert feedback.count("You left out") == len(right) - 1 > 0
        feedback_html = block.locator(".check-said").evaluate("said => said.innerHTML")
        assert all(data["choices"][i]["say"] in feedback_html for i in right[1:])
        assert data["choices"][right[0]]["say"] not in feedback_html


def test_what_a_reader_types_is_shown_as_text(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, _data = check_of(page, "number")
        block.locator("input").fill("<img src=x onerror='window.ran = 1'>")
        block.locator("button[type=submit]").press("Enter")
        assert "<img" in block.locator(".check-said").inner_text()
        assert block.locator(".check-said img").count() == 0


@pytest.mark.slow
def test_an_order_is_answered_by_keyboard(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, data = check_of(page, "order")
        ranks = sorted(range(len(data["choices"])), key=lambda i: data["choices"][i]["place"])
        for _ in range(len(ranks)):
            for choice in reversed(ranks):
                block.locator(f"li[data-place='{choice}'] button").first.focus()
                [page.keyboard.press("Enter") for _ in ranks]
        block.locator("button[type=submit]").focus()
        page.keyboard.press("Enter")
        assert block.locator(".check-said.right").count() == 1


def test_a_prediction_is_locked_when_it_is_revealed(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, data = check_of(page, "predict")
        block.locator("button[type=submit]").press("Enter")
        assert block.locator(".check-said").inner_text() == "Choose one first."
        wrong = next(i for i, choice in enumerate(data["choices"]) if not choice["right"])
        block.locator("input").nth(wrong).press("Space")
        block.locator("button[type=submit]").press("Enter")
        feedback = block.locator(".check-said.wrong").inner_text()
        assert feedback.startswith("It comes out differently.") and "The right one is" in feedback
        assert block.locator("input:disabled").count() == len(data["choices"])


def test_other_numbers_are_shown_on_demand(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        block, _data = check_of(page, "number")
        before = block.locator(".check-ask").inner_text()
        block.get_by_role("button", name="Other numbers").press("Enter")
        assert block.locator(".check-ask").inner_text() != before
        assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_a_term_shows_its_meaning(browser, site):
    with visit(browser, site, CHAPTER) as (page, _, _):
        titles = [link.get_attribute("title") for link in page.locator("a.term").all()]
        assert len(titles) >= 5 and all(len(title) > 30 for title in titles)
