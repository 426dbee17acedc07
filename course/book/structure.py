"""What of a chapter no translation changes: its blocks, their options, what its checks compute.

A chapter is written back with the words of a language and read again. Whatever is then read must be
what the English chapter has, or a translation would say which code runs and which answer is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from book.checks.entries import read_check
from book.source_text import Block, Prose
from book.translatable import PLACES


def differences(ours: Sequence[Prose | Block], theirs: Sequence[Prose | Block]) -> Iterator[str]:
    """Sentences on the parts of a translation that are not those of the original."""
    for part, other in zip_longest(ours, theirs):
        if part is None or other is None:
            yield f"it has {len(theirs)} parts, and its original has {len(ours)}."
        elif fixed_content(part) != fixed_content(other):
            yield (
                f"a translation changes what is no text in the part that begins in line "
                f"{part.line} of the original."
            )


def fixed_content(part: Prose | Block) -> Any:
    """All of a part that is not for a translator."""
    if isinstance(part, Prose):
        return "prose"
    argument = "" if part.name == "note" else part.argument
    options = {
        name: "" if name in ("alt", "caption") else text for name, text in part.options.items()
    }
    if part.name == "check":
        return part.name, argument, options, _entries(part)
    body = "" if part.name in ("chart", "glossary", "references", "note") else part.body
    return part.name, argument, options, body


def _entries(block: Block) -> list[Any]:
    lines = read_check(block.argument, block.body, block.line).lines
    return [
        (
            line.name,
            _fixed_text(line.name, line.text),
            {n: _fixed_text(n, t) for n, t in line.inside.items()},
        )
        for line in lines
    ]


def _fixed_text(name: str, text: str) -> str:
    return "" if name in PLACES else text
