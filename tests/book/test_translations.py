"""Translations: every text of a page is in its catalogue, and no translation loses a role, a number
or an answer."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from book import fonts
from book.catalogues import LOCALES, messages, po_path, translations, write_template
from book.chapter import open_chapter, run
from book.charts import labels, svg
from book.contents import BOOK, written_chapters
from book.coverage import coverage, domains, pages
from book.errors import BookError
from book.extract import write_templates
from book.languages import TRANSLATED, language
from book.paper import _typst_language
from book.plain import markdown
from book.search_terms import LANGUAGES_WITHOUT_SPACES, search_terms
from book.source_text import Prose, parts
from book.translatable import mapped, texts
from book.translation_faults import losses, main, report
from click.testing import CliRunner

README = BOOK.parents[1] / "README.md"
CODES = [entry.code for entry in TRANSLATED]
CHAPTERS = [entry.id for entry in written_chapters()]
each_language = pytest.mark.parametrize("code", CODES)
each_chapter = pytest.mark.parametrize("name", CHAPTERS)

PAGE = """\
---
chapter: small
---

# A title

A paragraph of two
lines with {num}`x | .1f` s.

| head | other |
|---|--:|
| {num}`x` | words |

- An item that
  goes on,
- and $x = 1$.

```text
code that

stays
```

$$ y = 2 $$

```{glossary}
latency
  The time
  of an answer.
```

```{chart} bars
:alt: Bars that
  rise.
A caption.
```

```{check} one
kind: number
ask: How
  long?
answer: 2 * x
unit: s
within: 1 %
trap: x
  say: You forgot a factor.
why: Twice.
```

```{references}
reddi2020: Read it
  first.
```
"""
SHOUTED = """\
---
chapter: small
---

# A TITLE

A PARAGRAPH OF TWO LINES WITH {num}`x | .1f` S.

| HEAD | OTHER |
|---|--:|
| {num}`x` | WORDS |

- AN ITEM THAT GOES ON,
- AND $x = 1$.

```text
code that

stays
```

$$ y = 2 $$

```{glossary}
LATENCY
latency
  THE TIME OF AN ANSWER.
```

```{chart} bars
:alt: BARS THAT RISE.

A CAPTION.
```

```{check} one
kind: number
ask: HOW LONG?
answer: 2 * x
unit: s
within: 1 %
trap: x
  say: YOU FORGOT A FACTOR.
why: TWICE.
```

