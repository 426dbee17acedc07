"""What nbgrader_config.py says about grading is followed, or named."""

import copy
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import nbformat
import pytest
from small_course import answered, code, hand_in, save, source_notebook, write_course

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings, course_limits, settings
from autograder.model import CourseError
from autograder.releasing.release import release
from autograder.reporting.feedback import write as write_feedback
from autograder.reporting.marks_file import to_csv
from autograder.sandbox.limits import Limits
from autograder.settings.grading_options import grading_options, is_accepted, unread_settings
from autograder.settings.open_course import open_course
from autograder.settings.source_notebook import old_formats
from autograder.settings.source_notebook import source_notebook as read_source_notebook

SQUARE = "def square(x):\n    return x**2"
DOUBLE = "def double(x):\n    return x + x"


def configured(tmp_path, *lines: str):
    """The small course with more lines in its nbgrader_config.py."""
    course = write_course(tmp_path / "course", proofs="")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.writelines(f"{line}\n" for line in lines)
    return open_course(course.root)


def graded(course, document, **how):
    hand_in(course, "ann", document)
    (assignment,) = course.assignments
    events = []
    grade_class(course, assignment, settings(course, **how), events.append)
    (grade,) = grades(course, assignment)
    return grade, [event.message for event in events if event.kind == "note"]


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ((), None),
        (("c.Execute.timeout = 90",), 90),
        (("c.ExecutePreprocessor.timeout = 300",), 300),
        (("c.ExecutePreprocessor.timeout = 300", "c.Execute.timeout = 60"), 60),
        (("c.Execute.timeout = None",), 1200),
        (("c.Execute.timeout = -1",), 1200),
    ],
)
def test_the_time_limit_of_a_cell_is_nbgraders(tmp_path, lines, seconds):
    course = configured(tmp_path, *lines)
    assert grading_options(course).cell_s == seconds
    assert course_limits(course).cell_s == (seconds or Limits().cell_s)
    assert course_limits(course).notebook_s >= 3 * (seconds or 0)
    short = settings(course, cell_limit=7.0).limits
    assert (short.cell_s, short.after_s, short.notebook_s) == (7, 2, 900)


def test_memory_and_disk_have_settings_and_options(tmp_path):
    course = configured(tmp_path, "c.Autograder.memory_mb = 3000", "c.Autograder.disk_mb = 5")
    limits = settings(course).limits
    assert (limits.memory_bytes, limits.disk_bytes) == (3000 << 20, 5 << 20)
    assert settings(course, memory_mb=100, disk_mb=9).limits.disk_bytes == 9 << 20


@pytest.mark.parametrize(
    "line",
    [
        "c.Execute.timeout = 'long'",
        "c.Autograder.memory_mb = 0",
        "c.Autograder.disk_mb = 'much'",
        "c.Autograder.accepted_files = 'helper.py'",
        "c.Autograder.acepted_files = ['helper.py']",
    ],
)
def test_a_setting_of_the_wrong_kind_is_a_sentence(tmp_path, line):
    name = line.partition(" =")[0]
    with pytest.raises(CourseError, match=name):
        grading_options(configured(tmp_path, line))


def test_what_is_not_followed_is_named(tmp_path):
    course = configured(tmp_path, "c.Execute.timeout = 5", "c.LimitOutput.max_lines = 10")
    assert unread_settings(course) == [
        "nbgrader_config.py sets c.LimitOutput.max_lines, which is not read here."
    ]


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("helper.py", True),
        ("data/table.csv", True),
        ("numpy.py", False),
        ("functions.ipynb", False),
        ("helper.pyc", False),
    ],
)
def test_a_pattern_says_which_files_come_along(name, accepted):
    assert is_accepted(name, ("helper.py", "*.csv", "*.ipynb")) == accepted


def test_an_accepted_file_is_there_for_the_submission_and_not_for_the_tester(tmp_path):
    course = configured(tmp_path, "c.Autograder.accepted_files = ['*.py', '*.txt']")
    document = answered("from helper import double", SQUARE)
    folder = hand_in(course, "ann", document)
    (folder / "helper.py").write_text("def double(x):\n    return x + x\n")
    (folder / "math.py").write_text("raise SystemExit('the tester imported it')\n")
    (folder / "left.dat").write_text("not accepted")
    document["cells"].append(code("ls", "import os; print(sorted(os.listdir()))"))
    save(folder / "functions.ipynb", document)
    (assignment,) = course.assignments
    grade_class(course, assignment, settings(course))
    (grade,) = grades(course, assignment)
    assert grade.score == 5
    graded_text = (course.autograded / "ann" / "functions" / "functions.ipynb").read_text()
    assert "'helper.py'" in graded_text and "left.dat" not in graded_text


