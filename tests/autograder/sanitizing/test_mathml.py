"""Formulas as MathML: those of the course are drawn, and no formula becomes more than a picture."""

from __future__ import annotations

import html.parser
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sanitizing import markdown, safe_html
from autograder.sanitizing.mathml import ATTRIBUTES, ELEMENTS, mathml, with_mathml

SOURCE = Path(__file__).parents[3] / "source"
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\style{position:fixed}{x}",
    r"\unicode{65}",
    r"\class{a}{x}",
    r"\def\a{x}\a",
    r"\newcommand{\a}{x}\a",
    r"\require{html}x",
    r"\includegraphics{https://example.org/a.png}",
    r"\color{red;background:url(x)}{x}",
    r"\hspace{99em}x",
    rf"\text{{{SCRIPT}}}",
    rf"\mathrm{{{SCRIPT}}}",
    r"\text{&lt;img src=x onerror=alert(1)&gt;}",
    r"\text{&#60;img src=x onerror=alert(1)>}",
    "<img src=x onerror=alert(1)>",
    r"\begin{array}{c\" onclick=alert(1)} a \end{array}",
    r"\left< a \right>",
    r"^^5chref{javascript:alert(1)}{x}",
]
SIGNS = [*"{}_^&[]x1'<>$%#~é", '"', "\\", "\\\\", "\\frac", "\\sqrt", "\\sum", "\\limits"]
WORDS = [
    "\\text{",
    "\\left(",
    "\\right)",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\color{red}",
    "\\bf",
]
ENTITIES = [" ", "&quot;", "&lt;", "&#60;"]
TEX = st.lists(st.sampled_from([*HOSTILE, *SIGNS, *WORDS, *ENTITIES]), max_size=12).map("".join)


class Tags(html.parser.HTMLParser):
    """The start tags of HTML with their attributes, as a browser's parser finds them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags_of(text):
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser.tags


def is_only_a_picture(text):
    return all(
        tag in ELEMENTS and all(re.fullmatch(ATTRIBUTES[name], value) for name, value in a.items())
        for tag, a in tags_of(text)
    )


def course_texts():
    for path in sorted(SOURCE.glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])


def test_every_formula_of_the_course_is_drawn():
    drawn = [with_mathml(safe_html.clean(markdown.html(text, {}))) for text in course_texts()]
    assert sum(page.count("<math ") for page in drawn) > 200
    assert not [page for page in drawn if re.search(r"\$\S[^$<]*\S\$", page)]


def test_a_formula_in_a_line_and_one_of_its_own():
    page = with_mathml(r"<p>The slope $\partial L$ is</p>$$ \frac{a}{b} $$")
    assert '<math display="inline"><mrow><mo>∂</mo><mi>L</mi></mrow></math> is</p>' in page
    assert '<math display="block"><mrow><mfrac><mrow><mi>a</mi></mrow>' in page


def test_an_environment_is_drawn():
    page = with_mathml("<p>" + r"\begin{align} a &amp;= b \\ c &amp;= d \end{align}" + "</p>")
    assert page.startswith('<p><math display="block">')
    assert page.count("<mtr>") == 2


@pytest.mark.parametrize(
    "page",
    [
        "<p>It costs $5 and not $6.</p>",
        "<p>5$ and 6$</p>",
        "<p><code>$x$</code> and <pre>$$y$$</pre></p>",
        '<p><a href="#$x$">here</a></p>',
        r"<p>\$x\$</p>",
        r"<p>$\href{javascript:alert(1)}{x}$</p>",
        r"<p>$\frac{a}$</p>",
        "<p>$x</p><p>y$</p>",
        "<p>no formula</p>",
    ],
)
def test_what_is_no_formula_or_cannot_be_drawn_stays_as_it_is(page):
    assert with_mathml(page) == page


@pytest.mark.parametrize("formula", HOSTILE)
def test_a_hostile_formula_is_a_picture_or_its_source(formula):
    assert is_only_a_picture(mathml(formula, "inline") or "")
    page = with_mathml(safe_html.clean(markdown.html(f"${formula}$", {})))
    assert {tag for tag, _ in tags_of(page)} <= ELEMENTS | safe_html.TAGS
    assert not any(name.startswith("on") for _, attributes in tags_of(page) for name in attributes)


def test_what_looks_like_a_tag_is_text():
    drawn = mathml(rf"\text{{{SCRIPT}}}", "inline")
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn


@given(TEX)
def test_any_formula_is_a_picture_or_its_source(formula):
    assert is_only_a_picture(mathml(formula, "block") or "")


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "x^{",
        "_",
        r"\frac",
        "x_1^2",
        r"\left(",
        r"a&b\\",
        r"\begin{matrix}",
        "'",
        "[",
        r"\sqrt[",
    ],
)
def test_a_long_formula_holds_nothing_up(piece):
    page = "<p>" + f"${piece * (900 // len(piece))}$ " * 100 + "</p>"
    start = time.perf_counter()
    with_mathml(page)
    assert time.perf_counter() - start < 20
