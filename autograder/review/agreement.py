"""How far two people agree who marked the same answers without seeing each other's marks.

Cohen's kappa is the share of equal marks beyond what chance would give two people with these
habits: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
Measurement 20 (1960). The weighted one counts a disagreement by the square of its points: J. Cohen,
"Weighted kappa", Psychological Bulletin 70 (1968).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Pair = tuple[float, float]


@dataclass(frozen=True)
class Agreement:
    """Two markers over `n` answers. kappa, weighted: None where they are not defined, since both
    gave all answers the same points. difference: mean of first less second, in points."""

    n: int
    equal: int
    kappa: float | None
    weighted: float | None
    difference: float


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """What the pairs of points say. Raises ValueError where there is none."""
    if not pairs:
        raise ValueError("no answer was marked by two people")
    return Agreement(
        n=len(pairs),
        equal=sum(first == second for first, second in pairs),
        kappa=kappa(pairs, lambda first, second: float(first != second)),
        weighted=kappa(pairs, lambda first, second: (first - second) ** 2),
        difference=sum(first - second for first, second in pairs) / len(pairs),
    )


def kappa(pairs: Sequence[Pair], weight: Callable[[float, float], float]) -> float | None:
    """1 less the weighted disagreement that was observed, over the one that chance would give."""
    firsts = Counter(first for first, _ in pairs)
    seconds = Counter(second for _, second in pairs)
    observed = sum(weight(first, second) for first, second in pairs) / len(pairs)
    chance = sum(
        weight(first, second) * m * n
        for first, m in firsts.items()
        for second, n in seconds.items()
    ) / (len(pairs) ** 2)
    return 1 - observed / chance if chance else None
