"""An assignment of two notebooks of which a student hands in one: the other counts with 0 points.

Part one is worth 6 points and part two 4, so whoever hands in part one alone has at most 6 of 10.
"""

import json

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, code, hand_in, notebook, save
from small_course import write_course as write_small_course

from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings

TABLE = (
    "Student,ID,SIS Login ID,Section,functions (9)\r\n"
    "    Points Possible,,,,20\r\nAda,1,ada,A,\r\nBob,2,bob,A,\r\n"
)
PART_TWO = notebook(
    code("part-two", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", solution=True),
    code("x-is-one", "assert x == 1", grade=True, locked=True, points=4),
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """ada hands in part one alone, bob a part two that cannot be opened."""
    course = write_small_course(tmp_path_factory.mktemp("parts"), proofs="")
    save(course.source / "functions" / "part2.ipynb", PART_TWO)
    course = write_small_course(course.root, proofs="")
    for student in ("ada", "bob"):
        folder = hand_in(course, student, answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (folder / "part2.ipynb").write_text('{"cells": [')
    grade_class(course, course.assignment("functions"), Settings())
    return course


def run(course, *words):
    return CliRunner().invoke(main, [*map(str, words), "--course", str(course.root)])


def test_the_maximum_is_that_of_the_assignment_as_in_nbgrader(course):
    results = grades(course, course.assignment("functions"))
    with open_gradebook.gradebook(course) as book:
        for result in results:
            theirs = book.find_submission("functions", result.student)
            assert (result.score, result.max_score) == (theirs.score, theirs.max_score) == (5, 10)
    ada, bob = ({m.cell: m.message for m in result.marks} for result in results)
    assert ada["x-is-one"] == "part2.ipynb was not handed in"
    assert bob["x-is-one"].startswith("part2.ipynb is cut off")


def test_what_is_missing_is_named_in_the_table_on_the_page_and_in_the_export(course):
    table = run(course, "grade", "functions").output
    assert "5 / 10" in table and "part2.ipynb was not handed in" in " ".join(table.split())
    assert run(course, "feedback", "functions").exit_code == 0
    page = (course.feedback / "ada" / "functions" / "functions.html").read_text()
    assert "5 of 10" in page and "part2.ipynb was not handed in" in page
    rows = json.loads(run(course, "export", "functions", "--to", "json").stdout)
    assert [row["max_score"] for row in rows] == [10, 10]


def test_a_scaled_mark_is_a_share_of_the_whole_assignment(course, tmp_path):
    (tmp_path / "canvas.csv").write_bytes(TABLE.encode())
    words = ("--scale", "--unreviewed", "--output", tmp_path / "filled.csv")
    result = run(course, "fill", "functions", tmp_path / "canvas.csv", *words)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "filled.csv").read_text().splitlines()[2:] == [
        "Ada,1,ada,A,10",
        "Bob,2,bob,A,10",
    ]
