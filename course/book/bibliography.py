"""All works that the book cites, in one list, each with the chapters that cite it."""

from __future__ import annotations

from collections.abc import Callable

from book.catalogues import translator
from book.chapter import Chapter, domain, open_chapter
from book.contents import written_chapters
from book.languages import ENGLISH
from book.references import Work, annotated, works
from book.terms import anchor


def citing(code: str = ENGLISH.code) -> list[tuple[Work, list[Chapter]]]:
    """The works that are cited, by first author, each with the chapters that cite it."""
    cited_in: dict[str, list[Chapter]] = {}
    for chapter in (open_chapter(entry.id, code) for entry in written_chapters()):
        for block in chapter.blocks("references"):
            for work, _ in annotated(block.body):
                cited_in.setdefault(work.key, []).append(chapter)
    listed = sorted(works().values(), key=lambda work: work.short.lower())
    return [(work, cited_in[work.key]) for work in listed if work.key in cited_in]


def bibliography_page(code: str = ENGLISH.code) -> str:
    """The list in MyST, below the heading of its page."""
    return listed(code, _link)


def listed(code: str, name: Callable[[Chapter], str]) -> str:
    """The list; `name` says how a chapter is named."""
    say = translator(code)
    cited = say("Cited in {chapters}.")
    return "\n".join(
        f"- {work.entry} <{work.address}> {cited.format(chapters=', '.join(map(name, chapters)))}"
        for work, chapters in citing(code)
    )


def _link(chapter: Chapter) -> str:
    place = f"../{domain(chapter.id)}.md#{anchor(chapter.heading('References'))}"
    return f"[{chapter.title}]({place})"
