"""The glossary of the book, its index and its bibliography, made from the chapters."""

import re

import pytest
from book.bibliography import bibliography_page
from book.chapter import open_chapter, run
from book.contents import BOOK, written_chapters
from book.errors import BookError
from book.references import annotated, works
from book.source_text import definitions
from book.terms import SKIPPED, anchor, page_of, terms, terms_of, terms_page

CHAPTERS = [open_chapter(entry.id) for entry in written_chapters()]


def test_all_key_terms_of_all_chapters_stand_there_in_one_alphabet():
    blocks = [block for chapter in CHAPTERS for block in chapter.blocks("glossary")]
    glossary_names = [names[-1] for block in blocks for names, _ in definitions(block.body)]
    names = [term.name for term in terms()]
    assert sorted(glossary_names) == sorted(names) and len(names) > 20
    assert names == sorted(names, key=str.lower)


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.name)
def test_a_term_has_a_meaning_and_is_used_outside_of_its_list(term):
    assert term.meaning.endswith(".") and len(term.meaning) > 20
    assert term.sections


def test_the_index_names_the_sections_that_use_the_role():
    for chapter in CHAPTERS:
        titles = re.findall(r"(?m)^## (.+)$", chapter.prose)
        for title in set(titles) - set(SKIPPED):
            for role in re.findall(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`", chapter.section(title)):
                term = next(term for term in terms() if term.name == role.strip())
                assert any(f"#{anchor(title)})" in link for link in term.sections)


def test_a_term_that_two_chapters_explain_is_a_sentence():
    text = "# Two\n\n## Key terms\n\n```{glossary}\nlatency\n  The time of an answer.\n```\n"
    chapters = [open_chapter("introduction"), run("two", text, BOOK)]
    with pytest.raises(BookError, match="'latency' is a key term of introduction and of two"):
        terms_of(chapters)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Does the load generator wait?", "does-the-load-generator-wait"),
        ("The running question, answered", "the-running-question-answered"),
        ("On-device learning", "on-device-learning"),
    ],
)
def test_an_anchor_is_the_heading_in_small_letters(title, expected):
    assert anchor(title) == expected


def test_every_entry_of_the_page_links_the_term():
    assert re.findall(r"(?m)^\{term\}`(.+)`$", terms_page()) == [term.name for term in terms()]


def test_a_term_in_another_language_stands_beside_its_english_word_and_links_to_it():
    text = "# Two\n\n## Key terms\n\n```{glossary}\n延迟\nlatency\n  The time of an answer.\n```\n"
    chapter = run("two", text, BOOK)
    entry = "{term}`延迟 (latency) <latency>`\n: The time of an answer.\n"
    assert page_of(terms_of([chapter]), "en").startswith(entry)


def test_the_bibliography_holds_every_work_and_who_cites_it():
    lines = bibliography_page().split("\n")
    assert len(lines) == len(works())
    for chapter in CHAPTERS:
        for block in chapter.blocks("references"):
            for work, _ in annotated(block.body):
                line = next(line for line in lines if work.entry in line)
                assert work.address in line and f"[{chapter.title}]" in line
