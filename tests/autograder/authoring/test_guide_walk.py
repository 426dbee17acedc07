"""The guide for authors, typed word for word into an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "course" / "book" / "guide" / "write-an-assignment.md").read_text()
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)


@pytest.mark.slow
def test_what_an_author_types_ends_in_a_release(tmp_path):
    typed = "".join(text for language, text in FENCE.findall(GUIDE) if not language)
    (expected_output,) = (text for language, text in FENCE.findall(GUIDE) if language == "text")
    assert [line.split()[:2] for line in typed.splitlines()] == [
        ["autograder", "init"],
        ["cd", "mycourse"],
        ["autograder", "new"],
        ["autograder", "audit"],
        ["autograder", "release"],
        ["autograder", "calendar"],
    ]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    completed = subprocess.run(
        ["bash", "-e", "-c", typed],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr
    printed = "\n".join(line.rstrip() for line in completed.stdout.splitlines()) + "\n"
    assert expected_output in printed
    released = (tmp_path / "mycourse" / "release" / "hw2" / "hw2.ipynb").read_text()
    assert "NotImplementedError" in released and "HIDDEN" not in released
    assert "DTSTART:20270205T235959Z" in (tmp_path / "mycourse" / "course.ics").read_text()
