"""What goes into autograded/ runs nothing in a TA's browser, and stays readable."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from time import process_time

import hostile_notebook
import nbformat
import nbgrader
import pytest
from chromium import PLACE, chromium, click_every_link, opened
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter

from autograder.notebook import cells
from autograder.sanitizing import drawing, markdown, safe_html, safe_markdown, student_names
from autograder.sanitizing.sanitize import (
    CUT_NOTICE,
    MAX_RICH_BYTES,
    MAX_TEXT_BYTES,
    TOO_BIG_NOTICE,
    make_inert,
)
from autograder.sanitizing.text_block import TEXT_NOTICE, text_block

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
FORMGRADE = {
    "assignment_id": "a",
    "notebook_id": "n",
    "submission_id": "s",
    "index": 0,
    "total": 1,
    "base_url": "",
    "student": "ada",
    "last_name": "",
    "first_name": "",
    "notebook_path": "",
}
SUPPORT_FILE_URLS = {PLACE.replace("page.html", name) for name in ("a.png", "y.png")}
DATA = hostile_notebook.DATA
PIECES = [
    *hostile_notebook.MARKDOWN,
    *"`<>&\"'[]()!$\\/#~\n\t -*|",
    "```",
    "<b>",
    "</b>",
    "<br/>",
    "<div>",
    "</div>",
    "\n\n",
    "    ",
    "> ",
    "- ",
    "<!-- a -->",
    "<svg>",
    "</svg>",
    "<pre>\n\n",
    "<a href='https://x.y'>",
    "https://x.y",
    "a < b",
    "&lt;",
    "é",
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def one_cell(cell, **metadata):
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def clean_display(data):
    """The clean data of one display, by MIME type."""
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = hostile_notebook.code([output], "c")
    return make_inert(one_cell(cell))["cells"][0]["outputs"][0]["data"]


def exported(notebook, template):
    node = nbformat.from_dict(notebook)
    exporter = HTMLExporter(template_name=template, extra_template_basedirs=[str(TEMPLATES)])
    html, _ = exporter.from_notebook_node(node, resources=dict(FORMGRADE))
    return html


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d, 1<2, x <- y",
        "Let $a<b$ and $$x < y$$ hold.",
        "\\begin{align}a &< b\\\\ c &> d\\end{align}",
        "```python\nif a<b:\n    print('<script>')\n```",
        "Use `vector<int>` or ``a `<b>` c``.",
        "| a | b |\n|:--|--:|\n| 1 | `<td>` |",
        "one<br>two<br/>three <b>bold</b> <kbd>Ctrl</kbd>+<kbd>C</kbd>",
        "<details><summary>more</summary>\n\ntext\n\n</details>",
        "See <https://example.org/a?b=c> or <a@example.org>.",
        "[link](https://example.org), [chapter](../01/notes.md), [down](#below)",
        "![plot](images/plot.png)",
        "<!-- a note to staff -->\ntext",
        "- [x] done\n- [ ] open\n\n1. a\n2. b\n\n> quoted",
        "5 &lt; 6 &amp; 7",
        "",
    ],
)
def test_honest_markdown_is_left_as_it_was_written(text):
    assert safe_markdown.clean(text, {}) == text


def test_an_html_tag_keeps_what_is_harmless_and_loses_the_rest():
    text = '<p align="center" onclick="ran()" style="color: red; position: fixed">x</p>'
    assert safe_markdown.clean(text, {}) == '<p align="center" style="color: red">x</p>'


def test_a_tag_that_is_not_listed_is_shown_as_it_was_written():
    assert safe_markdown.clean("<script>ran()</script>", {}) == "&lt;script>ran()&lt;/script>"


def test_a_link_that_would_run_makes_the_cell_a_text_that_shows_it():
    cleaned = safe_markdown.clean("[x](javascript&colon;ran())", {})
    assert cleaned.endswith("```text\n[x](javascript&colon;ran())\n```")


def test_a_picture_from_elsewhere_becomes_a_link_to_it():
    cleaned = safe_markdown.clean("![a cat](https://example.org/cat.png)", {})
    assert cleaned == "[a cat](https://example.org/cat.png)"


@pytest.mark.parametrize("text", hostile_notebook.MARKDOWN)
def test_hostile_markdown_renders_to_listed_tags_only(text):
    cleaned = safe_markdown.clean(text, {})
    assert safe_html.is_inert(markdown.html(cleaned, {}))


@given(SOUP)
def test_any_markdown_becomes_inert_and_stays_the_same_from_then_on(text):
    cleaned = safe_markdown.clean(text, {})
    assert safe_html.is_inert(markdown.html(cleaned, {}))
    assert safe_markdown.clean(cleaned, {}) == cleaned


@given(SOUP)
def test_any_html_stays_the_same_once_it_is_clean(text):
    cleaned = safe_html.clean(text)
    assert safe_html.clean(cleaned) == cleaned


def test_the_hostile_notebook_stays_the_same_once_it_is_inert():
    first = make_inert(hostile_notebook.notebook())
    assert cells.dump(make_inert(first)) == cells.dump(first)
    assert cells.dump(make_inert(json.loads(cells.dump(first)))) == cells.dump(first)


def test_the_notebook_that_was_given_is_not_changed():
    given_notebook = hostile_notebook.notebook()
    before = copy.deepcopy(given_notebook)
    make_inert(given_notebook)
    assert given_notebook == before


def test_an_inert_notebook_is_a_valid_notebook():
    nbformat.validate(nbformat.from_dict(make_inert(hostile_notebook.notebook())))


def test_a_table_of_pandas_keeps_its_look_and_loses_its_style_sheet():
    html = (
        "<div><style scoped>td {color: red}</style>"
        '<table border="1" class="dataframe evil"><tr><th>a</th></tr></table>'
        '<table border="1" class="dataframe"><tr><td>1</td></tr></table></div>'
    )
    table = clean_display({"text/html": html, "text/plain": "a"})["text/html"]
    assert table == (
        '<div><table border="1"><tbody><tr><th>a</th></tr></tbody></table>'
        '<table border="1" class="dataframe"><tbody><tr><td>1</td></tr></tbody></table></div>'
    )


def test_a_drawing_becomes_an_image_without_its_scripts_and_handlers():
    svg = (
        '<svg viewBox="0 0 9 9" onload="ran()"><title>a curve</title><script>ran()</script>'
        '<path d="M0 0L9 9" onclick="ran()"/><a href="javascript:ran()"><text>x</text></a></svg>'
    )
    tag = drawing.image_tag(svg)
    assert tag.endswith(' alt="a curve">')
    url = tag.split('"')[1]
    assert base64.b64decode(url.split(",")[1]).decode() == (
        '<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><title>a curve</title>'
        '<path d="M0 0L9 9" /><a><text>x</text></a></svg>'
    )
    assert safe_html.clean(tag) == tag


def test_a_drawing_that_is_not_xml_is_named():
    assert (
        "not well-formed XML"
        in clean_display({"text/html": "<svg><circle r=4></svg>"})["text/html"]
    )


def test_a_drawing_with_entities_of_its_own_is_refused():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    assert drawing.data_url(bomb) is None


def test_a_picture_is_kept_and_its_size_with_it():
    cell = hostile_notebook.code([], "c")
    cell["outputs"] = [
        {
            "output_type": "display_data",
            "data": {"image/png": "iVBORw0KGgo=\n", "text/plain": "<Figure>"},
            "metadata": {"image/png": {"width": 320, "height": "1 onerror=ran()"}},
        }
    ]
    output = make_inert(one_cell(cell))["cells"][0]["outputs"][0]
    assert output["data"] == {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}
    assert output["metadata"] == {"image/png": {"width": 320}}


def test_a_widget_is_replaced_by_a_sentence():
    view = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "m"},
        "text/plain": "IntSlider",
    }
    assert clean_display(view) == {
        "text/plain": "[an interactive widget stood here; it is not kept]"
    }


@pytest.mark.parametrize("data", [{"application/javascript": "ran()"}, {"text/html": "<script>"}])
def test_a_display_with_nothing_to_show_says_so(data):
    assert clean_display(data)["text/plain"].startswith("[an output was left out")


def test_a_long_line_is_cut_by_bytes_and_says_so():
    cell = hostile_notebook.code(
        [{"output_type": "stream", "name": "stdout", "text": "é" * MAX_TEXT_BYTES}], "c"
    )
    text = make_inert(one_cell(cell))["cells"][0]["outputs"][0]["text"]
    assert len(text.encode()) in (MAX_TEXT_BYTES, MAX_TEXT_BYTES - 1)
    assert text.endswith(CUT_NOTICE)


def test_a_page_of_html_that_is_too_large_is_left_out():
    assert clean_display({"text/html": "<b>x</b>" * MAX_RICH_BYTES}) == {
        "text/plain": TOO_BIG_NOTICE
    }


def test_of_a_flood_of_outputs_the_first_are_kept():
    outputs = [{"output_type": "stream", "name": "stdout", "text": "x"}] * 1000
    outputs = make_inert(one_cell(hostile_notebook.code(outputs, "c")))["cells"][0]["outputs"]
    assert len(outputs) == 201
    assert "more than the grader keeps" in outputs[-1]["text"]


def test_nbgraders_own_metadata_of_a_cell_stays():
    meta = {"grade": True, "solution": False, "locked": True, "points": 2, "grade_id": "double"}
    meta |= {"schema_version": 3, "cell_type": "code", "checksum": "0a1b"}
    cell = {**hostile_notebook.code([], "double"), "metadata": {"nbgrader": meta, "tags": ["x"]}}
    assert make_inert(one_cell(cell))["cells"][0]["metadata"] == {"nbgrader": meta, "tags": ["x"]}


def test_the_kernel_of_a_notebook_stays():
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    info = {"name": "python", "pygments_lexer": "ipython3", "file_extension": ".py"}
    notebook = one_cell(hostile_notebook.code([], "c"), kernelspec=kernel, language_info=info)
    assert make_inert(notebook)["metadata"] == {"kernelspec": kernel, "language_info": info}


@pytest.mark.parametrize("piece", ["[", "![", "`", "\\begin{a}", "[a]: ", "word "])
def test_markdown_that_would_take_minutes_to_render_is_shown_as_text(piece):
    text = piece * (120_000 // len(piece))
    cleaned = safe_markdown.clean(text, {})
    assert cleaned.startswith(TEXT_NOTICE)
    assert safe_markdown.clean(cleaned, {}) == cleaned


@pytest.mark.parametrize("piece", ["[", "[a](/b) ", "a[`"])
def test_text_of_any_length_is_rendered_in_a_moment(piece):
    cleaned = text_block(piece * (200_000 // len(piece)))
    start = process_time()
    markdown.html(cleaned, {"a.png": {"image/png": "AAAA"}})
    assert process_time() - start < 2
    assert safe_markdown.clean(cleaned, {}) == cleaned


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<svg><div>", "& ", "<pre></code>"])
def test_html_that_would_take_minutes_to_parse_is_shown_as_text(piece):
    text = piece * 150_000
    cleaned = safe_html.clean(text)
    assert cleaned.startswith("<pre>&")
    assert safe_html.clean(cleaned) == cleaned


def test_a_large_table_is_no_tangle():
    row = "<tr>" + "<td>1.5</td>" * 20 + "</tr>"
    table = f'<table class="dataframe"><tbody>{row * 1000}</tbody></table>'
    assert safe_html.clean(table) == table


def test_a_drawing_within_a_drawing_is_one_image():
    cleaned = safe_html.clean("<p>a<svg><svg><rect/></svg></svg >b</p>")
    assert cleaned.count("<img") == 1
    assert cleaned.endswith("b</p>")


@pytest.mark.parametrize(
    "url",
    [
        "/formgrader?path=submitted/mallory",
        "../../../formgrader/manage_students/x.y",
        "https://hub.example/user/ta/form%2567rader?path=x",
        "../../manage_students/%3Cimg%20src=x%20onerror=ran()%3E",
        "/logout",
        "../next",
        "?index=1",
        "//evil.example/a.html",
        "https:/lab?reset",
        "http:lab",
        "files/javascript:ran()",
    ],
)
def test_a_link_never_acts_on_the_server_that_shows_the_page(url):
    assert safe_html.link(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c#d",
        "mailto:ada@example.org",
        "#below",
        "../01/notes.md",
        "notes.md#two",
        "data%20set.csv",
        "gr%C3%B6%C3%9Fe.png",
    ],
)
def test_a_link_to_the_web_to_the_page_or_to_a_file_stays(url):
    assert safe_html.link(url) == url


def test_a_link_to_the_server_becomes_its_words_and_its_address():
    assert safe_markdown.clean("see [this](/lab?reset) now", {}) == "see this (/lab?reset) now"


@pytest.mark.parametrize(
    "html",
    [
        r"<p>$\href{javascript:ran()}{x}$</p>",
        "<p>$&#92;href{javascript:ran()}{x}$</p>",
        r'<b title="<pre>">a</b>$\href{javascript:ran()}{x}$<b title="</pre>">a</b>',
        r"<code></code>$\href{javascript:ran()}{x}$",
        r"<table><tr><td><code><td>$\href{x}{x}$</td></code></td></tr></table>",
    ],
)
def test_a_command_that_would_act_is_shown_as_code(html):
    cleaned = safe_html.clean(html)
    assert r"<code>\href</code>{" in cleaned.replace("<code><code>", "<code>")
    assert safe_html.clean(cleaned) == cleaned


def test_a_command_that_a_line_break_parts_is_shown_as_it_was_written():
    assert safe_html.clean(r"$\mathrm<wbr>x$") == r"<pre>$\mathrm&lt;wbr&gt;x$</pre>"


def test_a_formula_that_only_shows_stays_a_formula():
    html = r"<p>$\frac{a}{b} &lt; \text{dataset}$ and <code>$\href{a}{b}$</code></p>"
    assert safe_html.clean(html) == html
    assert clean_display({"text/latex": r"$\displaystyle x$"}) == {
        "text/latex": r"$\displaystyle x$"
    }


def test_an_active_formula_of_an_output_is_shown_as_text():
    formula = r"$\href{javascript:ran()}{x}$"
    assert clean_display({"text/latex": formula}) == {"text/plain": formula}


def test_markdown_of_an_output_becomes_html_that_every_reader_reads_alike():
    data = clean_display({"text/markdown": "a **b**\n\n| c | d |\n|--|--|\n| 1 | $x$ |"})
    assert list(data) == ["text/html"]
    assert "<strong>b</strong>" in data["text/html"]
    assert "<td>$x$</td>" in data["text/html"]


@pytest.mark.parametrize("text", ["$$\n\n{}\n\n$$", "| a | b |\n|--|--|\n| `x | {}` | b |"])
def test_what_another_reader_of_markdown_takes_for_a_tag_is_none(text):
    cleaned = safe_markdown.clean(text.format("<img src=x onerror=ran()>"), {})
    assert "<img" not in cleaned


def graded_with(text):
    """A notebook with the question `double` and a text cell; what becomes of the text."""
    meta = {"grade": True, "solution": False, "points": 2, "grade_id": "double"}
    question = {**hostile_notebook.code([], "double"), "metadata": {"nbgrader": meta}}
    note = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}
    notebook = {**one_cell(question), "cells": [question, note]}
    return make_inert(notebook)["cells"][1]["source"]


@pytest.mark.parametrize("text", ["# double", "double comment\n---", "## *double_extra_credit*"])
def test_a_heading_with_the_id_of_a_score_is_shown_as_text(text):
    assert graded_with(text) == text_block(text)


def test_a_heading_about_a_question_stays():
    assert graded_with("# Double the number") == "# Double the number"


def test_a_tag_of_a_cell_is_one_word():
    cell = {**hostile_notebook.code([], "c"), "metadata": {"tags": ["plot", "a help", 'x"', 3]}}
    assert make_inert(one_cell(cell))["cells"][0]["metadata"]["tags"] == ["plot"]


@pytest.mark.parametrize("name", ['o"x', "<b>", "a&b", "a\\b", "a`b", "a\nb", "a\u2028b"])
def test_a_student_id_that_is_markup_is_seen(name):
    assert not student_names.is_plain(name)


@pytest.mark.parametrize("name", ["ada", "o'brien_123", "Müller=2E", "王 小明", "a@b.org"])
def test_an_ordinary_student_id_is_plain(name):
    assert student_names.is_plain(name)


def test_what_a_class_shares_is_cleaned_once():
    text = "<table><tr><td>shared by a class</td></tr></table>"
    assert safe_html.clean(text) is safe_html.clean("".join(text))


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore")
def test_the_vectors_are_real_nbconvert_alone_runs_them(browser):
    outputs = [{"output_type": "display_data", "data": d, "metadata": {}} for d in DATA[:40]]
    notebook = one_cell(hostile_notebook.code(outputs, "c"))
    with opened(browser, exported(notebook, "classic")) as (_page, visit):
        pass
    assert visit.ran > 5
    assert any("evil.example" in url for url in visit.requested_urls)


@pytest.mark.browser
@pytest.mark.parametrize(
    "template",
    [*(pytest.param(name, marks=pytest.mark.slow) for name in ("classic", "lab")), "formgrade"],
)
def test_an_inert_notebook_does_nothing_in_a_browser(browser, template):
    cell = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "nothing"}
    with opened(browser, exported(one_cell(cell), template)) as (_page, plain):
        pass
    with opened(browser, exported(make_inert(hostile_notebook.notebook()), template)) as (
        page,
        visit,
    ):
        assert click_every_link(page, "click") > 5
    assert (visit.ran, visit.dialogs) == (0, [])
    assert set(visit.requested_urls) - set(plain.requested_urls) <= SUPPORT_FILE_URLS
    assert visit.ended_at.split("#")[0] == PLACE


@pytest.mark.parametrize("fence", ["```", "~~~~", "- ```", "> ~~~", "1. ```"])
def test_the_words_behind_a_fence_are_words(fence):
    """JupyterLab writes them into an attribute of the block."""
    marks = fence.split()[-1]
    text = f'{fence}"><img/src=x onerror=ran()>\n<b>code</b>\n{marks}'
    (cell,) = make_inert(one_cell({"cell_type": "markdown", "source": text}))["cells"]
    assert "img" not in cell["source"] and "<b>code</b>" in cell["source"]
    plain = f"{fence}python\na = 1 < 2\n{marks}"
    (cell,) = make_inert(one_cell({"cell_type": "markdown", "source": plain}))["cells"]
    assert cell["source"] == plain
