"""One cell cannot hold up the grader: from submission to page, the work grows with its length.

The bounds are of CPU time and generous: a reader that takes the square of these lengths needs
minutes. The shapes repeat what readers of Markdown and HTML look for the end of.
"""

from __future__ import annotations

import base64
from time import process_time

import pytest

from autograder.reporting.notebook_html import cell_parts
from autograder.sanitizing.sanitize import make_inert

MAX_CPU_S = 15
PICTURE = "data:image/png;base64," + "A" * 1_800_000
COMMENTS = "<!-- a -->" * 20_000
OPENERS = [
    *[
        "~~~a\n",
        "```a\n",
        "> ~~~a\n",
        "- ~~~a\n",
        "~~~ mermaid\n",
        "`",
        "``a`",
        "$$",
        "$$a\n",
        "$a ",
    ],
    *[
        "\\\\( a",
        "\\\\[ a",
        "\\begin{a}",
        "\\begin{a}\n",
        "$\\unicode{x} ",
        "$x$ ",
        "\\",
        "\\*",
        "\\a ",
    ],
    *[
        "<!--",
        "<a ",
        '<a "',
        '<a href="',
        "<a b='",
        "</",
        "<!A ",
        "<?",
        "<pre>",
        "<pre><pre>",
        "<p>",
    ],
    *["<pre></code>", "<svg>", "<svg></svg>", "<svg", "</svg   ", "<title", "<td>", "<h1>", "<h1"],
    *["![](", "![](http://a", "![", "[a](", "[a]( ", '[a](b "', "[a](<b ", "[", "]", "[a]: b\n"],
    *[
        "[a]: b\n\n[a]",
        ">",
        "> ",
        "> a\n",
        "| a | b |\n|--|--|\n",
        "|a",
        "- ",
        "1. ",
        "*a ",
        "**a ",
    ],
    *[
        "a**b",
        "_",
        "~~a ",
        "<a@",
        "http://a ",
        "&",
        "&#",
        "&#9",
        "<",
        "{",
        "# a\n",
        "a\n: b\n",
        "\n",
    ],
    *["\x1b[0", "\x1b]a", "\0", "data:image/png;base64,AAAA ", "data:image/", "a", " ", "    a\n"],
]
# Each fourth in `make test`, all in `make test-all`.
SOME_OPENERS = [
    opener if place % 4 == 0 else pytest.param(opener, marks=pytest.mark.slow)
    for place, opener in enumerate(OPENERS)
]
GROWING = {
    "nested quotes": "\n".join(">" * k + " a" for k in range(1, 430)),
    "runs of backticks": " ".join("`" * k for k in range(1, 430)),
    "longer and longer fences": "\n".join("~" * k + "a" for k in range(3, 430)),
    "nested lists": "\n".join(" " * (2 * k) + "- a" for k in range(300)),
    "one attribute after another": "<a" + " b" * 45_000,
    "a link in brackets": "[" * 45_000 + "]" * 45_000,
    "a formula of braces": "$" + "{" * 90_000 + "$",
    "fences beside a picture": "~~~a\n" * 200 + f"\n![]({PICTURE})",
    "formulas beside a picture": "$$a\n\n" * 200 + f"\n![]({PICTURE})",
    "comments beside a picture": "<!-- " * 200 + f"\n![]({PICTURE})",
    "one picture shown a thousand times": "![][p] " * 900 + f"\n\n[p]: {PICTURE}",
}
DISPLAYS = ["text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain"]


def cpu_s(cell):
    """The seconds of CPU from a submitted cell to the parts of its page, and the parts."""
    start = process_time()
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    inert = make_inert(notebook)["cells"][0]
    parts = list(cell_parts(inert, frozenset({"assert answer == 12345678"})))
    return process_time() - start, parts


def text_cell(text, attachments=()):
    named = dict(attachments)
    return {"cell_type": "markdown", "metadata": {}, "source": text, "attachments": named}


def code_cell(output):
    return {"cell_type": "code", "metadata": {}, "source": "", "outputs": [output]}


def display(data):
    return code_cell({"output_type": "display_data", "data": data, "metadata": {}})


@pytest.mark.parametrize("opener", SOME_OPENERS)
@pytest.mark.parametrize("length", [12_000, 95_000])
def test_a_text_of_openers_without_ends_becomes_a_page_in_seconds(opener, length):
    seconds, parts = cpu_s(text_cell(opener * (length // len(opener))))
    assert seconds < MAX_CPU_S
    assert parts


@pytest.mark.parametrize("name", GROWING)
def test_a_tangled_text_becomes_a_page_in_seconds(name):
    seconds, parts = cpu_s(text_cell(GROWING[name]))
    assert seconds < MAX_CPU_S
    assert sum(len(part.content) for part in parts) < 40_000_000


@pytest.mark.parametrize("opener", SOME_OPENERS)
def test_outputs_of_openers_without_ends_become_a_page_in_seconds(opener):
    text = opener * (300_000 // len(opener))
    error = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
    for cell in (*(display({kind: text}) for kind in DISPLAYS), code_cell(error)):
        seconds, _parts = cpu_s(cell)
        assert seconds < MAX_CPU_S


@pytest.mark.parametrize(
    "drawing",
    [
        COMMENTS + "x",
        COMMENTS + "<svg></svg>",
        "<svg>" + "<title" * 50_000 + "</svg>",
        "<svg>" + "<!doctype " * 50_000 + "</svg>",
        "<svg>" + "<g/>" * 40_000 + "<script/>" * 40_000 + "</svg>",
        "<svg" + ' aria-label="' * 50_000 + "</svg>",
    ],
)
def test_a_drawing_becomes_a_page_in_seconds(drawing):
    url = "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
    for data in ({"image/svg+xml": drawing}, {"text/html": f"<img src='{url}'>"}):
        seconds, _parts = cpu_s(display(data))
        assert seconds < MAX_CPU_S


def test_an_attachment_shown_a_thousand_times_makes_no_page_of_gigabytes():
    attachments = {"a.png": {"image/png": "A" * 1_800_000}}
    seconds, parts = cpu_s(text_cell("![](attachment:a.png) " * 1000, attachments))
    assert seconds < MAX_CPU_S
    assert sum(len(part.content) for part in parts) < 40_000_000


def test_a_picture_beside_text_is_shown():
    _seconds, parts = cpu_s(text_cell(f"~~~a\nx\n~~~\n\n![plot]({PICTURE})"))
    assert f'src="{PICTURE}"' in parts[0].content
