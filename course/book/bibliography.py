"""All works that the book cites, in one list, each with the chapters that cite it."""

from __future__ import annotations

from book.chapter import open_chapter
from book.contents import written
from book.references import annotated, works


def bibliography_page() -> str:
    """The list in MyST, below the heading of its page, sorted by the first author."""
    chapters = [open_chapter(entry.id) for entry in written()]
    cited_in: dict[str, list[str]] = {}
    for chapter in chapters:
        for block in chapter.blocks("references"):
            for work, _ in annotated(block.body):
                link = f"[{chapter.title}](../chapters/{chapter.id}/{chapter.id}.md#references)"
                cited_in.setdefault(work.key, []).append(link)
    listed = sorted(works().values(), key=lambda work: work.short.lower())
    return "\n".join(
        f"- {work.entry} <{work.address}> Cited in {', '.join(cited_in[work.key])}."
        for work in listed
        if work.key in cited_in
    )
