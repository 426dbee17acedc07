"""Pictures as strings: well-formed, readable aloud, true to scale."""

import math
import re
from xml.etree import ElementTree

import pytest
from coursekit.svg import Axis, Bar, Point, amount, bars, decades, roofline, scatter, table
from hypothesis import given
from hypothesis import strategies as st

SPACE = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('a')</script> & \"b\""
positive = st.floats(1e-12, 1e18)


def widths(picture):
    return [
        float(rect.get("width")) for rect in ElementTree.fromstring(picture).iter(SPACE + "rect")
    ]


@pytest.mark.parametrize(
    "picture",
    [
        bars([Bar(HOSTILE, 3.0, HOSTILE), Bar("b", None)], HOSTILE, "B", 10.0, HOSTILE),
        scatter([Point(1, 1, HOSTILE)], HOSTILE, HOSTILE, HOSTILE, [(1, 1), (10, 10)]),
        roofline(1e12, 5e10, [Point(0.5, 2e10, HOSTILE)], HOSTILE),
        bars([], "nothing"),
    ],
)
def test_a_picture_is_xml_and_says_what_it_shows(picture):
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(SPACE + "title").text
    assert "<script" not in picture


def test_a_table_escapes_what_it_shows():
    root = ElementTree.fromstring(table([[HOSTILE, 3], ["bytes", HOSTILE]], HOSTILE))
    assert [cell.text for cell in root.iter("td")] == ["3", HOSTILE]
    assert root.find("caption").text == HOSTILE


@given(st.lists(positive, min_size=2, max_size=6))
def test_a_longer_bar_is_never_a_smaller_value(values):
    drawn = widths(bars([Bar("x", value) for value in sorted(values)], "alt"))
    assert drawn == sorted(drawn)
    assert all(0 < wide <= 500.1 for wide in drawn)


def test_ten_times_as_much_is_one_decade_further():
    axis = Axis(0, 5, 100, 600)
    assert axis.at(1000) - axis.at(100) == pytest.approx(100)


def test_an_unknown_value_is_a_word_and_no_bar():
    picture = bars([Bar("power", None)], "alt")
    assert "unknown" in picture
    assert widths(picture) == []


def test_what_failed_is_told_by_more_than_colour():
    fine, failed = (bars([Bar("x", 2.0, failed=f)], "alt") for f in (False, True))
    assert "dasharray" in failed
    assert "dasharray" not in fine


def test_a_given_span_keeps_the_axis_still():
    pictures = [bars([Bar("x", v, "it")], "alt", "B", span=(1.0, 1e9)) for v in (10.0, 1e6)]
    few, many = (re.findall(r">([^<]* [kMG]?B)<", picture) for picture in pictures)
    assert few == many == ["1 B", "100 B", "10 kB", "1 MB", "100 MB", "10 GB"][: len(few)]
    assert widths(pictures[0]) < widths(pictures[1])


@given(st.lists(positive, min_size=1))
def test_the_decades_hold_every_value(values):
    low, high = decades(values, least=2)
    assert low <= math.log10(min(values)) + 1e-9
    assert high >= math.log10(max(values)) - 1e-9
    assert high - low >= 2
    assert len(Axis(low, high, 0, 1).ticks()) <= 9


def test_amounts_are_short_and_have_their_unit():
    assert amount(262_144, "B") == "262 kB"
    assert amount(0.0025, "s") == "2.5 ms"
    assert amount(1000.0, "B") == "1 kB"
    assert amount(0, "J") == "0 J"


def test_a_ratio_below_one_has_no_prefix():
    assert [amount(value) for value in (0.001, 0.1, 0.25, 1)] == ["0.001", "0.1", "0.25", "1"]
    assert amount(0.001, "s") == "1 ms"


@pytest.mark.parametrize(
    "picture", [bars([Bar("a", 3.0)], "alt"), table([["a", 1]]), scatter([Point(1, 1)], "", "", "")]
)
def test_a_picture_has_no_background_and_the_ink_of_its_page(picture):
    assert "background:#" not in picture
    assert "#1a1a1a" not in picture


def test_points_lie_where_roof_and_axes_say():
    """A point on the ridge has the height of the flat roof."""
    root = ElementTree.fromstring(roofline(1e12, 5e10, [Point(20, 1e12)], "alt"))
    ridge = root.find(SPACE + "polyline").get("points").split()[1]
    circle = root.find(SPACE + "circle")
    assert ridge == f"{circle.get('cx')},{circle.get('cy')}"


def test_labels_of_near_points_do_not_cover_one_another():
    picture = scatter([Point(1, 1, "a"), Point(1.1, 1.02, "b")], "alt", "x", "y")
    words = ElementTree.fromstring(picture).iter(SPACE + "text")
    lines = [float(word.get("y")) for word in words if word.text in ("a", "b")]
    assert abs(lines[0] - lines[1]) >= 15
