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
`say` to it. `given`, `choice` and `trap` may stand several times, every other name once. `alone`
is the question as it is asked where nobody has read the chapter, in Moodle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from book.errors import BookError

KINDS = ("number", "choose", "predict", "order")
NAMES = ("kind", "given", "ask", "alone", "answer", "unit", "within", "trap", "choice", "why")
MANY = ("given", "choice", "trap")
INSIDE = ("right", "place", "say")
ENTRY = re.compile(r"^( *)([a-z]+):\s*(.*)$")


@dataclass
class Line:
    """A name, its text, and the entries inside it."""

    name: str
    text: str
    inside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckText:
    """The entries of a check under its id. line: where it stands in the chapter."""

    id: str
    lines: tuple[Line, ...]
    line: int

    def all(self, name: str) -> list[Line]:
        """The entries of that name, in their order."""
        return [line for line in self.lines if line.name == name]

    def one(self, name: str, default: str | None = None) -> str:
        """The text of the entry of that name. BookError where it is missing without a default."""
        texts = [line.text for line in self.all(name)]
        if not texts and default is None:
            raise BookError(f"the check '{self.id}' (line {self.line}) needs an entry '{name}:'.")
        return texts[0] if texts else str(default)

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
    lines: list[Line] = []
    last = ""
    for text in filter(str.strip, body.split("\n")):
        match = ENTRY.match(text)
        if match and not match[1] and match[2] in NAMES:
            lines.append(Line(match[2], match[3]))
            last = ""
        elif not lines or not text.startswith("  "):
            raise BookError(
                f"the check '{check_id}' (line {line}) has the line '{text}', which is no entry."
            )
        elif match and match[2] in INSIDE:
            last = match[2]
            lines[-1].inside[last] = match[3]
        elif last:
            lines[-1].inside[last] += " " + text.strip()
        else:
            lines[-1].text += " " + text.strip()
    names = [entry.name for entry in lines if entry.name not in MANY]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BookError(f"the check '{check_id}' (line {line}) has '{min(twice)}:' twice.")
    return CheckText(check_id, tuple(lines), line)
