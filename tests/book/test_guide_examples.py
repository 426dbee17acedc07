"""The examples of the guides are tested as data: what a page shows to an author has to work."""

import re
import textwrap

import pytest
from book import lint
from book.chapter import run
from book.contents import BOOK

GUIDE = (BOOK / "guide" / "write-a-chapter.md").read_text(encoding="utf-8")
EXAMPLES = textwrap.dedent("\n\n".join(re.findall(r"(?ms)^    ```\{.*?^    ```$", GUIDE)))


def example(name):
    """The block of that name which the guide shows, without its indent."""
    return re.search(rf"(?ms)^```\{{{name}\}}.*?^```$", EXAMPLES)[0]


@pytest.fixture
def small():
    text = "The weights take {num}`weight_gb | .1f` GB."
    page = "\n\n".join(["# Small", example("code-cell"), text, example("chart")])
    return run("small", f"{page}\n", BOOK)


def test_the_cell_and_the_chart_of_the_guide_hold_the_rules_for_them(small):
    rules = (lint.typed_numbers, lint.alt_texts, lint.code_lines)
    assert [fault for rule in rules for fault in rule(small)] == []


def test_the_figure_of_the_guide_is_drawn_from_the_cell_of_the_guide(small):
    names = {}
    exec(re.search(r"(?ms)^```python\n(.*?)^```$", GUIDE)[1], names)
    figure = names["memory"](small.names)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == [14, 14, 84]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [
        "weights",
        "gradients",
        "state",
    ]
    names["plt"].close(figure)
