"""The code and the formulas of a Markdown text, found in one pass.

Readers of Markdown do not agree on every text; this is one reading, in which a block or a span of
code comes before the formula in it, and a formula before the code in it, whichever opens first.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

OPENER = re.compile(
    r"^[ \t>]*+(?P<fence>`{3,}+|~{3,}+)[^\n]*\n|(?P<span>`++)|(?P<dollars>\$\$?)"
    r"|\\begin\{(?P<name>[a-z]{1,30}+\*?)\}|\\\\(?P<bracket>[(\[])",
    re.M,
)
CLOSING_FENCE = re.compile(r"^[ \t>]*+(`{3,}+|~{3,}+)[`~]*+[ \t]*+$", re.M)
END = re.compile(r"\\end\{([a-z]{1,30}+\*?)\}|\\\\([)\]])")
DOLLARS = {"$$": re.compile(r"\$\$[^$]++\$\$"), "$": re.compile(r"\$[^$\n]++\$")}


class Part(NamedTuple):
    """A block or a span of code, or a formula. kind: "fence", "span" or "formula"."""

    kind: str
    start: int
    end: int


def parts(text: str) -> Iterator[Part]:
    """The parts of a text in their order; none lies in another."""
    ends = _Ends(text)
    position = 0
    while opener := OPENER.search(text, position):
        part = _part(text, opener, ends)
        if part:
            yield part
        position = part.end if part else _behind(opener)


def _behind(opener: re.Match[str]) -> int:
    """Where the search goes on behind an opener that opens nothing."""
    if opener["dollars"]:
        return opener.start() + 1
    return opener.end("fence") if opener["fence"] else opener.end()


def _part(text: str, opener: re.Match[str], ends: _Ends) -> Part | None:
    """The part that begins with an opener, None where nothing ends it."""
    if opener["fence"]:
        end = ends.of_fence(opener["fence"], opener.end())
        if end is not None:
            return Part("fence", opener.start(), end)
    run = opener["span"] or opener["fence"]
    if run:
        start = opener.start("span" if opener["span"] else "fence")
        end = ends.after(run, start + len(run)) if run[0] == "`" else None
        return Part("span", start, end) if end is not None else None
    start = opener.start()
    if opener["dollars"]:
        formula = DOLLARS[opener["dollars"]].match(text, start)
        return Part("formula", start, formula.end()) if formula else None
    closing = opener["name"] or {"(": ")", "[": "]"}[opener["bracket"]]
    end = ends.after(closing, opener.end())
    return Part("formula", start, end) if end is not None else None


class _Ends:
    """Where runs of backticks, environments, brackets and fences end, for a search in one step."""

    def __init__(self, text: str) -> None:
        self.places: dict[str, list[int]] = defaultdict(list)
        for run in re.finditer(r"`++", text):
            self.places[run[0]].append(run.end())
        for mark in END.finditer(text):
            self.places[mark[1] or mark[2]].append(mark.end())
        self.fences = [
            (fence.start(), fence.end(), fence[1]) for fence in CLOSING_FENCE.finditer(text)
        ]
        self.unclosed = {"`": len(text) + 1, "~": len(text) + 1}

    def after(self, mark: str, position: int) -> int | None:
        """The end of the first such mark that begins at a position or behind it."""
        ends = self.places.get(mark, [])
        place = bisect_left(ends, position + 1)
        return ends[place] if place < len(ends) else None

    def of_fence(self, fence: str, position: int) -> int | None:
        """The end of the first line at a position or behind it that closes a fence.

        Where none closes it, none closes a longer one further down: so each length is looked for
        in vain but once.
        """
        if len(fence) >= self.unclosed[fence[0]]:
            return None
        for place in range(bisect_left(self.fences, (position, 0, "")), len(self.fences)):
            _start, end, run = self.fences[place]
            if run.startswith(fence):
                return end
        self.unclosed[fence[0]] = len(fence)
        return None
