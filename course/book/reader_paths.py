"""Ways through the course, one for each kind of reader: what to do in which order, and how long.

The stops are data in reader_paths.toml. Minutes come from the syllabus, and from the words of what
is to be read; a planned chapter counts with the minutes that contents.toml plans for one.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from coursekit import syllabus

from book.chapter import open_chapter, reading_minutes
from book.contents import BOOK, entries, table
from book.errors import BookError
from book.links import lab

SOURCE = BOOK / "reader_paths.toml"


@dataclass(frozen=True)
class Stop:
    """words: a link in MyST, or a name with the word planned. minutes: None where not known yet."""

    words: str
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


@cache
def paths() -> list[Path]:
    """All paths in their order. BookError for a stop that can be nothing."""
    rows = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["path"]
    return [_path(**row) for row in rows]


def path_page(path_id: str) -> str:
    """The page of one path in MyST, below its heading."""
    path = next(path for path in paths() if path.id == path_id)
    lines = ["| | stop | track | minutes | why here |", "|--:|---|---|--:|---|"]
    for number, stop in enumerate(path.stops, 1):
        minutes = "" if stop.minutes is None else str(stop.minutes)
        lines.append(f"| {number} | {stop.words} | {stop.track} | {minutes} | {stop.why} |")
    return "\n\n".join([path.reader, path.goal, "\n".join(lines), _sum(path)])


def paths_list() -> str:
    """All paths as a list in MyST, for the front page."""
    return "\n".join(
        f"- **[{path.title}](paths/{path.id}.md).** {path.reader} *{len(path.ready)} of "
        f"{len(path.stops)} stops are there, about {hours(path.ready_minutes)}.*"
        for path in paths()
    )


def hours(minutes: int) -> str:
    """Minutes in words: hours(150) == '2.5 hours'; below two hours they stay minutes."""
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 30) / 2:g} hours"


def _path(id: str, title: str, reader: str, goal: str, stop: list[dict[str, str]]) -> Path:
    stops = tuple(_stop(row["at"], row["why"]) for row in stop)
    return Path(id, title, reader, goal, tuple(row["at"] for row in stop), stops)


def _stop(name: str, why: str) -> Stop:
    if name in entries():
        return _chapter(name, why)
    if name.startswith("guide/"):
        return _guide(name, why)
    place = lab(name)
    if place.is_planned:
        return Stop(f"`{place.words}` (planned)", _track(name), None, True, why)
    row = syllabus.load().assignment(place.words)
    return Stop(f"{{lab}}`{row.id}`", row.track, row.minutes, False, why)


def _chapter(name: str, why: str) -> Stop:
    entry = entries()[name]
    if not entry.is_written:
        minutes = int(table()["planned_minutes"])
        return Stop(f"*{entry.title}* (planned)", "READ", minutes, True, why)
    link = f"[{entry.title}](../chapters/{name}/{name}.md)"
    return Stop(link, "READ", open_chapter(name).minutes, False, why)


def _guide(name: str, why: str) -> Stop:
    source = BOOK / f"{name}.md"
    if not source.exists():
        raise BookError(f"reader_paths.toml names the page '{name}', and there is no {source}.")
    text = source.read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    return Stop(f"[{title}](../{name}.md)", "guide", reading_minutes(text), False, why)


def _track(name: str) -> str:
    """The track of an assignment that is planned, by the first letter of its id."""
    tracks = {"x": "EXPLORE", "d": "DEPLOY"}
    if not name[0].isdigit() and name[0] not in tracks:
        raise BookError(
            f"reader_paths.toml names '{name}', which is no chapter, assignment or page."
        )
    return tracks.get(name[0], "BUILD")


def _sum(path: Path) -> str:
    """What the stops take together; of a planned assignment no time is known."""
    planned = [stop for stop in path.stops if stop.is_planned]
    ready = f"The {len(path.ready)} stops that are there take about {hours(path.ready_minutes)}."
    if not planned:
        return ready
    chapters = sum(stop.minutes or 0 for stop in planned)
    return (
        f"{ready} Leave out what is planned: nothing else needs it. The planned chapters will take "
        f"about {hours(chapters)}; for planned assignments no time can be given yet."
    )
