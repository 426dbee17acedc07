"""The ranking of a category, from judgements alone: who is shown to be better than whom.

What is counted is exact: only equal scores share a rank. A difference in time counts where it is
significant (p < 0.01) over at least five judge runs of both entries; else the rank is shared. A row
stands in a group with the rows above it until one of them is shown to be better; so a rank never
contradicts a difference that was shown. As long as a time lacks its five runs, its rank and those
of all slower times are provisional, and none of them holds a medal: nobody is shown to be the best
while a better time waits for its test. What was judged elsewhere is listed and has no rank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from olympics.events import DIVISIONS, LEVELS, Event
from olympics.statistics import is_record

from autograder.olympics.ledger import Judgement
from autograder.olympics.results import Category, Result, best_of_each_team, order, results

MEDAL_TEAMS = 2  # who is alone in a category has beaten nobody
MEDALS = {1: "gold", 2: "silver", 3: "bronze"}


@dataclass(frozen=True)
class Row:
    """A line of a ranking. rank: 0 for what was judged elsewhere. shared: whether another row has
    the same rank. medal: 'gold', 'silver', 'bronze' or ''. provisional: whether this time or a
    better one lacks runs, so that the rank may change without a new entry."""

    result: Result
    rank: int
    shared: bool = False
    medal: str = ""
    provisional: bool = False


def ranking(
    judgements: Iterable[Judgement],
    event: Event,
    category: Category,
    season: str = "",
    elsewhere: Iterable[Judgement] = (),
) -> list[Row]:
    """The rows of a category, best first: the best entry of each team.

    season: '' for all of them together. elsewhere: what other judges say; an entry that was also
    judged here is taken from here.
    """
    here = _of_category(results(judgements, event, season), category)
    entries_here = {result.entry_sha256 for result in here}
    other_results = _of_category(results(elsewhere, event, season, judged_here=False), category)
    rows = list(_ranked(best_of_each_team(here, event)))
    rows += [
        Row(r, 0)
        for r in best_of_each_team(other_results, event)
        if r.entry_sha256 not in entries_here
    ]
    return sorted(rows, key=lambda row: (order(row.result, event), row.rank == 0))


def _of_category(all_results: Iterable[Result], category: Category) -> list[Result]:
    return [result for result in all_results if result.category == category]


def _ranked(best_first: list[Result]) -> Iterator[Row]:
    """The rows of one judge with their ranks: 1, 1, 3 where the first two share theirs."""
    ranks: list[int] = []
    for place, result in enumerate(best_first):
        group = best_first[ranks[-1] - 1 : place] if ranks else []
        shares = group and not any(is_shown_better(above, result) for above in group)
        ranks.append(ranks[-1] if shares else place + 1)
    holders = Counter(ranks)
    provisional = False
    for rank, result in zip(ranks, best_first, strict=True):
        provisional = provisional or not result.is_settled
        may_hold = not provisional and result.is_final and len(best_first) >= MEDAL_TEAMS
        medal = MEDALS.get(rank, "") if may_hold else ""
        yield Row(result, rank, holders[rank] > 1, medal, provisional)


def is_shown_better(first: Result, second: Result) -> bool:
    """Whether `first` is better than `second`: any difference of what is counted, of times one
    that is significant."""
    if first.event.kind == "time":
        return _is_significant(first.scores, second.scores, first.event.better)
    return order(first, first.event)[0] < order(second, second.event)[0]


@lru_cache(maxsize=10_000)
def _is_significant(first: tuple[float, ...], second: tuple[float, ...], better: str) -> bool:
    """The test of two sets of times, which rankings, records and steps back all ask for."""
    return is_record(first, second, better)


def categories(
    judgements: Iterable[Judgement], event: Event, season: str = ""
) -> tuple[Category, ...]:
    """The categories in which something is ranked, as the tables have them: by division, level,
    weight class (the heaviest first) and machine."""
    result_categories = {result.category for result in results(judgements, event, season)}
    return tuple(sorted(result_categories, key=lambda category: _place(category, event)))


def _place(category: Category, event: Event) -> tuple[int, int, int, str, str]:
    return (
        _index(category.division, DIVISIONS),
        _index(category.level, LEVELS),
        -event.weight_classes.get(category.weight_class, 0),
        category.weight_class,
        category.machine,
    )


def _index(name: str, names: tuple[str, ...]) -> int:
    return names.index(name) if name in names else len(names)
