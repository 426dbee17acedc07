"""A text block: Markdown shown as it was written, in a block of code under a sentence."""

from __future__ import annotations

import re

TEXT_NOTICE = "*This cell is shown as text: it could not be made safe to display.*"
LONG_LINE = re.compile(r"[^\n]{200}(?=[^\n])")
OPENING = re.compile(re.escape(TEXT_NOTICE) + r"\n\n(`{3,})text\n")


def text_block(text: str) -> str:
    """The Markdown shown as it was written, in a block of code.

    Its lines are folded: nbconvert needs the square of the brackets that stand in one line.
    """
    text = LONG_LINE.sub("\\g<0>\n", text.strip())
    longest_run = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest_run + 1)
    return f"{TEXT_NOTICE}\n\n{fence}text\n{text}\n{fence}"


def is_text_block(text: str) -> bool:
    """Is the Markdown a text block and nothing else?"""
    opening = OPENING.match(text)
    return opening is not None and text_block(text[opening.end() : -len(opening[1]) - 1]) == text
