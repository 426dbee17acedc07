"""Ways through the course, one for each kind of reader: what to do in which order, and how long.

The stops are data in reader_paths.toml. Minutes come from the syllabus, and from the words of what
is to be read; a planned chapter counts with the minutes that contents.toml plans for one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from coursekit import syllabus

from book.catalogues import translator
from book.chapter import domain, open_chapter, reading_minutes
from book.contents import BOOK, entries, table
from book.errors import BookError
from book.languages import ENGLISH, Say, as_written
from book.links import is_slip, lab

SOURCE = BOOK / "reader_paths.toml"
GUIDE = as_written("guide")
"""What stands in place of a track where the stop is a page of the guide."""


@dataclass(frozen=True)
class Stop:
    """link: a link in MyST, or a name with the word planned. minutes: None where not known yet."""

    link: str
    track: str
    minutes: int | None
    is_planned: bool
    why: str


@dataclass(frozen=True)
class Path:
    """A way through the course. reader: whom it is for; goal: what one can do at its end."""

    id: str
    title: str
    reader: str
    goal: str
    ids: tuple[str, ...]
    stops: tuple[Stop, ...]

    @property
    def ready(self) -> list[Stop]:
        """The stops that are there."""
        return [stop for stop in self.stops if not stop.is_planned]

    @property
    def ready_minutes(self) -> int:
        """The minutes of all stops that are there."""
        return sum(stop.minutes or 0 for stop in self.ready)


def rows() -> list[dict[str, Any]]:
    """reader_paths.toml as it stands: one row for each path."""
    return list(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["path"])


def spoken(code: str) -> Say:
    """The words of the paths, of the contents and of the site in a language."""
    return translator(code, "paths", "contents", "interface")


@cache
def paths(code: str = ENGLISH.code) -> list[Path]:
    """All paths in their order. BookError for a stop that can be nothing."""
    return [_path(row, code) for row in rows()]


def path_page(path_id: str, code: str = ENGLISH.code) -> str:
    """The page of one path in MyST, below its heading."""
    say = spoken(code)
    path = next(path for path in paths(code) if path.id == path_id)
    heads = ("", say("stop"), say("track"), say("minutes"), say("why here"))
    lines = [f"| {' | '.join(heads)} |", "|--:|---|---|--:|---|"]
    for number, stop in enumerate(path.stops, 1):
        minutes = "" if stop.minutes is None else str(stop.minutes)
        track = say(stop.track)
        lines.append(f"| {number} | {stop.link} | {track} | {minutes} | {stop.why} |")
    return "\n\n".join([path.reader, path.goal, "\n".join(lines), _sum(path, say)])


def paths_list(code: str = ENGLISH.code) -> str:
    """All paths as a list in MyST, for the front page."""
    say = spoken(code)
    return "\n".join(f"- {_row(path, say)}" for path in paths(code))


def _row(path: Path, say: Say) -> str:
    ready = say("{ready} of {all} stops are there, about {time}.").format(
        ready=len(path.ready), all=len(path.stops), time=hours(path.ready_minutes, say)
    )
    way = f"**[{path.title}](paths/{path.id}.md)**"
    return say("{way}. {reader} *{ready}*").format(way=way, reader=path.reader, ready=ready)


def hours(minutes: int, say: Say = as_written) -> str:
    """Minutes in words: hours(150) == '2.5 hours'; below two hours they stay minutes."""
    if minutes < 120:
        return say("{count} minutes").format(count=minutes)
    return say("{count} hours").format(count=f"{round(minutes / 30) / 2:g}")


def _path(row: dict[str, Any], code: str) -> Path:
    say = spoken(code)
    ids = tuple(stop["at"] for stop in row["stop"])
    stops = tuple(_stop(stop["at"], say(stop["why"]), code) for stop in row["stop"])
    return Path(row["id"], say(row["title"]), say(row["reader"]), say(row["goal"]), ids, stops)


def _stop(name: str, why: str, code: str = ENGLISH.code) -> Stop:
    say = spoken(code)
    if name in entries():
        return _chapter(name, why, say)
    if name.startswith("guide/"):
        return _guide(name, why)
    place = lab(name)
    if is_slip(name):
        raise BookError(
            f"reader_paths.toml names '{name}', which is no chapter, assignment or page, and "
            "contents.toml plans no such assignment."
        )
    if place.is_planned:
        return Stop(f"`{place.name}` {say('(planned)')}", _track(name), None, True, why)
    row = syllabus.load().assignment(place.name)
    return Stop(f"{{lab}}`{row.id}`", row.track, row.minutes, False, why)


def _chapter(name: str, why: str, say: Say) -> Stop:
    entry = entries()[name]
    if not entry.is_written:
        minutes = int(table()["planned_minutes"])
        return Stop(f"*{say(entry.title)}* {say('(planned)')}", "READ", minutes, True, why)
    link = f"[{say(entry.title)}](../{domain(name)}.md)"
    return Stop(link, "READ", open_chapter(name).minutes, False, why)


def _guide(name: str, why: str) -> Stop:
    source = BOOK / f"{name}.md"
    if not source.exists():
        raise BookError(f"reader_paths.toml names the page '{name}', and there is no {source}.")
    text = source.read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    return Stop(f"[{title}](../{name}.md)", GUIDE, reading_minutes(text), False, why)


def _track(name: str) -> str:
    """The track of an assignment that is planned, by the first letter of its id."""
    return {"x": "EXPLORE", "d": "DEPLOY", "o": "PROVE"}.get(name[0], "BUILD")


def _sum(path: Path, say: Say) -> str:
    """What the stops take together; of a planned assignment no time is known."""
    planned = [stop for stop in path.stops if stop.is_planned]
    ready = say("The {count} stops that are there take about {time}.").format(
        count=len(path.ready), time=hours(path.ready_minutes, say)
    )
    if not planned:
        return ready
    sentence = say(
        "Leave out what is planned: nothing else needs it. The planned chapters will take about "
        "{time}; for planned assignments no time can be given yet."
    )
    left = sentence.format(time=hours(sum(stop.minutes or 0 for stop in planned), say))
    return say("{one} {other}").format(one=ready, other=left)
