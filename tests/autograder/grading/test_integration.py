"""A mark rests on the reference's earlier chapters; the student's own are run beside and named."""

import json
import shutil
from pathlib import Path

import pytest
from coursekit.exporter import reference
from small_course import code, markdown, notebook, save

from autograder.grading import student_modules
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.reporting import feedback
from autograder.reporting.marks_file import to_json
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
SYLLABUS = """
course = "Small"
[[assignment]]
id = "c1_double"
track = "BUILD"
title = "Double"
exports = "smallnet/core/double.py"
[[assignment]]
id = "c2_add"
track = "BUILD"
title = "Add"
prerequisites = ["c1_double"]
exports = "smallnet/core/add.py"
[[assignment]]
id = "c3_mean"
track = "BUILD"
title = "Mean"
prerequisites = ["c2_add"]
exports = "smallnet/core/mean.py"
"""
DOUBLE = "def double(x):\n    return 2 * x"
ADD = "def add(a, b):\n    return a + b"
MEAN = "def mean(a, b):\n    return add(double(a), double(b)) / 4"
TEST = """\
assert {name}({given}) == {want}, "{message}"
### BEGIN HIDDEN TESTS
assert {name}({given}) == {want} != None, "{message}, once more"
### END HIDDEN TESTS"""
CHAPTERS = {
    "c1_double": ("", "double", DOUBLE, "3", 6, "twice three"),
    "c2_add": ("from smallnet.core.double import double", "add", ADD, "1, 2", 3, "a sum"),
    "c3_mean": (
        "from smallnet.core.add import add\nfrom smallnet.core.double import double",
        *("mean", MEAN, "2, 6", 4, "halfway between two and six"),
    ),
}


def chapter(name, answer=""):
    imports, function, right, arguments, expected, message = CHAPTERS[name]
    head, _, body = right.partition("\n")
    stub = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    test = TEST.format(name=function, given=arguments, want=expected, message=message)
    solution = code(f"{function}-solution", answer or stub, solution=True)
    solution["metadata"]["tags"] = ["export"]
    return notebook(
        markdown("title", f"# {function}"),
        *([code("imports", imports)] if imports else []),
        solution,
        code(function, test, grade=True, locked=True, points=2),
    )


@pytest.fixture
def course(tmp_path):
    shutil.copytree(ROOT / "course" / "coursekit", tmp_path / "course" / "coursekit")
    (tmp_path / "course" / "syllabus.toml").write_text(SYLLABUS)
    for name in CHAPTERS:
        save(tmp_path / "source" / name / f"{name}.ipynb", chapter(name))
    reference(tmp_path, tmp_path / "course")
    return open_course(tmp_path)


def submit(course, student, name, answer=""):
    path = course.submitted / student / name / f"{name}.ipynb"
    save(path, chapter(name, answer or CHAPTERS[name][2]))


def graded(course, name="c3_mean"):
    grade_class(course, course.assignment(name), Settings())
    return {grade.student: grade for grade in grades(course, course.assignment(name))}


def test_on_their_own_right_chapters_a_student_earns_the_same(course):
    for name in CHAPTERS:
        submit(course, "ann", name)
    ann = graded(course)["ann"]
    assert ann.score == 2
    assert ann.integration == "On your own c1_double, c2_add it earns the same points."


def test_a_broken_chapter_costs_no_mark_later_and_is_named_with_what_it_does(course):
    submit(course, "bob", "c1_double", "def double(x):\n    return 3 * x")
    submit(course, "bob", "c2_add")
    submit(course, "bob", "c3_mean")
    bob = graded(course)["bob"]
    assert bob.score == 2
    assert bob.integration == (
        "On your own c1_double, c2_add it fails at mean (1 of 1 questions). "
        "At fault: c1_double: mean (halfway between two and six)."
    )


@pytest.mark.slow
def test_a_chapter_that_raises_when_it_is_imported_is_named_too(course):
    submit(course, "cleo", "c1_double", "def double(x):\n    return 2 * x\n\n\nvalue = 1 / 0")
    submit(course, "cleo", "c2_add")
    submit(course, "cleo", "c3_mean")
    cleo = graded(course)["cleo"]
    assert cleo.score == 2
    assert "At fault: c1_double: mean (" in cleo.integration


def test_the_reference_stands_in_for_what_was_not_handed_in(course):
    submit(course, "dan", "c1_double")
    submit(course, "dan", "c3_mean")
    dan = graded(course)["dan"]
    assert dan.score == 2
    assert dan.integration.endswith("the same points. The reference stood in for c2_add.")


@pytest.mark.parametrize(
    "answer", ["def add(a, b) return", "def add(a, b):\n    raise NotImplementedError"]
)
def test_an_unfinished_chapter_is_named(course, answer):
    submit(course, "dot", "c1_double")
    submit(course, "dot", "c2_add", answer)
    submit(course, "dot", "c3_mean")
    dot = graded(course)["dot"]
    assert dot.score == 2
    assert "At fault: c2_add: mean (" in dot.integration


def test_an_export_that_does_not_end_costs_no_mark(course, monkeypatch):
    monkeypatch.setattr(student_modules, "EXPORT_S", 0.001)
    submit(course, "hal", "c1_double")
    submit(course, "hal", "c3_mean")
    hal = graded(course)["hal"]
    assert (hal.score, hal.integration) == (2, "")


def test_without_earlier_chapters_nothing_is_said(course):
    submit(course, "eve", "c3_mean")
    submit(course, "eve", "c1_double", "def double(x):\n    return 3 * x")
    assert graded(course, "c1_double")["eve"].integration == ""
    shutil.rmtree(course.submitted / "eve" / "c1_double")
    assert graded(course)["eve"].integration == ""


@pytest.mark.slow
def test_a_chapter_handed_in_again_is_run_again_and_the_page_says_so(course):
    submit(course, "fay", "c1_double", "def double(x):\n    return 3 * x")
    submit(course, "fay", "c3_mean")
    assert "At fault: c1_double" in graded(course)["fay"].integration
    submit(course, "fay", "c1_double")
    again = graded(course)["fay"]
    assert "the same points" in again.integration
    mean = course.assignment("c3_mean")
    (page,) = feedback.write(course, mean, [again])
    assert "On your own c1_double it earns the same points" in page.read_text()
    assert json.loads(to_json([again]))[0]["integration"] == again.integration


@pytest.mark.slow
def test_two_chapters_that_only_disagree_with_each_other_are_said_to(course):
    submit(course, "gil", "c1_double", "def double(x):\n    return 2.0 * x")
    choosy = (
        "def add(a, b):\n    if isinstance(a, float):\n        raise TypeError\n    return a + b"
    )
    submit(course, "gil", "c2_add", choosy)
    submit(course, "gil", "c3_mean")
    gil = graded(course)["gil"]
    assert gil.score == 2
    assert gil.integration.endswith("Each chapter alone does well: they disagree with each other.")
