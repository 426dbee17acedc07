"""The map of the course as HTML, for a cell: each track, each assignment with its link and state.

It takes its colours from the notebook, so that it is legible in the light and in the dark theme.
"""

from __future__ import annotations

import os
from datetime import datetime
from html import escape
from pathlib import Path

from coursekit.course_map import Row, next_row, standing, time_needed
from coursekit.syllabus import TRACKS, Syllabus
from coursekit.workspace import Workspace

DONE_COLOUR, NEXT_COLOUR = "#009E73", "#E69F00"  # Okabe-Ito: bluish green, orange
CELL = "text-align: left; vertical-align: top; padding: 4px 16px 4px 0; background: none"
SOFT = "opacity: 0.75"


def html(
    space: Workspace, syllabus: Syllabus, all_rows: list[Row], now: datetime, start: Path
) -> str:
    """The map; its links lead from the folder `start` to the notebooks."""
    upcoming = next_row(all_rows)
    parts = [f'<p style="font-size: 1.1em">{_head(space, all_rows, upcoming, start)}</p>']
    for track in TRACKS:
        mine = [row for row in all_rows if row.assignment.track == track]
        purpose = escape(syllabus.tracks.get(track, ""))
        parts.append(f'<h3>{track} <span style="font-weight: normal; {SOFT}">{purpose}</span></h3>')
        lines = [_line(space, row, now, start, row is upcoming) for row in mine]
        table = f'<table style="border-collapse: collapse">{"".join(lines)}</table>'
        parts.append(table if lines else f'<p style="{SOFT}">Nothing yet.</p>')
    return f'<div style="line-height: 1.5">{"".join(parts)}</div>'


def _head(space: Workspace, all_rows: list[Row], upcoming: Row | None, start: Path) -> str:
    done_count = sum(row.is_done for row in all_rows)
    count = f"{done_count} of {len(all_rows)} assignments are done."
    if upcoming is None:
        return count
    needed = time_needed(upcoming.assignment)
    return f"{count} Next: {_link(space, upcoming, start)}{f', {needed}' if needed else ''}."


def _line(space: Workspace, row: Row, now: datetime, start: Path, is_next: bool) -> str:
    colour = DONE_COLOUR if row.is_done else NEXT_COLOUR if is_next else "transparent"
    first = f'<td style="{CELL}; border-left: 4px solid {colour}; padding-left: 10px">'
    needs = ", ".join(row.assignment.prerequisites)
    figures = [time_needed(row.assignment), f"{row.assignment.points:g} points"]
    figures += [f"needs {needs}"] if needs else []
    about = escape(", ".join(figure for figure in figures if figure))
    return (
        f'<tr style="background: none">{first}{_link(space, row, start)}'
        f'<div style="{SOFT}">{about}</div></td>'
        f'<td style="{CELL}">{escape(row.assignment.title)}'
        f'<div style="{SOFT}">{escape(standing(row, now))}</div></td></tr>'
    )


def _link(space: Workspace, row: Row, start: Path) -> str:
    """The assignment's id; where it is present, a link to its first notebook."""
    name = escape(row.assignment.id)
    paths = space.notebooks(row.assignment.id)
    if not paths:
        return name
    way = Path(os.path.relpath(paths[0], start)).as_posix()
    return f'<a href="{escape(way)}">{name}</a>'
