"""A chapter's figures as SVG: functions of its `figures` module that get the chapter's names.

The words of a figure take the colour of the page on a screen, and dark ink on paper.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from coursekit.palette import GREY, INK
from coursekit.plots import STYLE

from book.chapter import Chapter
from book.errors import BookError

PAPER_INK = "#333333"
FONT: Any = {"svg.fonttype": "path", "svg.hashsalt": "book", "font.size": 10}


def svg(chapter: Chapter, name: str, ink: str = INK) -> str:
    """The figure of that name as SVG text, the same bytes for the same chapter."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure_module = import_module(f"book.chapters.{chapter.id}.figures")
    draw: Any = getattr(figure_module, name, None)
    if draw is None:
        raise BookError(f"figures.py of the chapter '{chapter.id}' has no function '{name}'.")
    with plt.rc_context({**STYLE, **FONT}):
        figure = draw(chapter.names)
        text = io.StringIO()
        figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)
    picture = text.getvalue()
    return picture[picture.index("<svg") :].replace(GREY, ink)
