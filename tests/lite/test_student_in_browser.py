"""A student's whole way in the page, with the network cut off, to the instructor's marks."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import chromium
from lite_page import ROOT, page_of, served
from student_page import StudentPage, answers

from autograder.gradebook.read_marks import recorded
from autograder.settings.open_course import open_course

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,  # a kernel, a notebook of two minutes, and grading
    pytest.mark.xdist_group("lite"),
]
HAND_IN = 'from coursekit import export, submit\nsubmit(student="ada")'


def marks(inbox: Path, root: Path) -> dict[str, tuple[float, float, bool]]:
    """What the instructor's own commands give for a folder of hand-ins."""
    for name in ("course", "hardware_labs", "source", "release"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    autograder = Path(sys.executable).with_name("autograder")
    for words in (("collect", "01_tensor", inbox), ("grade", "01_tensor")):
        completed = subprocess.run([autograder, *words], cwd=root, capture_output=True, text=True)
        assert completed.returncode == 0, completed.stdout + completed.stderr
    course = open_course(root)
    (hand_in,) = recorded(course, course.assignment("01_tensor")).values()
    return {m.cell: (m.points, m.out_of, m.needs_review) for m in hand_in.marks}


def test_a_student_answers_checks_saves_downloads_and_gets_the_marks(site, tmp_path):
    inbox = tmp_path / "inbox"
    with (
        chromium() as browser,
        served(site) as server,
        page_of(browser, server) as (page, strange),
    ):
        page.goto(server.url)
        page.get_by_role("link", name="01_tensor", exact=True).click()
        notebook = StudentPage(page)
        notebook.cells().last.wait_for()
        notebook.wait_until_idle()
        for number, text in answers("01_tensor").items():
            notebook.write(number, text)
        notebook.run_all()
        assert notebook.errors() == []
        notebook_text = page.locator(".jp-NotebookPanel").inner_text()
        assert notebook_text.count("visible asserts hold") == len(answers("01_tensor"))
        assert "browser: the times of this cell" in notebook_text
        assert page.locator(".jp-OutputArea svg[role=img]").count() == 3
        notebook.save()
        output = notebook.run_at_end(HAND_IN)
        assert "Packed: " in output.inner_text()
        with page.expect_download() as download:
            output.get_by_role("link", name=re.compile("Download 01_tensor")).click()
        download.value.save_as(inbox / download.value.suggested_filename)
        assert "tinytorch/core/tensor.py" in notebook.run_at_end("export()").inner_text()
        assert strange == []
    marks_by_cell = marks(inbox, tmp_path / "course")
    automatic = {name: row for name, row in marks_by_cell.items() if not row[2]}
    assert len(automatic) == len(answers("01_tensor"))
    assert all(points == out_of for points, out_of, _ in automatic.values())


def test_the_cut_is_real(site):
    """A page of the site that asks for another machine is refused, and the asking is counted."""
    with (
        chromium() as browser,
        served(site) as server,
        page_of(browser, server) as (page, strange),
    ):
        page.goto(server.url)
        answer = page.evaluate("fetch('http://world.example/').catch(() => 'refused')")
    assert answer == "refused"
    assert strange == ["http://world.example/"]


LAB = """\
from coursekit.lab import Lab, Slider
from coursekit.svg import Bar, bars


def draw(state):
    return bars([Bar("batch", state["batch"])], "a bar"), [("batch", state["batch"])], ""


Lab({"device": ["h100", "rpi5"], "batch": Slider([1, 2, 4, 8])}, draw)"""


def test_a_control_of_a_lab_redraws_its_picture(site):
    with (
        chromium() as browser,
        served(site) as server,
        page_of(browser, server) as (page, strange),
    ):
        page.goto(f"{server.url}lab/index.html?path=01_tensor/01_tensor.ipynb")
        notebook = StudentPage(page)
        notebook.cells().last.wait_for()
        notebook.wait_until_idle()
        output = notebook.run_at_end(LAB)
        output.locator("select").select_option("rpi5")
        output.get_by_text("lab.set(device='rpi5', batch=1)").wait_for()
        assert strange == []
