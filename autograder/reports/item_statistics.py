"""How hard each question was, and how well it told strong work from weak work.

Difficulty is the mean share of points. Discrimination is the corrected item-total correlation: of
the share at the question with the share of all other points of the same student, with its 95 %
interval by Fisher's z. Beside it stands the upper-lower index (Kelley 1939): the mean share of the
best 27 % by all other points less that of the weakest 27 %. Where there are too few students, there
is no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from autograder.model import Grade

FEWEST_FOR_MEAN = 5
FEWEST_FOR_CORRELATION = 20
FEWEST_FOR_GROUPS = 30
GROUP = 0.27  # of the class, at each end
Z_95 = 1.959964


@dataclass(frozen=True)
class Item:
    """A graded cell over a class of n students whose mark is final; None where n is too small.

    difficulty: mean share of the points, 1 is easy. correlation: corrected item-total, with
    interval (low, high). upper_lower: best less weakest 27 %. full: share of students with all
    points.
    """

    notebook: str
    cell: str
    out_of: float
    n: int
    difficulty: float | None
    full: float | None
    correlation: float | None
    interval: tuple[float, float] | None
    upper_lower: float | None


@dataclass(frozen=True)
class _Column:
    """A question's share of points of each student, beside their share at everything else."""

    shares: list[float]
    rests: list[float]


def item_statistics(grades: Iterable[Grade]) -> list[Item]:
    """An item for each graded cell, in the order of the notebooks.

    Marks that wait for a person count nowhere; neither do cells worth no points.
    """
    columns: dict[tuple[str, str], _Column] = {}
    worth: dict[tuple[str, str], float] = {}
    for grade in grades:
        final = [m for m in grade.marks if not m.needs_review and m.out_of > 0]
        earned, possible = sum(m.points for m in final), sum(m.out_of for m in final)
        for mark in final:
            column = columns.setdefault((mark.notebook, mark.cell), _Column([], []))
            worth[mark.notebook, mark.cell] = mark.out_of
            other_points = possible - mark.out_of
            column.shares.append(mark.points / mark.out_of)
            column.rests.append(
                (earned - mark.points) / other_points if other_points else float("nan")
            )
    return [_item(key, worth[key], column) for key, column in columns.items()]


def _item(key: tuple[str, str], out_of: float, column: _Column) -> Item:
    shares = np.array(column.shares)
    n = len(shares)
    enough = n >= FEWEST_FOR_MEAN
    correlation = item_rest_correlation(shares, np.array(column.rests))
    return Item(
        notebook=key[0],
        cell=key[1],
        out_of=out_of,
        n=n,
        difficulty=float(shares.mean()) if enough else None,
        full=float((shares >= 1).mean()) if enough else None,
        correlation=correlation,
        interval=None if correlation is None else fisher_interval(correlation, n),
        upper_lower=upper_lower(column.shares, column.rests),
    )


def item_rest_correlation(shares: np.ndarray, rests: np.ndarray) -> float | None:
    """Pearson's correlation of two columns; None where one does not vary, or n is too small."""
    if len(shares) < FEWEST_FOR_CORRELATION or not np.isfinite(rests).all():
        return None
    if np.ptp(shares) < 1e-12 or np.ptp(rests) < 1e-12:
        return None
    return float(np.clip(np.corrcoef(shares, rests)[0, 1], -1, 1))


def fisher_interval(correlation: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a correlation over n pairs."""
    if abs(correlation) >= 1:
        return correlation, correlation
    middle, half = atanh(correlation), Z_95 / sqrt(n - 3)
    return tanh(middle - half), tanh(middle + half)


def upper_lower(shares: Sequence[float], rests: Sequence[float]) -> float | None:
    """The mean share of the best 27 % by `rests` less that of the weakest; None for a small class.

    Students with the same rest at the edge of a group each belong to it in part.
    """
    size = round(GROUP * len(shares))
    if len(shares) < FEWEST_FOR_GROUPS or not np.isfinite(rests).all():
        return None
    best = _mean_of_group(shares, [-rest_share for rest_share in rests], size)
    return best - _mean_of_group(shares, list(rests), size)


def _mean_of_group(shares: Sequence[float], ranks: Sequence[float], size: int) -> float:
    """The mean share of the `size` lowest ranks; those of equal rank at its edge in part."""
    edge = sorted(ranks)[size - 1]
    inside = [share for share, rank in zip(shares, ranks, strict=True) if rank < edge]
    at_edge = [share for share, rank in zip(shares, ranks, strict=True) if rank == edge]
    places = size - len(inside)
    return (sum(inside) + places * sum(at_edge) / len(at_edge)) / size
