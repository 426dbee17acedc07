"""The medal table: what the teams of each university hold. Only rows that were judged here count.

Teams whose university is not told are counted together, in the last row, which has no rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from autograder.olympics.ranking import Row


@dataclass(frozen=True)
class MedalRow:
    """The medals of a university, or of all teams whose university is not told: '', with rank 0.
    rank: 1, 1, 3 where the first two have the same medals."""

    university: str
    gold: int
    silver: int
    bronze: int
    rank: int = 0

    @property
    def medals(self) -> tuple[int, int, int]:
        return self.gold, self.silver, self.bronze


def medal_table(
    rankings: Iterable[Iterable[Row]], university_of: Callable[[str], str]
) -> list[MedalRow]:
    """The universities with a medal, most gold first, then silver, then bronze, then by name.

    university_of: the university of a team_id, '' where it is not told.
    """
    university_medals: dict[str, list[str]] = {}
    for row in (row for rows in rankings for row in rows):
        if row.medal:
            university_medals.setdefault(university_of(row.result.team_id), []).append(row.medal)
    table = [
        MedalRow(name, *(medals.count(medal) for medal in ("gold", "silver", "bronze")))
        for name, medals in university_medals.items()
    ]
    named_rows = sorted((row for row in table if row.university), key=_place)
    ranks = [1 + sum(other.medals > row.medals for other in named_rows) for row in named_rows]
    ranked = [replace(row, rank=rank) for row, rank in zip(named_rows, ranks, strict=True)]
    return ranked + [row for row in table if not row.university]


def _place(row: MedalRow) -> tuple[int, int, int, str]:
    return -row.gold, -row.silver, -row.bronze, row.university
