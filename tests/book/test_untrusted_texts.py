"""Who writes a translation or a chapter neither runs code nor publishes files of the machine that
builds the book."""

import json
import signal

import pytest
from book import time_limit
from book.build import build, build_all, claim, main
from book.catalogues import po_path, translations
from book.chapter import run
from book.checks.page import block
from book.contents import BOOK
from book.errors import BookError
from book.front_page import front_page
from book.inline import to_html
from book.notebooks import notebook
from book.page_reader import read
from book.paper import write_epub
from book.roles import new_expressions
from book.site import add_notebooks, name_toggles
from book.source_text import parts
from book.structure import differences
from book.syntax import faults
from book.translation_faults import losses
from click.testing import CliRunner

CHECK = """\
# A title

```{{check}} one
kind: number
{given}ask: How long?
answer: 2
within: 1 %
trap: 5
  say: {said}
why: Twice.
```
"""


def translated(tmp_path, monkeypatch, text, translation):
    monkeypatch.setattr("book.catalogues.LOCALES", tmp_path)
    path = po_path("ja", "page")
    path.parent.mkdir(parents=True)
    lines = [
        f"msgid {json.dumps(text)}",
        f"msgstr {json.dumps(translation, ensure_ascii=False)}",
        "",
    ]
    if any(sign in translation for sign in "\0\x85\u2028"):
        lines[1] = f'msgstr "{translation}"'
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    return translations.__wrapped__("ja", "page")


@pytest.mark.parametrize("sign", ["\n", "\r", "\t\n", "\0", "\x85", "\u2028"])
def test_a_translation_is_one_line_without_control_characters(tmp_path, monkeypatch, sign):
    with pytest.raises(BookError, match=r"page\.po: the translation of 'How long\?' has a line"):
        translated(tmp_path, monkeypatch, "How long?", f"どれほど{sign}given: zz = 1")


def test_the_words_of_a_figure_may_have_lines(tmp_path, monkeypatch):
    assert translated(tmp_path, monkeypatch, "moves\nbytes", "バイトを\n運ぶ")


@pytest.mark.parametrize(
    ("added_line", "feedback"),
    [("given: zz = 1\n", "No."), ("", "No.\n  right: True"), ("", "No.\ntrap: 7\n  say: No.")],
)
def test_a_translated_check_computes_what_its_original_computes(added_line, feedback):
    ours = tuple(parts(CHECK.format(given="", said="No.")))
    theirs = tuple(parts(CHECK.format(given=added_line, said=feedback)))
    assert list(differences(ours, tuple(parts(CHECK.format(given="", said="Nein."))))) == []
    assert "changes what is no text" in " ".join(differences(ours, theirs))


def test_a_translation_adds_no_cell():
    ours = tuple(parts("# A title\n\nWords.\n"))
    theirs = tuple(parts("# A title\n\n```{code-cell}\n1\n```\n"))
    assert "3 parts" not in " ".join(differences(ours, ours))
    assert list(differences(ours, theirs))


FILES = (
    ":::{literalinclude} /../../../../etc/passwd",
    "~~~{include} /etc/passwd",
    "- ```{literalinclude} /etc/passwd",
    "```{eval-rst}\n.. include:: /etc/passwd\n```",
    "```{note} A title\n:::{include} /etc/passwd\n:::\n```",
    "{download}`/../../etc/passwd`",
    "[here](/../../../etc/passwd)",
    "[here](../../source/01_tensor/01_tensor.ipynb)",
    "<path:/etc/passwd>",
    "![x](/etc/hostname)",
    "![x][y]\n\n[y]: /etc/hostname",
    '<img src="/etc/hostname">',
    "`#read(1)`{=typst}",
)
SCRIPTS = (
    "Words <script src=https://evil.example/x.js></script>",
    "<script>alert(1)</script>",
    "![x](https://evil.example/t.png)",
)


@pytest.mark.parametrize("text", [*FILES, *SCRIPTS])
def test_a_page_reads_no_file_and_loads_nothing(text, tmp_path):
    page = f"# A title\n\n{text}\n"
    with pytest.raises(BookError):
        run("small", page, tmp_path)
    with pytest.raises(BookError):
        read(page)


