"""All works that the book cites, in one list, each with the chapters that cite it."""

from __future__ import annotations

from book.catalogues import translator
from book.chapter import domain, open_chapter
from book.contents import written
from book.languages import ENGLISH
from book.references import annotated, works
from book.terms import anchor


def bibliography_page(code: str = ENGLISH.code) -> str:
    """The list in MyST, below the heading of its page, sorted by the first author."""
    say = translator(code)
    chapters = [open_chapter(entry.id, code) for entry in written()]
    cited_in: dict[str, list[str]] = {}
    for chapter in chapters:
        place = f"../{domain(chapter.id)}.md#{anchor(chapter.heading('References'))}"
        for block in chapter.blocks("references"):
            for work, _ in annotated(block.body):
                cited_in.setdefault(work.key, []).append(f"[{chapter.title}]({place})")
    listed = sorted(works().values(), key=lambda work: work.short.lower())
    cited = say("Cited in {chapters}.")
    return "\n".join(
        f"- {work.entry} <{work.address}> {cited.format(chapters=', '.join(cited_in[work.key]))}"
        for work in listed
        if work.key in cited_in
    )
