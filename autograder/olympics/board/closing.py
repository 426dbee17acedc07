"""The entries of a closed season, for everybody to read: anonymous first, with names later.

In the first phase no entry says whose it is: entries of an event stand in the order of the sha256
of their contents, without team, idea and score, and the names of all teams are taken out of their
texts. In the second phase an entry stands under its team, unless the team is anonymous.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from olympics.entry import Entry
from olympics.events import Event

from autograder.distributing import deterministic_zip
from autograder.model import CourseError
from autograder.olympics.board.head import is_board_of
from autograder.olympics.board.names import printable, without
from autograder.olympics.board.season import Season
from autograder.olympics.entrants import read_entrants
from autograder.olympics.teams import Team

PHASES = ("anonymous", "named")
FOLDER = "published"
SHOWN_CHARACTERS = 60_000


@dataclass(frozen=True)
class PublishedFile:
    """A file of an entry. text: what the page shows of it, '' where it is no text."""

    name: str
    size: int
    text: str
    is_cut: bool


@dataclass(frozen=True)
class PublishedEntry:
    """code: its name on the board. title: for a person. team: '' where nobody says."""

    code: str
    title: str
    team: str
    files: tuple[PublishedFile, ...]
    archive: bytes

    @property
    def path(self) -> str:
        return f"{FOLDER}/{self.code}.zip"


def published_entries(
    season: Season, places: Iterable[Path], phase: str, teams: Mapping[str, Team]
) -> list[PublishedEntry]:
    """The ranked entries of the season among those in `places` (each an entry, or a folder of
    entries), by event. What is no entry is passed over."""
    ranked = ranked_entries(season)
    entrants, _ = read_entrants(places, teams)
    entries = [entrant.entry for entrant in entrants if entrant.sha256 in ranked]
    published = []
    for event in season.events:
        chosen = [entry for entry in entries if entry.event == event.id]
        for number, entry in enumerate(sorted(chosen, key=_content_sha256), 1):
            published.append(_published(entry, event, number, season, phase))
    return published


def ranked_entries(season: Season) -> set[str]:
    """The sha256 of each entry that a closed season publishes."""
    return {result.entry_sha256 for event in season.events for result in season.results(event)}


def check_published(season: Season, published: Sequence[PublishedEntry], folder: Path) -> int:
    """How many ranked entries of the season are not among `published`. CourseError where the board
    in `folder` has more entries of the season than these, so that some of them would be lost."""
    missing_count = len(ranked_entries(season)) - len(published)
    earlier_count = len([*(folder / FOLDER).glob("*.zip")]) if is_board_of(season, folder) else 0
    if missing_count and len(published) < earlier_count:
        raise CourseError(
            f"The board in {folder} has {earlier_count} published entries, and --entries holds "
            f"{len(published)} of the {len(published) + missing_count} ranked ones. Name the "
            "folder that has them all. To publish fewer, name an empty folder for the board."
        )
    return missing_count


def _content_sha256(entry: Entry) -> str:
    names = b"".join(
        name.encode() + hashlib.sha256(data).digest() for name, data in sorted(entry.files.items())
    )
    return hashlib.sha256(names + entry.team_id.encode()).hexdigest()


def _published(
    entry: Entry, event: Event, number: int, season: Season, phase: str
) -> PublishedEntry:
    team = season.names.team(entry.team_id)
    is_named = phase == "named" and team.is_named
    secrets = season.names.hidden if is_named else _all_secrets(season.names.secrets, entry)
    files = {without(name, secrets): _cleared(data, secrets) for name, data in entry.files.items()}
    packed = BytesIO()
    deterministic_zip.pack(files.items(), packed)
    published_files = tuple(_published_file(name, data) for name, data in sorted(files.items()))
    return PublishedEntry(
        code=f"{event.id}-{number}",
        title=f"{event.title}, entry {number}",
        team=team.name if is_named else "",
        files=published_files,
        archive=packed.getvalue(),
    )


def _all_secrets(secrets: Mapping[str, tuple[str, ...]], entry: Entry) -> tuple[str, ...]:
    """The ids and names of all teams, and the university of the entry's own."""
    all_names = [name for names in secrets.values() for name in names[:-1]]
    return (*all_names, *secrets.get(entry.team_id, ()), entry.team_id)


def _cleared(data: bytes, secrets: tuple[str, ...]) -> bytes:
    """The bytes of a text without the secrets; other bytes as they are."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return data if (cleared := without(text, secrets)) == text else cleared.encode("utf-8")


def _published_file(name: str, data: bytes) -> PublishedFile:
    try:
        text = "" if b"\0" in data else printable(data.decode("utf-8"))
    except UnicodeDecodeError:
        text = ""
    is_cut = len(text) > SHOWN_CHARACTERS
    return PublishedFile(printable(name), len(data), text[:SHOWN_CHARACTERS], is_cut)