@pytest.mark.parametrize("text", [text for text in (*FILES, *SCRIPTS) if "\n" not in text])
def test_a_translation_reads_no_file_and_loads_nothing(text, tmp_path, monkeypatch):
    with pytest.raises(BookError, match="cannot stand on a page"):
        translated(tmp_path, monkeypatch, "Words of a page", text)


def test_what_a_page_may_hold_is_let_through():
    text = "# A\n\nSo `<b>` and $a <b$, [a page](../x.md#a), <https://mlcommons.org>, a < b.\n"
    assert list(faults(text + "\n```python\n<script>\n```\n")) == []


def test_a_chapter_has_no_control_character(tmp_path):
    with pytest.raises(BookError, match=r"the control character U\+0000"):
        run("small", "# A title\n\nWords\0 words.\n", tmp_path)


def test_the_notebook_of_a_chapter_has_its_cells_and_no_others(tmp_path):
    page = "# A title\n\nWords.\n\n```{code-cell}\nx = 'a\\0b'\n```\n\nMore.\n"
    notebook_cells = notebook(run("small", page, tmp_path))["cells"]
    assert [cell["cell_type"] for cell in notebook_cells] == ["markdown", "code", "markdown"]
    assert [cell["id"] for cell in notebook_cells] == ["cell-0", "cell-1", "cell-2"]


def test_data_of_a_chapter_lie_beside_it(tmp_path):
    folder = tmp_path / "chapter"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("1\n")
    (folder / "own.csv").write_text("1\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    page = "---\nchapter: small\ndata: {}\n---\n\n# A title\n"
    assert run("small", page.format("own.csv"), folder).data == ((folder / "own.csv").resolve(),)
    assert run("small", page.format(BOOK.parents[1] / "benchmarks" / "figures.json"), folder).data
    for name in ("../secret.csv", "link.csv", "/etc/hostname"):
        with pytest.raises(BookError, match="which everybody would get with the notebook"):
            run("small", page.format(name), folder)


@pytest.mark.parametrize("code", ["import sys\nsys.exit()", "raise SystemExit(0)", "exit()"])
def test_a_cell_that_ends_python_is_a_sentence(code, tmp_path):
    with pytest.raises(BookError, match=r"the cell in line 3 fails: (SystemExit|NameError)"):
        run("small", f"# A title\n\n```{{code-cell}}\n{code}\n```\n", tmp_path)


def test_a_cell_without_an_end_is_stopped_and_its_line_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limit, "LIMIT_S", 0.5)
    page = "# A title\n\n```{code-cell}\nx = 1\nwhile True:\n    x = max(x, 2)\n```\n"
    with pytest.raises(BookError, match=r"line 3 did not end within 0\.5 s; .* in line [23] of"):
        run("small", page, tmp_path)


def test_a_cell_that_ends_leaves_no_clock_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limit, "LIMIT_S", 30)
    run("small", "# A title\n\n```{code-cell}\nx = 1\n```\n", tmp_path)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def loud(text):
    """A translation that would be a script if it went into a page as it is."""
    return f"<script>{text}</script>"


def test_the_words_of_a_check_and_of_the_front_page_are_no_html():
    check = {"id": 'a"b', "kind": "choose", "ask": "?", "why": ".", "choices": []}
    html = block([check], "1", loud) + front_page(loud)
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert 'id="check-a&quot;b"' in html


def test_the_toggles_of_the_sidebar_have_a_name_without_html(tmp_path, monkeypatch):
    monkeypatch.setattr("book.site.translator", lambda code: lambda text: f'"><b>{text}')
    (tmp_path / "index.html").write_text("<summary><span>x</span></summary>")
    name_toggles(tmp_path, "ja")
    assert (
        '<summary aria-label="&quot;&gt;&lt;b&gt;Chapters' in (tmp_path / "index.html").read_text()
    )


@pytest.mark.parametrize("text", ["![x](https://evil.example/t.png)", "![x](t.png 'y')"])
def test_a_check_shows_no_picture(text):
    assert "<img" not in to_html(text)


