"""A chapter as Markdown without roles and fences of our own: for paper, and for notebooks.

Numbers are computed; terms are emphasised; a citation links to the work itself; labs and links
within the book are words. What becomes of figures, cells and checks is up to the target: one
function for each kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from book.catalogues import translator
from book.chapter import Chapter
from book.errors import BookError
from book.languages import Say
from book.links import lab
from book.numbers import filled
from book.references import annotated, work
from book.source_text import Block, Prose, definitions

Render = Callable[[Block], str]


def prose(text: str, chapter: Chapter) -> str:
    """Prose of a chapter as plain Markdown."""
    text = filled(text, chapter.names)
    text = re.sub(r"\{term\}`([^`<]+)(?:<[^>]+>)?`", lambda m: f"*{m[1].strip()}*", text)
    text = re.sub(r"\{cite\}`([^`]+)`", lambda m: _cited(m[1]), text)
    text = re.sub(r"\{lab\}`([^`]+)`", lambda m: _lab(m[1], translator(chapter.language)), text)
    text = re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    left = re.search(r"\{[\w:-]+\}`", text)
    if left:
        raise BookError(f"the role {left[0]}...` has no form on paper.")
    return re.sub(r"(?m)^\([\w-]+\)=\n", "", text)


def markdown(chapter: Chapter, render: Mapping[str, Render]) -> str:
    """The whole chapter; `render` has a function for the name of each block that it meets."""
    return "\n\n".join(text for _, text in rendered(chapter, render)) + "\n"


def rendered(chapter: Chapter, render: Mapping[str, Render]) -> Iterator[tuple[Prose | Block, str]]:
    """Each part of the chapter with its Markdown."""
    for part in chapter.parts:
        try:
            yield part, _rendered(part, chapter, render)
        except BookError as error:
            raise BookError(f"{chapter.id}.md, from line {part.line} on: {error}") from error


def _rendered(part: Prose | Block, chapter: Chapter, render: Mapping[str, Render]) -> str:
    if isinstance(part, Prose):
        return prose(part.text, chapter).strip("\n")
    if part.name in render:
        return render[part.name](part)
    if part.name in SHARED:
        return SHARED[part.name](part, chapter)
    block_names = ", ".join(sorted([*render, *SHARED]))
    raise BookError(f"there is no block '{{{part.name}}}'; there are {block_names}.")


def _cited(keys: str) -> str:
    cited = [work(key.strip()) for key in keys.split(",")]
    return "(" + "; ".join(f"[{source.short}]({_quoted(source.address)})" for source in cited) + ")"


def _quoted(address: str) -> str:
    """The address without brackets, which would end a link of Markdown."""
    return address.replace("(", "%28").replace(")", "%29")


def _lab(name: str, say: Say) -> str:
    place = lab(name)
    return f"`{place.name}` {say('(planned)')}" if place.is_planned else f"`{place.name}`"


def _glossary(block: Block, chapter: Chapter) -> str:
    """Terms with their meanings, from Sphinx's glossary; a second term stands in brackets."""
    return "\n".join(
        f"- **{first}**{''.join(f' ({term})' for term in synonyms)}: {meaning}"
        for (first, *synonyms), meaning in definitions(prose(block.body, chapter))
    )


def _references(block: Block, chapter: Chapter) -> str:
    rows = annotated(block.body)
    return "\n".join(f"- {w.entry} <{w.address}> {prose(note, chapter)}" for w, note in rows)


def _note(block: Block, chapter: Chapter) -> str:
    body = prose(block.body, chapter)
    return "\n".join(
        f"> {line}".rstrip() for line in [f"**{block.argument}**", "", *body.split("\n")]
    )


SHARED = {"glossary": _glossary, "references": _references, "note": _note}
