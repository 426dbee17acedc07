"""The line that installs what the boards need: it names something that is there."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from autograder.distributing.student_wheel import Edition
from hardware_labs.errors import missing_library
from hardware_labs.install import again_line, boards_line, installed_from

ROOT = Path(__file__).parents[2]


def test_in_a_checkout_the_line_installs_the_checkout():
    assert installed_from(ROOT, "") == ROOT
    assert boards_line().endswith(f" -m pip install -e '{ROOT}[boards]'")


def test_pip_finds_what_the_line_names():
    words = shlex.split(boards_line())
    command = [*words[:4], "--dry-run", "--no-deps", "--no-build-isolation", *words[4:]]
    completed = subprocess.run(command, capture_output=True, text=True)
    assert completed.returncode == 0, completed.stderr


def test_a_students_line_names_the_wheel_that_pip_recorded(tmp_path: Path):
    wheel = tmp_path / "a course" / "mlsys_student-0.1.0-py3-none-any.whl"
    recorded = json.dumps({"url": wheel.as_uri(), "archive_info": {}})
    assert installed_from(tmp_path, recorded) is None  # not there any more
    wheel.parent.mkdir()
    wheel.touch()
    assert installed_from(tmp_path, recorded) == wheel
    assert installed_from(tmp_path, "") is None
    assert installed_from(tmp_path, '{"url": "https://example.org/x.whl"}') is None


def test_every_missing_library_has_the_one_line():
    error = ModuleNotFoundError("No module named 'serial'", name="serial")
    assert str(missing_library("pyserial", "A port", error)).endswith(f"Run: {boards_line()}")
    assert "[boards]" not in again_line()


def test_the_readme_begins_with_what_is_there():
    start = (ROOT / "hardware_labs" / "README.md").read_text().partition("```")[0]
    lines = [line.strip().partition("  #")[0].strip() for line in start.splitlines()]
    (installs,) = (line for line in lines if line.startswith("pip install"))
    wheel = Edition("mlsys-course", "mlsys-student", "VERSION").wheel
    assert installs == f'pip install "./{wheel}[boards]"'
    assert "setup:" in (ROOT / "Makefile").read_text() and "make setup" in lines
    (lab,) = (line.split()[-1] for line in lines if line.startswith("jupyter lab"))
    assert (ROOT / lab).is_dir()
