"""Who writes a translation or a chapter neither runs code nor publishes files of the machine that
builds the book."""

import json
import signal

import pytest
from book import time_limit
from book.catalogues import po_path, translations
from book.chapter import run
from book.contents import BOOK
from book.errors import BookError
from book.notebooks import notebook
from book.page_reader import read
from book.source_text import parts
from book.structure import differences
from book.syntax import faults

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
    with pytest.raises(BookError, match="page.po: the translation of 'How long\\?' has a line"):
        translated(tmp_path, monkeypatch, "How long?", f"どれほど{sign}given: zz = 1")


def test_the_words_of_a_figure_may_have_lines(tmp_path, monkeypatch):
    assert translated(tmp_path, monkeypatch, "moves\nbytes", "バイトを\n運ぶ")


@pytest.mark.parametrize(
    ("given", "said"),
    [("given: zz = 1\n", "No."), ("", "No.\n  right: True"), ("", "No.\ntrap: 7\n  say: No.")],
)
def test_a_translated_check_computes_what_its_original_computes(given, said):
    ours = tuple(parts(CHECK.format(given="", said="No.")))
    theirs = tuple(parts(CHECK.format(given=given, said=said)))
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
    made = notebook(run("small", page, tmp_path))["cells"]
    assert [cell["cell_type"] for cell in made] == ["markdown", "code", "markdown"]
    assert [cell["id"] for cell in made] == ["cell-0", "cell-1", "cell-2"]


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
