"""Pictures as text: well-formed, complete, and true to scale."""

import re
from xml.etree import ElementTree

import pytest
from perfsim import PerfsimError
from perfsim.charts import Axis, Marks, roofline_svg, scatter_svg

POINTS = [Marks("a & b", [(1.0, 2.0), (10.0, 9.0)]), Marks("c", [(100.0, 80.0)])]


def test_a_picture_is_well_formed_and_says_what_it_shows():
    root = ElementTree.fromstring(scatter_svg(POINTS, "Title <1>", "s", bands=(1.25,)))
    assert root.attrib["aria-label"] == "Title <1>"
    assert root.attrib["role"] == "img"
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert {"Title <1>", "a & b", "measured, s", "predicted, s"} <= set(words)


def test_every_point_is_drawn_inside_the_frame():
    text = scatter_svg(POINTS, "t", "s")
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.5"', text)
    assert len(dots) == 3
    assert all(76 < float(x) < 624 and 34 < float(y) < 384 for x, y in dots)


def test_a_logarithmic_axis_gives_each_power_the_same_room():
    axis = Axis(1.0, 1000.0, 0.0, 300.0)
    assert [axis(v) for v in (1, 10, 100, 1000)] == pytest.approx([0, 100, 200, 300])
    assert axis.ticks() == [1, 10, 100, 1000]
    assert len(Axis(1e-9, 1e9, 0, 1).ticks()) <= 8


def test_the_corner_of_a_roof_is_where_both_limits_meet():
    text = roofline_svg(1e12, 1e10, [Marks("m", [(1.0, 1e10)])], "roof")
    points = re.search(r'polyline points="([^"]+)"', text)[1].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights[0] > heights[1] == heights[2]


def test_a_short_axis_has_marks_at_one_two_and_five():
    assert Axis(147.0, 590.0, 0, 1).ticks() == [200, 500]
    assert Axis(5e14, 2e15, 0, 1).ticks() == [5e14, 1e15, 2e15]
    text = roofline_svg(2e15, 1e13, [], "roof")
    assert {">200<", ">2e15<"} <= set(re.findall(r">[^<>]+<", text))


def test_more_names_than_colours_are_rings_and_too_many_are_refused():
    names = [Marks(f"m{n}", [(1.0 + n, 1.0 + n)]) for n in range(13)]
    text = scatter_svg(names[:12], "t", "s")
    assert len(re.findall(r'<circle [^>]*r="2.5"', text)) == 12
    assert len(re.findall(r'<circle [^>]*r="2.5" fill="none"', text)) == 6
    assert all(f">m{n}<" in text for n in range(12))
    with pytest.raises(PerfsimError, match="room for 12 kinds of points, not 13"):
        scatter_svg(names, "t", "s")
