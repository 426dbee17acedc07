"""A chapter's figures as SVG: functions of its `figures` module that get the chapter's names.

The words of a figure take the colour of the page on a screen, and dark ink on paper.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from coursekit.palette import GREY, INK
from coursekit.plots import STYLE
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from book.catalogues import translator
from book.chapter import Chapter
from book.errors import BookError
from book.fonts import LABELS, label_font
from book.languages import ENGLISH, Say

WORD = re.compile(r"[^\W\d_]{3}")
NUMBER = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)*(?![\w-])")
PAPER_INK = "#333333"
FONT: Any = {"svg.fonttype": "path", "svg.hashsalt": "book", "font.size": 10}


def svg(chapter: Chapter, name: str, ink: str = INK) -> str:
    """The figure of that name as SVG text, the same bytes for the same chapter."""
    return _grey(chapter, name).replace(GREY, ink)


@cache
def _grey(chapter: Chapter, name: str) -> str:
    """The figure drawn once, with grey words for the ink of a page or of paper."""
    with _drawn(chapter, name) as figure:
        if chapter.language != ENGLISH.code:
            translate(figure, chapter.language)
        text = io.StringIO()
        figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    picture = text.getvalue()
    return picture[picture.index("<svg") :]


def labels(chapter: Chapter, name: str) -> list[str]:
    """The words in a figure, as they stand in the catalogue."""
    with _drawn(chapter, name) as figure:
        figure.canvas.draw()
        texts = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    return sorted({_numbered(text)[0] for text in texts if WORD.search(text) and "$" not in text})


def translate(figure: Figure, code: str) -> None:
    """Puts the words of a language into a figure, in a font that has its signs."""
    font = label_font(code)
    if font is None:
        return
    say = translator(code, "figures")
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            tick_labels = [label.get_text() for label in axis.get_ticklabels()]
            if isinstance(axis.get_major_locator(), FixedLocator) and any(tick_labels):
                axis.set_ticklabels([_translated(text, say) for text in tick_labels])
    for text in figure.findobj(Text):
        text.set_text(_translated(text.get_text(), say))
        text.set(fontfamily=[font, LABELS], fontweight="normal")  # there is no bold face


def _translated(text: str, say: Say) -> str:
    """The translation of a label, with its numbers in their order."""
    pattern, numbers = _numbered(text)
    for number in numbers if (translation := say(pattern)) != pattern else ():
        translation = translation.replace("{}", number, 1)
    return translation if translation != pattern else text


def _numbered(text: str) -> tuple[str, list[str]]:
    """A label with {} for each number, which the names of the chapter may change."""
    return NUMBER.sub("{}", text), NUMBER.findall(text)


@contextmanager
def _drawn(chapter: Chapter, name: str) -> Iterator[Figure]:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    try:
        figure_module = import_module(f"book.chapters.{chapter.id}.figures")
    except (ImportError, SyntaxError) as error:
        raise BookError(
            f"figures.py of the chapter '{chapter.id}' cannot be imported: {error}."
        ) from error
    draw: Any = getattr(figure_module, name, None)
    if draw is None:
        raise BookError(f"figures.py of the chapter '{chapter.id}' has no function '{name}'.")
    with plt.rc_context({**STYLE, **FONT}):
        figure = _figure(draw, chapter, name)
        yield figure
        plt.close(figure)


def _figure(draw: Any, chapter: Chapter, name: str) -> Figure:
    try:
        return draw(chapter.names)
    except Exception as error:
        raise BookError(
            f"the figure '{name}' of the chapter '{chapter.id}' fails: "
            f"{type(error).__name__}: {error}."
        ) from error
