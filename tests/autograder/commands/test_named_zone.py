"""Every verb works in a course whose nbgrader_config.py names a time zone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, save, write_course

from autograder.commands.cli import main
from autograder.settings.open_course import open_course

PROGRAM = Path(sys.executable).parent / "autograder"
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,functions (9)\nAda,1,ada,ada,Lab A,\n"
# in the order of a term
TERM = (
    "init other",
    "syllabus",
    "calendar",
    "release functions --no-audit",
    "roster import canvas.csv",
    "collect functions inbox",
    "receipt functions receipt.json",
    "hand-ins functions",
    "verify",
    "extend functions --student ada --until 2027-03-01",
    "grade functions",
    "late functions",
    "requests functions",
    "answer functions ada square Right. --points 2",
    "regrade functions",
    "report functions",
    "similarity functions",
    "feedback functions",
    "export functions",
    "fill functions canvas.csv --unreviewed",
    "status functions",
    "otter functions",
    "publish students",
    "audit functions",
    "migrate-store",
    "new essays",
)
ELSEWHERE = {"olympics", "review"}  # no course is opened there; the test below


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = write_course(tmp_path_factory.mktemp("berlin"), proofs="").root
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("c.Exchange.timezone = 'Europe/Berlin'\n")
    (root / "course").mkdir()
    rows = '[late]\npercent_per_day = 10\n[[assignment]]\nid = "functions"\ndue = 2027-02-01\n'
    (root / "course" / "syllabus.toml").write_text(f'course = "Small"\n{rows}')
    (root / "canvas.csv").write_text(CANVAS)
    save(root / "receipt.json", {"student": "ada", "files": [{"sha256": "0" * 64}]})
    folder = root / "inbox" / "ada" / "functions"
    save(folder / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    save(folder / "request.json", {"question": "square", "text": "Why not all points?"})
    (folder / "timestamp.txt").write_text("2027-02-02 12:00:00 CET")
    return open_course(root)


def test_a_course_can_be_a_key_whatever_its_zone(course):
    assert {course: "it"}[open_course(course.root)] == "it"
    assert course.time_zone == open_course(course.root).time_zone


def test_the_term_names_every_verb():
    assert {line.split()[0] for line in TERM} | ELSEWHERE == set(main.commands)


def test_no_verb_fails_for_the_zone(course, monkeypatch):
    monkeypatch.chdir(course.root)
    endings = {line: CliRunner().invoke(main, line.split()) for line in TERM}
    faults = {
        line: repr(ending.exception)
        for line, ending in endings.items()
        if not isinstance(ending.exception, SystemExit | None)
    }
    assert faults == {}
    assert endings["answer functions ada square Right. --points 2"].exit_code == 0
    assert "due: 2027-02-01 23:59 CET" in endings["late functions"].output


def test_the_page_of_marking_is_served(course, monkeypatch):
    monkeypatch.chdir(course.root)
    CliRunner().invoke(main, ["collect", "functions", "inbox"])
    CliRunner().invoke(main, ["grade", "functions"])
    with subprocess.Popen(
        [PROGRAM, "review", "functions", "--marker", "anna"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            lines = iter(process.stdout.readline, "")
            assert any(line.startswith("The address") for line in lines), process.stderr.read()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0
