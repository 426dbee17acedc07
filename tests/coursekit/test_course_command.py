"""The command `course`, as a student types it: each run is a process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(sys.executable).with_name("course")


def course(*arguments, **environment):
    completed = subprocess.run(
        [COURSE, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )
    return completed.returncode, completed.stdout + completed.stderr


@pytest.mark.parametrize("verb", ["check", "export", "submit", "progress", "doctor", "update"])
def test_each_verb_explains_itself(verb):
    code, text = course(verb, "--help")
    assert code == 0
    assert f"Usage: course {verb}" in text


def test_a_right_notebook_checks_exports_and_is_handed_in(finished, place):
    root = place(finished).parents[1]
    assert course("check") == (0, "double: both visible asserts hold.\n"
                                  "1 of 1 questions pass their visible tests.\n"
                                  "Hidden tests follow when it is graded.\n")  # fmt: skip
    assert course("export") == (0, "Wrote tinytorch/core/tensor.py: double.\n")
    code, text = course("submit", "01_tensor", COURSE_STUDENT="anna")
    assert code == 0
    assert "Files: 01_tensor.ipynb" in text
    assert len(list((root / "submissions").glob("01_tensor_anna_attempt_*.zip"))) == 1
    code, text = course("progress")
    assert "1 of 1 questions pass, exported, submitted 20" in text


def test_an_untouched_notebook_exits_with_1(untouched, place):
    place(untouched)
    code, text = course("check", "01_tensor", "double")
    assert code == 1
    assert "double is not written yet" in text


def test_a_cell_that_stops_is_named_and_the_rest_is_checked(finished, place):
    finished["cells"].insert(1, dict(finished["cells"][1], id="look", source="%pylab\n1 / 0"))
    place(finished)
    code, text = course("check")
    assert code == 1
    assert "double: both visible asserts hold." in text
    assert "The cell look stopped: ZeroDivisionError: division by zero" in text
    assert "Magics and shell lines were left out in: look." in text


def test_a_deleted_question_of_the_file_is_unknown(finished, place):
    place(finished)
    code, text = course("check", "01_tensor", "duble")
    assert code == 1
    assert "has no question 'duble'. Did you mean double?" in text


def test_an_endless_loop_ends_with_a_sentence(finished, place):
    finished["cells"][2]["source"] = "while True: pass"
    place(finished)
    code, text = course("check", "--timeout", "2")
    assert code == 1
    assert "did not come to its end in 2 s: look for a loop that never ends" in text


def test_a_cell_that_ends_python_is_a_sentence(finished, place):
    finished["cells"][2]["source"] = "import os; os._exit(7)"
    place(finished)
    assert course("check") == (
        1,
        "Error: A cell of 01_tensor.ipynb ended Python itself (exit 7).\n",
    )


def test_await_and_future_imports_work_as_in_a_kernel(finished, place):
    finished["cells"][1]["source"] = "from __future__ import annotations\nimport numpy as np"
    finished["cells"][2]["source"] = (
        "import asyncio\nawait asyncio.sleep(0)\ndef double(x: Missing) -> Missing: return 2 * x"
    )
    place(finished)
    assert course("check")[0] == 0


def test_an_unfinished_export_exits_with_1(untouched, place):
    place(untouched)
    code, text = course("export")
    assert code == 1
    assert "double-solution still raises NotImplementedError" in text
    assert course("export", "--partial")[0] == 0


def test_an_unknown_assignment_is_helped(finished, place):
    place(finished)
    assert course("submit", "01_tenser")[0] == 1
    assert "Did you mean 01_tensor" in course("check", "01_tenser")[1]


def test_the_doctor_finds_nothing_in_a_sound_workspace(finished, place):
    place(finished)
    code, text = course("doctor")
    assert code == 0
    assert "Nothing to fix." in text
    assert "01_tensor.ipynb can be read, and its graded cells are marked." in text


def test_the_doctor_names_a_damaged_notebook(finished, place):
    place(finished).write_text("{")
    code, text = course("doctor")
    assert code == 1
    assert "is damaged" in text


def test_progress_shows_five_tracks(finished, place):
    place(finished)
    code, text = course("progress")
    assert code == 0
    tracks = [line.split()[0] for line in text.splitlines() if line[:1].isupper() and "  " in line]
    assert tracks == ["READ", "EXPLORE", "BUILD", "DEPLOY", "PROVE"]


def test_the_exporters_module_command_is_documented_by_its_output(tmp_path):
    completed = subprocess.run(
        [sys.executable, "-m", "coursekit.exporter", "--help"], capture_output=True, text=True
    )
    assert completed.returncode == 0
    assert "--into" in completed.stdout


def test_as_a_student_has_it_a_notebook_without_metadata_still_works(finished, place, tmp_path):
    """The wheel's layout: checks and syllabus inside the package; Colab dropped all metadata."""
    site = tmp_path / "site"
    repository = Path(__file__).parents[2]
    shutil.copytree(repository / "course" / "coursekit", site / "coursekit")
    shutil.copy(repository / "course" / "syllabus.toml", site / "coursekit" / "syllabus.toml")
    table = {
        "assignment": "01_tensor",
        "questions": [{"name": "double", "points": 2, "source": "assert double(3) == 6"}],
        "exports": [{"cell": "double-solution", "defines": ["double"]}],
    }
    checks = site / "coursekit" / "checks" / "01_tensor.json"
    checks.parent.mkdir()
    checks.write_text(json.dumps(table))
    for cell in finished["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    place(finished)
    code, text = course("check", PYTHONPATH=str(site))
    assert code == 0
    assert "double: the visible assert holds." in text
    code, text = course("export", PYTHONPATH=str(site))
    assert code == 0
    assert "it was recognised by the names it defines (double)" in text
    assert (
        "The graded cell double is not in" in course("submit", "01_tensor", PYTHONPATH=str(site))[1]
    )
