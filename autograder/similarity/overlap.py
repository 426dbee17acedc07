"""How much each two answers of a question share, from an index of their fingerprints.

The index lists, for each fingerprint, the answers that have it; only answers on one list meet.
A fingerprint that more than COMMON of the class have says nothing and is left out. One that d of n
answers have weighs log2(n/d) bits: the rarer, the more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from autograder.similarity.fingerprints import APART, Prints
from autograder.similarity.spans import FreeLines

COMMON = 0.50  # share of a class
FEWEST_COMMON = 3  # answers: in a small class, what up to three have may be rare


@dataclass(frozen=True)
class Overlap:
    """The answers of a question, two by two.

    weights: fingerprint -> bits, for what is distinctive. counts: shape (answers,), the number of
    distinctive fingerprints of each. similarity: shape (answers, answers), 0 to 1. shared: the
    number of distinctive fingerprints that two have in common.
    """

    weights: dict[int, float]
    counts: np.ndarray
    similarity: np.ndarray
    shared: np.ndarray


def overlap(answers: Sequence[Prints]) -> Overlap:
    """The overlap of each two answers.

    Similarity is the weight of what two answers share over the geometric mean of their weights.
    """
    n = len(answers)
    index: dict[int, list[int]] = {}
    for place, prints in enumerate(answers):
        for number in prints:
            index.setdefault(number, []).append(place)
    most = max(FEWEST_COMMON, ceil(COMMON * n))
    # what one answer alone has weighs as much as what two have: sharing it would make it two
    weights = {f: log2(n / max(2, len(p))) for f, p in index.items() if len(p) <= most and n > 2}
    total, counts = np.zeros(n), np.zeros(n, int)
    weight, shared = np.zeros((n, n)), np.zeros((n, n), int)
    for number, bits in weights.items():
        places = np.array(index[number])
        total[places] += bits
        counts[places] += 1
        if len(places) > 1:
            each_two = np.ix_(places, places)
            weight[each_two] += bits
            shared[each_two] += 1
    mean = np.sqrt(np.outer(total, total))
    similarity = np.divide(weight, mean, out=np.zeros((n, n)), where=mean > 0)
    return Overlap(weights, counts, similarity, shared)


def shared_prints(overlap: Overlap, one: Prints, other: Prints) -> list[int]:
    """The distinctive fingerprints that two answers have in common, the rarest first."""
    common = [number for number in one if number in other and number in overlap.weights]
    return sorted(common, key=lambda number: (-overlap.weights[number], number))


def evidence_bits(overlap: Overlap, one: Prints, other: Prints, kind: str) -> float:
    """The bits of what two answers of this kind share.

    Of code each line of the first counts once: several fingerprints of one line are one
    coincidence. Of a stream each run counts as far as it does not overlap the one before.
    """
    common = shared_prints(overlap, one, other)
    if kind in APART:
        return APART[kind] * sum(overlap.weights[number] for number in common)
    return sum(bits for _, bits in _lines_once(overlap, one, common))


def _lines_once(
    overlap: Overlap, prints: Prints, common: Sequence[int]
) -> Iterator[tuple[int, float]]:
    free = FreeLines()
    for number in common:
        if free.take(prints[number]):
            yield number, overlap.weights[number]
