"""The pairs of an assignment as CSV, a row each: all that stand out, then the next below them, then
those that have the same text and are too short for more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from autograder.reporting.table_file import Value, to_csv
from autograder.similarity.compare import Similarity
from autograder.similarity.same_text import SameText

HEAD = (
    *("assignment", "notebook", "question", "student", "other student", "similarity"),
    *("threshold", "shared fingerprints", "bits beyond chance", "stands out", "same text"),
)


def pairs_csv(result: Similarity) -> str:
    """The text of the table (RFC 4180). similarity and threshold: 0 to 1."""
    return to_csv(HEAD, _rows(result))


def _pairs(texts: Iterable[SameText]) -> Iterator[tuple[str, str]]:
    """Each two students who handed in the same text and not together, in order."""
    for text in texts:
        for one, other in combinations(text, 2):
            yield from ((min(pair), max(pair)) for pair in product(one, other))


def _rows(result: Similarity) -> Iterator[tuple[Value, ...]]:
    for comparison in result.comparisons:
        question, limit = comparison.question, comparison.ranking.threshold
        where = result.assignment.id, question.notebook, question.cell
        same_text_pairs = set(_pairs(comparison.same_text))
        for pair in comparison.pairs:
            students = pair.one.student, pair.other.student
            yield (
                *(*where, *students),
                round(pair.similarity, 3),
                round(limit.similarity, 3),
                pair.shared,
                round(pair.bits, 1),
                "yes" if pair.stands_out else "no",
                "yes" if tuple(sorted(students)) in same_text_pairs else "no",
            )
            same_text_pairs.discard(tuple(sorted(students)))
        for students in sorted(same_text_pairs):
            yield (*where, *students, None, None, None, None, "no", "yes")
