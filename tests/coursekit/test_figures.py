"""Figures drawn without Matplotlib, held against Matplotlib where both can be asked."""

import ast
import base64
import json
import re
import tomllib
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from coursekit import figures, plots
from coursekit.figures import colours, scale
from coursekit.figures.axes import Axes
from coursekit.figures.contour import pieces
from coursekit.figures.marks import png
from coursekit.figures.style import line_style
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

ROOT = Path(__file__).parents[2]
X = np.linspace(-2, 3, 11)
CALLS = {
    "a line": lambda axes: axes.plot(X, X**2, "o--"),
    "a line of heights": lambda axes: axes.plot([3, 1, 2]),
    "two logarithms": lambda axes: axes.loglog([1, 10, 300], [0.2, 0.5, 9]),
    "one logarithm": lambda axes: axes.semilogy([1, 2, 3], [1e-3, 2, 50]),
    "bars": lambda axes: axes.bar([1, 2, 3], [4, 2, 8], 0.5),
    "bars that lie": lambda axes: axes.barh([0, 1], [3.5, 7]),
    "bars with names": lambda axes: axes.bar(["a", "b", "c"], [4, 2, 8]),
    "dots": lambda axes: axes.scatter([1, 5], [2, 4]),
    "a picture": lambda axes: axes.imshow(np.arange(12).reshape(3, 4)),
    "a picture with places": lambda axes: axes.imshow(
        np.eye(4), extent=(-1, 3, -2, 2), origin="lower"
    ),
    "a rule": lambda axes: (axes.plot([0, 1], [0, 1]), axes.axhline(3)),
    "limits": lambda axes: (axes.plot([0, 1], [0, 1]), axes.set(ylim=(0, None), xlim=(-1, 4))),
    "limits turned": lambda axes: (axes.plot([0, 1], [0, 1]), axes.set(ylim=(5, -5))),
    "no room": lambda axes: (axes.margins(x=0), axes.plot([0, 1], [0, 1])),
    "more room": lambda axes: (axes.plot([0, 1], [0, 1]), axes.set(ymargin=0.4)),
    "ticks": lambda axes: (axes.plot([1, 2], [1, 2]), axes.set_xticks([0, 1, 2, 3])),
    "stairs": lambda axes: axes.step([1, 2, 3], [5, 7, 6], where="post"),
    "missing numbers": lambda axes: axes.plot([0, 1, 2, 3], [1, np.nan, 5, np.inf]),
    "turned": lambda axes: (axes.plot([0, 1], [0, 1]), axes.invert_yaxis()),
}


@pytest.mark.parametrize("call_name", CALLS)
def test_the_limits_are_those_of_matplotlib(call_name):
    reference, ours = Figure().add_subplot(), Axes()
    for axes in (reference, ours):
        CALLS[call_name](axes)
    assert ours.xaxis.scale.span() == pytest.approx(reference.get_xlim())
    assert ours.yaxis.scale.span() == pytest.approx(reference.get_ylim())


@pytest.mark.parametrize("name", [*colours.SHADES, "gray_r"])
def test_shades_are_those_of_matplotlib(name):
    shares = np.linspace(0, 1, 33)
    reference = 255 * matplotlib.colormaps[name](shares)[:, :3]
    assert np.abs(colours.shades(name).rgb(shares) - reference).max() < 20


def test_the_cycle_is_that_of_the_course():
    assert colours.CYCLE == plots.CYCLE


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_round_numbers_lie_in_sight_and_are_not_too_many(low, width):
    numbers = scale.steps(low, low + width, 7)
    assert 2 <= len(numbers) <= 8
    assert low - 1e-6 * width <= numbers[0] and numbers[-1] <= low + width * (1 + 1e-6)


def test_a_logarithm_shows_powers_and_a_short_one_round_numbers():
    assert scale.powers(0.5, 2e4, 10, 7) == pytest.approx([1, 10, 100, 1e3, 1e4])
    assert scale.powers(1.5, 9, 10, 7) == pytest.approx([2, 5])
    assert scale.powers(60, 300, 2, 7) == pytest.approx([64, 128, 256])


