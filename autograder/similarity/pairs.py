"""The pairs of answers to one question, ranked, and which of them stand out.

Three things must come together for a pair to be marked: its similarity reaches the threshold of the
class, the two share at least LEAST_SHARED distinctive fingerprints, and the evidence is at least
LEAST_BITS beyond chance. Answers with fewer distinctive fingerprints than that are too short to
tell, whatever they look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from autograder.similarity.fingerprints import Prints
from autograder.similarity.overlap import Overlap, evidence_bits, overlap, shared_prints
from autograder.similarity.spans import FreeLines
from autograder.similarity.threshold import (
    LEAST_BITS,
    LEAST_SHARED,
    Threshold,
    threshold,
)

LISTED_BELOW = 10  # pairs below the threshold that are listed too


@dataclass(frozen=True)
class Answer:
    """A student's answer to a question. kind: of its fingerprints. group: who handed it in
    together; two answers of one group are no pair."""

    student: str
    text: str
    kind: str
    prints: Prints
    group: str


@dataclass(frozen=True)
class Pair:
    """Two answers: how similar, how many distinctive fingerprints they share, the bits of evidence
    beyond chance, the lines of each that they share, with the bits of the rarest fingerprint in
    each line, and whether the pair stands out."""

    one: Answer
    other: Answer
    similarity: float
    shared: int
    bits: float
    lines: tuple[Mapping[int, float], Mapping[int, float]]
    stands_out: bool


@dataclass(frozen=True)
class Ranking:
    """The pairs of a question, the most telling first. long_enough: how many of `answers` have
    enough distinctive fingerprints to be compared."""

    answers: int
    long_enough: int
    threshold: Threshold
    pairs: tuple[Pair, ...]

    @property
    def too_short(self) -> bool:
        """Whether no two answers are long enough to tell anything."""
        return self.long_enough < 2

    @property
    def marked(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.stands_out)


def ranking(answers: Sequence[Answer], released_prints: Mapping[str, Prints]) -> Ranking:
    """The ranked pairs of `answers`, all of one kind.

    released_prints: kind -> fingerprints of what was released, which are nobody's.
    """
    prints = [_without(answer.prints, released_prints.get(answer.kind, {})) for answer in answers]
    between = overlap(prints)
    is_long = between.counts >= LEAST_SHARED
    groups = np.array([answer.group for answer in answers], dtype=object)
    is_pair = np.triu(np.outer(is_long, is_long), 1) & (groups[:, None] != groups[None, :])
    limit = threshold(between.similarity[is_pair])
    pairs = sorted(
        _pairs(answers, prints, between, is_pair, limit),
        key=lambda p: (not p.stands_out, -p.bits, p.one.student, p.other.student),
    )
    pairs_below = [p for p in pairs if not p.stands_out]
    listed_pairs = [p for p in pairs if p.stands_out] + pairs_below[:LISTED_BELOW]
    return Ranking(len(answers), int(is_long.sum()), limit, tuple(listed_pairs))


def _pairs(
    answers: Sequence[Answer],
    prints: Sequence[Prints],
    between: Overlap,
    is_pair: np.ndarray,
    limit: Threshold,
) -> Iterator[Pair]:
    """The pairs that reach the threshold, and of the others the most similar."""
    enough = is_pair & (between.shared >= LEAST_SHARED)
    places = np.argwhere(enough)
    similarities = between.similarity[enough]
    order = np.argsort(-similarities, kind="stable")
    reaching = int((similarities >= limit.similarity).sum())
    for place in order[: reaching + LISTED_BELOW]:
        above = similarities[place] >= limit.similarity
        i, j = places[place]
        one, other = prints[i], prints[j]
        kind = answers[i].kind
        bits = max(
            evidence_bits(between, one, other, kind), evidence_bits(between, other, one, kind)
        )
        beyond = bits - log2(limit.pairs)
        common = shared_prints(between, one, other)
        yield Pair(
            answers[i],
            answers[j],
            float(similarities[place]),
            int(between.shared[i, j]),
            beyond,
            (_lines(between, one, common), _lines(between, other, common)),
            bool(above and beyond >= LEAST_BITS),
        )


def _lines(between: Overlap, prints: Prints, common: Sequence[int]) -> Mapping[int, float]:
    """Each line that holds a shared fingerprint, with the bits of the rarest. common: rarest
    first."""
    free = FreeLines()
    return {n: between.weights[number] for number in common for n in free.take(prints[number])}


def _without(prints: Prints, released_prints: Prints) -> Prints:
    return {number: lines for number, lines in prints.items() if number not in released_prints}
