"""The source of a chapter, cut into the parts that the renderings treat differently.

A chapter is MyST Markdown. Its fences of three or more backticks with a name in braces are blocks:
`{code-cell}`, `{chart}`, `{check}`, `{glossary}`, `{references}`, `{note}`. All else is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from book.errors import BookError

OPENING = re.compile(r"^(`{3,})\{([\w-]+)\}[ ]*(.*)$")
OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")


@dataclass(frozen=True)
class Prose:
    """Lines of plain MyST and the number of the first."""

    text: str
    line: int


@dataclass(frozen=True)
class Block:
    """A fence with a name, what stands behind the name, its options and its lines."""

    name: str
    argument: str
    options: dict[str, str] = field(hash=False)
    body: str
    line: int

    def option(self, name: str) -> str:
        """The text of an option. BookError where the block lacks it."""
        if name not in self.options:
            raise BookError(
                f"the block '{{{self.name}}} {self.argument}' in line {self.line} needs a line "
                f"':{name}: ...' below its first one."
            )
        return self.options[name]


def parts(text: str) -> Iterator[Prose | Block]:
    """Prose and blocks in their order; the front matter is left out. BookError where it does not
    end."""
    lines = text.split("\n")
    place = _after_front_matter(lines)
    start = place
    while place < len(lines):
        match = OPENING.match(lines[place])
        if match is None:
            place += 1
            continue
        if any(line.strip() for line in lines[start:place]):
            yield Prose("\n".join(lines[start:place]), start + 1)
        end = _closing(lines, place, match[1])
        yield _block(match, lines[place + 1 : end], place + 1)
        place = start = end + 1
    if any(line.strip() for line in lines[start:]):
        yield Prose("\n".join(lines[start:]), start + 1)


def definitions(body: str) -> list[tuple[tuple[str, ...], str]]:
    """The entries of a glossary: the terms that share a meaning, and the meaning in one line.

    In a translation the first term is that of the language, and the last one the English term.
    """
    entries: list[tuple[list[str], list[str]]] = []
    for line in filter(str.strip, body.split("\n")):
        if line.startswith(" "):
            entries[-1][1].append(line.strip())
        elif entries and not entries[-1][1]:
            entries[-1][0].append(line.strip())
        else:
            entries.append(([line.strip()], []))
    return [(tuple(terms), " ".join(meaning)) for terms, meaning in entries]


def keyed_lines(body: str) -> list[tuple[str, str]]:
    """The lines `key: words` of a list of works; an indented line goes on with the one above."""
    lines = re.sub(r"\n\s+", " ", body).split("\n")
    pairs = [line.partition(":") for line in lines if line.strip()]
    return [(key.strip(), words.strip()) for key, _, words in pairs]


def _after_front_matter(lines: list[str]) -> int:
    if lines[0] != "---":
        return 0
    if "---" not in lines[1:]:
        raise BookError("the front matter begins with '---' and needs a second line '---'.")
    return lines.index("---", 1) + 1


def _closing(lines: list[str], start: int, ticks: str) -> int:
    ends = (n for n in range(start + 1, len(lines)) if lines[n].strip() == ticks)
    return next(ends, len(lines))


def _block(match: re.Match[str], lines: list[str], line: int) -> Block:
    options = {}
    while lines and (option := OPTION.match(lines[0])):
        options[option[1]] = option[2]
        lines = lines[1:]
        while lines and lines[0].startswith("  ") and lines[0].strip():
            options[option[1]] += " " + lines[0].strip()
            lines = lines[1:]
    return Block(match[2], match[3].strip(), options, "\n".join(lines).strip("\n"), line)