@pytest.mark.parametrize("text", ["o-", "--", "C1s", "C2o", "x", "-.", ":", "^--", "s:"])
def test_a_format_is_read_as_matplotlib_reads_it(text):
    (line,) = Figure().add_subplot().plot([1, 2], text)
    style = line_style(text, {}, "#0072b2")
    assert style["dashes"] == line.get_linestyle().replace("None", "")
    assert style["sign"] == line.get_marker().replace("None", "")


def test_a_format_that_is_none_says_so():
    with pytest.raises(ValueError, match="'zz' is no format of a line"):
        line_style("zz", {}, "")


def test_a_contour_of_a_cone_is_a_circle():
    side = np.linspace(-2, 2, 81)
    heights = np.hypot(*np.meshgrid(side, side))
    points = np.array([*pieces(side, side, heights, 1.0)]).reshape(-1, 2)
    assert len(points) > 100
    assert np.allclose(np.hypot(*points.T), 1, atol=2e-3)


def test_a_picture_in_a_figure_is_the_picture(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    (tmp_path / "a.png").write_bytes(base64.b64decode(png(pixels).partition(",")[2]))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), pixels)


def test_a_figure_is_one_picture_with_words_for_who_cannot_see_it():
    figure, (left, right) = figures.subplots(1, 2, sharey=True)
    left.plot([1, 2], label="a <line>")
    left.legend()
    right.imshow(np.eye(2))
    left.set(title="Left", xlabel="x", ylabel="y")
    figure.suptitle("Both")
    svg = figure.svg()
    assert svg.count('role="img"') == 1
    assert 'aria-label="Both; Left; y over x"' in svg
    assert "a &lt;line&gt;" in svg
    figures.close()


def test_bars_carry_their_heights_or_given_words_at_their_ends():
    figure, (left, right) = figures.subplots(1, 2)
    left.bar_label(left.bar([0, 1], [3, 4.5]), fmt="{:.1f}", color="red", fontsize=7)
    right.bar_label(right.barh([0, 1], [3, 4]), ["few", "many"], padding=4)
    svg = figure.svg()
    assert all(f">{text}</tspan>" in svg for text in ("3.0", "4.5", "few", "many"))
    assert [mark.at for mark in left.marks[1:]] == [(0.0, 3.0), (1.0, 4.5)]
    assert [mark.at for mark in right.marks[1:]] == [(3.0, 0.0), (4.0, 1.0)]
    figures.close()


def test_what_is_not_drawn_is_said_below_the_figure():
    figure, axes = figures.subplots()
    axes.violinplot([1, 2, 3])
    assert "Not drawn in the browser: violinplot. To see it, run" in figure._repr_html_()
    figures.close()


def test_a_point_stands_where_the_scales_say():
    figure, axes = figures.subplots(figsize=(4, 3))
    axes.plot([0, 10], [0, 1], "o", color="#123456")
    axes.set(xlim=(0, 10), ylim=(0, 1))
    places = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*fill="#123456"', figure.svg())
    frame = re.search(r'<svg width="([\d.]+)" height="([\d.]+)" overflow', figure.svg())
    width, height = frame.groups()
    assert places == [("0.0", height), (width, "0.0")]
    figures.close()


def calls_of_notebooks():
    """The names of methods that the notebooks call on axes and figures; a page has no boards."""
    names, rows = {}, tomllib.loads((ROOT / "course" / "syllabus.toml").read_text())["assignment"]
    ids = [row["id"] for row in rows if row["track"] != "DEPLOY"]
    for path in sorted(
        path for folder in ids for path in (ROOT / "source" / folder).glob("*.ipynb")
    ):
        for cell in json.loads(path.read_text())["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code" and "plt." in text and "import matplotlib" not in text:
                for node in ast.walk(ast.parse(text)):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                        names.setdefault(node.func.attr, path.stem)
    return names


def test_every_call_that_notebooks_make_on_axes_is_drawn():
    of_axes = {name for name in dir(matplotlib.axes.Axes) if not name.startswith("_")}
    shared = {"set", "get", "update", "remove", "add_artist", "text", "format", "index"}
    axes_calls = {name for name in calls_of_notebooks() if name in of_axes - shared}
    assert len(axes_calls) > 20
    assert {name for name in axes_calls if not hasattr(Axes, name)} == set()
