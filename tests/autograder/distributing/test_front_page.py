"""The front door leads to every assignment and asks nothing of the network."""

import json
import re
from pathlib import Path

import pytest
from chromium import chromium, opened

from autograder.distributing import front_page
from autograder.distributing.student_folder import _python_range
from autograder.settings.open_course import open_course

COURSE = open_course(Path(__file__).parents[3])
ROWS = list(COURSE.assignments)
PAGE = front_page.page(COURSE, ROWS, has_notebook=True)


def test_the_page_names_every_track_and_links_every_assignment():
    assert re.findall(r"<h2>(\w+)", PAGE) == ["READ", "EXPLORE", "BUILD", "DEPLOY", "PROVE"]
    links = re.findall(r'<li><div><a href="([^"]+)"', PAGE)
    assert sorted(links) == sorted(f"{row.id}/{row.notebooks[0]}.ipynb" for row in ROWS)
    assert "150 minutes, 20 points, needs 05_dataloader, 07_optimizers, due 2027-04-02" in PAGE


def test_the_notebook_shows_progress_first_and_the_table_after_it():
    book = json.loads(front_page.notebook(COURSE, ROWS))
    kinds = [cell["cell_type"] for cell in book["cells"]]
    assert kinds == ["markdown", "code", "code", "markdown"]
    assert book["cells"][2]["source"].endswith("progress()")
    assert (
        "[08_training](08_training/08_training.ipynb) | BUILD | 150" in book["cells"][3]["source"]
    )


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_legible_in_both_themes_and_asks_nothing_of_the_net(scheme):
    contrast = """() => {
        const parts = [...document.querySelectorAll("h1, h2, h2 span, p, a, .about")];
        const light = colour => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(...parts.map(part => {
            const ink = light(getComputedStyle(part).color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        }));
    }"""
    with chromium() as browser, opened(browser, PAGE, width=390) as (page, visit):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(contrast) >= 4.5
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert visit.requested_urls == []


@pytest.mark.parametrize(
    ("requirement", "words"),
    [(">=3.11,<3.14", "3.11, 3.12 or 3.13"), (">=3.12,<3.13", "3.12"), (">=3.11", "3.11 or later")],
)
def test_the_range_of_pythons_is_said_in_words(requirement, words):
    assert _python_range(requirement) == words
