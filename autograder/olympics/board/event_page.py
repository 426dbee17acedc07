"""The page of an event: a table for each category, records of all seasons, and the Pareto plot."""

from __future__ import annotations

from dataclasses import dataclass

from olympics.events import DIVISIONS, LEVELS, Event
from olympics.rule_sheets import measured_figures

from autograder.olympics.board import figures
from autograder.olympics.board.drawings import Point, interval_scale, pareto
from autograder.olympics.board.season import CategoryTable, Season
from autograder.olympics.board.shell import (
    Line,
    RecordLine,
    category_title,
    line,
    page,
    record_line,
)
from autograder.olympics.results import Result
from autograder.reporting.html_page import Markup


@dataclass(frozen=True)
class Section:
    """A category on the page."""

    title: str
    anchor: str
    division: str
    level: str
    lines: list[Line]
    records: list[RecordLine]
    has_others: bool


@dataclass(frozen=True)
class Plot:
    """Score over a counted metric. machine: where times were measured, '' for what is counted."""

    machine: str
    drawing: Markup
    best: list[tuple[str, str, str]]


def event_path(event: Event) -> str:
    """Where the event's page is in the board."""
    return f"events/{event.id}.html"


def event_page(season: Season, event: Event, is_closed: bool) -> str:
    """The page of the event."""
    tables = season.tables[event.id]
    return page(
        "event.html",
        season,
        event_path(event),
        f"{event.title}, {season.name}",
        is_closed,
        event=event,
        is_provisional=event.decides == "private" and not is_closed,
        sections=[_section(season, event, table) for table in tables],
        empty=season.empty_categories(event) if tables else [],
        divisions=DIVISIONS,
        levels=LEVELS,
        plots=_plots(season, event),
        compared=_compared(event),
        metric=figures.COUNTS.get(figures.second_metric(event), ""),
        thresholds=[
            (name, figures.score_text(value, event)) for name, value in event.thresholds.items()
        ],
    )


def _compared(event: Event) -> list[str]:
    """The scores of the course's own entries, as they are on record."""
    words = {"reference": "the reference", "baseline": "the entry to beat"}
    rows = measured_figures().get(event.id, {})
    return [
        f"{words[name]} {figures.score_text(row['score'], event)}"
        for name, row in rows.items()
        if name in words
    ]


def _section(season: Season, event: Event, table: CategoryTable) -> Section:
    scale = interval_scale(row.result for row in table.rows) if event.kind == "time" else None
    return Section(
        category_title(table.category),
        anchor(table),
        table.category.division,
        table.category.level,
        [line(row, season, event, scale) for row in table.rows],
        [record_line(result, season) for result in table.records],
        any(not row.result.judged_here for row in table.rows),
    )


def anchor(table: CategoryTable) -> str:
    """The id of a category's section: letters, digits and - only."""
    category = table.category
    text = "-".join([category.division, category.level, category.weight_class, category.machine])
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text).strip("-").lower()


def _plots(season: Season, event: Event) -> list[Plot]:
    """One plot for each machine on which times were measured, or one for what is counted."""
    metric = figures.second_metric(event)
    measured_results = [r for r in season.results(event) if metric in r.middle.scores]
    machines = sorted({result.category.machine for result in measured_results})
    chosen = [(m, [r for r in measured_results if r.category.machine == m]) for m in machines]
    return [_plot(season, event, metric, m, results) for m, results in chosen if len(results) > 1]


def _plot(season: Season, event: Event, metric: str, machine: str, results: list[Result]) -> Plot:
    points = [_point(result, season, metric) for result in results]
    labels = figures.COUNTS[metric], figures.unit_text(event)
    return Plot(machine, *pareto(points, event, metric, labels))


def _point(result: Result, season: Season, metric: str) -> Point:
    name = season.names.team(result.team_id).name
    score = figures.score_text(result.score, result.event)
    count = figures.count_text(metric, result.middle.scores[metric])
    kinds = f"{result.category.division}, {result.category.level}"
    return Point(result, name, (name, score, count), f"{name}: {score}, {count} ({kinds})")
