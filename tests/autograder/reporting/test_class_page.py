"""The page of a graded class: what it counts, draws and links."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import small_course
from chromium import chromium, opened
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import Assignment, Course, Grade, Mark
from autograder.reporting.class_page import bins, hardest, histogram
from autograder.reporting.class_page import page as class_page

FUNCTIONS = Assignment("functions", ("functions",), title="Two small functions")
WHEN = datetime(2027, 2, 1, 12, tzinfo=UTC)


def grade(student: str, double: float, square: float, waits: bool = False) -> Grade:
    marks = (
        Mark("functions", "double", double, 2, message="" if double else "zero doubles to zero"),
        Mark("functions", "square", square, 3),
        Mark("functions", "essay", 0, 1, needs_review=waits),
    )
    status = "needs review" if waits else "graded"
    return Grade("functions", student, status, marks, WHEN, seconds=2.5)


BROKEN = Grade("functions", "dee", "not graded", (), WHEN, messages=("functions.ipynb is empty.",))
CLASS = [grade("ada", 2, 3), grade("bo", 0, 3, waits=True), grade("cy", 0, 0), BROKEN]


def link(grade: Grade) -> str:
    return f"feedback/{grade.student}/{grade.assignment}/functions.html"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return small_course.write_course(tmp_path, proofs="")


def test_what_older_chapters_do_to_a_notebook_stands_beside_its_score(course):
    line = "On your own 01_tensor it fails at square <1 of 2>."
    page = class_page(course, [(FUNCTIONS, [replace(CLASS[0], integration=line)])], link)
    assert "On your own 01_tensor it fails at square &lt;1 of 2&gt;." in page


def test_each_student_has_a_row_with_score_status_time_and_a_link(course: Course) -> None:
    page = class_page(course, [(FUNCTIONS, CLASS)], link)
    assert '<a href="feedback/ada/functions/functions.html">ada</a>' in page
    assert "5 of 6" in page
    assert "2.5 s" in page
    assert "lost points at double, square" in page
    assert "functions.ipynb is empty." in page


def test_the_page_says_how_many_were_graded_and_how_many_wait(course: Course) -> None:
    page = class_page(course, [(FUNCTIONS, CLASS)], link)
    assert "4 submissions, 3 graded; 1 could not be graded; 1 with an answer that waits" in page


def test_the_hardest_question_comes_first() -> None:
    questions = hardest(CLASS)
    shares = [(question.cell, question.share, question.submissions) for question in questions]
    assert shares == [("essay", 0.0, 2), ("double", pytest.approx(1 / 3), 3), ("square", 2 / 3, 3)]


def test_an_answer_that_waits_for_a_person_does_not_make_its_question_hard() -> None:
    assert [question.cell for question in hardest([grade("bo", 2, 3, waits=True)])] == [
        "double",
        "square",
    ]


@given(st.lists(st.floats(0, 1)))
def test_every_score_falls_into_one_bin(values: list[float]) -> None:
    assert sum(bins(values)) == len(values)


def test_the_edges_of_bins_count_upwards_and_full_marks_to_the_last() -> None:
    assert bins([0, 0.1, 0.3, 0.7, 0.95, 1]) == [1, 1, 0, 1, 0, 0, 0, 1, 0, 2]


def test_the_histogram_has_a_bar_per_filled_bin_labels_and_n() -> None:
    drawn = histogram(CLASS[:3])
    figure = ElementTree.fromstring(drawn)
    bars = [e for e in figure.iter("rect") if e.get("class") == "bar"]
    texts = [e.text for e in figure.iter("text")]
    assert len(bars) == 3
    assert "score, % of the maximum" in texts
    assert "submissions" in texts
    assert "3 graded submissions" in drawn


@pytest.mark.parametrize(
    ("top", "lines"), [(1, "0 1"), (3, "0 1 2 3"), (5, "0 2 4"), (30, "0 10 20 30")]
)
def test_the_lines_behind_the_bars_are_evenly_spaced_whole_numbers(top, lines) -> None:
    figure = ElementTree.fromstring(histogram([CLASS[0]] * top))
    labels = [e.text for e in figure.iter("text") if e.get("text-anchor") == "end"]
    assert " ".join(map(str, labels)) == lines


def test_bars_grow_from_the_axis_in_proportion() -> None:
    figure = ElementTree.fromstring(histogram([*CLASS[:3], replace(CLASS[0], student="eve")]))
    heights = [float(e.get("height", 0)) for e in figure.iter("rect")]
    assert heights == pytest.approx([71, 71, 142])


def test_a_class_without_any_graded_work_still_has_a_page(course: Course) -> None:
    page = class_page(course, [(FUNCTIONS, [BROKEN]), (replace(FUNCTIONS, id="x"), [])], link)
    assert "<svg" not in page
    assert "functions.ipynb is empty." in page


def test_work_with_no_points_to_earn_still_has_a_page(course: Course) -> None:
    free = replace(CLASS[0], marks=(Mark("functions", "double", 0, 0),))
    assert "0 of 0" in class_page(course, [(FUNCTIONS, [free])], link)


def test_names_are_text(course: Course) -> None:
    odd = replace(
        CLASS[1], student="<b>bo</b>", messages=('"><i>',), marks=(Mark("n", "<u>", 0, 1),)
    )
    page = class_page(course, [(replace(FUNCTIONS, title="<s>"), [odd])], link)
    assert not re.search(r"<(?:b|i|u|s)>", page)


def test_the_page_runs_and_loads_nothing(course: Course) -> None:
    page = class_page(course, [(FUNCTIONS, CLASS)], link)
    assert "<script" not in page
    assert not re.search(r'src=|href="(?!feedback/)', page)
    assert page == class_page(course, [(FUNCTIONS, CLASS)], link)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_its_window(course: Course, width: int) -> None:
    page = class_page(course, [(FUNCTIONS, CLASS)], link)
    with chromium() as browser, opened(browser, page, width) as (open_page, visit):
        assert open_page.evaluate("document.documentElement.scrollWidth") == width
    assert (visit.requested_urls, visit.ran) == ([], 0)
