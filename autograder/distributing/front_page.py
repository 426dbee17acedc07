"""The front door of the students' folder: `index.html`, and `index.ipynb` with their own state.

Both are made from the syllabus: the tracks, and for each assignment its minutes, its points, what
it needs and the link to its notebook. The page asks nothing of the network; the notebook adds what
coursekit knows of the student: what passes, what is handed in, what is next.
"""

from __future__ import annotations

from html import escape

from autograder.model import Assignment, Course
from autograder.notebook import cells
from autograder.settings.counted import counted
from autograder.settings.course_cells import install_cell, markdown_cell

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{course}</title>
<style>
:root {{ --paper: #fdfcf9; --ink: #22262b; --soft: #5c636b; --line: #dcd8cf; --link: #005a8f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #16191d; --ink: #e6e4de; --soft: #a4abb3; --line: #363c44; --link: #7cc4f0; }}
}}
body {{ background: var(--paper); color: var(--ink); font: 17px/1.55 system-ui, sans-serif;
  margin: 0 auto; max-width: 58rem; padding: 2.5rem 1.25rem 4rem; }}
h1 {{ font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }}
h2 {{ border-top: 1px solid var(--line); font-size: 1.1rem; margin: 2.5rem 0 .75rem;
  padding-top: 1.25rem; }}
h2 span, .about, .none {{ color: var(--soft); font-weight: normal; }}
ol {{ list-style: none; margin: 0; padding: 0; }}
li {{ display: grid; grid-template-columns: 14rem 1fr; gap: 0 1.5rem; padding: .55rem 0; }}
.about {{ font-size: .9rem; }}
a {{ color: var(--link); }}
code {{ font: .92em ui-monospace, monospace; }}
@media (max-width: 40rem) {{ li {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
<h1>{course}</h1>
<p>{count}: start JupyterLab as <a href="README.md">README.md</a>
shows, and open it there.{own_map}{book}</p>
{tracks}
</body>
</html>
"""
OWN_MAP = """ The same map with your own progress, <code>index.ipynb</code>, opens there too."""
ONE = "One assignment so far. It is a notebook"
BOOK = """ The textbook is here too: <a href="book/index.html">read it</a>."""
INDEX = """\
# {course}

Run the cells below with Shift and Enter. They show where you stand in each track, which
assignment is next, and how much time it needs. Run them again whenever you come back."""
PROGRESS = """\
from coursekit import progress

progress()"""


def page(course: Course, rows: list[Assignment], has_notebook: bool, has_book: bool = False) -> str:
    """The text of index.html: the map of the tracks. rows: the released assignments."""
    names = {**dict.fromkeys((row.track for row in rows), ""), **dict(course.tracks)}
    order = [*dict(course.tracks), *(name for name in names if name not in dict(course.tracks))]
    tracks = [_track(name, names[name], rows) for name in order]
    return PAGE.format(
        course=escape(course.title or course.name),
        count=f"{len(rows)} assignments. Each is a notebook" if rows[1:] else ONE,
        own_map=OWN_MAP if has_notebook else "",
        book=BOOK if has_book else "",
        tracks="\n".join(tracks),
    )


def notebook(course: Course, rows: list[Assignment]) -> str:
    """The text of index.ipynb: the state of the student, then the table without it."""
    table = ["| assignment | track | minutes | points | needs |", "|---|---|--:|--:|---|"]
    table += [_table_line(row) for row in rows]
    progress = {**markdown_cell("index", "progress", PROGRESS), "cell_type": "code"}
    book = {
        "cells": [
            markdown_cell("index", "title", INDEX.format(course=course.title or course.name)),
            install_cell("index", set()),
            {**progress, "metadata": {}, "execution_count": None, "outputs": []},
            markdown_cell("index", "table", "\n".join(table)),
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return cells.dump(book)


def _track(name: str, purpose: str, rows: list[Assignment]) -> str:
    lines = [_line(row) for row in rows if row.track == name]
    heading = f"<h2>{escape(name)} <span>{escape(purpose)}</span></h2>"
    body = f"<ol>\n{''.join(lines)}</ol>" if lines else '<p class="none">Nothing yet.</p>'
    return f"{heading}\n{body}"


def _line(row: Assignment) -> str:
    figures = [f"{row.minutes} minutes"] if row.minutes else []
    figures += [counted(row.points, "point")] if row.points else []
    figures += [f"needs {', '.join(row.prerequisites)}"] if row.prerequisites else []
    figures += [f"due {row.due:%Y-%m-%d %H:%M %Z}"] if row.due else []
    return (
        f'<li><div><a href="{escape(_way(row))}"><code>{escape(row.id)}</code></a></div>'
        f"<div>{escape(row.title or row.id)}"
        f'<div class="about">{escape(", ".join(figures))}</div></div></li>\n'
    )


def _table_line(row: Assignment) -> str:
    needs = ", ".join(row.prerequisites)
    link = f"[{row.id}]({_way(row)})"
    return f"| {link} | {row.track} | {row.minutes or ''} | {row.points:g} | {needs} |"


def _way(row: Assignment) -> str:
    """The path of an assignment's first notebook in the students' folder."""
    return f"{row.id}/{(row.notebooks or (row.id,))[0]}.ipynb"
