"""The page of an entry: each judged run with its scores, seed, machine, judge and log.

A team is named where its entry is ranked. An entry that is wrong, or was refused so far, stands
there without a name, so that its team can read the log and nobody is shown up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from olympics.events import Event, grade

from autograder.olympics.board import figures
from autograder.olympics.board.receipts import receipt_path
from autograder.olympics.board.season import Season
from autograder.olympics.board.shell import category_title, entry_path, page
from autograder.olympics.ledger import Judgement
from autograder.olympics.results import category_of

MAX_LOG_CHARACTERS = 20_000


@dataclass(frozen=True)
class Run:
    """A judged run as the page shows it."""

    row: Judgement
    when: str
    score: str
    interval: str
    counts: list[tuple[str, str]]
    sentence: str
    log: str
    log_is_cut: bool
    receipt: str


def entry_pages(season: Season, is_closed: bool, has_receipts: bool) -> Iterator[tuple[str, str]]:
    """(path, text) of a page for each entry that was judged in the season."""
    ranked = {r.entry_sha256 for event in season.events for r in season.results(event)}
    by_entry: dict[tuple[str, str], list[Judgement]] = {}
    for row in season.rows:
        by_entry.setdefault((row.event, row.entry_sha256), []).append(row)
    events = {event.id: event for event in season.events}
    for (event_id, entry_sha256), rows in by_entry.items():
        if event_id in events:
            is_named = entry_sha256 in ranked
            text = _entry_page(
                season, events[event_id], rows, is_named, is_closed, is_named and has_receipts
            )
            yield entry_path(entry_sha256), text


def _entry_page(
    season: Season,
    event: Event,
    rows: list[Judgement],
    is_named: bool,
    is_closed: bool,
    has_receipts: bool,
) -> str:
    first = rows[0]
    ranked = [row for row in rows if row.verdict == "ranked"]
    return page(
        "entry.html",
        season,
        entry_path(first.entry_sha256),
        f"Entry to {event.title}, {season.name}",
        is_closed,
        event=event,
        first=first,
        is_named=is_named,
        team=season.names.team(first.team_id),
        idea=season.names.text(first.idea, first.team_id, is_named),
        category=category_title(category_of(first, event)),
        grade=grade(event, ranked[-1].scores["score"]) if is_named else "",
        runs=[_run(season, event, row, is_named, has_receipts) for row in rows],
    )


def _run(season: Season, event: Event, row: Judgement, is_named: bool, has_receipts: bool) -> Run:
    log = season.names.text(row.log, row.team_id, is_named)
    return Run(
        row,
        figures.minute_text(row.judged_at),
        figures.score_text(row.scores["score"], event) if row.verdict == "ranked" else "",
        figures.interval_text(row.scores, event),
        figures.counts(row.scores, event),
        season.names.text(row.sentence, row.team_id, is_named),
        log[:MAX_LOG_CHARACTERS],
        len(log) > MAX_LOG_CHARACTERS,
        receipt_path(row) if has_receipts and row.verdict == "ranked" else "",
    )
