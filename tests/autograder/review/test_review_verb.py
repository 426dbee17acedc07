"""The command `autograder review`: what it prints, and how it ends."""

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

from click.testing import CliRunner
from review_course import STUDENTS, in_formgrader, write_course

from autograder.commands.cli import main
from autograder.gradebook import open_gradebook

PROGRAM = Path(sys.executable).parent / "autograder"


def run(*words):
    return CliRunner().invoke(main, ["review", *map(str, words)])


def heed_ctrl_c():
    """A test that a shell runs in the background begins with Ctrl-C ignored, and so would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def first_lines(output):
    """What the command prints until it serves."""
    for line in output:
        yield line.strip()
        if line.startswith("The address"):
            return


def test_it_prints_its_address_serves_and_ends_with_ctrl_c(tmp_path):
    course = write_course(tmp_path, STUDENTS[:3])
    words = ["review", "words", "--course", course.root, "--marker", "anna", "--sample", "50%"]
    with subprocess.Popen(
        [PROGRAM, *words], stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c
    ) as process:
        try:
            lines = list(first_lines(process.stdout))
            with urlopen(lines[-2].removeprefix("Open ")) as page:
                assert "7 answers left to mark" in page.read().decode()
            process.send_signal(signal.SIGINT)
            remaining_output, _ = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "What the page called saved is in the gradebook." in remaining_output
    assert lines[:-2] == [
        "You mark as anna.",
        "5 answers will be marked by two people.",
        "why: 3 of 3 to mark (2 for both markers, 1 for either)",
        "essay: 3 of 3 to mark (2 for both markers, 1 for either)",
        "plot: 1 of 1 to mark (1 for both markers, 0 for either)",
    ]


def test_when_the_page_ends_the_late_penalty_follows_the_marks(tmp_path):
    course = write_course(tmp_path, STUDENTS[:1])
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write("c.Autograder.late = {'percent_per_day': 10}\n")
    with open_gradebook.gradebook(course) as book:
        book.find_assignment("words").duedate = datetime(2027, 2, 1)
        book.find_submission("words", "ada").timestamp = datetime(2027, 2, 1, 6)
        book.db.commit()
    in_formgrader(course, "ada", 4)
    words = ["review", "words", "--course", course.root, "--marker", "anna"]
    with subprocess.Popen(
        [PROGRAM, *words], stdout=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c
    ) as process:
        address = list(first_lines(process.stdout))[-2].removeprefix("Open ")
        urlopen(address).close()  # it serves
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert process.returncode == 0
    with open_gradebook.gradebook(course) as book:
        assert book.find_submission("words", "ada").late_submission_penalty == 0.9


def test_before_grading_it_says_what_to_do_first(tmp_path):
    course = write_course(tmp_path, ())
    result = run("words", "--course", course.root)
    assert result.exit_code == 1
    assert "Grade it first: autograder grade words" in result.stderr


def test_an_odd_sample_and_an_odd_name_are_named(tmp_path):
    course = write_course(tmp_path, STUDENTS[:1])
    result = run("words", "--course", course.root, "--sample", "some")
    assert result.exit_code == 1
    assert "such as 12 or 20%, and 'some' came" in result.stderr
    result = run("words", "--course", course.root, "--marker", "x" * 65)
    assert result.exit_code == 1
    assert "Write --marker anna" in result.stderr
