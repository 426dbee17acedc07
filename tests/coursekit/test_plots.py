"""The style of figures: readable on white and on the dark theme's black, and without background."""

import base64
import io

import matplotlib as mpl
import nbformat
import numpy as np
import plain_kernel
import pytest
from coursekit import palette
from coursekit.plots import CYCLE, use_style
from matplotlib import colors
from matplotlib import pyplot as plt

WHITE, DARK = "#ffffff", "#111111"


def luminance(colour):
    """Relative luminance as WCAG 2.1 defines it."""
    parts = np.array(colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def style():
    with mpl.rc_context():
        use_style()
        yield
        plt.close("all")


@pytest.mark.parametrize("page", [WHITE, DARK])
def test_words_read_on_the_page(page):
    assert contrast(palette.GREY, page) >= 4.2


@pytest.mark.parametrize("page", [WHITE, DARK])
def test_every_line_is_seen_on_the_page(page):
    assert min(contrast(colour, page) for colour in CYCLE) > 2


def test_a_saved_figure_has_no_background(style):
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    data = io.BytesIO()
    figure.savefig(data)
    data.seek(0)
    pixels = plt.imread(data)
    assert pixels[0, 0, 3] == 0
    assert 0 < np.mean(pixels[..., 3] > 0) < 0.2


def test_a_notebook_lays_no_light_slab_under_a_figure(tmp_path):
    lines = (
        "import matplotlib.pyplot as plt\nfrom coursekit.plots import use_style\nuse_style()",
        "plt.plot([1, 2])\nplt.show()",
    )
    cells = [nbformat.v4.new_code_cell(line) for line in lines]
    document = plain_kernel.run(nbformat.v4.new_notebook(cells=cells), tmp_path)
    (output,) = document.cells[1].outputs
    raw = base64.b64decode(output.data["image/png"])
    assert plt.imread(io.BytesIO(raw))[0, 0, 3] == 0
    assert "needs_background" not in str(output.metadata)
