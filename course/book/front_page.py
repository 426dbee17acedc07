"""The front page: the map of the course as HTML, from the syllabus and contents.toml.

What is not there yet is shown as planned and has no link.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from coursekit import syllabus
from coursekit.syllabus import Assignment, Syllabus

from book.contents import Entry, Meeting, Part, Step, meetings, parts, steps
from book.languages import Say, as_written
from book.links import RELEASE, Place, lab

WHY = {"EXPLORE": as_written("why"), "BUILD": as_written("how"), "DEPLOY": as_written("where")}
TEACHES = {
    "READ": as_written("Theory, concepts and practice, in twenty chapters."),
    "EXPLORE": as_written(
        "Controlled experiments on latency, memory, energy, cost and accuracy: you predict, vary, "
        "measure, and explain the gap."
    ),
    "BUILD": as_written(
        "Your own framework from an empty file to a transformer, tested at every step."
    ),
    "DEPLOY": as_written("Networks on small boards, real or emulated: memory, power, timing."),
    "PROVE": as_written("Events for teams, over all tracks, with a public table."),
}
START = (
    (
        as_written("Read a chapter"),
        as_written("Begin with {link}."),
        "chapters/introduction/introduction.html",
        "Introduction",
    ),
    (
        as_written("Build module 01"),
        as_written("Open {link}."),
        "",
        "01_tensor",
    ),
    (
        as_written("Explore a trade-off"),
        as_written("Open {link}."),
        "",
        "x01_deployment_limits",
    ),
    (
        as_written("Pick a board, or an emulated one"),
        as_written("Open {link}."),
        "",
        "d01_connect",
    ),
)


def front_page(say: Say = as_written) -> str:
    """The whole page below its heading, as HTML with links relative to the root of the site."""
    return f"{head(say)}\n{tables(say)}"


def head(say: Say = as_written, root: str = "", release: Path = RELEASE) -> str:
    """The map of the tracks, and where to begin. root: from the page to the notebooks, which stand
    beside the English pages; release: the notebooks that students get."""
    begin = f"<h2>{escape(say('How to start'))}</h2>"
    return "\n".join([_map(syllabus.load(), say), begin, _start(say, root, release)])


def tables(say: Say = as_written) -> str:
    """Where ML and systems meet, the loop, the parts of the book, and the assignments."""
    course = syllabus.load()
    return "\n".join(
        [
            f"<h2>{escape(say('Where machine learning and systems meet'))}</h2>",
            _bridge(say),
            f"<h2>{escape(say('From research to teaching, and back'))}</h2>",
            _loop(say),
            f'<h2 id="the-book-six-parts">{escape(say("The book: six parts"))}</h2>',
            _parts(say),
            f"<h2>{escape(say('The assignments'))}</h2>",
            *(_track(course, track, say) for track in ("EXPLORE", "BUILD", "DEPLOY", "PROVE")),
        ]
    )


def link(place: Place, short: bool = False, say: Say = as_written) -> str:
    """A link to an assignment, or its name with the word planned; short: x01 for its whole id."""
    link_text = place.name.partition("_")[0] if short else place.name
    name = f'<code title="{escape(place.name)}">{escape(link_text)}</code>'
    if place.is_planned:
        return planned(name, say)
    return f'<a href="assignments.html#{place.label.replace("_", "-")}">{name}</a>'


def planned(name: str, say: Say = as_written) -> str:
    """A name that has no link yet."""
    return f'<span class="planned">{name} <small>{escape(say("planned"))}</small></span>'


def chapter_link(entry: Entry, say: Say = as_written) -> str:
    """A link to a chapter that is written; its title alone where it is planned."""
    if not entry.is_written:
        return planned(escape(say(entry.title)), say)
    return f'<a href="chapters/{entry.id}/{entry.id}.html">{escape(say(entry.title))}</a>'


def _map(course: Syllabus, say: Say) -> str:
    middle = "".join(_box(course, track, say) for track in WHY)
    read, prove = (_box(course, track, say) for track in ("READ", "PROVE"))
    return f'<div class="stack">{read}<div class="stack-middle">{middle}</div>{prove}</div>'


def _box(course: Syllabus, track: str, say: Say) -> str:
    rows = [row for row in course.assignments if row.track == track]
    if track == "READ":
        entries = [entry for part in parts() for entry in part.chapters]
        ready = sum(entry.is_written for entry in entries)
        count = say("{ready} of {all} chapters written").format(ready=ready, all=len(entries))
        target = "#the-book-six-parts"
    elif rows:
        hours = sum(row.minutes for row in rows) / 60
        one, many = say("1 assignment"), say("{count} assignments").format(count=len(rows))
        noun = one if len(rows) == 1 else many
        count = say("{assignments}, about {hours} hours").format(
            assignments=noun, hours=f"{hours:.0f}"
        )
        target = f"#track-{track.lower()}"
    else:
        count, target = say("planned"), ""
    why = f'<span class="why">{escape(say(WHY[track]))}</span>' if track in WHY else ""
    name = f'<a href="{target}">{track}</a>' if target else f"<span>{track}</span>"
    return (
        f'<div class="track track-{track.lower()}"><p class="track-name">{name} {why}</p>'
        f"<p>{escape(say(TEACHES[track]))}</p><p class='count'>{escape(count)}</p></div>"
    )


TEACH = (
    as_written("Teach it"),
    as_written("Read {link}."),
    "guide/teach-this-course.html",
    as_written("teach this course"),
)


def _start(say: Say, root: str, release: Path) -> str:
    rows = "".join(
        f"<li><strong>{escape(say(heading))}</strong><br>"
        + escape(say(sentence)).format(link=_opened(place, name, say, root, release))
        + "</li>"
        for heading, sentence, place, name in (*START, TEACH)
    )
    return f'<ul class="start">{rows}</ul>'


def _opened(place: str, name: str, say: Say, root: str, release: Path) -> str:
    """A link to a page, or without a place to the notebook of an assignment; to its row on the page
    of assignments while it is not released."""
    notebook = f"{name}/{name}.ipynb"
    if place:
        return f'<a href="{place}">{escape(say(name))}</a>'
    if (release / notebook).is_file():
        return f'<a href="{root}notebooks/{notebook}" download>{escape(name)}</a>'
    return f'<a href="assignments.html#{lab(name).label.replace("_", "-")}">{escape(name)}</a>'


def _bridge(say: Say) -> str:
    heads = (
        say("ML concept"),
        say("systems concept"),
        say("what one learns"),
        say("chapter"),
        say("lab"),
        say("module"),
        say("board lab"),
    )
    rows = "".join(_bridge_row(meeting, say) for meeting in meetings())
    return _table(heads, rows, "bridge")


def _bridge_row(meeting: Meeting, say: Say) -> str:
    chapters = {entry.id: entry for part in parts() for entry in part.chapters}
    cells = [
        escape(say(meeting.concept)),
        escape(say(meeting.systems)),
        escape(say(meeting.learns)),
        _listed(chapter_link(chapters[name], say) for name in meeting.chapters),
        *(
            _listed(link(lab(name), True, say) for name in names)
            for names in (meeting.labs, meeting.modules, meeting.boards)
        ),
    ]
    return _row(cells)


def _loop(say: Say) -> str:
    heads = (
        say("step"),
        say("in research"),
        say("in this course"),
        say("what was measured"),
        say("lab made of it"),
    )
    return _table(heads, "".join(_loop_row(step, say) for step in steps()), "loop")


def _loop_row(step: Step, say: Say) -> str:
    page, _, anchor = step.page.partition("#")
    target = f"{page}.html#{anchor}" if anchor else f"{page}.html"
    figures = f'<a href="{target}">{escape(say("figures"))}</a>'
    labs = _listed(link(lab(name), say=say) for name in step.labs)
    words = (escape(say(text)) for text in (step.name, step.research, step.teaching))
    return _row([*words, figures, labs])


def _parts(say: Say) -> str:
    return '<div class="parts">' + "".join(_part(part, say) for part in parts()) + "</div>"


def _part(part: Part, say: Say) -> str:
    items = "".join(
        f"<li>{chapter_link(entry, say)}<br>"
        f"<span class='question'>{escape(say(entry.question))}</span></li>"
        for entry in part.chapters
    )
    title = f'<a href="parts/{part.id}.html">{escape(say(part.title))}</a>'
    focus = f'<p class="count">{escape(say(part.focus))}</p>'
    return f"<section><h3>{title}</h3>{focus}<ul>{items}</ul></section>"


def _track(course: Syllabus, track: str, say: Say) -> str:
    rows = [row for row in course.assignments if row.track == track]
    about = escape(say(course.tracks[track]))
    if not rows:
        return f"<h3>{planned(track, say)}</h3><p>{about}</p>"
    heads = (say("assignment"), say("title"), say("minutes"), say("points"), say("needs"))
    body = "".join(_assignment(row, say) for row in rows)
    head = f'<h3 id="track-{track.lower()}">{track}: {about}</h3>'
    return head + _table(heads, body, f"assignments of {track}")


def _assignment(row: Assignment, say: Say) -> str:
    needs = _listed(link(lab(name), say=say) for name in row.prerequisites)
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
