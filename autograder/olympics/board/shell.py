"""What every page of the board has: the way to the other pages, and how a team's row is shown.

Pages hold no script and load nothing; a filter is a set of radio buttons that the style obeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from olympics.events import Event

from autograder.olympics.board import figures
from autograder.olympics.board.drawings import interval, render, trend
from autograder.olympics.board.names import PublicTeam
from autograder.olympics.board.season import Season
from autograder.olympics.history import entries_of
from autograder.olympics.ranking import Row
from autograder.olympics.results import Category, Result
from autograder.reporting.html_page import Markup
from autograder.reporting.plot_scale import Scale

FIXED_PAGES = (
    ("medals.html", "Medals"),
    ("bests.html", "Personal bests"),
    ("shelf.html", "Shelf"),
    ("feeds.html", "Feeds"),
)


@dataclass(frozen=True)
class Line:
    """A row of a ranking as a page shows it. interval and drawing: empty for what is counted.
    link: the path of its entry page, '' where another board has it."""

    row: Row
    team: PublicTeam
    score: str
    interval: str
    drawing: Markup
    trend: Markup
    counts: list[tuple[str, str]]
    idea: str
    link: str


@dataclass(frozen=True)
class RecordLine:
    """A record as a page shows it: what, when, who, and with which idea."""

    score: str
    when: str
    season: str
    team: PublicTeam
    idea: str
    link: str


def page(
    template: str, season: Season, path: str, title: str, is_closed: bool, **values: Any
) -> str:
    """The text of the page at `path` of the board. is_closed: whether entries are published."""
    root = "../" * path.count("/")
    closed = [("published.html", "Entries")] if is_closed else []
    places = [
        ("index.html", "Season"),
        *((f"events/{event.id}.html", event.title) for event in season.events),
        *FIXED_PAGES,
        *closed,
    ]
    ways = [{"href": root + p, "text": text, "here": p == path} for p, text in places]
    last = season.rows[-1].number, figures.minute_text(season.rows[-1].judged_at)
    return render(template, season=season, title=title, root=root, ways=ways, last=last, **values)


def entry_path(entry_sha256: str) -> str:
    """Where an entry's page is in the board."""
    return f"entries/{entry_sha256[:16]}.html"


def category_title(category: Category) -> str:
    """'Closed division, Varsity, 64 kB', with the machine where times were measured."""
    words = [
        f"{category.division.capitalize()} division",
        category.level.capitalize(),
        category.weight_class,
    ]
    return ", ".join(filter(None, [*words, category.machine]))


def day(judged_at: str) -> str:
    """The day of an ISO 8601 time."""
    return judged_at[:10]


def line(row: Row, season: Season, event: Event, scale: Scale | None = None) -> Line:
    """A row as it is shown. scale: of the drawing of its interval, None for no drawing."""
    result = row.result
    interval_words = figures.interval_text(result.middle.scores, event)
    drawing = interval(result, scale) if scale and interval_words else Markup()
    entries = entries_of(season.results(event), result.team_id, result.category)
    return Line(
        row,
        season.names.team(result.team_id),
        figures.score_text(result.score, event),
        interval_words,
        drawing,
        trend(entries),
        figures.counts(result.middle.scores, event),
        season.names.text(result.middle.idea, result.team_id),
        entry_path(result.entry_sha256) if result.judged_here else "",
    )


def record_line(result: Result, season: Season) -> RecordLine:
    """A record as it is shown; the time is that of the run with which it was set."""
    return RecordLine(
        figures.score_text(result.score, result.event),
        day(result.runs[-1].judged_at),
        result.middle.season,
        season.names.team(result.team_id),
        season.names.text(result.middle.idea, result.team_id),
        entry_path(result.entry_sha256) if result.middle.season == season.name else "",
    )
