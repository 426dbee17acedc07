"""The text of a check, read line by line into entries.

    kind: number
    given: n = int(rng.choice([100, 200]))
    ask: How long do {num}`n` calls of 5 ms take?
    answer: n * 5
    unit: ms
    within: 1 %
    trap: n / 5
      say: You divided; each call takes its own time.
    why: The calls follow one another.

A line that begins with two spaces goes on with the entry above it, or adds `right`, `place` or
`say` to it. `given`, `choice` and `trap` may stand several times, every other name once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from book.errors import BookError

KINDS = ("number", "choose", "predict", "order")
NAMES = ("kind", "given", "ask", "answer", "unit", "within", "trap", "choice", "why")
MANY = ("given", "choice", "trap")
INSIDE = ("right", "place", "say")
ENTRY = re.compile(r"^( *)([a-z]+):\s*(.*)$")


@dataclass
class Entry:
    """A name, its text, and the entries inside it."""

    name: str
    text: str
    inside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckText:
    """The entries of a check under its id. line: where it stands in the chapter."""

    id: str
    entries: tuple[Entry, ...]
    line: int

    def all(self, name: str) -> list[Entry]:
        """The entries of that name, in their order."""
        return [entry for entry in self.entries if entry.name == name]

    def one(self, name: str, default: str | None = None) -> str:
        """The text of the entry of that name. BookError where it is missing without a default."""
        found = [entry.text for entry in self.all(name)]
        if not found and default is None:
            raise BookError(f"the check '{self.id}' (line {self.line}) needs an entry '{name}:'.")
        return found[0] if found else str(default)

    @property
    def kind(self) -> str:
        """One of KINDS."""
        kind = self.one("kind")
        if kind not in KINDS:
            raise BookError(
                f"the check '{self.id}' is of kind '{kind}'; there are {', '.join(KINDS)}."
            )
        return kind


def read_check(check_id: str, body: str, line: int) -> CheckText:
    """The check with that id. BookError for a line that is no entry."""
    entries: list[Entry] = []
    last = ""
    for text in filter(str.strip, body.split("\n")):
        match = ENTRY.match(text)
        if match and not match[1] and match[2] in NAMES:
            entries.append(Entry(match[2], match[3]))
            last = ""
        elif not entries or not text.startswith("  "):
            raise BookError(
                f"the check '{check_id}' (line {line}) has the line '{text}', which is no entry."
            )
        elif match and match[2] in INSIDE:
            last = match[2]
            entries[-1].inside[last] = match[3]
        elif last:
            entries[-1].inside[last] += " " + text.strip()
        else:
            entries[-1].text += " " + text.strip()
    names = [entry.name for entry in entries if entry.name not in MANY]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BookError(f"the check '{check_id}' (line {line}) has '{min(twice)}:' twice.")
    return CheckText(check_id, tuple(entries), line)
