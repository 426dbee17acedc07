"""The key terms of all chapters in one alphabet: the glossary of the book, and its index.

A term is explained once, in the chapter where it first stands. The index lists the sections that
use it: those that name it with the role {term}, or whose words hold it several times. In another
language the sections are those of the English text, and the alphabet is that of the English terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from book.catalogues import translator
from book.chapter import Chapter, domain, open_chapter
from book.contents import written_chapters
from book.errors import BookError
from book.languages import ENGLISH
from book.numbers import filled
from book.source_text import definitions

OFTEN = 3
SKIPPED = ("Learning objectives", "Key terms", "Summary", "References")


@dataclass(frozen=True)
class Term:
    """name: in English; label: in the language of the page, the same word in English. chapter: the
    one that explains it; sections: links in MyST to those that use it."""

    name: str
    label: str
    meaning: str
    chapter: Chapter
    sections: tuple[str, ...]


def terms(code: str = ENGLISH.code) -> list[Term]:
    """All terms in alphabetical order. BookError where two chapters explain the same."""
    return terms_of([open_chapter(entry.id, code) for entry in written_chapters()])


def terms_of(chapters: Sequence[Chapter]) -> list[Term]:
    """The terms of these chapters, which are all in one language."""
    terms: dict[str, Term] = {}
    for chapter in chapters:
        for names, meaning in _explained(chapter):
            name = names[-1]
            if name in terms:
                raise BookError(
                    f"'{name}' is a key term of {terms[name].chapter.id} and of {chapter.id}. "
                    f"Leave it where it is read first, and use {{term}}`{name}` in the other."
                )
            uses = tuple(link for any_chapter in chapters for link in _sections(name, any_chapter))
            terms[name] = Term(name, names[0], filled(meaning, chapter.names), chapter, uses)
    return [terms[name] for name in sorted(terms, key=str.lower)]


def _explained(chapter: Chapter) -> list[tuple[tuple[str, ...], str]]:
    blocks = chapter.blocks("glossary")
    return [entry for block in blocks for entry in definitions(block.body)]


def terms_page(code: str = ENGLISH.code) -> str:
    """The glossary with the index in MyST, below the heading of its page."""
    return page_of(terms(code), code)


def page_of(terms: Sequence[Term], code: str) -> str:
    """The entries of these terms in MyST."""
    return "\n\n".join(_entry(term, code) for term in terms)


def _entry(term: Term, code: str) -> str:
    say, home = translator(code), term.chapter
    link = f"[{home.title}](../{domain(home.id)}.md#{anchor(home.heading('Key terms'))})"
    place = say("Explained in {chapter}.").format(chapter=link)
    uses = say("Used in {sections}.").format(sections="; ".join(term.sections))
    name = term.name if term.label == term.name else f"{term.label} ({term.name}) <{term.name}>"
    places = say("{one} {other}").format(one=place, other=uses) if term.sections else place
    return f"{{term}}`{name}`\n: {term.meaning}\n\n  {places}"


def _sections(name: str, chapter: Chapter) -> Iterator[str]:
    """Links to the sections of the second level that use the term in English."""
    english = chapter.original or chapter
    for original, title in zip(_titles(english), _titles(chapter), strict=True):
        if original not in SKIPPED and _uses(english.section(original), name):
            yield f"[{title}](../{domain(chapter.id)}.md#{anchor(title)})"


def _titles(chapter: Chapter) -> list[str]:
    return re.findall(r"(?m)^## (.+)$", chapter.prose)


def _uses(text: str, name: str) -> bool:
    roles = re.findall(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`", text)
    words = re.findall(rf"\b{re.escape(name)}s?\b", text, re.IGNORECASE)
    return name in (role.strip() for role in roles) or len(words) >= OFTEN


def anchor(title: str) -> str:
    """The anchor that MyST gives a heading: anchor('Does it wait?') == 'does-it-wait'."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
