"""The points of an executed cell, whatever form the partial credit has."""

import numpy as np
import pytest

from autograder.gradebook.points import automatic_points


def graded_cell(text: str) -> dict:
    meta = {"grade": True, "solution": False, "points": 3, "grade_id": "q", "schema_version": 3}
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    return {
        "cell_type": "code",
        "source": "credit",
        "metadata": {"nbgrader": {**meta, "locked": True, "cell_type": "code"}},
        "outputs": [{**result, "data": {"text/plain": text}}],
    }


@pytest.mark.parametrize(
    "value", [1.5, np.float64(1.5), np.float32(1.5), np.array(1.5), np.array(1.5, dtype="f4")]
)
def test_a_partial_credit_counts_as_a_number(value):
    assert automatic_points(graded_cell(repr(value))) == (1.5, 3)


def test_more_credit_than_there_is_waits_for_a_person():
    assert automatic_points(graded_cell("np.float64(9.0)")) == (None, 3)


def test_a_text_that_is_no_number_counts_as_nbgrader_counts_it():
    assert automatic_points(graded_cell("array([1., 2.])")) == (3, 3)


def test_a_value_below_zero_is_no_points_and_one_that_is_no_number_is_for_a_person():
    assert automatic_points(graded_cell("-1e+308")) == (0, 3)
    assert automatic_points(graded_cell("np.float64(-0.5)")) == (0, 3)
    assert automatic_points(graded_cell("-inf")) == (0, 3)
    assert automatic_points(graded_cell("nan")) == (None, 3)
    assert automatic_points(graded_cell("inf")) == (None, 3)
    assert automatic_points(graded_cell("0.0")) == (0, 3)
