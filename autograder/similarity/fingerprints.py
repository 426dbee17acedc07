"""The fingerprints of an answer, each with the lines that it stands for.

Winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) chooses among the hashes of all runs of K
signs the smallest of every WINDOW in a row, so that a common run of K + WINDOW - 1 signs is never
missed, wherever it stands. Of code, runs lie within one statement, and every value that one
statement hands to another gives a fingerprint of the two: neither depends on the order of what is
independent. What is not Python is a stream of signs, and prose a stream of words.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from autograder.similarity.spans import Span, spans
from autograder.similarity.units import Unit, read_units

K, WINDOW = 5, 4  # signs of a statement
STREAM_K, STREAM_WINDOW = 9, 6  # signs of code that does not parse
WORDS_K, WORDS_WINDOW = 5, 4  # words of prose
APART = {  # winnowed runs overlap: the part of each that is new
    "stream": (STREAM_WINDOW + 1) / (2 * STREAM_K),
    "words": (WORDS_WINDOW + 1) / (2 * WORDS_K),
}
MAX_CHARACTERS = 60_000  # of an answer
_SIGN = re.compile(r"[^\W\d]\w*|\d[\w.]*|\"[^\"\n]*\"|'[^'\n]*'|[^\w\s]")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[ \t]+|\n+")

Prints = Mapping[int, frozenset[Span]]  # fingerprint -> the lines that it stands for
Place = tuple[str, int]  # a sign and its line


@dataclass(frozen=True)
class AnswerPrints:
    """The fingerprints of an answer. kind: 'tree', 'stream' (no Python) or 'words'. too_deep: it
    may be Python, and is nested too deeply or has too long a number for its tree to be read.
    indirect: the words by which it finds or runs code by a text (`indirect.py`).
    """

    kind: str
    prints: Prints
    too_deep: bool = False
    indirect: frozenset[str] = frozenset()


def code_prints(text: str, asked_names: frozenset[str] = frozenset()) -> AnswerPrints:
    """The fingerprints of a code cell: of its syntax tree, of a stream of signs if it has none.

    asked_names: those that the notebook uses; a function that nothing calls then does not count.
    """
    try:
        units = read_units(text[:MAX_CHARACTERS], asked_names)
    except SyntaxError:
        return AnswerPrints("stream", stream_prints(text))
    except (ValueError, RecursionError, MemoryError):
        return AnswerPrints("stream", stream_prints(text), too_deep=True)
    return AnswerPrints("tree", _collected((*_within(units), *_between(units))))


def stream_prints(text: str) -> Prints:
    """The fingerprints of code of any language, its names and comments left out."""
    lines = _COMMENT.sub("", text[:MAX_CHARACTERS]).split("\n")
    places = [
        (_stream_sign(sign), number)
        for number, line in enumerate(lines, start=1)
        for sign in _SIGN.findall(line)
    ]
    return _collected(_winnowed(places, STREAM_K, STREAM_WINDOW))


def prose_prints(text: str) -> AnswerPrints:
    """The fingerprints of a written answer: runs of words, in small letters. Its lines are its
    sentences."""
    places = [
        (word.casefold(), number)
        for number, line in enumerate(text_lines("words", text[:MAX_CHARACTERS]), start=1)
        for word in _WORD.findall(line)
    ]
    return AnswerPrints("words", _collected(_winnowed(places, WORDS_K, WORDS_WINDOW)))


def text_lines(kind: str, text: str) -> list[str]:
    """The lines that the fingerprints of this kind are counted by: of prose, its sentences."""
    return _SENTENCE_END.split(text) if kind == "words" else text.split("\n")


def _stream_sign(sign: str) -> str:
    if sign[0] in "\"'":
        return "text"
    return "name" if _NAME.fullmatch(sign) and not keyword.iskeyword(sign) else sign


def _within(units: Iterable[Unit]) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Of each statement: itself as a whole, and the runs that winnowing chooses."""
    for unit in units:
        lines = ((unit.first, unit.last),)
        yield _hash(("whole", *unit.words)), lines
        if len(unit.words) > K:
            for number, _ in _winnowed([(word, 0) for word in unit.words], K, WINDOW):
                yield number, lines


def _between(units: Sequence[Unit]) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Of each value that a statement reads: the statement that bound it last, and this one."""
    binding: dict[tuple[int, str], tuple[Unit, blake2b]] = {}
    for unit in units:
        read = (binding.get((unit.scope, name)) for name in sorted(unit.reads))
        words = _joined(unit.words)
        for earlier, begun in {id(pair[0]): pair for pair in read if pair}.values():
            lines = ((earlier.first, earlier.last), (unit.first, unit.last))
            pair_hash = begun.copy()  # each statement is hashed once, however many read from it
            pair_hash.update(words)
            yield int.from_bytes(pair_hash.digest(), "big"), lines
        if unit.binds:
            begun = blake2b(_joined(("between", *unit.words, "->", "")), digest_size=8)
            binding |= {(unit.scope, name): (unit, begun) for name in unit.binds}


def _winnowed(
    places: Sequence[Place], k: int, window: int
) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Of every `window` runs of k signs in a row the smallest hash, the rightmost of equal ones,
    and the lines of its run."""
    signs = [sign for sign, _ in places]
    hashes = [_hash(signs[i : i + k]) for i in range(len(signs) - k + 1)]
    chosen = -1
    for start in range(max(1, len(hashes) - window + 1) if hashes else 0):
        ends = range(start, min(start + window, len(hashes)))
        smallest = min(ends, key=lambda i: (hashes[i], -i))
        if smallest != chosen:
            chosen = smallest
            yield hashes[chosen], spans(line for _, line in places[chosen : chosen + k])


def _hash(signs: Sequence[str]) -> int:
    return int.from_bytes(blake2b(_joined(signs), digest_size=8).digest(), "big")


def _joined(signs: Iterable[str]) -> bytes:
    return "\x1f".join(signs).encode()


def _collected(fingerprints: Iterable[tuple[int, tuple[Span, ...]]]) -> Prints:
    lines: dict[int, set[Span]] = {}
    for number, where in fingerprints:
        lines.setdefault(number, set()).update(where)
    return {number: frozenset(where) for number, where in lines.items()}
