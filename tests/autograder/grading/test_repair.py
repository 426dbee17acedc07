"""What students, Colab and copy-paste do to a notebook, and what grading makes of it."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    answered,
    code,
    markdown,
    notebook,
    source_notebook,
    write_course,
)

from autograder.grading.repair import repair
from autograder.notebook import cells
from autograder.settings import nbgrader_strip


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("course"))
    return nbgrader_strip.graded_form(course, course.assignments[0], "functions")


@pytest.fixture
def submitted():
    return answered(RIGHT_DOUBLE, RIGHT_SQUARE)


def by_name(notebook):
    return {cells.grade_id(cell): cell for cell in notebook["cells"] if cells.grade_id(cell)}


def test_an_honest_submission_gets_its_hidden_tests_and_nothing_is_said(model, submitted):
    mended = repair(submitted, model)
    assert mended.messages == ()
    assert "negative numbers double too" in by_name(mended.notebook)["double"]["source"]
    assert by_name(mended.notebook)["double-solution"]["source"] == RIGHT_DOUBLE


def test_a_deleted_test_cell_is_put_back_behind_its_answer(model, submitted):
    submitted["cells"] = [c for c in submitted["cells"] if c["id"] != "square"]
    mended = repair(submitted, model)
    order = [cells.grade_id(c) for c in mended.notebook["cells"] if cells.grade_id(c)]
    assert order == ["double-solution", "double", "square-solution", "square", "essay"]
    assert mended.messages == ("cell 'square' was missing; it was put back",)


def test_an_edited_test_cell_is_graded_as_it_was(model, submitted):
    by_name(submitted)["double"]["source"] = "assert True"
    mended = repair(submitted, model)
    assert "twice two is four" in by_name(mended.notebook)["double"]["source"]
    assert mended.messages == (
        "cell 'double' differs from the instructor's; the instructor's was graded",
    )


def test_a_test_that_the_instructor_mended_accuses_nobody(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    released = json.loads(nbgrader_strip.strip_notebook(course, course.assignments[0], "functions"))
    source_file = course.source / "functions" / "functions.ipynb"
    text = source_file.read_text(encoding="utf-8")
    source_file.write_text(text.replace("assert double(2) == 4", "assert double(5) == 10"))
    model = nbgrader_strip.graded_form(course, course.assignments[0], "functions")
    mended = repair(released, model)
    assert "double(5) == 10" in by_name(mended.notebook)["double"]["source"]
    assert mended.messages == (
        "the instructor changed cell 'double' after it was released; the present one was graded",
    )
    by_name(released)["double"]["source"] = "assert True"
    (sentence,) = repair(released, model).messages
    assert sentence == "cell 'double' differs from the instructor's; the instructor's was graded"


@pytest.mark.parametrize("checksum", [None, 1, [], "0" * 32])
@pytest.mark.parametrize("points", [None, "many", [1]])
def test_a_checksum_that_fits_nothing_is_no_earlier_release(model, submitted, checksum, points):
    test = by_name(submitted)["double"]
    test["source"] = "assert True"
    test["metadata"]["nbgrader"].update(checksum=checksum, points=points)
    assert "differs from the instructor's" in repair(submitted, model).messages[0]


def test_of_copied_cells_the_last_counts(model, submitted):
    copied = copy.deepcopy(submitted["cells"][1])
    copied["source"] = "def double(x):\n    return x * 2"
    submitted["cells"].insert(2, copied)
    mended = repair(submitted, model)
    assert by_name(mended.notebook)["double-solution"]["source"].endswith("x * 2")
    assert "more than once" in mended.messages[0]


def test_points_and_locks_are_the_instructors(model, submitted):
    meta = by_name(submitted)["double"]["metadata"]["nbgrader"]
    meta.update(points=1000, locked=False)
    mended = by_name(repair(submitted, model).notebook)
    assert mended["double"]["metadata"]["nbgrader"]["points"] == 2
    assert mended["double"]["metadata"]["nbgrader"]["locked"] is True


def test_cells_without_metadata_are_recognised_by_id_and_by_what_they_define(model, submitted):
    for cell in submitted["cells"]:
        cell["metadata"] = {}
    del submitted["cells"][1]["id"]
    mended = repair(submitted, model)
    assert by_name(mended.notebook)["double-solution"]["source"] == RIGHT_DOUBLE
    assert by_name(mended.notebook)["square-solution"]["source"] == RIGHT_SQUARE
    assert "5 cells had lost their metadata and were recognised" in mended.messages


def test_cells_of_another_assignment_mean_nothing(model, submitted):
    submitted["cells"][0]["metadata"]["nbgrader"] = {"grade_id": "elsewhere", "grade": True}
    assert "elsewhere" not in by_name(repair(submitted, model).notebook)


def test_a_test_cell_turned_into_text_becomes_code_again(model, submitted):
    by_name(submitted)["double"]["cell_type"] = "markdown"
    assert by_name(repair(submitted, model).notebook)["double"]["cell_type"] == "code"


def test_outputs_that_were_handed_in_do_not_survive(model, submitted):
    forged = {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}}
    by_name(submitted)["double"]["outputs"] = [{**forged, "execution_count": 1}]
    assert by_name(repair(submitted, model).notebook)["double"]["outputs"] == []


@settings(max_examples=60)
@given(order=st.permutations(range(7)), cell_count=st.integers(0, 7), bare=st.booleans())
def test_any_shuffled_and_cut_notebook_comes_back_whole(model, order, cell_count, bare):
    submitted = source_notebook()
    submitted["cells"] = [submitted["cells"][k] for k in order[:cell_count]]
    for cell in submitted["cells"]:
        cell["metadata"] = {} if bare else cell["metadata"]
    mended = by_name(repair(submitted, model).notebook)
    assert set(mended) == set(by_name(model))
    locked = [name for name, cell in by_name(model).items() if cells.is_test(cell)]
    assert all(mended[name]["source"] == by_name(model)[name]["source"] for name in locked)


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
ESSAY = "Because the two signs cancel each other."


def test_an_essay_and_a_plot_without_metadata_go_to_a_person():
    """Colab keeps neither nbgrader's metadata nor the ids of cells."""
    written_answer = {"grade": True, "solution": True, "points": 2}
    model = notebook(
        markdown("title", "# Two tasks"),
        code("plot", "# YOUR CODE HERE", **written_answer),
        markdown("between", "Now in words."),
        markdown("why", "YOUR ANSWER HERE", **written_answer),
        code("check", "assert 1 == 1", grade=True, locked=True, points=1),
    )
    handed_in = copy.deepcopy(model)
    handed_in["cells"][1]["source"], handed_in["cells"][3]["source"] = PLOT, ESSAY
    for cell in handed_in["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    repaired = repair(handed_in, model)
    graded = by_name(repaired.notebook)
    assert (graded["plot"]["source"], graded["why"]["source"]) == (PLOT, ESSAY)
    assert sum(cell["source"] == ESSAY for cell in repaired.notebook["cells"]) == 1


def test_an_untouched_essay_without_metadata_stays_untouched():
    written_answer = {"grade": True, "solution": True, "points": 2}
    model = notebook(
        markdown("why", "YOUR ANSWER HERE", **written_answer), markdown("end", "The end.")
    )
    handed_in = {**model, "cells": [{**c, "metadata": {}, "id": ""} for c in model["cells"]]}
    graded = by_name(repair(handed_in, model).notebook)
    assert graded["why"]["source"] == "YOUR ANSWER HERE"
