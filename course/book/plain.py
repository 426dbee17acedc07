"""A chapter as Markdown without roles and fences of our own: for paper, and for notebooks.

Numbers are computed; terms are emphasised; citations, labs and links within the book are
words. What becomes of figures, cells and checks is up to the target: one function for each kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from book.catalogues import words
from book.chapter import Chapter
from book.errors import BookError
from book.languages import Say
from book.links import lab
from book.numbers import filled
from book.references import annotated, work
from book.source_text import Block, Prose

Render = Callable[[Block], str]


def prose(text: str, chapter: Chapter) -> str:
    """Prose of a chapter as plain Markdown."""
    text = filled(text, chapter.names)
    text = re.sub(r"\{term\}`([^`<]+)(?:<[^>]+>)?`", lambda m: f"*{m[1].strip()}*", text)
    text = re.sub(r"\{cite\}`([^`]+)`", lambda m: _cited(m[1]), text)
    text = re.sub(r"\{lab\}`([^`]+)`", lambda m: _lab(m[1], words(chapter.language)), text)
    text = re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    left = re.search(r"\{[\w:-]+\}`", text)
    if left:
        raise BookError(
            f"the role {left[0]}...` of the chapter '{chapter.id}' has no form on paper."
        )
    return re.sub(r"(?m)^\([\w-]+\)=\n", "", text)


def markdown(chapter: Chapter, render: Mapping[str, Render]) -> str:
    """The whole chapter; `render` has a function for the name of each block that it meets."""
    made = []
    for part in chapter.parts:
        if isinstance(part, Prose):
            made.append(prose(part.text, chapter).strip("\n"))
        elif part.name in render:
            made.append(render[part.name](part))
        elif part.name in SHARED:
            made.append(SHARED[part.name](part, chapter))
        else:
            raise BookError(f"line {part.line}: there is no block '{{{part.name}}}'.")
    return "\n\n".join(made) + "\n"


def _cited(keys: str) -> str:
    return "(" + "; ".join(work(key.strip()).short for key in keys.split(",")) + ")"


def _lab(name: str, say: Say) -> str:
    place = lab(name)
    return f"`{place.words}` {say('(planned)')}" if place.is_planned else f"`{place.words}`"


def _glossary(block: Block, chapter: Chapter) -> str:
    """Terms with their meanings, from Sphinx's glossary; a second term stands in brackets."""
    made = []
    for entry in re.split(r"\n\s*\n", prose(block.body, chapter).strip("\n")):
        lines = entry.split("\n")
        first, *others = [line.strip() for line in lines if not line.startswith(" ")]
        meaning = " ".join(line.strip() for line in lines if line.startswith(" "))
        made.append(f"- **{first}**{''.join(f' ({term})' for term in others)}: {meaning}")
    return "\n".join(made)


def _references(block: Block, chapter: Chapter) -> str:
    rows = annotated(block.body)
    return "\n".join(f"- {w.entry} <{w.address}> {prose(note, chapter)}" for w, note in rows)


def _note(block: Block, chapter: Chapter) -> str:
    body = prose(block.body, chapter)
    return "\n".join(
        f"> {line}".rstrip() for line in [f"**{block.argument}**", "", *body.split("\n")]
    )


SHARED = {"glossary": _glossary, "references": _references, "note": _note}
