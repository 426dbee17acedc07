"""The syllabus as a page: what it says, and that anybody can read it on any screen."""

import html
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, opened
from click.testing import CliRunner
from small_course import save, source_notebook

from autograder.authoring.syllabus_page import page
from autograder.commands.cli import main
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
SYLLABUS = """
course = "Small & <b>sound</b>"

[tracks]
READ = "a book"
BUILD = "by hand"

[late]
grace_minutes = 15
percent_per_day = 10
cap_percent = 50

[[assignment]]
id = "two"
track = "BUILD"
title = "Second <script>ran(1)</script>"
prerequisites = ["one", "gone"]
points = 4.5
due = 2027-07-05T21:59:00Z
minutes = 90

[[assignment]]
id = "one"
track = "BUILD"
title = "First"
points = 6
due = 2027-01-30

[[assignment]]
id = "alone"
track = ""
title = "Of no track"
late = false
"""


@pytest.fixture
def course(tmp_path):
    for name in ("one", "two", "alone"):
        save(tmp_path / "source" / name / f"{name}.ipynb", source_notebook())
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.toml").write_text(SYLLABUS)
    zone = "c = get_config()\nc.Exchange.timezone = 'Europe/Zurich'\n"
    (tmp_path / "nbgrader_config.py").write_text(zone)
    return open_course(tmp_path)


def words(text):
    return html.unescape(
        re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.S))
    )


def test_assignments_stand_in_their_tracks_in_the_order_of_their_dates(course):
    text = words(page(course))
    order = ["BUILD", "by hand", "one First", "two Second", "alone Of no track"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "READ" not in text
    assert "3 assignments, 10.5 points" in text


def test_a_due_time_names_the_zone_that_holds_on_its_day(course):
    text = words(page(course))
    assert "Sat 30 Jan 2027, 23:59 CET" in text
    assert "Mon 5 Jul 2027, 23:59 CEST" in text
    assert "Time zone: Europe/Zurich." in text
    assert "no date yet" in text


def test_what_an_assignment_needs_is_a_link_where_there_is_such_a_row(course):
    text = page(course)
    assert '<a href="#one">one</a>, gone' in text and 'id="one"' in text


def test_the_late_policy_is_the_one_that_grading_goes_by(course):
    assert (
        "Late work: 10 % for each started day, 50 % at most, 15 minutes of grace; alone: nothing "
        "is taken off. Percents are of an assignment's maximum"
    ) in words(page(course))


def test_a_late_policy_of_nbgrader_config_stands_on_the_page_too(course):
    syllabus = course.root / "course" / "syllabus.toml"
    table = "[late]\ngrace_minutes = 15\npercent_per_day = 10\ncap_percent = 50\n"
    syllabus.write_text(SYLLABUS.replace(table, "").replace("late = false\n", ""))
    assert "Late work" not in page(open_course(course.root))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.Autograder.late = {'points_per_day': 2}\n")
    assert "Late work: 2 points for each started day." in page(open_course(course.root))


def test_nothing_of_a_title_runs_and_the_page_asks_for_nothing(course):
    text = page(course)
    assert "<script" not in text and "Small &amp; &lt;b&gt;sound" in text
    with chromium() as browser, opened(browser, text) as (_, visit):
        pass
    assert (visit.ran, visit.requested_urls) == (0, [])


def test_the_page_of_this_course_is_readable_on_any_screen(tmp_path):
    command = ["syllabus", "--output", str(tmp_path), "--course", str(ROOT)]
    assert CliRunner().invoke(main, command).exit_code == 0
    text = (tmp_path / "index.html").read_text()
    with chromium() as browser, opened(browser, text) as (open_page, _):
        for scheme in ("light", "dark"):
            open_page.emulate_media(color_scheme=scheme)
            violations = Axe().run(open_page).response["violations"]
            assert not [(f["id"], f["nodes"][0]["html"][:200]) for f in violations], scheme
        for width in (390, 1280):
            open_page.set_viewport_size({"width": width, "height": 900})
            assert open_page.evaluate("document.documentElement.scrollWidth") <= width
