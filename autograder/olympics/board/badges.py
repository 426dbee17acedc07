"""An SVG for each team and event that a web page can embed: the event, and the team's best place.

A badge loads nothing and has its colours in itself. It stands at the same address in every season:
badges/<team>/<event>.svg.
"""

from __future__ import annotations

from olympics.events import Event

from autograder.olympics.board.figures import score_text
from autograder.olympics.board.season import Season
from autograder.olympics.ranking import Row
from autograder.reporting.html_page import renderer

render = renderer("autograder.olympics.board")
COLOURS = {"gold": "#7a5c00", "silver": "#57606a", "bronze": "#8a4b14", "": "#0b57a4"}
CHARACTER_WIDTH = 6.6  # of Verdana at 11 px, about; the text is fitted to what is computed
PADDING = 9


def badges(season: Season) -> dict[str, bytes]:
    """The badges by their path in the board."""
    badge_files: dict[str, bytes] = {}
    for event in season.events:
        rows = [row for table in season.tables[event.id] for row in table.rows if row.rank]
        for row in sorted(rows, key=lambda row: row.rank):
            path = f"badges/{season.names.team(row.result.team_id).slug}/{event.id}.svg"
            badge_files.setdefault(path, badge(row, event, season).encode())
    return badge_files


def badge(row: Row, event: Event, season: Season) -> str:
    """The badge of a row: its medal or rank, score and category."""
    category = row.result.category
    rank = f"{'provisional ' if row.provisional else ''}rank {row.rank}"
    place = row.medal or rank
    kinds = [category.weight_class, category.division, category.level]
    value = f"{place} · {score_text(row.result.score, event)} · {', '.join(filter(None, kinds))}"
    title = f"{event.title} {season.name}"
    left, right = (round(len(text) * CHARACTER_WIDTH, 1) for text in (title, value))
    return render(
        "badge.svg",
        title=title,
        value=value,
        colour=COLOURS[row.medal],
        left=left,
        right=right,
        padding=PADDING,
        middle=round(left + 2 * PADDING, 1),
        width=round(left + right + 4 * PADDING, 1),
    )
