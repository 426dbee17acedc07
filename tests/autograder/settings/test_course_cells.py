"""The cells that a release puts around a notebook: from the syllabus, and no fault of a student."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import small_course

from autograder.grading.repair import repair
from autograder.model import Assignment
from autograder.notebook import cells
from autograder.notebook.validate import traces
from autograder.settings.course_cells import INSTALL, install_cell, next_notebook, with_course_cells
from autograder.settings.nbgrader_strip import graded_form, strip_notebook
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
COURSE = open_course(ROOT)
IDS = [row.id for row in COURSE.assignments]


def released(name):
    return json.loads(strip_notebook(COURSE, COURSE.assignment(name), name))


def source_of(cell):
    return cells.source(cell)


@pytest.mark.parametrize("name", IDS)
def test_a_release_opens_with_its_line_and_ends_with_the_next_notebook(name):
    row, book = COURSE.assignment(name), released(name)
    first, last = source_of(book["cells"][0]), source_of(book["cells"][-1])
    assert first.startswith(f"**{row.track}** · {row.minutes} minutes · {row.points:g} points · ")
    assert all(f"(../{needed}/{needed}.ipynb)" in first for needed in row.prerequisites)
    assert "open in Colab" not in first
    assert last.startswith("**Next**")
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


def test_every_notebook_of_a_track_is_reached_by_going_on_and_after_what_it_needs():
    name, order = "01_tensor", []
    while name:
        order.append(name)
        row = COURSE.assignment(name)
        name = next_notebook(COURSE, row, name)[1]
    assert sorted(order) == sorted(row.id for row in COURSE.assignments if row.track == "BUILD")
    for place, name in enumerate(order):
        assert set(COURSE.assignment(name).prerequisites) <= set(order[:place])


def test_an_assignment_of_two_notebooks_leads_from_one_to_the_other():
    row = Assignment("a", ("one", "two"), track="BUILD")
    later = Assignment("b", ("b",), title="Later", track="BUILD", minutes=30)
    course = replace(COURSE, assignments=(row, later))
    book = {"cells": [], "metadata": {}}
    ends = [with_course_cells(course, row, n, book)["cells"][-1]["source"] for n in row.notebooks]
    assert ends[0] == "**Next**: [a, two](../a/two.ipynb)"
    assert ends[1] == "**Next**: [b](../b/b.ipynb): Later (30 minutes)"


def test_colab_is_linked_where_the_syllabus_has_an_address():
    course = replace(COURSE, colab="https://colab.example/release/")
    book = with_course_cells(course, course.assignment("01_tensor"), "01_tensor", {"cells": []})
    address = "https://colab.example/release/01_tensor/01_tensor.ipynb"
    assert f"[open in Colab]({address})" in book["cells"][0]["source"]


def test_a_course_without_a_syllabus_is_released_as_it_is(tmp_path):
    course = small_course.write_course(tmp_path)
    book = {"cells": [], "metadata": {}}
    assert with_course_cells(course, course.assignments[0], "functions", book) is book


def test_a_submission_with_or_without_these_cells_is_repaired_without_a_word():
    row = COURSE.assignment("02_activations")
    model = graded_form(COURSE, row, row.id)
    with_cells = released(row.id)
    older = {**with_cells, "cells": with_cells["cells"][2:-1]}
    assert repair(with_cells, model).messages == ()
    assert repair(older, model).messages == ()


def test_the_last_cell_is_not_taken_for_a_written_answer_that_lost_its_metadata():
    row = COURSE.assignment("02_activations")
    book = released(row.id)
    for cell in book["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    book["cells"] = [c for c in book["cells"] if "Write your answer" not in source_of(c)]
    repaired = repair(book, graded_form(COURSE, row, row.id)).notebook
    written_cells = [cell for cell in repaired["cells"] if cells.is_manual(cell)]
    assert written_cells
    assert not [cell for cell in written_cells if "**Next**" in source_of(cell)]


def test_the_cells_of_different_notebooks_are_told_apart():
    lines = [traces({"cells": released(name)["cells"][:1]}) for name in ("03_layers", "04_losses")]
    assert not lines[0] & lines[1]


def test_the_extra_for_a_board_is_installed_where_the_notebook_needs_it():
    tools = {name: source_of(released(name)["cells"][1]) for name in ("01_tensor", "d01_connect")}
    assert "[boards]" in tools["d01_connect"]
    assert "[boards]" not in tools["01_tensor"]
    assert "EXTRA" not in "".join(tools.values())


def test_where_coursekit_is_missing_the_wheel_is_installed_or_asked_for(tmp_path):
    """pip is a stand-in that prints what it is asked to install: nothing is downloaded."""
    folder = tmp_path / "01_tensor"
    (folder / "pip").mkdir(parents=True)
    (folder / "pip" / "__init__.py").touch()
    (folder / "pip" / "__main__.py").write_text("import sys\nprint('pip', *sys.argv[1:])")
    text = source_of(install_cell("01_tensor", set()))
    hide = "import sys\nsys.modules.pop('coursekit', None)\n"
    hide += "import importlib.util as u\nfound = u.find_spec\n"
    hide += "u.find_spec = lambda name: None if name == 'coursekit' else found(name)\n"

    def run():
        command = [sys.executable, "-c", hide + text]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True)

    assert "coursekit is missing, and its wheel is not beside this notebook" in run().stderr
    (tmp_path / "mlsys_student-1.0-py3-none-any.whl").touch()
    output = run().stdout
    assert "coursekit is missing, so this installs mlsys_student-1.0-py3-none-any.whl" in output
    assert "pip install -q ../mlsys_student-1.0-py3-none-any.whl" in output


def test_where_coursekit_is_there_nothing_is_installed():
    completed = subprocess.run([sys.executable, "-c", INSTALL], capture_output=True, text=True)
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, "", "")
