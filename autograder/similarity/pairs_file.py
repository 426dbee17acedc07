"""The pairs of an assignment as CSV, a row each: all that stand out, then the next below them."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.reporting.table_file import Value, to_csv
from autograder.similarity.compare import Similarity

HEAD = (
    *("assignment", "notebook", "question", "student", "other student", "similarity"),
    *("threshold", "shared fingerprints", "bits beyond chance", "stands out"),
)


def pairs_csv(result: Similarity) -> str:
    """The text of the table (RFC 4180). similarity and threshold: 0 to 1."""
    return to_csv(HEAD, _rows(result))


def _rows(result: Similarity) -> Iterator[tuple[Value, ...]]:
    for comparison in result.comparisons:
        question, limit = comparison.question, comparison.ranking.threshold
        for pair in comparison.pairs:
            yield (
                result.assignment.id,
                question.notebook,
                question.cell,
                pair.one.student,
                pair.other.student,
                round(pair.similarity, 3),
                round(limit.similarity, 3),
                pair.shared,
                round(pair.bits, 1),
                "yes" if pair.stands_out else "no",
            )