```{references}
reddi2020: READ IT FIRST.
```
"""


def shouted(text, _):
    """The text in capitals, without its roles and formulas."""
    return re.sub(r"(\{\w+\}`[^`]*`|\$[^$]*\$)|([^{$]+)", lambda m: m[1] or m[2].upper(), text)


def test_only_the_texts_of_a_page_are_replaced():
    assert mapped(PAGE, shouted) == SHOUTED


def test_a_text_says_where_it_stands():
    kinds = dict(texts(PAGE))
    assert kinds["A paragraph of two lines with {num}`x | .1f` s."] == "paragraph"
    assert kinds["An item that goes on,"] == "item of a list"
    assert kinds["You forgot a factor."] == "feedback of the check one"
    assert "{num}`x`" not in kinds


def pieces(text):
    """What a page says, without the breaks of its lines."""
    return [
        (
            part.text if isinstance(part, Prose) else f"{part.name} {part.options} {part.body}"
        ).split()
        for part in parts(text)
    ]


@pytest.mark.parametrize("page", pages())
def test_a_page_without_translations_says_the_same(page):
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    assert pieces(mapped(text, lambda words, _: words)) == pieces(text)


@pytest.mark.parametrize("page", pages())
def test_every_text_is_a_translation_of_itself(page):
    page_texts = texts((BOOK / f"{page}.md").read_text(encoding="utf-8"))
    assert not [
        (text, list(losses(text, text))) for text, _ in page_texts if list(losses(text, text))
    ]


@pytest.mark.parametrize(
    ("text", "translation", "complaint"),
    [
        ("It takes {num}`x | .1f` s.", "需要几秒。", "the role '{num}`x`' is missing"),
        ("It takes {num}`x` s.", "需要 {num}`y` 秒。", "'{num}`y`' is not in the original"),
        ("Known {cite}`reddi2020`.", "已知。", "'{cite}`reddi2020`' is missing"),
        ("A {term}`model`.", "一个{term}`模型`。", "'{term}`model`' is missing"),
        ("Run `perfsim`.", "运行它。", "the code 'perfsim' is missing"),
        ("So $n = 4$.", "所以 $n = 5$。", "the formula 'n = 4' is missing"),
        ("[Here](a.md).", "[这里](b.md)。", "the address 'a.md' is missing"),
        ("By 98 %.", "百分之几。", "the number with the digits 98 is missing"),
        ("{count} chapters", "几章", "the field '{count}' is missing"),
        ("**Data.** A network", "**数据。**网络", "an asterisk stays on the page"),
    ],
)
def test_what_a_translation_lost_is_said(text, translation, complaint):
    assert complaint in " ".join(losses(text, translation))


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("{num}`n / 1e6 | .1f` million", "{num}`n / 1e4 | ,.0f` 万"),
        ('{num}`f("m1") / 1e6 | .1f` million', '{num}`f("m1") / 1e4 | ,.0f` 万'),
        ("10.8 million labels", "1080 万个标签"),
        ("a {term}`model`", "一个{term}`模型 <model>`"),
        ("the {term}`models <model>`", "这些{term}`模型 <model>`"),
        ("**Data.** A network", "**数据**。网络"),
        ("In 2019, 98 % were right {cite}`a`.", "{cite}`a` 2019 年有 98 % 正确。"),
    ],
)
def test_what_a_translation_may_change(text, translation):
    assert list(losses(text, translation)) == []


@each_language
def test_no_translation_has_a_fault(code):
    report_lines = []
    assert report(code, report_lines.append) == 0, "\n".join(report_lines)


def test_the_templates_are_those_of_the_pages(tmp_path):
    write_templates(tmp_path)
    templates = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.pot")}
    stored_templates = {
        path.relative_to(LOCALES / "pot"): path for path in (LOCALES / "pot").rglob("*.pot")
    }
    assert set(templates) == set(stored_templates) == {Path(f"{name}.pot") for name in domains()}
    old = [
        str(name) for name, path in stored_templates.items() if path.read_bytes() != templates[name]
    ]
    assert not old, f"{old} are old. Run: python -m book.extract"


@each_language
def test_a_catalogue_has_the_texts_of_its_template_in_their_order(code):
    for name in domains():
        template_texts = [row.text for row in messages(LOCALES / "pot" / f"{name}.pot")]
        rows = [row for row in messages(po_path(code, name)) if not row.is_obsolete]
        assert [row.text for row in rows] == template_texts, name


@each_language
@pytest.mark.parametrize("name", [name for name in domains() if not name.startswith("chapters/")])
def test_all_that_is_no_chapter_is_translated(code, name):
    assert coverage(code, name).percent == 100


def test_a_translation_is_counted_only_while_its_text_stands(tmp_path, monkeypatch):
    monkeypatch.setattr("book.catalogues.LOCALES", tmp_path)
    write_template("page", [("One", ""), ("Two", ""), ("Three", "")], tmp_path / "pot")
    po_path("ja", "page").parent.mkdir(parents=True)
    po_path("ja", "page").write_text(
        (tmp_path / "pot" / "page.pot")
        .read_text()
        .replace('"Three"\nmsgstr ""', '"Three"\nmsgstr "三"')
        + '#, fuzzy\nmsgid "Four"\nmsgstr "四"\n\n#~ msgid "Old"\n#~ msgstr "古"\n'
    )
    counts = coverage("ja", "page")
    assert (counts.translated, counts.fuzzy, counts.all, counts.obsolete) == (1, 1, 4, 1)
    assert counts.percent == 25


def test_a_new_chapter_without_a_catalogue_has_nothing_translated(tmp_path, monkeypatch):
    monkeypatch.setattr("book.catalogues.LOCALES", tmp_path)
    monkeypatch.setattr("book.coverage.LOCALES", tmp_path)
    counts = coverage("ja", "chapters/training/training")
    assert (counts.translated, counts.all, counts.percent) == (0, 0, 0)


def test_a_translation_that_computes_something_of_its_own_is_refused(tmp_path, monkeypatch):
    """Whoever translates must not be able to run code where the book is built."""
    monkeypatch.setattr("book.catalogues.LOCALES", tmp_path)
    po_path("ja", "page").parent.mkdir(parents=True)
    entry = 'msgid "{{num}}`x / 1e6 | .1f` million"\nmsgstr "{}"\n'
    po_path("ja", "page").write_text(entry.format("{num}`x / 1e4 | ,.0f`万"))
    assert translations.__wrapped__("ja", "page")["{num}`x / 1e6 | .1f` million"].endswith("万")
    po_path("ja", "page").write_text(entry.format("{num}`np.load('a', allow_pickle=1)`"))
    with pytest.raises(BookError, match=r"page\.po: the translation of .* has \{num\}`np\.load"):
        translations.__wrapped__("ja", "page")


def test_a_broken_catalogue_is_a_sentence(tmp_path):
    path = tmp_path / "broken.po"
    path.write_text("Translated by hand.\n")
    with pytest.raises(BookError, match=r"broken\.po cannot be read"):
        messages(path)


@each_language
@each_chapter
def test_a_translated_chapter_has_the_same_numbers_and_answers(name, code):
    ours, theirs = open_chapter(name), open_chapter(name, code)
    assert theirs.outputs == ours.outputs and theirs.names is ours.names
    for check, other in zip(ours.first_checks(), theirs.first_checks(), strict=True):
        assert {**other, "choices": _judged(other), "traps": _judged(other, "traps")} == {
            **check,
            "choices": _judged(check),
            "traps": _judged(check, "traps"),
            "ask": other["ask"],
            "why": other["why"],
        }


def _judged(check, name="choices"):
    """What decides about a choice or a trap, without its words."""
    return [
        {key: part[key] for key in ("right", "place", "value") if key in part}
        for part in check.get(name, ())
    ]


@each_language
@each_chapter
def test_a_translated_chapter_has_a_form_on_paper(name, code):
    chapter = open_chapter(name, code)
    blocks = {kind: lambda block: block.name for kind in ("code-cell", "check", "chart")}
    assert not re.search(r"\{\w+\}`", markdown(chapter, blocks))
    assert len(chapter.objectives) == len(open_chapter(name).objectives)


def test_a_translated_term_stands_before_its_english_word_on_paper():
    page = "# Small\n\n```{glossary}\n延迟\nlatency\n  The time.\n\nmodel\n  A function.\n```"
    text = markdown(run("small", page, BOOK), {})
    assert "- **延迟** (latency): The time.\n- **model**: A function." in text


def test_words_in_figures_are_found_with_their_numbers_left_out():
    words = labels(open_chapter("benchmarking"), "warm_up")
    assert "first call: {} µs" in words and "call" in words


def test_a_figure_has_other_signs_in_another_language():
    ours, theirs = open_chapter("benchmarking"), open_chapter("benchmarking", "zh_CN")
    assert svg(ours, "warm_up") != svg(theirs, "warm_up")


def test_without_fonts_a_language_has_no_pdf_and_its_figures_stay_english(monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGES", ("no_such_font_package",))
    assert fonts.can_print("en") and not fonts.can_print("ja")
    assert fonts.label_font.__wrapped__("ja") is None
    assert "pip install noto-cjk-sans-otc" in fonts.MISSING


@pytest.mark.parametrize(
    ("words", "message"), [([], "Missing argument"), (["fr"], "has no language")]
)
def test_the_command_for_faults_ends_with_a_sentence(words, message):
    result = CliRunner().invoke(main, words)
    assert result.exit_code in (1, 2) and message in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_language_with_latin_letters_needs_no_fonts_and_keeps_its_words_whole(monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGES", ("no_such_font_package",))
    assert fonts.can_print("fr") and fonts.label_font("fr") == "DejaVu Sans"
    assert _typst_language("fr") == ["--variable=lang:fr"]
    assert {kind.lang for kind in LANGUAGES_WITHOUT_SPACES} == set(fonts.FACES)
    french = replace(open_chapter("benchmarking"), language="fr")
    assert svg(french, "warm_up") == svg(open_chapter("benchmarking"), "warm_up")


def test_a_language_that_the_book_lacks_is_a_sentence():
    with pytest.raises(BookError, match="has no language 'fr'; it has en, zh_CN, ja, ko"):
        language("fr")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("内存带宽", ["内存", "存带", "带宽"]),
        ("GPU的内存", ["gpu", "的内", "内存"]),
        ("모델은 큽니다", ["모델", "델은", "큽니", "니다"]),
        ("図 3", ["図", "3"]),
        ("ResNet-18", ["resnet", "18"]),
        ("Poincaré的précision", ["poincaré", "的", "précision"]),
    ],
)
def test_a_text_is_searched_in_pairs_of_signs(text, terms):
    assert search_terms(text) == terms


def test_every_word_of_the_book_has_its_translations():
    rows = list(csv.reader((LOCALES / "terms.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["English", *CODES]
    assert all(len(row) == 1 + len(CODES) and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows) >= 60


def commands(text):
    """The commands of a page: what stands before the comments of its blocks."""
    blocks = re.findall(r"(?ms)^```\n(.*?)^```$", text)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def addresses(path):
    """Where a page leads, apart from the other languages of the page."""
    links = re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    places = {(path.parent / link).resolve() for link in links}
    return {place for place in places if not place.name.startswith("README.") or place == README}


@each_language
def test_a_readme_in_another_language_names_the_same_commands_and_pages(code):
    path = BOOK / "readme" / f"README.{code}.md"
    text, english = path.read_text(encoding="utf-8"), README.read_text(encoding="utf-8")
    assert commands(text) == commands(english) != []
    assert addresses(path) - {README} == addresses(README)
    assert all(place.exists() for place in addresses(path))
    quoted = {word for word in re.findall(r"`([^`\n]+)`", english) if "html/index" not in word}
    assert quoted <= set(re.findall(r"`([^`\n]+)`", text))
    assert f"dist/book/html/{code}/index.html" in text


@pytest.mark.parametrize("code", ["en", *CODES])
def test_every_readme_leads_to_those_in_the_other_languages(code):
    folder = BOOK / "readme"
    all_of_them = {"en": README, **{name: folder / f"README.{name}.md" for name in CODES}}
    path = all_of_them.pop(code)
    links = re.findall(r"\]\(([^)]*README[^)]*\.md)\)", path.read_text(encoding="utf-8"))
    assert set(all_of_them.values()) <= {(path.parent / link).resolve() for link in links}
