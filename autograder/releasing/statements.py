"""The lines of a solution, hidden test or mark scheme that can tell something.

A comment that is all of a line, a docstring, a stub (`pass`, `...`, `raise NotImplementedError`),
an import and the head of a function tell nothing of how a task is done. A line tells something
when it is long enough and is an assert or has three words that are not Python's own, since
`for i in range(n):` or `lines.append(line)` stand in any library.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.releasing.normal_form import normal

MIN_LINE_CHARS, MIN_LINE_WORDS = 12, 3
MIN_RUN_CHARS, MIN_RUN_WORDS = 24, 4
METHOD_NAMES = (name for kind in (str, list, dict, set) for name in dir(kind))
COMMON_NAMES = {
    *keyword.kwlist,
    *keyword.softkwlist,
    *dir(builtins),
    *METHOD_NAMES,
    "self",
    "np",
    "numpy",
}
COMMENT_LINE = re.compile(r"\s*(?:#|//|/\*|\*/|--\s|%\s|<!--)")
QUOTES = re.compile(r"\"\"\"|'''")
DOCSTRING_BEGIN = re.compile(r"\s*[rRuUbBfF]{0,2}(?:\"\"\"|''')")
HEAD = re.compile(r"\s*(?:import|from|(?:async\s+)?def|class)\s")
STUB = re.compile(r"\s*(?:pass|\.\.\.|raise\s+NotImplementedError\b.*)\s*(?:#.*)?$")
DECORATION = " \t*_>#~`|+-"


@dataclass(frozen=True)
class Statement:
    """A line as written, what of it is no comment, and the normal form of that.

    prose: a line of a text cell or a mark scheme. is_head: an import, the head of a function or
    class, or a stub, which tells nothing alone and ends a run of lines.
    """

    line: str
    content: str
    normal: bytes
    prose: bool
    is_head: bool

    @property
    def words(self) -> frozenset[str]:
        """Its words that are not Python's own."""
        return frozenset(re.findall(r"\w\w+", self.content)) - COMMON_NAMES

    @property
    def tells(self) -> bool:
        """Is the line long and particular enough to give something away?"""
        if self.is_head or len(self.normal.decode("utf-8", "replace")) < MIN_LINE_CHARS:
            return False
        return len(self.words) >= MIN_LINE_WORDS or bool(re.match(r"\s*assert ", self.line))


def statements(text: str, prose: bool, scheme: bool = False) -> list[Statement]:
    """The lines of `text` that are no comment, docstring or blank line.

    prose: a text cell, in which nothing is a comment. scheme: a mark scheme, whose comments are
    its prose.
    """
    lines = text.split("\n") if prose or scheme else list(_code_lines(text))
    all_statements = (_statement(line, prose or scheme) for line in lines)
    return [statement for statement in all_statements if statement.normal]


def run_tells(run: list[Statement]) -> bool:
    """Do these consecutive lines give something away together?"""
    length = sum(len(statement.normal) for statement in run)
    words = frozenset[str]().union(*(statement.words for statement in run))
    return len(run) >= 2 and length >= MIN_RUN_CHARS and len(words) >= MIN_RUN_WORDS


def _statement(line: str, prose: bool) -> Statement:
    if prose:
        plain = line.strip(DECORATION)
        return Statement(line, plain, normal(plain), True, False)
    code = _without_comment(line)
    is_head = bool(HEAD.match(line) or STUB.match(line))
    return Statement(line, code, normal(code), False, is_head)


def _without_comment(line: str) -> str:
    """A line of code up to its comment; a `#` in a string begins none."""
    head, mark, _ = line.partition("#")
    is_quoted = head.count('"') % 2 or head.count("'") % 2
    return line if not mark or is_quoted or head.rstrip() == head != "" else head


def _code_lines(text: str) -> Iterator[str]:
    """The lines that are no comment and in no docstring; other long strings are code."""
    docstring, quoted = False, False
    for line in text.split("\n"):
        starts_docstring = not quoted and bool(DOCSTRING_BEGIN.match(line))
        docstring = docstring if quoted else starts_docstring
        if not docstring and (quoted or not COMMENT_LINE.match(line)):
            yield line
        quoted ^= bool(len(QUOTES.findall(line)) % 2)
