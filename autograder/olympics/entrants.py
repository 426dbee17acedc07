"""Who may be judged: what was handed in becomes an entry of the team that handed it in, or a
sentence; and a team has five tries a day in each event.

The name of what was handed in says whose it is: TEAM--EVENT.zip as `olympics pack` makes it, or
anything in a folder that is called like the team. An entry.toml that names another team is not
judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from olympics.entry import FACTS, Entry, entry_sha256, read_entry
from olympics.errors import OlympicsError
from olympics.events import TRIES_A_DAY, event

from autograder.olympics.ledger import Judgement
from autograder.olympics.teams import Team

BETWEEN = "--"


@dataclass(frozen=True)
class Entrant:
    """An entry that can be judged, by the name that its content gives it."""

    place: Path
    entry: Entry
    sha256: str


@dataclass(frozen=True)
class Rejected:
    """What was handed in and is no entry; the sentence says why."""

    place: Path
    sentence: str


def read_entrants(
    places: Iterable[Path], teams: Mapping[str, Team]
) -> tuple[list[Entrant], list[Rejected]]:
    """The entrants and what was rejected, each in the order of `places`. A place is an entry, or a
    folder of such. The same entry handed in twice is one entrant."""
    entrants: dict[str, Entrant] = {}
    rejected = []
    for place in (inner for outer in places for inner in _places(outer)):
        try:
            entry = read_entry(place)
            _check_team(place, entry, teams)
        except (OlympicsError, OSError) as fault:
            rejected.append(Rejected(place, str(fault)))
            continue
        sha256 = entry_sha256(entry)
        entrants.setdefault(sha256, Entrant(place, entry, sha256))
    return list(entrants.values()), rejected


def tries_left(entrant: Entrant, judgements: Sequence[Judgement], day: str) -> int:
    """How many more entries of that team in that event may be judged on a day (YYYY-MM-DD, UTC).
    Runs that were refused because of our machine, and further runs of one entry, cost nothing."""
    entry = entrant.entry
    tried = {
        row.entry_sha256
        for row in judgements
        if (row.team_id, row.event) == (entry.team_id, entry.event)
        and row.judged_at.startswith(day)
        and row.verdict != "refused"
    }
    return TRIES_A_DAY - len(tried - {entrant.sha256})


def _places(place: Path) -> Iterator[Path]:
    """The entries in a folder of entries; a folder with an entry.toml, or a file, is one itself."""
    if not place.is_dir() or (place / FACTS).is_file():
        yield place
        return
    inner = [path for path in sorted(place.iterdir()) if path.is_dir() or path.suffix == ".zip"]
    for path in inner:
        yield from _places(path)
    if not inner:
        yield place


def _check_team(place: Path, entry: Entry, teams: Mapping[str, Team]) -> None:
    if entry.team_id not in teams:
        raise OlympicsError(f"The team '{entry.team_id}' is not in the team table.")
    resolved = place.resolve()
    owners = (resolved.name.partition(BETWEEN)[0], resolved.parent.name)
    if entry.team_id not in owners:
        raise OlympicsError(
            f"The entry says that it is of team '{entry.team_id}', but it was handed in as "
            f"{resolved.parent.name}/{resolved.name}. Call it "
            f"{entry.team_id}{BETWEEN}{event(entry.event).id}, or lay it in a folder called "
            f"{entry.team_id}."
        )
