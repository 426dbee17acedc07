"""nbgrader's own formgrader, on a real server, shows and edits what a review gave."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chromium import chromium
from real_jupyter import HEADERS, jupyter_server, path_of
from review_course import add_item, answer_of, give, points, session, stored, write_course

from autograder.gradebook import open_gradebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.xdist_group("formgrader_browser"),
    pytest.mark.filterwarnings("ignore"),
]


def test_nbgraders_own_commands_work_on_the_database_of_a_review(tmp_path):
    course = write_course(tmp_path, ("ada", "blaise"))
    give(session(course), "ada", (), 3, "good")
    for words in (["db", "upgrade"], ["export", "--to", "marks.csv"]):
        command = [sys.executable, "-m", "nbgrader", *words]
        environment = {**os.environ, "PATH": path_of(Path(sys.executable))}
        subprocess.run(command, cwd=course.root, env=environment, check=True, capture_output=True)
    rows = list(csv.DictReader((tmp_path / "marks.csv").read_text().splitlines()))
    scores = {row["student_id"]: float(row["score"]) for row in rows}
    assert scores == {"ada": 3.0, "blaise": 2.0}  # his test cell passed and gave its 2 points
    assert points(course) == {"ada": 3, "blaise": None}


def marking_page(course, student):
    with open_gradebook.gradebook(course) as book:
        submission = book.find_submission("words", student)
        return f"formgrader/submissions/{submission.notebooks[0].id}/"


def test_formgrader_shows_a_mark_of_a_review_and_its_change_is_seen_there(tmp_path):
    course = write_course(tmp_path / "course", ("ada", "blaise"))
    at = session(course)
    give(at, "ada", (add_item(at, 2, "names the cache"),), 0.5, "What about neighbours?")
    (tmp_path / "jupyter").mkdir()
    with jupyter_server(course.root, tmp_path / "jupyter") as server, chromium() as browser:
        context = browser.new_context(extra_http_headers=HEADERS)
        page = context.new_page()
        page.goto(server.url + marking_page(course, "ada"))
        score, comment = page.locator("input#why"), page.locator("textarea#why-comment")
        score.wait_for()
        page.wait_for_function("document.querySelector('input#why').value !== ''")
        assert (score.input_value(), comment.input_value()) == ("2.5", "What about neighbours?")
        score.fill("1")
        score.press("Tab")
        until = time.monotonic() + 20
        while points(course)["ada"] != 1 and time.monotonic() < until:
            page.wait_for_timeout(100)
        context.close()
    assert stored(course)["ada"].manual_score == 1
    assert answer_of(at, "ada").state == "conflict"
    assert answer_of(at, "blaise").state == "to mark"
