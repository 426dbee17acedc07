"""Charts and widgets: what they say, and that they do not grow."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_labs.widgets.live import LivePlot
from hardware_labs.widgets.plot import line_chart, nice_step, ticks

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(NUMBERS, max_size=60))
def test_any_signal_is_a_well_formed_picture_that_says_what_it_shows(y: list[float]):
    picture = ElementTree.fromstring(line_chart(range(len(y)), y, "a < b", "sample", "value"))
    assert picture.get("role") == "img"
    assert str(picture.get("aria-label")).startswith("a < b: ")


def test_a_missing_number_is_a_gap_in_the_line():
    complete_chart = line_chart([0, 1, 2, 3], [1, 2, 3, 4], "t", "x", "y")
    gappy = line_chart([0, 1, 3, 4], [1, 2, 3, 4], "t", "x", "y")
    assert (complete_chart.count("<polyline"), gappy.count("<polyline")) == (1, 2)
    assert "1 gaps" in gappy


def test_x_and_y_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="x has 2 numbers and y has 1"):
        line_chart([0, 1], [0], "t", "x", "y")


@given(st.floats(1e-6, 1e9))
def test_ticks_are_few_and_inside(span: float):
    places = ticks(0, span)
    assert 2 <= len(places) <= 6
    assert places[-1] <= span * (1 + 1e-9)
    assert nice_step(span) > 0


def test_a_live_plot_keeps_the_newest_points_and_limits_its_frames():
    plot = LivePlot("t", points=100)
    for k in range(5000):
        plot.push(k, k % 7)
    plot.draw()
    assert "100 points" in plot.widget.value
    assert plot.frames < 50
