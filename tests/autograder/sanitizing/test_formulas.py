"""No page shows MathJax a command that is not listed, and the course's own formulas stay."""

from __future__ import annotations

import html.parser
import json
import re
from pathlib import Path

import hostile_notebook
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sanitizing import active_math, markdown, safe_markdown, tex_commands
from autograder.sanitizing.entities import unescape
from autograder.sanitizing.sanitize import make_inert
from autograder.sanitizing.text_block import TEXT_NOTICE

SOURCE = Path(__file__).parents[3] / "source"
OVERLAY = r"\unicode[Arial; position: fixed; inset: 0]{65}"
PIECES = [
    *["$", "$$", "\\(", "\\)", "\\[", "\\]", "\\\\(", "\\\\)", "\\\\[", "\\\\]", "\\$"],
    *["\\begin{align}", "\\end{align}", "\\begin{unicode}", "\\end{unicode}", "&#36;", "&dollar;"],
    *["\\unicode", "\\UNICODE", "\\href", "\\style", "\\color", "\\color{red}", "&#92;unicode"],
    *["\\\\unicode", "\\\\\\unicode", "&bsol;href", "\\un", "icode", "\\csname", "\\def", "\\let"],
    *[
        "\\alpha",
        "\\frac{a}{b}",
        "{",
        "}",
        "[",
        "]",
        "x",
        " ",
        "\n",
        "\n\n",
        "%\n",
        "^^5c",
        "\u200b",
    ],
    *["`", "``", "```\n", "~~~\n", "    ", "> ", "- ", "| a | b |\n|--|--|\n| ", " | ", "*", "_"],
    *["<b>", "</b>", "<br>", "<wbr>", "<!-- -->", "<code>", "</code>", "<pre>", "</pre>", "<td>"],
    *["</td>", "<table>", "</table>", "<p>", "</p>", "\0", "# ", "![", "](a.png)", "&lt;"],
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


class VisibleTexts(html.parser.HTMLParser):
    """What MathJax reads of a page, by Python's own parser: a list of texts between tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.literal_depth = [""], 0

    def handle_starttag(self, tag, attrs):
        self.literal_depth += tag in ("code", "pre")
        self.texts += [] if tag in ("br", "wbr") else [""]
        self.texts[-1] += "\n" if tag == "br" else ""

    def handle_endtag(self, tag):
        self.literal_depth -= tag in ("code", "pre")
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += "" if self.literal_depth else data


def formulas(page):
    """The formulas that MathJax takes from a page, plainly: the shortest between two delimiters."""
    reader = VisibleTexts()
    reader.feed(page)
    reader.close()
    shapes = r"\$\$.+?\$\$|\$.+?\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\s*\{([^}]*)\}.+?\\end\s*\{\1\}"
    return [m[0] for text in reader.texts for m in re.finditer(shapes, text, re.S)]


def unlisted(formula):
    """The commands of a formula outside the tables, read once more without the cleaner."""
    names = re.findall(r"\\([A-Za-z]+)", formula.replace("\\\\", " "))
    return {n for n in names if n not in tex_commands.COMMANDS | set(tex_commands.WITH_ARGUMENT)}


def cleaned_cell(cell):
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return make_inert(notebook)["cells"][0]


def text_cell(text):
    return cleaned_cell({"cell_type": "markdown", "id": "m", "metadata": {}, "source": text})


def output(kind, text):
    display = {"output_type": "display_data", "data": {kind: text}, "metadata": {}}
    return cleaned_cell(hostile_notebook.code([display], "c"))["outputs"][0]["data"]


@given(SOUP)
def test_markdown_shows_mathjax_no_command_that_is_not_listed(text):
    page = markdown.html(text_cell(text)["source"], {})
    assert [f for f in formulas(page) if unlisted(f)] == []


@given(SOUP, st.sampled_from(["text/html", "text/markdown"]))
def test_an_output_shows_mathjax_no_command_that_is_not_listed(text, kind):
    page = output(kind, text).get("text/html", "")
    assert [f for f in formulas(page) if unlisted(f)] == []


@given(SOUP)
def test_a_formula_of_an_output_holds_no_command_that_is_not_listed(text):
    formula = output("text/latex", text).get("text/latex", "")
    assert unlisted(formula) | unlisted(unescape(formula)) == set()


@given(SOUP)
def test_a_text_with_formulas_stays_the_same_once_it_is_clean(text):
    cleaned = text_cell(text)["source"]
    assert text_cell(cleaned)["source"] == cleaned


@pytest.mark.parametrize(
    "formula",
    [
        OVERLAY,
        r"\unicode {65}",
        r"\UNICODE{65}",
        "\\uni\u200bcode{65}",
        "\\uni%\ncode{65}",
        r"\csname unicode\endcsname{65}",
        r"^^5cunicode{65}",
        r"\let\x=\unicode \x{65}",
        r"\def\x{y} \x",
        r"\newcommand{\x}{y}",
        r"\require{action}",
        r"\href{https://evil.example}{x}",
        r"\url{https://evil.example}",
        r"\class{a}{x}",
        r"\cssId{a}{x}",
        r"\style{color: red}{x}",
        r"\bbox[url(https://evil.example)]{x}",
        r"\data{a=b}{x}",
        r"\mmlToken{mi}[href='x']{x}",
        r"\includegraphics{https://evil.example}",
        r"\verb|x|",
        r"\color{red; position: fixed}{x}",
        r"\color[RGB]{1,2,3}",
        r"\colorbox{red}{x}",
        r"\hspace{-99em}x",
        r"\rule{99em}{99em}",
        r"\raise 99em x",
        r"\Huge x",
        r"\cancel[style=x]{y}",
        r"\begin{html}x\end{html}",
        r"\\[-99em] x" * 60,
    ],
)
def test_a_formula_with_an_unlisted_command_is_shown_as_it_was_written(formula):
    assert active_math.formula_is_active(formula)
    page = markdown.html(text_cell(f"so ${formula}$ there")["source"], {})
    assert formulas(page) == []
    assert unescape(re.sub("<.*?>", "", page)).count(formula.split("%")[0][:8]) > 0
    assert "text/latex" not in output("text/latex", f"${formula}$")
    assert formulas(output("text/html", f"<p>${formula}$</p>")["text/html"]) == []


@pytest.mark.parametrize(
    "text",
    [
        r"a $\\unicode{65}$ b $ { $ `\unicode{65}` } $",
        "$ { $ `\\unicode{65}` } $",
        "$ {\n```\n\\unicode{65}\n```\n} $",
        r"\\( `\unicode{65}` \\)",
        r"&#36;&#92;unicode{65}&#36;",
        r"\$\\unicode{65}\$",
        "| a | b |\n|--|--|\n| $\\unicode{65}$ | b |",
        "![$\\unicode{65}$](https://evil.example/a.png)",
        "[$\\unicode{65}$](https://example.org)",
        "# $\\unicode{65}$",
        "<table><tr><td><code><td>$\\unicode{65}$</td></code></td></tr></table>",
        "<b>$</b>$\\unicode{65}$",
        "$\\uni<!-- a -->code{65}$",
    ],
)
def test_a_formula_that_acts_is_none_on_whichever_road_it_comes(text):
    cleaned = text_cell(text)["source"]
    assert not any(unlisted(formula) for formula in formulas(markdown.html(cleaned, {})))
    assert "`" in cleaned or "evil.example" not in text


def test_a_formula_that_acts_leaves_its_neighbours_as_they_are():
    cleaned = safe_markdown.clean(r"See $x^2$, $\unicode{65}$ and `\d`.", {})
    assert cleaned == r"See $x^2$, ` $\unicode{65}$ ` and `\d`."


@pytest.mark.parametrize(
    "text",
    [
        r"Split at `\n`; then $x_1$ and `\d+` follow $x_2$.",
        r"\begin{align} a &= b \\ c &= \begin{cases} 1 & x < 0 \\ 2 \end{cases} \end{align}",
        r"$\color{red}{x} + \textcolor{#0072B2}{y}\label{eq:1}$, $\hspace{1em}$, $\cancel{x}$",
        r"The file C:\users\ada\notes costs $5.",
        "```python\nprint('\\n', '$', '$')\n```",
    ],
)
def test_an_ordinary_text_stays_as_it_was_written(text):
    assert safe_markdown.clean(text, {}) == text


def texts_of_the_course():
    for path in sorted(SOURCE.glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"]), cell.get("attachments", {})


def test_every_text_and_formula_of_the_course_stays_as_it_was_written():
    texts = list(texts_of_the_course())
    assert sum("$" in text for text, _ in texts) > 20
    assert [t for t, files in texts if safe_markdown.clean(t, files) != t] == []


def test_a_number_of_five_thousand_digits_is_no_character():
    assert (
        unescape("&#" + "9" * 5000 + "; &#x" + "f" * 5000 + "; &#00000000065;") == "\ufffd \ufffd A"
    )
    cleaned = text_cell("&#" + "9" * 5000 + ";")["source"]
    assert cleaned.startswith((TEXT_NOTICE, "&#999"))
