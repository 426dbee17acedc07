"""The command line: sentences, exit codes, and nothing lost on bad input."""

import json

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, save, write_course

from autograder.commands.cli import main


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course")


def test_an_unknown_assignment_is_named_with_those_there_are(course):
    for words in (["audit"], ["grade"], ["feedback"], ["export"], ["otter"], ["release"]):
        result = run(*words, "nope", "--course", course.root)
        assert result.exit_code == 1
        assert "has no assignment 'nope'. It has: functions." in result.stderr


def test_a_folder_that_is_no_course_is_said_to_be_none(tmp_path):
    result = run("status", "--course", tmp_path)
    assert result.exit_code == 1
    assert "is no course: a folder source/" in result.stderr


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path):
    assert run("status", "--course", tmp_path / "gone").exit_code == 2


def test_one_assignment_or_all_of_them(course):
    for words in (["release"], ["release", "functions", "--all"], ["audit"]):
        result = run(*words, "--course", course.root)
        assert result.exit_code == 1
        assert "name one assignment, or --all of them" in result.stderr


def test_nothing_to_grade_says_what_to_do_first(course):
    result = run("grade", "functions", "--course", course.root)
    assert result.exit_code == 1
    assert "Collect some first: autograder collect functions PATH" in result.stderr


def test_publishing_before_a_release_says_what_to_do_first(course):
    result = run("publish", "--course", course.root)
    assert result.exit_code == 1
    assert "autograder release" in result.stderr


def test_an_audit_that_does_not_hold_exits_1_with_a_table(course):
    proofs = course.proofs / "functions.py"
    proofs.write_text(proofs.read_text().replace('@wrong("double", "squares")', "@unknown()"))
    result = run("audit", "functions", "--course", course.root)
    assert result.exit_code == 1
    assert "graded cell" in result.stdout
    assert "'double' has 2 wrong and 1 right solutions" in result.stdout


def test_the_whole_road_through_the_commands(course, tmp_path):
    at = ("--course", course.root)
    assert run("release", "--all", *at).exit_code == 0
    for name in ("ada", "bob"):
        document = answered(RIGHT_DOUBLE, RIGHT_SQUARE)
        save(tmp_path / "inbox" / name / "functions" / "functions.ipynb", document)
    (tmp_path / "inbox" / "bob" / "functions" / "functions.ipynb").write_text('{"cells": [')
    collected = run("collect", "functions", tmp_path / "inbox", *at)
    assert collected.exit_code == 1
    assert "1 collected, 1 files set aside" in collected.stdout
    graded = run("grade", "functions", *at)
    assert graded.exit_code == 1
    assert "5 / 6" in graded.stdout and "is cut off or not JSON" in graded.stdout
    assert run("grade", "functions", "--accept-faults", *at).exit_code == 0
    assert run("feedback", "functions", *at).exit_code == 0
    assert (course.feedback / "ada" / "functions" / "functions.html").exists()
    exported = run("export", "functions", "--to", "json", *at)
    rows = {row["student"]: row for row in json.loads(exported.stdout)}
    assert rows["ada"]["score"] == 5 and rows["bob"]["status"] == "not graded"
    assert run("status", *at).stdout.split("\n")[1].split()[1:] == ["yes", "1", "1", "1", "1"]
    table, filled = tmp_path / "canvas.csv", tmp_path / "filled.csv"
    table.write_bytes(b"Student,ID,SIS Login ID,Section,functions (9)\r\nAda,1,ada,A,\r\n")
    preview = run("fill", "functions", table, "--unreviewed", *at)
    assert "1 marks would change" in preview.stdout
    assert "a mark and no row of the table: bob" in preview.stdout
    assert preview.exit_code == 1 and not filled.exists()
    run("fill", "functions", table, "--output", filled, "--unreviewed", *at)
    assert filled.read_bytes() == table.read_bytes().replace(b"ada,A,", b"ada,A,5")
    again = run("fill", "functions", table, "--output", filled, *at)
    assert again.exit_code == 1 and "exists. Name a new file" in again.stderr


def test_a_changed_set_of_cells_after_grading_is_explained(course):
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    assert run("grade", "functions", "--course", course.root).exit_code == 0
    path = course.source / "functions" / "functions.ipynb"
    document = json.loads(path.read_text())
    document["cells"] = document["cells"][:3] + document["cells"][5:]
    save(path, document)
    result = run("grade", "functions", "--course", course.root)
    assert result.exit_code == 1
    assert "has submissions in the gradebook" in result.stderr


def test_a_release_of_all_goes_on_and_lists_what_was_not_released(course):
    (course.source / "broken").mkdir()
    (course.source / "broken" / "broken.ipynb").write_text('{"cells": [')
    result = run("release", "--all", "--no-audit", "--course", course.root)
    assert result.exit_code == 1
    assert "broken.ipynb is cut off or not JSON" in result.stderr
    assert "functions: released" in result.stdout
    assert result.stdout.rstrip().endswith("not released: broken")


def test_an_accepted_leak_is_named(course):
    (course.source / "functions" / "notes.md").write_text(
        'assert double(-3.5) == -7.0, "negative numbers double too"'
    )
    words = ("release", "functions", "--no-audit", "--course", course.root)
    assert run(*words).exit_code == 1
    bad = run(*words, "--accept-leak", "dubble")
    assert bad.exit_code == 1 and "has no cell 'dubble'" in bad.stderr
    accepted = run(*words, "--accept-leak", "double", "--accept-leak", "square")
    assert accepted.exit_code == 0
    assert "accepted of cell 'double', and kept in accepted_leaks.json" in accepted.stdout
    assert "nothing that cell 'square' hides stands in the release" in accepted.stdout
    assert run(*words).exit_code == 0
