"""What a book on paper has beside its chapters: title page, running heads, and its back parts."""

import re

import pytest
import yaml
from book.bibliography import citing
from book.chapter import open_chapter, run
from book.contents import BOOK, entries, written_chapters
from book.languages import LANGUAGES
from book.paper import chapter_markdown, write_pdf
from book.terms import terms
from book.whole_book import CITATION, authors, back_parts, bibliography_markdown, edition
from pypdf import PdfReader

CITED = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
CODES = [language.code for language in LANGUAGES]


@pytest.mark.parametrize("code", CODES)
def test_the_edition_says_version_year_and_how_much_is_written(code, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    edition_text = edition(code)
    assert CITED["version"] in edition_text and "2030" in edition_text
    assert str(len(written_chapters())) in edition_text and str(len(entries())) in edition_text


def test_the_glossary_of_the_book_has_every_term_and_no_link_into_the_site():
    text = "\n".join(back_parts())
    assert all(f"- **{term.name}**: " in text for term in terms())
    assert not re.search(r"\{\w+\}`|\]\((?!http)", text)


def test_the_bibliography_of_the_book_has_every_cited_work():
    text = bibliography_markdown()
    assert citing() and all(f"<{work.address}>" in text for work, _ in citing())


def test_a_citation_on_paper_links_to_the_work(tmp_path):
    text = chapter_markdown(open_chapter("introduction"), tmp_path)
    assert "([Dertien et al., 2023](https://doi.org/10.1093/biosci/biad076))" in text


def test_a_pdf_names_its_authors_and_its_chapter_on_every_page(tmp_path):
    page = "# Small\n\n" + "\n\n".join(["A paragraph of a few words, often."] * 120)
    write_pdf([run("small", page, BOOK)], tmp_path / "small.pdf", "Small", is_whole_book=False)
    with PdfReader(tmp_path / "small.pdf") as pdf:
        assert pdf.metadata.author == authors()
        first, *_, last = (sheet.extract_text() for sheet in pdf.pages)
    assert all(words in first for words in (authors(), edition()))
    assert last.startswith("Small") and "CC BY-NC-ND" not in last
