"""The style of the course's figures: no background, grey words, a faint grid, the course's colours.

A figure is a picture, so it cannot follow the theme of the page. It is drawn in such a way that it
reads on white and on black.
"""

from __future__ import annotations

import sys
from typing import Any

import matplotlib.pyplot as plt

from coursekit.palette import BLUE, FAINT, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
STYLE: Any = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.facecolor": "none",
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.prop_cycle": f"cycler('color', {list(CYCLE)})",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "axes.titlesize": 11,
    "figure.titlesize": 11,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "image.cmap": "cividis",
}


def use_style() -> None:
    """Draws every figure from here on in the style of the course. Call it once, in the imports."""
    plt.rcParams.update(STYLE)
    _show_without_background()


def _show_without_background() -> None:
    """Asks the notebook to leave the background out.

    subtle: where the figure itself has no background, IPython tells JupyterLab to lay a light one
    under dark words, which is a white slab in the dark theme. It asks the figure, not the picture.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.config import InlineBackend

    plt.rcParams["figure.facecolor"] = "white"
    inline = InlineBackend.instance(parent=shell)
    inline.print_figure_kwargs = {**inline.print_figure_kwargs, "facecolor": "none"}
    select_figure_formats(shell, inline.figure_formats, **inline.print_figure_kwargs)
