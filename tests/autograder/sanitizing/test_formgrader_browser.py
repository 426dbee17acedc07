"""Nothing of a hostile submission runs where staff and students open it: nbgrader's formgrader and
JupyterLab on a real server, the server's own nbconvert, and both kinds of feedback.

Requests beyond the server are refused; what nbgrader's templates ask of the world is listed below.
MathJax is answered from Debian's libjs-mathjax where that is installed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hostile_notebook
import nbformat
import pytest
import small_course
from chromium import Visit, chromium, click_every_link, opened, touch_everything, watched
from nbformat.sign import NotebookNotary
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, Route
from real_jupyter import HEADERS, Server, jupyter_server

from autograder.gradebook import open_gradebook
from autograder.model import Course, Grade
from autograder.notebook import cells
from autograder.notebook.cells import Notebook
from autograder.reporting import feedback
from autograder.sanitizing.sanitize import make_inert
from autograder.settings import nbgrader_strip

pytestmark = [
    pytest.mark.xdist_group("formgrader_browser"),
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore"),
]

MATHJAX = Path("/usr/share/javascript/mathjax")
CDN = "https://cdnjs.cloudflare.com/ajax/libs/"
ASKED_BY_TEMPLATES = ("mathjax/2.7.7/", "require.js/", "jquery/", "mermaid/")
LISTS = (
    "manage_assignments",
    "manage_submissions/functions",
    "gradebook",
    "gradebook/functions",
    "gradebook/functions/functions",
    "manage_students",
    "manage_students/mallory",
    "manage_students/mallory/functions",
)
SCORE_BOXES = "document.querySelectorAll('[id=double], [id=double_extra_credit]').length"
IMAGE_THAT_RUNS = "<img src=x onerror=ran()>"
RUNS_ALONE = [
    hostile_notebook.markdown(text, 0)
    for text in (
        IMAGE_THAT_RUNS,
        "<svg onload=ran()></svg>",
        "<details open ontoggle=ran()><summary>more</summary></details>",
        "<p onmouseover=ran()>text</p>",
        "[click](javascript:ran())",
        "<a href='java&#9;script:ran()'>click</a>",
    )
] + [
    hostile_notebook.code([{"output_type": kind, "data": data, "metadata": {}, **count}], "c")
    for kind, count, data in (
        ("display_data", {}, {"text/html": "<script>ran()</script>"}),
        ("execute_result", {"execution_count": 1}, {"text/html": IMAGE_THAT_RUNS}),
        ("display_data", {}, {"text/markdown": IMAGE_THAT_RUNS}),
        ("display_data", {}, {"application/javascript": "ran()"}),
        ("display_data", {}, {"text/html": "<iframe srcdoc='<script>ran()</script>'></iframe>"}),
        ("display_data", {}, {"text/html": "<p tabindex=1 onfocus=ran()>text</p>"}),
    )
]


@dataclass(frozen=True)
class Place:
    """A course behind a running server; marking maps students to their pages in formgrader."""

    browser: Browser
    server: Server
    course: Course
    marking: dict[str, str]


def before(extra: list[dict[str, Any]], model: Notebook, **metadata: Any) -> Notebook:
    """A graded notebook with more cells at its end, as different as cells can be."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    extra_cells = [
        {**hostile_notebook.signed(cell, place), "id": f"e{place}"}
        for place, cell in enumerate(extra)
    ]
    empty_notebook = {"metadata": {**kernel, **metadata}, "nbformat": 4, "nbformat_minor": 5}
    return {**empty_notebook, "cells": [*json.loads(cells.dump(model))["cells"], *extra_cells]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("course")
    course = small_course.write_course(root, proofs="")
    assignment = course.assignments[0]
    open_gradebook.register(course, assignment)
    model = nbgrader_strip.graded_form(course, assignment, "functions")
    hostile = hostile_notebook.notebook()
    hostile["cells"] = [*before([], model)["cells"], *hostile["cells"]]
    work = {
        "ada": make_inert(before([], model)),
        "mallory": make_inert(hostile),
        "careless": before(RUNS_ALONE, model),
    }
    for student, notebook in work.items():
        for folder in (course.submitted, course.autograded):
            small_course.save(folder / student / "functions" / "functions.ipynb", notebook)
    marking = {student: _marking_page(course, student) for student in work}
    home = tmp_path_factory.mktemp("jupyter")
    with jupyter_server(root, home) as server, chromium() as browser:
        yield Place(browser, server, course, marking)


def _marking_page(course: Course, student: str) -> str:
    with Gradebook(course.db_url, course.name) as book:
        book.update_or_create_student(student)
        submission = book.update_or_create_submission("functions", student)
        return f"formgrader/submissions/{submission.notebooks[0].id}/"


def visited(place: Place, *paths: str, look: Callable[[Page], Any] = lambda page: None) -> Visit:
    """What pages of the server did while they loaded, were touched and odd links were clicked.

    `requested_urls` holds the paths on the server too, without ids.
    """
    local: list[str] = []

    def answer(route: Route) -> bool:
        url = route.request.url
        if url.startswith(place.server.url):
            local.append(re.sub(r"[0-9a-f-]{32,36}", "ID", urlsplit(url).path))
            route.continue_()
        return url.startswith(place.server.url) or _mathjax(route, url)

    with watched(place.browser, answer, headers=HEADERS) as (page, visit):
        for path in paths:
            page.goto(place.server.url + path)
            _settle(page)
            look(page)
            touch_everything(page)
            click_every_link(page, "click")
    visit.requested_urls += local
    return visit


def _mathjax(route: Route, url: str) -> bool:
    """Debian has MathJax.js where the CDN's latest.js leads to."""
    at = CDN + "mathjax/2.7.7/"
    if not url.startswith(at) or not MATHJAX.exists():
        return False
    name = urlsplit(url).path.rpartition("/2.7.7/")[2]
    lead = f"document.write('<script src=\"{url.replace('latest', 'MathJax')}\"></script>')"
    if name == "latest.js":
        route.fulfill(body=lead, content_type="text/javascript")
    elif (MATHJAX / name).is_file():
        route.fulfill(path=MATHJAX / name, headers={"Access-Control-Allow-Origin": "*"})
    else:
        route.abort()
    return True


def _settle(page: Page) -> None:
    """Wait until the rows of a list, the cells of JupyterLab, or all formulas are there."""
    page.wait_for_function(
        """() => !document.body.innerText.includes("Loading, please wait")
            && (!document.querySelector("#jupyter-config-data")
                || document.querySelector(".jp-Notebook .jp-Cell.jp-mod-rendered"))"""
    )
    page.evaluate("() => window.MathJax?.Hub && new Promise(done => MathJax.Hub.Queue(done))")
    page.wait_for_timeout(300)


def strange(place: Place, hostile: Visit, plain: Visit) -> set[str]:
    """What one page asked for that another student's did not, beside files of its own."""
    usual = {url.replace("/ada/", "/mallory/") for url in plain.requested_urls}
    listed = tuple(CDN + name for name in ASKED_BY_TEMPLATES)
    unusual = {url for url in set(hostile.requested_urls) - usual if not url.startswith(listed)}
    harmless = ("/a.png", "/y.png", ".woff", ".woff2", "/workspaces/mallory")
    return {url for url in unusual if not url.endswith(harmless)}


def lab(student: str) -> str:
    """The notebook in a workspace of its own: JupyterLab opens again what was open in the last."""
    return f"lab/workspaces/{student}/tree/autograded/{student}/functions/functions.ipynb"


def trust(place: Place, student: str) -> None:
    path = place.course.autograded / student / "functions" / "functions.ipynb"
    NotebookNotary(data_dir=str(place.server.data)).sign(nbformat.read(path, as_version=4))


def test_there_are_many_vectors() -> None:
    assert len({cells.dump(cell) for cell in hostile_notebook.notebook()["cells"]}) > 300


@pytest.mark.slow
def test_what_nobody_made_inert_runs_in_formgrader(place: Place) -> None:
    visit = visited(place, place.marking["careless"])
    assert visit.signs == set(range(len(RUNS_ALONE)))


@pytest.mark.slow
def test_what_nobody_made_inert_runs_in_a_trusted_jupyterlab(place: Place) -> None:
    trust(place, "careless")
    assert len(visited(place, lab("careless")).signs) > 3


def test_the_page_where_staff_mark_a_hostile_submission_does_nothing(place: Place) -> None:
    links: list[str] = []
    scores: list[int] = []

    def look(page: Page) -> None:
        links.extend(own_links(page))
        scores.append(page.evaluate(SCORE_BOXES))

    visit = visited(place, place.marking["mallory"], look=look)
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert strange(place, visit, visited(place, place.marking["ada"])) == set()
    assert [href for href in links if not re.fullmatch(r"#.*|[\w./-]+\.\w+", href)] == []
    assert scores == [2], "a heading has the id of a score, or the score is gone"


def own_links(page: Page) -> list[str]:
    """The links of the notebook that lead to the server itself."""
    hrefs: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("#notebook a[href]")]
            .filter(a => a.host === location.host || !/^(https?|mailto):$/.test(a.protocol))
            .map(a => a.getAttribute("href"))"""
    )
    return hrefs


@pytest.mark.slow
def test_the_lists_of_formgrader_do_nothing(place: Place) -> None:
    visit = visited(place, *(f"formgrader/{path}" for path in LISTS))
    assert (visit.ran, visit.dialogs) == (0, [])
    assert [url for url in visit.requested_urls if not url.startswith("/")] == []


@pytest.mark.slow
def test_jupyterlab_shows_a_hostile_submission_and_runs_nothing(place: Place) -> None:
    visit = visited(place, lab("mallory"))
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert strange(place, visit, visited(place, lab("ada"))) == set()


@pytest.mark.slow
def test_nothing_runs_even_where_staff_trust_the_notebook(place: Place) -> None:
    trust(place, "mallory")
    visit = visited(place, lab("mallory"))
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert [url for url in visit.requested_urls if not url.startswith("/")] == []


@pytest.mark.slow
def test_the_servers_own_nbconvert_shows_it_and_runs_nothing(place: Place) -> None:
    path = "nbconvert/html/autograded/{}/functions/functions.ipynb"
    visit = visited(place, path.format("mallory"))
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert strange(place, visit, visited(place, path.format("ada"))) == set()


@pytest.mark.slow
def test_nbgraders_own_feedback_of_a_hostile_submission_does_nothing(place: Place) -> None:
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "functions"]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": programs}
    root = place.course.root
    subprocess.run([*command, "--student=mallory"], cwd=root, env=environment, check=True)
    html = _feedback(place).read_text(encoding="utf-8")
    with opened(place.browser, html) as (page, visit):
        touch_everything(page)
        click_every_link(page, "click")
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert strange(place, visit, Visit()) == set()


@pytest.mark.slow
def test_the_feedback_of_the_same_student_does_nothing(place: Place) -> None:
    assignment = place.course.assignments[0]
    feedback.write(place.course, assignment, [Grade("functions", "mallory", "graded", ())])
    path = _feedback(place).relative_to(place.course.root)
    visit = visited(place, f"files/{path}")
    assert (visit.signs, visit.ran, visit.dialogs) == (set(), 0, [])
    assert visit.requested_urls == [f"/files/{path}"]


def _feedback(place: Place) -> Path:
    return place.course.feedback / "mallory" / "functions" / "functions.html"
