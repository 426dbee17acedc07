"""The key terms of all chapters in one alphabet: the glossary of the book, and its index.

A term is explained once, in the chapter where it first stands. The index lists the sections that
use it: those that name it with the role {term}, or whose words hold it several times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from book.chapter import Chapter, open_chapter
from book.contents import written
from book.errors import BookError
from book.numbers import filled
from book.source_text import definitions

OFTEN = 3
SKIPPED = ("Learning objectives", "Key terms", "Summary", "References")


@dataclass(frozen=True)
class Term:
    """chapter: the id of the one that explains it; sections: links in MyST to those that use it."""

    name: str
    meaning: str
    chapter: str
    sections: tuple[str, ...]


def terms() -> list[Term]:
    """All terms in alphabetical order. BookError where two chapters explain the same."""
    chapters = [open_chapter(entry.id) for entry in written()]
    meanings: dict[str, tuple[str, str]] = {}
    for chapter in chapters:
        for block in chapter.blocks("glossary"):
            for name, meaning in definitions(block.body):
                if name in meanings:
                    raise BookError(
                        f"'{name}' is a key term of {meanings[name][1]} and of {chapter.id}. Leave "
                        f"it where it is read first, and use {{term}}`{name}` in the other."
                    )
                meanings[name] = filled(meaning, chapter.names), chapter.id
    return [
        Term(name, meaning, home, tuple(_sections(name, chapters)))
        for name, (meaning, home) in sorted(meanings.items(), key=lambda item: item[0].lower())
    ]


def terms_page() -> str:
    """The glossary with the index in MyST, below the heading of its page."""
    return "\n\n".join(_entry(term) for term in terms())


def _entry(term: Term) -> str:
    home = open_chapter(term.chapter)
    place = f"Explained in [{home.title}](../chapters/{home.id}/{home.id}.md#key-terms)."
    uses = f" Used in {'; '.join(term.sections)}." if term.sections else ""
    return f"{{term}}`{term.name}`\n: {term.meaning}\n\n  {place}{uses}"


def _sections(name: str, chapters: list[Chapter]) -> list[str]:
    """Links to the sections of the second level that use the term."""
    return [
        f"[{title}](../chapters/{chapter.id}/{chapter.id}.md#{anchor(title)})"
        for chapter in chapters
        for title, text in _titled(chapter)
        if title not in SKIPPED and _uses(text, name)
    ]


def _titled(chapter: Chapter) -> list[tuple[str, str]]:
    titles = re.findall(r"(?m)^## (.+)$", chapter.prose)
    return [(title, chapter.section(title)) for title in titles]


def _uses(text: str, name: str) -> bool:
    roles = re.findall(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`", text)
    words = re.findall(rf"\b{re.escape(name)}s?\b", text, re.IGNORECASE)
    return name in (role.strip() for role in roles) or len(words) >= OFTEN


def anchor(title: str) -> str:
    """The anchor that MyST gives a heading: anchor('Does it wait?') == 'does-it-wait'."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
