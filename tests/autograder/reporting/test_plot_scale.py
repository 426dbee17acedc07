"""Places on the axes of plots."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.reporting.plot_scale import Scale, overlap, percent_ticks

PLACE = st.floats(-1000, 1000)
VALUE = st.floats(1e-3, 1e6)


@given(VALUE, VALUE, PLACE, PLACE, VALUE, st.booleans())
def test_a_scale_leads_its_ends_to_the_ends_of_the_line_and_holds_what_is_beyond(
    low, high, start, end, value, log
):
    assume(high > 1.001 * low)
    scale = Scale(low, high, start, end, log)
    assert scale(low) == pytest.approx(start, abs=0.051)
    assert scale(high) == pytest.approx(end, abs=0.051)
    assert min(start, end) - 0.051 <= scale.inside(value) <= max(start, end) + 0.051


@given(VALUE, VALUE, PLACE, PLACE, st.floats(0, 1), st.booleans())
def test_a_value_between_the_ends_of_a_scale_is_where_the_scale_says(
    low, high, start, end, share, log
):
    assume(high > 1.001 * low)
    value = low + share * (high - low)
    assume(value <= high)
    scale = Scale(low, high, start, end, log)
    assert scale.inside(value) == scale(value)


def test_on_a_logarithmic_scale_ten_times_as_much_is_always_as_far():
    scale = Scale(1, 1000, 300, 0, log=True)
    assert [scale(value) for value in (1, 10, 100, 1000)] == [300, 200, 100, 0]
    assert Scale(3, 3, 0, 100)(3) == 50


def test_ticks_of_percents_stand_at_every_fifth():
    assert percent_ticks(Scale(0, 1, 50, 150)) == [
        (50, 0), (70, 20), (90, 40), (110, 60), (130, 80), (150, 100),
    ]  # fmt: skip


@given(*[st.integers(0, 9)] * 4, *[st.integers(1, 9)] * 4)
def test_boxes_overlap_where_they_have_a_point_of_the_plane_in_common(
    left, top, other_left, other_top, width, height, other_width, other_height
):
    one = (left, top, left + width, top + height)
    other = (other_left, other_top, other_left + other_width, other_top + other_height)
    cells = [
        {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}
        for box in (one, other)
    ]
    assert overlap(one, other) == bool(cells[0] & cells[1]) == overlap(other, one)
