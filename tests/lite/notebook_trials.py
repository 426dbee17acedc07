"""Runs the released notebooks with the instructor's answers in the page: where does one stop?

course/lite/notebooks.toml holds what they find, with reasons that are written for people.
"""

from __future__ import annotations

import time
from pathlib import Path

from lite.build import build
from lite.trials import Trial
from lite_page import error_of, page_of, run, served, start_kernel
from playwright.sync_api import Browser
from student_page import answers, released

from autograder.distributing.publish import publish
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[2]
LIMIT_S = 600


def trial_site(folder: Path) -> Path:
    """A site that offers every released notebook, with the whole reference framework in it."""
    course = open_course(ROOT)
    closed = [row.id for row in course.assignments if row.exports]
    students = publish(course, folder / "published", closed).paths[0]
    build(
        students, folder / "site", on_record={row.id: Trial(row.id) for row in course.assignments}
    )
    return folder / "site"


def trial(browser: Browser, site: Path, name: str) -> Trial:
    """How a released notebook ends in the page, with the instructor's answers in it."""
    answered = answers(name)
    with served(site) as server, page_of(browser, server, speaks=True) as (page, _):
        start_kernel(page, server, f"{name}/{name}.ipynb")
        end = time.monotonic() + LIMIT_S
        for number, cell in enumerate(released(name)):
            if cell["cell_type"] != "code":
                continue
            code = answered.get(number, "".join(cell["source"]))
            status, outputs = run(page, code, max(end - time.monotonic(), 1))
            if status == "late":  # in which cell depends on the machine
                return Trial(name, status, f"not done in {LIMIT_S} s")
            if status != "ok":
                return Trial(name, cell["id"], error_of(outputs))
    return Trial(name)
