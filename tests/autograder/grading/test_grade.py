"""Grading a small class: marks, sentences, and what happens the second time."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    answered,
    code,
    hand_in,
    notebook,
    save,
    source_notebook,
    write_course,
)

from autograder.gradebook import open_gradebook
from autograder.grading.class_run import prepared
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.releasing.release import release
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("grade")

QUICK = Settings(Limits(cell_s=5.0, after_s=1.0))
HALF_SQUARE = "def square(x):\n    return x * abs(x)"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("class"))
    release(course, course.assignments[0])
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    hand_in(course, "blaise", answered(RIGHT_DOUBLE, HALF_SQUARE))
    hand_in(
        course, "charles", json.loads((course.release / "functions/functions.ipynb").read_text())
    )
    hand_in(course, "dora", answered(RIGHT_DOUBLE, "def square(x):\n    while True: pass"))
    cut = hand_in(course, "emil", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (cut / "functions.ipynb").write_text('{"cells": [')
    warns = f"import warnings\nwarnings.warn('careful')\n{RIGHT_DOUBLE}"
    hand_in(course, "fanny", answered(warns, "def square(x):\n    print(x)\n    return x * x"))
    grade_class(course, course.assignments[0], QUICK)
    return course


@pytest.fixture
def results(course):
    return {result.student: result for result in grades(course, course.assignments[0])}


def marks(result):
    return {mark.cell: mark.points for mark in result.marks}


def message(result):
    return {mark.cell: mark.message for mark in result.marks if mark.message}


def test_right_answers_earn_everything_and_the_essay_waits(results):
    assert marks(results["ada"]) == {"double": 2, "square": 3, "essay": 0}
    assert results["ada"].status == "needs review"
    assert results["ada"].max_score == 6


def test_a_lost_mark_says_the_property_that_failed(results):
    assert marks(results["blaise"]) == {"double": 2, "square": 0, "essay": 0}
    assert message(results["blaise"]) == {"square": "a square is never negative"}


def test_an_untouched_release_scores_nothing(results):
    assert results["charles"].score == 0
    assert set(message(results["charles"]).values()) == {"not written yet"}


def test_an_endless_loop_costs_its_own_mark_and_is_named(results):
    assert marks(results["dora"]) == {"double": 2, "square": 0, "essay": 0}
    assert "'square' was stopped after 5 s" in results["dora"].message


def test_a_truncated_file_is_named_and_the_rest_are_graded(results):
    assert results["emil"].status == "not graded"
    assert "functions.ipynb is cut off or not JSON" in results["emil"].message


def test_warnings_and_prints_cost_nothing(results):
    assert marks(results["fanny"]) == {"double": 2, "square": 3, "essay": 0}


def test_grading_again_changes_nothing(course, results):
    files = sorted(p for p in course.autograded.rglob("*") if p.is_file())
    before = {path: path.stat().st_mtime_ns for path in files}
    outcomes = grade_class(course, course.assignments[0], QUICK)
    assert not any(outcome.fresh for outcome in outcomes)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {r.student: r for r in grades(course, course.assignments[0])} == results


def test_a_changed_submission_is_graded_again_and_a_persons_marks_stay(tmp_path):
    course = write_course(tmp_path)
    work = course.assignments[0]
    hand_in(course, "ada", answered(RIGHT_DOUBLE, HALF_SQUARE))
    grade_class(course, work, QUICK)
    with open_gradebook.gradebook(course) as book:
        essay = book.find_grade("essay", "functions", "functions", "ada")
        essay.manual_score, essay.needs_manual_grade = 1, False
        comment = book.find_comment("square-solution", "functions", "functions", "ada")
        comment.manual_comment = "Look at the sign."
        book.db.commit()
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    assert [outcome.fresh for outcome in grade_class(course, work, QUICK)] == [True]
    (result,) = grades(course, work)
    assert marks(result) == {"double": 2, "square": 3, "essay": 1}
    assert result.status == "needs review"  # the essay was marked in another hand-in


def test_a_module_beside_the_notebook_does_not_shadow_the_real_one(tmp_path):
    course = write_course(tmp_path)
    folder = hand_in(course, "mallory", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (folder / "json.py").write_text("raise RuntimeError('shadowed')")
    uses = f"import json\njson.dumps(1)\n{RIGHT_DOUBLE}"
    hand_in(course, "mallory", answered(uses, RIGHT_SQUARE))
    grade_class(course, course.assignments[0], QUICK)
    (result,) = grades(course, course.assignments[0])
    assert result.score == 5


def test_the_history_of_a_submission_holds_no_hidden_test(tmp_path):
    course = write_course(tmp_path)
    spy = "def square(x):\n    raise ValueError(' '.join(In))"
    hand_in(course, "mallory", answered(RIGHT_DOUBLE, spy))
    grade_class(course, course.assignments[0], QUICK)
    (result,) = grades(course, course.assignments[0])
    assert message(result)["square"] == "ValueError"


def test_a_missing_notebook_is_named(tmp_path):
    course = write_course(tmp_path)
    (hand_in(course, "gone", answered("", "")) / "functions.ipynb").unlink()
    grade_class(course, course.assignments[0], QUICK)
    (result,) = grades(course, course.assignments[0])
    assert (result.status, result.message) == ("not graded", "functions.ipynb was not handed in")


def test_a_place_that_cannot_be_written_is_a_sentence_and_a_rerun_is_right(tmp_path):
    course = write_course(tmp_path)
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    course.autograded.write_text("in the way")
    with pytest.raises(CourseError, match=r"autograded/ada/functions cannot be written \(.*grade"):
        grade_class(course, course.assignments[0], QUICK)
    course.autograded.unlink()
    grade_class(course, course.assignments[0], QUICK)
    assert [result.score for result in grades(course, course.assignments[0])] == [5]


def test_a_full_disk_is_a_sentence_and_a_rerun_goes_on(tmp_path):
    course = write_course(tmp_path)
    for number in range(5):
        hand_in(course, f"s{number}", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    with small_disk(course.autograded, "40k"):
        with pytest.raises(CourseError, match="No space left on device"):
            grade_class(course, course.assignments[0], QUICK)
        shutil.copytree(course.autograded, tmp_path / "kept")
    shutil.rmtree(course.autograded)
    (tmp_path / "kept").rename(course.autograded)
    outcomes = grade_class(course, course.assignments[0], QUICK)
    assert 0 < sum(outcome.fresh for outcome in outcomes) < 5
    assert {result.score for result in grades(course, course.assignments[0])} == {5}


@contextmanager
def small_disk(folder, size):
    """A disk of that size at `folder`, which only root can make."""
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("a full disk takes root and mount. Run the tests as root")
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(options, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here. Run the tests where mount is allowed")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_repaired_solution_is_run_anew_and_so_is_the_class(tmp_path):
    course = write_course(tmp_path)
    work = course.assignments[0]
    path = course.source / "functions" / "functions.ipynb"
    right_notebook = source_notebook()
    faulty = source_notebook()
    faulty["cells"][3]["source"] = f"### BEGIN SOLUTION\n{HALF_SQUARE}\n### END SOLUTION"
    save(path, faulty)
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    with prepared(course, work, QUICK, strongest_level()) as (context, _):
        assert context.unearned == ("functions: square",)
    save(path, right_notebook)
    with prepared(course, work, QUICK, strongest_level()) as (context, _):
        assert context.unearned == ()


def test_marks_of_an_earlier_version_are_not_those_of_one_that_could_not_be_run(tmp_path):
    course = write_course(tmp_path)
    work = course.assignments[0]
    hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    grade_class(course, work, QUICK)
    folder = hand_in(course, "ada", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (folder / "functions.ipynb").write_text("{")
    grade_class(course, work, QUICK)
    (result,) = grades(course, work)
    assert (result.status, result.marks) == ("not graded", ())
    assert result.messages != ()


def test_only_the_mark_of_the_notebook_whose_test_ran_in_a_copy_is_flagged(tmp_path):
    course = write_course(tmp_path)
    answer = "### BEGIN SOLUTION\nclass A:\n    pass\n### END SOLUTION"
    for name, test in (("one", "assert A() is not None"), ("two", "class B(A):\n    pass\nB()")):
        document = notebook(
            code("a", answer, solution=True), code("test", test, grade=True, locked=True, points=1)
        )
        for root in (course.source, course.submitted / "ada"):
            save(root / "pair" / f"{name}.ipynb", document)
    course = open_course(tmp_path)
    grade_class(course, course.assignment("pair"), QUICK)
    (result,) = grades(course, course.assignment("pair"))
    assert {mark.notebook: mark.forked for mark in result.marks} == {"one": False, "two": True}
