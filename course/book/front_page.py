"""The front page: the map of the course as HTML, from the syllabus and contents.toml.

What is not there yet is shown as planned and has no link.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from coursekit import syllabus
from coursekit.syllabus import Assignment, Syllabus

from book.contents import Entry, Meeting, Part, Step, meetings, parts, steps
from book.links import Place, lab

WHY = {"EXPLORE": "why", "BUILD": "how", "DEPLOY": "where"}
TEACHES = {
    "READ": "Theory, concepts and practice, in twenty chapters.",
    "EXPLORE": "Controlled experiments on latency, memory, energy, cost and accuracy: you "
    "predict, vary, measure, and explain the gap.",
    "BUILD": "Your own framework from an empty file to a transformer, tested at every step.",
    "DEPLOY": "Networks on small boards, real or emulated: memory, power, timing.",
    "PROVE": "Events for teams, over all tracks, with a public table.",
}
START = (
    ("Read a chapter", "Begin with", "chapters/introduction/introduction.html", "Introduction"),
    ("Build module 01", "Open", "assignments.html#assignment-01-tensor", "01_tensor"),
    (
        "Explore a trade-off",
        "Open",
        "assignments.html#assignment-x01-deployment-limits",
        "x01_deployment_limits",
    ),
    (
        "Pick a board, or an emulated one",
        "Open",
        "assignments.html#assignment-d01-connect",
        "d01_connect",
    ),
)


def front_page() -> str:
    """The whole page below its heading, as HTML with links relative to the root of the site."""
    return f"{head()}\n{tables()}"


def head() -> str:
    """The map of the tracks, and where to begin."""
    return "\n".join([_map(syllabus.load()), "<h2>How to start</h2>", _start()])


def tables() -> str:
    """Where ML and systems meet, the loop, the parts of the book, and the assignments."""
    course = syllabus.load()
    return "\n".join(
        [
            "<h2>Where machine learning and systems meet</h2>",
            _bridge(),
            "<h2>From research to teaching, and back</h2>",
            _loop(),
            '<h2 id="the-book-six-parts">The book: six parts</h2>',
            _parts(),
            "<h2>The assignments</h2>",
            *(_track(course, track) for track in ("EXPLORE", "BUILD", "DEPLOY", "PROVE")),
        ]
    )


def link(place: Place, short: bool = False) -> str:
    """A link to an assignment, or its name with the word planned; short: x01 for its whole id."""
    words = place.words.partition("_")[0] if short else place.words
    name = f'<code title="{escape(place.words)}">{escape(words)}</code>'
    if place.is_planned:
        return planned(name)
    return f'<a href="assignments.html#{place.label.replace("_", "-")}">{name}</a>'


def planned(name: str) -> str:
    """A name that has no link yet."""
    return f'<span class="planned">{name} <small>planned</small></span>'


def chapter_link(entry: Entry) -> str:
    """A link to a chapter that is written; its title alone where it is planned."""
    if not entry.is_written:
        return planned(escape(entry.title))
    return f'<a href="chapters/{entry.id}/{entry.id}.html">{escape(entry.title)}</a>'


def _map(course: Syllabus) -> str:
    middle = "".join(_box(course, track) for track in WHY)
    read, prove = (_box(course, track) for track in ("READ", "PROVE"))
    return f'<div class="stack">{read}<div class="stack-middle">{middle}</div>{prove}</div>'


def _box(course: Syllabus, track: str) -> str:
    rows = [row for row in course.assignments if row.track == track]
    if track == "READ":
        entries = [entry for part in parts() for entry in part.chapters]
        ready = sum(entry.is_written for entry in entries)
        count, target = f"{ready} of {len(entries)} chapters written", "#the-book-six-parts"
    elif rows:
        hours = sum(row.minutes for row in rows) / 60
        noun = "assignment" if len(rows) == 1 else "assignments"
        count, target = f"{len(rows)} {noun}, about {hours:.0f} hours", f"#track-{track.lower()}"
    else:
        count, target = "planned", ""
    why = f'<span class="why">{WHY[track]}</span>' if track in WHY else ""
    name = f'<a href="{target}">{track}</a>' if target else f"<span>{track}</span>"
    return (
        f'<div class="track track-{track.lower()}"><p class="track-name">{name} {why}</p>'
        f"<p>{escape(TEACHES[track])}</p><p class='count'>{count}</p></div>"
    )


def _start() -> str:
    rows = "".join(
        f'<li><strong>{escape(what)}.</strong> {verb} <a href="{place}">{escape(name)}</a>.</li>'
        for what, verb, place, name in START
    )
    teach = (
        "<li><strong>Teach it.</strong> Read "
        '<a href="guide/teach-this-course.html">teach this course</a>.</li>'
    )
    return f'<ul class="start">{rows}{teach}</ul>'


def _bridge() -> str:
    heads = (
        "ML concept",
        "systems concept",
        "what one learns",
        "chapter",
        "lab",
        "module",
        "board lab",
    )
    rows = "".join(_bridge_row(meeting) for meeting in meetings())
    return _table(heads, rows, "bridge")


def _bridge_row(meeting: Meeting) -> str:
    known = {entry.id: entry for part in parts() for entry in part.chapters}
    cells = [
        escape(meeting.concept),
        escape(meeting.systems),
        escape(meeting.learns),
        _listed(chapter_link(known[name]) for name in meeting.chapters),
        *(
            _listed(link(lab(name), short=True) for name in names)
            for names in (meeting.labs, meeting.modules, meeting.boards)
        ),
    ]
    return _row(cells)


def _loop() -> str:
    heads = ("step", "in research", "in this course", "what was measured", "lab made of it")
    return _table(heads, "".join(_loop_row(step) for step in steps()), "loop")


def _loop_row(step: Step) -> str:
    page, _, anchor = step.page.partition("#")
    target = f"{page}.html#{anchor}" if anchor else f"{page}.html"
    figures = f'<a href="{target}">figures</a>'
    labs = _listed(link(lab(name)) for name in step.labs)
    return _row([step.name, escape(step.research), escape(step.teaching), figures, labs])


def _parts() -> str:
    return '<div class="parts">' + "".join(_part(part) for part in parts()) + "</div>"


def _part(part: Part) -> str:
    items = "".join(
        f"<li>{chapter_link(entry)}<br><span class='question'>{escape(entry.question)}</span></li>"
        for entry in part.chapters
    )
    title = f'<a href="parts/{part.id}.html">{escape(part.title)}</a>'
    focus = f'<p class="count">{escape(part.focus)}</p>'
    return f"<section><h3>{title}</h3>{focus}<ul>{items}</ul></section>"


def _track(course: Syllabus, track: str) -> str:
    rows = [row for row in course.assignments if row.track == track]
    about = escape(course.tracks[track])
    if not rows:
        return f"<h3>{planned(track)}</h3><p>{about}</p>"
    heads = ("assignment", "title", "minutes", "points", "needs")
    body = "".join(_assignment(row) for row in rows)
    head = f'<h3 id="track-{track.lower()}">{track}: {about}</h3>'
    return head + _table(heads, body, f"assignments of {track}")


def _assignment(row: Assignment) -> str:
    needs = _listed(link(lab(name)) for name in row.prerequisites)
    return _row([link(lab(row.id)), escape(row.title), str(row.minutes), f"{row.points:g}", needs])


def _listed(links: Iterable[str]) -> str:
    return ", ".join(links) or "&ndash;"


def _table(heads: Iterable[str], body: str, name: str) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}">'
        f'<table class="table {name.partition(" ")[0]}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
