"""What happened over time: records of a category, entries of a team, and personal bests.

All of it is read off the ledger in its order. A record of times needs what a rank needs: five judge
runs of both entries and p < 0.01. It is looked for at each fifth run of an entry, and not after
every one, since who looks often enough finds luck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from olympics.events import Event
from olympics.statistics import RECORD_RUNS

from autograder.olympics.ledger import Judgement
from autograder.olympics.ranking import is_shown_better
from autograder.olympics.results import (
    Category,
    Result,
    best_of_each_team,
    merit,
    middle,
    results,
)


@dataclass(frozen=True)
class PersonalBest:
    """A team's best entry in a category. entries: its results there in the order of the ledger."""

    best: Result
    entries: tuple[Result, ...]


def records(judgements: Iterable[Judgement], event: Event, category: Category) -> list[Result]:
    """The entries that were the best of all seasons when they were judged, the latest last.

    Each with the runs it had then; who, when and with which idea stands in `middle`.
    """
    candidates = [r for r in results(judgements, event) if r.category == category]
    steps = sorted(
        (step for result in candidates for step in _steps(result)),
        key=lambda step: step.runs[-1].number,
    )
    record_steps: list[Result] = []
    for step in steps:
        if not record_steps or (
            step.entry_sha256 != record_steps[-1].entry_sha256
            and merit(step.score, event) < merit(record_steps[-1].score, event)
            and is_shown_better(step, record_steps[-1])
        ):
            record_steps.append(step)
    return record_steps


def _steps(result: Result) -> Iterable[Result]:
    """A result as it stood whenever a record may be looked for."""
    runs_per_step = RECORD_RUNS if result.event.kind == "time" else 1
    for count in range(runs_per_step, len(result.runs) + 1, runs_per_step):
        runs = result.runs[:count]
        yield replace(result, runs=runs, middle=middle(runs, result.event))


def personal_bests(judgements: Iterable[Judgement], event: Event) -> list[PersonalBest]:
    """For each team and category its best entry of all seasons, by category and then best first."""
    all_results = results(judgements, event)
    return [
        PersonalBest(best, entries_of(all_results, best.team_id, best.category))
        for best in best_of_each_team(all_results, event)
    ]


def entries_of(
    all_results: Iterable[Result], team_id: str, category: Category
) -> tuple[Result, ...]:
    """The results of a team in a category, in the order in which they were judged first."""
    chosen = [r for r in all_results if (r.team_id, r.category) == (team_id, category)]
    return tuple(sorted(chosen, key=lambda result: result.runs[0].number))


def steps_back(judgements: Iterable[Judgement], event: Event) -> list[tuple[Result, Result]]:
    """Entries that were shown to be worse than an earlier one of the same team, each after the
    best one before it."""
    pairs = []
    for place in personal_bests(judgements, event):
        for count, later in enumerate(place.entries[1:], 1):
            earlier = best_of_each_team(place.entries[:count], event)[0]
            if is_shown_better(earlier, later):
                pairs.append((earlier, later))
    return sorted(pairs, key=lambda pair: pair[1].runs[0].number)
