"""The key terms of all chapters in one alphabet: the glossary of the book, and its index.

A term is explained once, in the chapter where it first stands. The index lists the sections that
use it: those that name it with the role {term}, or whose words hold it several times. In another
language the sections are those of the English text, and the alphabet is that of the English terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from book.catalogues import words
from book.chapter import Chapter, domain, open_chapter
from book.contents import written
from book.errors import BookError
from book.languages import ENGLISH
from book.numbers import filled
from book.source_text import definitions

OFTEN = 3
SKIPPED = ("Learning objectives", "Key terms", "Summary", "References")


@dataclass(frozen=True)
class Term:
    """name: in English; shown: in the language of the page, the same word in English. chapter: the
    one that explains it; sections: links in MyST to those that use it."""

    name: str
    shown: str
    meaning: str
    chapter: Chapter
    sections: tuple[str, ...]


def terms(code: str = ENGLISH.code) -> list[Term]:
    """All terms in alphabetical order. BookError where two chapters explain the same."""
    chapters = [open_chapter(entry.id, code) for entry in written()]
    found: dict[str, Term] = {}
    for chapter in chapters:
        for block in chapter.blocks("glossary"):
            for names, meaning in definitions(block.body):
                name = names[-1]
                if name in found:
                    raise BookError(
                        f"'{name}' is a key term of {found[name].chapter.id} and of {chapter.id}. "
                        f"Leave it where it is read first, and use {{term}}`{name}` in the other."
                    )
                uses = tuple(link for each in chapters for link in _sections(name, each))
                said = filled(meaning, chapter.names)
                found[name] = Term(name, names[0], said, chapter, uses)
    return [found[name] for name in sorted(found, key=str.lower)]


def terms_page(code: str = ENGLISH.code) -> str:
    """The glossary with the index in MyST, below the heading of its page."""
    return "\n\n".join(_entry(term, code) for term in terms(code))


def _entry(term: Term, code: str) -> str:
    say, home = words(code), term.chapter
    link = f"[{home.title}](../{domain(home.id)}.md#{anchor(home.heading('Key terms'))})"
    place = say("Explained in {chapter}.").format(chapter=link)
    uses = say("Used in {sections}.").format(sections="; ".join(term.sections))
    name = term.name if term.shown == term.name else f"{term.shown} ({term.name}) <{term.name}>"
    told = say("{one} {other}").format(one=place, other=uses) if term.sections else place
    return f"{{term}}`{name}`\n: {term.meaning}\n\n  {told}"


def _sections(name: str, chapter: Chapter) -> Iterator[str]:
    """Links to the sections of the second level that use the term in English."""
    english = open_chapter(chapter.id)
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
