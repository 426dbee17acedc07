"""A course that may only be read: what reads works, and what writes says in a sentence that it
cannot."""

import os
import subprocess
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, save, write_course

from autograder.collecting.collect import collect
from autograder.collecting.store import Store
from autograder.commands.cli import main
from autograder.files import check_writable

NOW = datetime(2027, 3, 1, tzinfo=UTC)
MOODLE = 'First name,Last name,Email address,Groups\nAda,Lovelace,ada@uni.edu,"Lab A"\n'


def set_writable(folder, is_writable):
    """For root, who may write whatever the modes say, a mount that can only be read."""
    if os.geteuid():
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if is_writable else 0o555)
        return
    mounts = [["mount", "--bind", folder, folder], ["mount", "-o", "remount,ro,bind", folder]]
    for command in [["umount", "-l", folder]] if is_writable else mounts:
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")


@pytest.fixture
def course(tmp_path):
    """With a hand-in in its store; nobody may write anywhere in it."""
    course = write_course(tmp_path / "course", proofs="")
    work = answered(RIGHT_DOUBLE, RIGHT_SQUARE)
    save(tmp_path / "inbox" / "ada" / "functions" / "functions.ipynb", work)
    (tmp_path / "moodle.csv").write_text(MOODLE)
    collect(course, course.assignments[0], tmp_path / "inbox", NOW)
    set_writable(course.root, False)
    yield course
    set_writable(course.root, True)


def run(course, *words):
    return CliRunner().invoke(main, [*map(str, words), "--course", str(course.root)])


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_what_reads_a_course_works_where_nothing_can_be_written(course):
    (row,) = run(course, "status").stdout.splitlines()[1:]
    assert row.split() == ["functions", "no", "1", "0", "0", "0"]
    assert "ada" in run(course, "status", "functions").stdout
    assert run(course, "hand-ins", "functions").stdout.startswith("ada: functions hand-in 1")
    assert run(course, "verify").stdout == "the store is whole\n"
    assert run(course, "requests").stdout == "open requests: 0\n"
    imported = run(course, "roster", "import", course.root.parent / "moodle.csv", "--dry-run")
    assert "Moodle (participants): 1 new" in imported.stdout


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
@pytest.mark.parametrize(
    "words",
    [
        ("collect", "functions", "{}/../inbox"),
        ("regrade", "functions", "--trust-submissions"),
        ("extend", "functions", "--student", "ada", "--until", "2027-04-01"),
        ("roster", "import", "{}/../moodle.csv"),
        ("export", "functions", "--output", "{}/marks.csv"),
        ("report", "--output", "{}/report.html"),
        ("syllabus",),
        ("calendar", "--output", "{}/course.ics"),
        ("release", "functions"),
        ("audit", "functions"),
        ("new", "second"),
    ],
)
def test_what_writes_a_course_says_in_a_sentence_that_it_cannot(course, words):
    result = run(course, *(word.format(course.root) for word in words))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.startswith("autograder: ")
    assert "cannot be " in result.stderr and "write" in result.stderr
    assert "(" in result.stderr or "gradebook.db" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_hand_ins_beside_a_log_that_cannot_be_read_are_not_left_out(course):
    set_writable(course.root, True)
    log = course.store / "store.db-wal"
    log.touch()
    set_writable(course.root, False)
    with pytest.raises(OSError, match=r"store\.db"):
        Store(course, "functions").all()
    set_writable(course.root, True)
    log.unlink()
    set_writable(course.root, False)
    assert len(Store(course, "functions").all()) == 1


def test_a_file_that_is_no_folder_is_said_to_be_unusable(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    (course.root / "dist").write_text("a file")
    result = run(course, "syllabus")
    assert result.exit_code == 1
    assert f"{course.root / 'dist'}" in result.stderr and "cannot be used" in result.stderr


def test_a_folder_that_is_to_be_made_can_be_written_where_the_one_around_it_can(tmp_path):
    check_writable(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []
