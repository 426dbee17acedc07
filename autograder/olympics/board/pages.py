"""The pages of the board: season, medals, personal bests, shelf, feeds, and published entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from olympics.events import Event

from autograder.olympics import history
from autograder.olympics.board import figures
from autograder.olympics.board.badges import badges
from autograder.olympics.board.closing import PublishedEntry
from autograder.olympics.board.entry_page import entry_pages
from autograder.olympics.board.event_page import anchor, event_page, event_path
from autograder.olympics.board.names import PublicTeam
from autograder.olympics.board.season import CategoryTable, Season
from autograder.olympics.board.shell import Line, category_title, day, entry_path, line, page
from autograder.olympics.results import Result

LEADERS = 3


@dataclass(frozen=True)
class Card:
    """A category on the page of the season: its first rows."""

    title: str
    link: str
    lines: list[Line]
    further_count: int


@dataclass(frozen=True)
class Best:
    """A personal best. change: from the first entry to the best one, '' where they are the same."""

    event: Event
    category: str
    score: str
    entries: int
    change: str
    when: str
    link: str


def pages(
    season: Season, published: Sequence[PublishedEntry], phase: str, has_receipts: bool
) -> dict[str, str]:
    """The text of each page by its path in the board. phase: '' while the season is open.
    has_receipts: whether the board has receipts to link to."""
    closed = bool(phase)
    page_texts = {
        "index.html": _season_page(season, closed),
        "medals.html": page("medals.html", season, "medals.html", "Medals", closed),
        "bests.html": _bests_page(season, closed),
        "shelf.html": _shelf_page(season, closed),
        "feeds.html": _feeds_page(season, closed, has_receipts),
    }
    if closed:
        values = {"entries": published, "phase": phase}
        page_texts["published.html"] = page(
            "published.html", season, "published.html", "Entries of the season", closed, **values
        )
    for event in season.events:
        page_texts[event_path(event)] = event_page(season, event, closed)
    return page_texts | dict(entry_pages(season, closed, has_receipts))


def _season_page(season: Season, closed: bool) -> str:
    ranked = [r for event in season.events for r in season.results(event)]
    teams = {result.team_id for result in ranked}
    named = {season.names.team(team_id).university for team_id in teams} - {""}
    return page(
        "season.html",
        season,
        "index.html",
        f"The Olympics, {season.name}",
        closed,
        events=[(event, _cards(season, event)) for event in season.events],
        counts=[
            figures.many(len(teams), "team", "teams"),
            figures.many(len(named), "university", "universities"),
            figures.many(len({row.entry_sha256 for row in season.rows}), "entry", "entries"),
            figures.many(len(season.judged_rows), "judged run", "judged runs"),
        ],
        unit_text=figures.unit_text,
        judges=sorted({row.judge for row in season.judged_rows}),
        machines=sorted({row.machine for row in season.rows}),
        others=sorted({row.judge for row in season.elsewhere}),
    )


def _cards(season: Season, event: Event) -> list[Card]:
    return [_card(season, event, table) for table in season.tables[event.id]]


def _card(season: Season, event: Event, table: CategoryTable) -> Card:
    here = [row for row in table.rows if row.rank]
    return Card(
        category_title(table.category),
        f"{event_path(event)}#{anchor(table)}",
        [line(row, season, event) for row in here[:LEADERS]],
        len(table.rows) - len(here[:LEADERS]),
    )


def _bests_page(season: Season, closed: bool) -> str:
    by_team: dict[str, list[Best]] = {}
    for event in season.events:
        for place in history.personal_bests(season.judgements, event):
            by_team.setdefault(place.best.team_id, []).append(_best(place, season))
    teams = [(season.names.team(team_id), bests) for team_id, bests in by_team.items()]
    teams.sort(key=lambda pair: pair[0].number)
    return page("bests.html", season, "bests.html", "Personal bests", closed, teams=teams)


def _best(place: history.PersonalBest, season: Season) -> Best:
    best, first = place.best, place.entries[0]
    in_season = best.middle.season == season.name
    return Best(
        best.event,
        category_title(best.category),
        figures.score_text(best.score, best.event),
        len(place.entries),
        figures.change_text(first.score, best.score, best.event),
        day(best.runs[0].judged_at),
        entry_path(best.entry_sha256) if in_season else "",
    )


def _shelf_page(season: Season, closed: bool) -> str:
    refused = [row for row in season.rows if row.verdict == "refused"]
    return page(
        "shelf.html",
        season,
        "shelf.html",
        "Shelf of notable failures",
        closed,
        wrong=_wrong(season),
        worse=[pair for event in season.events for pair in _worse(season, event)],
        refused=len(refused),
    )


def _wrong(season: Season) -> list[dict[str, Any]]:
    """The entries that were wrong, each once, in the order of the ledger."""
    titles = {event.id: event.title for event in season.events}
    rows = {row.entry_sha256: row for row in reversed(season.rows) if row.verdict == "wrong"}
    return [
        {
            "event": titles.get(row.event, row.event),
            "when": day(row.judged_at),
            "idea": season.names.text(row.idea, row.team_id, False),
            "sentence": season.names.text(row.sentence, row.team_id, False),
            "link": entry_path(row.entry_sha256),
        }
        for row in sorted(rows.values(), key=lambda row: row.number)
    ]


def _worse(season: Season, event: Event) -> list[dict[str, Any]]:
    pairs = history.steps_back(season.rows, event)
    return [_step_back(season, earlier, later) for earlier, later in pairs]


def _step_back(season: Season, earlier: Result, later: Result) -> dict[str, Any]:
    row = later.middle
    return {
        "event": later.event.title,
        "when": day(row.judged_at),
        "idea": season.names.text(row.idea, row.team_id, False),
        "before": figures.score_text(earlier.score, later.event),
        "after": figures.score_text(later.score, later.event),
        "unit": later.event.unit,
    }


def _feeds_page(season: Season, closed: bool, has_receipts: bool) -> str:
    teams: dict[PublicTeam, list[str]] = {}
    by_slug = {team.slug: team for team in season.names.public.values() if team.number}
    for path in sorted(badges(season)):
        teams.setdefault(by_slug[path.split("/")[1]], []).append(path)
    return page(
        "feeds.html",
        season,
        "feeds.html",
        "Feeds and badges",
        closed,
        teams=sorted(teams.items(), key=lambda pair: pair[0].number),
        has_receipts=has_receipts,
        others=sorted({row.judge for row in season.elsewhere}),
    )
