"""What the judge's runs of one entry come to: the run in the middle, and the best entry of a team.

Every number of a result is a number of one row of the ledger. Of an even number of runs the worse
of the two in the middle counts, so that luck is no help. A row that is refused counts for nothing;
an entry that was wrong in any run, or was withdrawn, has no result at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from olympics.events import Event
from olympics.statistics import RECORD_RUNS

from autograder.olympics.ledger import Judgement

WITHOUT_RESULT = ("wrong", "withdrawn")


@dataclass(frozen=True, order=True)
class Category:
    """Who competes with whom. machine: '' where what is counted is the same on every machine."""

    event: str
    division: str
    level: str
    weight_class: str
    machine: str


@dataclass(frozen=True)
class Result:
    """One entry in one category. runs: its ranked rows in the order of the ledger. middle: the run
    whose score is the median. judged_here: False for what another judge says."""

    category: Category
    runs: tuple[Judgement, ...]
    middle: Judgement
    event: Event
    judged_here: bool = True

    @property
    def score(self) -> float:
        return self.middle.scores["score"]

    @property
    def scores(self) -> tuple[float, ...]:
        """The score of each run."""
        return tuple(run.scores["score"] for run in self.runs)

    @property
    def team_id(self) -> str:
        return self.middle.team_id

    @property
    def entry_sha256(self) -> str:
        return self.middle.entry_sha256

    @property
    def is_final(self) -> bool:
        """Whether the score is the one that decides; of an open season the private half is not
        told."""
        return self.event.decides != "private" or "private" in self.middle.scores

    @property
    def is_settled(self) -> bool:
        """Whether it was run often enough to be compared: once where it is counted."""
        return self.event.kind != "time" or len(self.runs) >= RECORD_RUNS


def category_of(row: Judgement, event: Event) -> Category:
    """The category in which a row competes; times compete on one machine class only."""
    machine = row.machine if event.kind == "time" else ""
    return Category(row.event, row.division, row.level, row.weight_class, machine)


def results(
    rows: Iterable[Judgement], event: Event, season: str = "", judged_here: bool = True
) -> list[Result]:
    """The result of each entry to an event, by the ledger's number of its first ranked row.

    season: '' for all of them. An entry in two categories or two seasons has a result in each.
    """
    in_event = sorted((row for row in rows if row.event == event.id), key=_place)
    wrong = {row.entry_sha256 for row in in_event if row.verdict in WITHOUT_RESULT}
    groups: dict[tuple[str, str, Category], list[Judgement]] = {}
    for row in in_event:
        counts = row.verdict == "ranked" and row.entry_sha256 not in wrong
        if counts and season in ("", row.season):
            key = row.season, row.entry_sha256, category_of(row, event)
            groups.setdefault(key, []).append(row)
    return [
        Result(category, tuple(runs), middle(runs, event), event, judged_here)
        for (_, _, category), runs in groups.items()
    ]


def by_category(rows: Iterable[Judgement], event: Event) -> dict[Category, list[Judgement]]:
    """The rows that count in each category, as `results` takes them: grouped once, since a board
    may have many categories."""
    in_event = [row for row in rows if row.event == event.id]
    wrong = {row.entry_sha256 for row in in_event if row.verdict in WITHOUT_RESULT}
    groups: dict[Category, list[Judgement]] = {}
    for row in in_event:
        if row.verdict == "ranked" and row.entry_sha256 not in wrong:
            groups.setdefault(category_of(row, event), []).append(row)
    return groups


def _place(row: Judgement) -> tuple[int, str, int]:
    return row.number, row.entry_sha256, row.run


def middle(runs: Sequence[Judgement], event: Event) -> Judgement:
    """The run whose score is the median, the worse one of two."""
    best_first = sorted(runs, key=lambda run: (merit(run.scores["score"], event), _place(run)))
    return best_first[len(runs) // 2]


def merit(score: float, event: Event) -> float:
    """A number that is lower the better the score is."""
    return score if event.better == "lower" else -score


def order(result: Result, event: Event) -> tuple[float, int, str]:
    """By what results are sorted, best first: the score, then who was first."""
    return merit(result.score, event), result.runs[0].number, result.entry_sha256


def best_of_each_team(all_results: Iterable[Result], event: Event) -> list[Result]:
    """The best result of each team in each category, best first.

    Of times, an entry with enough runs to be compared goes before one with fewer.
    """
    best: dict[tuple[str, Category], Result] = {}
    for result in sorted(
        all_results, key=lambda result: (not result.is_settled, order(result, event))
    ):
        best.setdefault((result.team_id, result.category), result)
    return sorted(best.values(), key=lambda result: order(result, event))
