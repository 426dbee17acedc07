"""The wrong answers that many give, by the sentence of the test that failed first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.model import Grade

MOST = 3  # wrong answers of a question
FEWEST = 2  # students who gave it
_VALUE = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|'[^']*'", re.I)


@dataclass(frozen=True)
class Failure:
    """A way to lose points at a question. message: as one student was told. students: how many,
    and share: of all whose mark is final."""

    message: str
    students: int
    share: float


def failures(grades: Iterable[Grade]) -> Mapping[tuple[str, str], tuple[Failure, ...]]:
    """(notebook, cell) -> its most frequent failures. Messages that differ in a number or in a
    quoted text alone are one."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    examples: dict[tuple[str, str, str], str] = {}
    final: Counter[tuple[str, str]] = Counter()
    for mark in (m for grade in grades for m in grade.marks if not m.needs_review):
        key = (mark.notebook, mark.cell)
        final[key] += 1
        if mark.points < mark.out_of and mark.message:
            form = _VALUE.sub("...", mark.message)
            counts.setdefault(key, Counter())[form] += 1
            examples.setdefault((*key, form), mark.message)
    return {
        key: tuple(
            Failure(examples[*key, form], n, n / final[key])
            for form, n in sorted(forms.items(), key=lambda item: (-item[1], item[0]))[:MOST]
            if n >= FEWEST
        )
        for key, forms in counts.items()
    }
