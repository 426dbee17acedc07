"""The medal table: what the teams of each university hold. Only rows that were judged here count.

Teams whose name is not told are counted together, under a name that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograder.olympics.ranking import Row


@dataclass(frozen=True)
class MedalRow:
    """The medals of a university. rank: 1, 1, 3 where the first two have the same medals."""

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

    university_of: what stands in the table for a team_id.
    """
    held: dict[str, list[str]] = {}
    for row in (row for rows in rankings for row in rows):
        if row.medal:
            held.setdefault(university_of(row.result.team_id), []).append(row.medal)
    table = [
        MedalRow(name, *(medals.count(medal) for medal in ("gold", "silver", "bronze")))
        for name, medals in held.items()
    ]
    table.sort(key=lambda row: (tuple(-count for count in row.medals), row.university))
    better = [[other for other in table if other.medals > row.medals] for row in table]
    return [
        MedalRow(row.university, *row.medals, rank=len(ahead) + 1)
        for row, ahead in zip(table, better, strict=True)
    ]