def test_a_late_penalty_is_the_plugin_s(tmp_path):
    course = configured(tmp_path, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    assignment = course.assignments[0]
    due = datetime(2027, 1, 1, tzinfo=UTC)
    late = type(course)(**{**vars(course), "assignments": (_due(assignment, due),)})
    grade, _ = graded(late, answered(DOUBLE, SQUARE))
    assert (grade.late_penalty, grade.score) == (5, 0)
    assert "late penalty" in to_csv([grade]).splitlines()[0]
    (page,) = write_feedback(late, late.assignments[0], [grade])
    assert '<dt>Late penalty</dt><dd>-5 <span class="soft">(it came late)' in page.read_text()
    reset = "UPDATE submitted_notebook SET late_submission_penalty = NULL"
    with closing(sqlite3.connect(course.root / "gradebook.db")) as book, book:
        book.execute(reset)  # as a run that was stopped before its end leaves it
    grade, _ = graded(late, answered(DOUBLE, SQUARE))
    assert grade.late_penalty == 5
    in_time = type(course)(
        **{**vars(course), "assignments": (_due(assignment, datetime(2028, 1, 1, tzinfo=UTC)),)}
    )
    hand_in(course, "ann", answered("def double(x):\n    return 2 * x", SQUARE))
    grade, _ = graded(in_time, answered("def double(x):\n    return 2 * x", SQUARE))
    assert (grade.late_penalty, grade.score) == (0, 5)


def _due(assignment, when):
    return type(assignment)(**{**vars(assignment), "due": when})


def test_the_header_of_the_course_is_there_for_the_tests(tmp_path):
    course = configured(tmp_path, "c.IncludeHeaderFooter.header = 'header.ipynb'")
    document = source_notebook()
    header = {**copy.deepcopy(document), "cells": [code("h", "import math\nFACTOR = 2")]}
    save(course.root / "header.ipynb", header)
    text = json.dumps(document).replace(
        "assert double(2) == 4,", "assert math.isclose(double(2), FACTOR * 2),"
    )
    save(course.source / "functions" / "functions.ipynb", json.loads(text))
    submitted = answered(DOUBLE, SQUARE)
    submitted["cells"].insert(0, code("h", "import math\nFACTOR = 2"))
    grade, notes = graded(course, submitted)
    assert grade.score == 5 and notes == []
    assert not any(mark.forked for mark in grade.marks)


def test_a_reference_that_does_not_earn_its_points_is_named_before_the_first_mark(tmp_path):
    course = configured(tmp_path)
    document = source_notebook()
    text = json.dumps(document).replace("square(3) == 9,", "square(3) == 10,")
    save(course.source / "functions" / "functions.ipynb", json.loads(text))
    grade, notes = graded(course, answered(DOUBLE, SQUARE))
    assert "does not earn its own points where it is graded: functions: square" in notes[0]
    assert grade.score == 2


def test_a_reference_beyond_the_limits_of_a_submission_stops_the_grading(tmp_path):
    course = configured(tmp_path, "c.Autograder.disk_mb = 2")
    document = source_notebook()
    big = "open('big.bin', 'wb').write(bytes(6 << 20))\n    return x + x  # the secret way"
    text = json.dumps(document).replace("return x + x  # the secret way", json.dumps(big)[1:-1])
    save(course.source / "functions" / "functions.ipynb", json.loads(text))
    with pytest.raises(CourseError, match=r"within the limits.*files 2 MB.*Nobody was graded"):
        graded(course, answered(DOUBLE, SQUARE))
    grade, _ = graded(course, answered(DOUBLE, SQUARE), disk_mb=20)
    assert grade.score == 5


def old_metadata(document: dict) -> dict:
    """The notebook as nbgrader 0.3 wrote it: no schema, points as text, no cell type."""
    for cell in document["cells"]:
        meta = cell["metadata"].get("nbgrader")
        if meta:
            for name in ("schema_version", "cell_type", "task"):
                meta.pop(name)
            meta["points"] = str(meta.get("points", ""))
    return document


@pytest.mark.parametrize("form", ["metadata", "nbformat 3", "byte-order mark"])
def test_a_source_of_an_old_format_is_released_and_graded(tmp_path, form):
    course = configured(tmp_path)
    path = course.source / "functions" / "functions.ipynb"
    document = source_notebook()
    document["cells"] = [c for c in document["cells"] if c["id"] != "essay"]  # tasks are new
    if form == "metadata":
        save(path, old_metadata(document))
    elif form == "nbformat 3":
        path.write_text(nbformat.writes(nbformat.from_dict(document), version=3))
    else:
        path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    (assignment,) = course.assignments
    assert len(old_formats(course, assignment)) == (form != "byte-order mark")
    release(course, assignment, audited=False)
    grade, _ = graded(course, answered(DOUBLE, SQUARE))
    assert (grade.score, grade.max_score) == (5, 5)


def test_a_source_that_is_cut_off_is_a_sentence(tmp_path):
    course = configured(tmp_path)
    path = course.source / "functions" / "functions.ipynb"
    path.write_text(path.read_text()[:200])
    (assignment,) = course.assignments
    with pytest.raises(CourseError, match=r"functions\.ipynb is cut off or not JSON"):
        read_source_notebook(course, assignment, "functions")
    with pytest.raises(CourseError, match="cut off"):
        grade_class(course, assignment, Settings())