@pytest.mark.parametrize(
    ("translation", "message"),
    [
        ("文 <b>", "a '<' is not in the original"),
        ("文 ![x](t.png)", "a picture is not in the original"),
        ("文 <https://evil.example>", "'https://evil.example' is not in the original"),
        ("文 &#60;", "a sign by its number is not in the original"),
    ],
)
def test_what_a_translation_brings_is_a_fault(translation, message):
    assert message in " ".join(losses("Words", translation))


def test_a_build_ends_at_a_translation_with_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("book.translation_faults.LOCALES", tmp_path)
    path = tmp_path / "ja" / "LC_MESSAGES" / "page.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "By 98 %."\nmsgstr "九割"\n\n#, fuzzy\nmsgid "By 5."\nmsgstr "五"\n')
    with pytest.raises(BookError, match=r"page\.po: the number with the digits 98 is missing"):
        build(tmp_path / "book", "ja")
    assert not (tmp_path / "book" / "html").exists()


def test_a_folder_with_other_files_is_no_target_of_a_build(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "index.html").write_text("Years of work.")
    (tmp_path / "link").symlink_to(tmp_path / "own")
    for name, message in (("own", "is no earlier build of the book"), ("link", "is a link")):
        result = CliRunner().invoke(main, ["--target", str(tmp_path / name)])
        assert result.exit_code == 1 and message in result.output
    assert (tmp_path / "own" / "index.html").read_text() == "Years of work."
    claim(tmp_path / "new")
    (tmp_path / "new" / "page.html").touch()
    claim(tmp_path / "new")


def test_only_notebooks_that_a_build_brought_are_removed(tmp_path):
    release, site = tmp_path / "release", tmp_path / "site"
    (release / "01_tensor").mkdir(parents=True)
    (site / "notebooks" / "mine").mkdir(parents=True)
    add_notebooks(site, release)
    (release / "01_tensor").rmdir()
    add_notebooks(site, release)
    assert [path.name for path in (site / "notebooks").iterdir()] == ["mine"]


def test_a_language_whose_process_ended_without_its_pages_is_named(tmp_path, monkeypatch):
    """As after os._exit(0) in a cell: each command ends with 0 and has written nothing."""
    claim(tmp_path)
    monkeypatch.setattr("book.build.sys.executable", "true")
    page = tmp_path / "html" / "index.html"
    page.parent.mkdir()
    page.touch()
    with pytest.raises(BookError, match="was not built in en, zh_CN, ja, ko"):
        build_all(tmp_path, only_site=True)


def test_paper_and_epub_take_no_file_that_is_no_figure(tmp_path):
    page = "# A title\n\nIt costs $![x](/etc/hostname)$5 and $2$.\n"
    with pytest.raises(BookError, match="would hold 1 pictures, and the chapters draw 0"):
        write_epub([run("small", page, tmp_path)], tmp_path / "book.epub")
    assert not (tmp_path / "book.epub").exists()


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("a / b | .1f", "a * b | .1f"),
        ("a | .1f", "a ** 10 | .1f"),
        ("a | .1f", "a | 2000000.1f"),
        ("a | .1f", "a | .1%"),
        ("a | .1f", "a | .1e"),
        ("a | .1f", "a + 10 | .1f"),
        ("f(a) | .1f", "f(a / 10) | .1f"),
        ("a | .1f", "1e3 / a | .1f"),
        ("a", "a * 5e3"),
        ("a", "a * -10"),
        ("(a + b) / c", "a + b / c"),
    ],
)
def test_a_translation_computes_no_other_number(role, other):
    role, other = f"{{num}}`{role}`", f"{{num}}`{other}`"
    assert new_expressions(role, other) and not new_expressions(role, role)
    assert "is not in the original" in " ".join(losses(role, other))


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("a / b / 1e6 | .1f", "a / b / 1e4 | ,.0f"),
        ("a", "10 * a"),
        ("a | ,", "a / 1e4 | .1f"),
        ("share | .1%", "share | .0%"),
        ("(a + b) * 1e3", "(a+b) * 1e-1"),
    ],
)
def test_a_translation_may_count_in_other_powers_of_ten(role, other):
    assert not new_expressions(f"{{num}}`{role}`", f"{{num}}`{other}`")
