"""One season as the pages need it: rankings with records, medals, personal bests and failures.

Everything is computed from the ledger, the table of teams, and what other boards say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from olympics.events import DIVISIONS, LEVELS, Event, events

from autograder.model import CourseError
from autograder.olympics import history
from autograder.olympics.board.names import Names, public_names
from autograder.olympics.ledger import Judgement
from autograder.olympics.medals import MedalRow, medal_table
from autograder.olympics.ranking import Row, categories, ranking
from autograder.olympics.results import Category, Result, by_category, results
from autograder.olympics.teams import Team


@dataclass(frozen=True)
class CategoryTable:
    """A category of a season: its rows, best first, and the records of all seasons in it."""

    category: Category
    rows: list[Row]
    records: list[Result]


@dataclass(frozen=True)
class Season:
    """What the board shows. judgements: the whole ledger, in its order. elsewhere: ranked rows of
    other judges. notes: a sentence for each thing of their feeds that was refused."""

    name: str
    judgements: tuple[Judgement, ...]
    names: Names
    elsewhere: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] = field(default_factory=events)

    @cached_property
    def rows(self) -> tuple[Judgement, ...]:
        """The judgements of this season."""
        return tuple(row for row in self.judgements if row.season == self.name)

    @cached_property
    def judged_rows(self) -> tuple[Judgement, ...]:
        """The runs of this season that were judged; a withdrawal is a row and no run."""
        return tuple(row for row in self.rows if row.verdict != "withdrawn")

    @cached_property
    def tables(self) -> Mapping[str, list[CategoryTable]]:
        """The categories of each event, by its id."""
        return {event.id: self._tables(event) for event in self.events}

    @cached_property
    def medals(self) -> list[MedalRow]:
        rankings = [table.rows for tables in self.tables.values() for table in tables]
        return medal_table(rankings, self.names.university)

    @cached_property
    def judges(self) -> tuple[str, ...]:
        """Who gave the rows of this ledger, runs and withdrawals."""
        return tuple(sorted({row.judge for row in self.judgements}))

    def _tables(self, event: Event) -> list[CategoryTable]:
        here, elsewhere = (by_category(rows, event) for rows in (self.judgements, self.elsewhere))
        everything = [
            row for groups in (here, elsewhere) for rows in groups.values() for row in rows
        ]
        return [
            CategoryTable(
                category,
                ranking(
                    here.get(category, ()), event, category, self.name, elsewhere.get(category, ())
                ),
                history.records(here.get(category, ()), event, category),
            )
            for category in categories(everything, event, self.name)
        ]

    @cached_property
    def _results(self) -> Mapping[str, list[Result]]:
        return {event.id: results(self.judgements, event, self.name) for event in self.events}

    def results(self, event: Event) -> list[Result]:
        """All results of the season that were judged here."""
        return self._results[event.id]

    def empty_categories(self, event: Event) -> list[tuple[str, str]]:
        """Division and level of those in which nothing is ranked yet."""
        ranked_pairs = {(t.category.division, t.category.level) for t in self.tables[event.id]}
        return [
            pair for d in DIVISIONS for level in LEVELS if (pair := (d, level)) not in ranked_pairs
        ]


def open_season(
    judgements: Sequence[Judgement], teams: Mapping[str, Team], name: str = ""
) -> Season:
    """The season of that name, that of the last judged run where it is ''. CourseError where there
    is none."""
    ordered = tuple(sorted(judgements, key=lambda row: row.number))
    if not ordered:
        raise CourseError(
            "The ledger has no judgement yet. First: autograder olympics judge ENTRIES"
        )
    seasons = dict.fromkeys(row.season for row in ordered)
    if name and name not in seasons:
        raise CourseError(f"The ledger has no season '{name}'; it has {', '.join(seasons)}.")
    judged_rows = [row for row in ordered if row.verdict != "withdrawn"]
    latest = (judged_rows or ordered)[-1].season
    return Season(name or latest, ordered, public_names(ordered, teams))
