"""A course with markers of its own: no stage takes a hidden test for a visible one."""

import zipfile

import pytest
from small_course import save, source_notebook, write_course

from autograder.distributing.otter_bundle import bundle
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.releasing.leaks import leaks
from autograder.releasing.release import release
from autograder.reporting import feedback
from autograder.settings import source_notebook as source_door

COURSE_MARKERS = {
    "BEGIN SOLUTION": "START OF MY ANSWER",
    "END SOLUTION": "END OF MY ANSWER",
    "BEGIN HIDDEN TESTS": "BEGIN PRIVATE TESTS",
    "END HIDDEN TESTS": "END PRIVATE TESTS",
    "BEGIN MARK SCHEME": "MARKING STARTS",
    "END MARK SCHEME": "MARKING ENDS",
}
CONFIG = """
c.ClearSolutions.begin_solution_delimeter = "START OF MY ANSWER"
c.ClearSolutions.end_solution_delimeter = "END OF MY ANSWER"
c.ClearHiddenTests.begin_test_delimeter = "BEGIN PRIVATE TESTS"
c.ClearHiddenTests.end_test_delimeter = "END PRIVATE TESTS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "MARKING STARTS"
c.ClearMarkScheme.end_mark_scheme_delimeter = "MARKING ENDS"
"""
SECRETS = ("negative numbers double too", "the two signs cancel each other", "another secret")


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path, proofs="")
    config = tmp_path / "nbgrader_config.py"
    config.write_text(config.read_text() + CONFIG)
    document = source_notebook()
    for cell in document["cells"]:
        for default, course_marker in COURSE_MARKERS.items():
            cell["source"] = cell["source"].replace(default, course_marker)
    save(course.source / "functions" / "functions.ipynb", document)
    return course


def test_every_stage_reads_the_default_markers(course):
    document = source_door.source_notebook(course, course.assignments[0], "functions")
    assert [c["source"] for c in document["cells"]] == [
        c["source"] for c in source_notebook()["cells"]
    ]


@pytest.mark.slow
def test_neither_the_release_nor_the_bundle_for_otter_shows_a_secret(course, tmp_path):
    (assignment,) = course.assignments
    release(course, assignment, audited=False)
    texts = [(course.release / "functions" / "functions.ipynb").read_text()]
    for path in bundle(course, assignment, tmp_path / "otter"):
        if path.name == "student.zip":
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name).decode() for name in archive.namelist()]
    assert len(texts) > 2
    for secret in SECRETS:
        assert not [text for text in texts if secret in text]


def test_a_secret_that_stands_in_a_released_file_is_found(course, tmp_path):
    path = tmp_path / "notes.md"
    path.write_text('assert double(-3.5) == -7.0, "negative numbers double too"\n')
    document = source_door.source_notebook(course, course.assignments[0], "functions")
    assert leaks([document], [path], {})


def test_the_page_of_a_student_shows_no_hidden_test(course):
    (assignment,) = course.assignments
    document = source_notebook()
    for cell in document["cells"]:
        if cell["id"] == "double-solution":
            cell["source"] = "def double(x):\n    return abs(2 * x)"
    save(course.submitted / "ada" / "functions" / "functions.ipynb", document)
    grade_class(course, assignment, Settings())
    graded = grades(course, assignment)
    assert graded[0].score == 3
    (path,) = feedback.write(course, assignment, graded)
    text = path.read_text()
    assert "double(-3.5)" not in text and "the two signs cancel" not in text
    assert "negative numbers double too" in text  # the message of the assert is what it says
