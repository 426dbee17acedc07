"""Who may be judged: what was handed in becomes an entry of the team that handed it in, or a
sentence; and a team has five tries a day in each event.

The name of what was handed in says whose it is: TEAM--EVENT.zip as `olympics pack` makes it. All
that lies in a folder that is called like a team is of that team. An entry.toml that names another
team is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from olympics.entry import BETWEEN, FACTS, Entry, entry_sha256, read_entry
from olympics.errors import OlympicsError
from olympics.events import TRIES_A_DAY, event

from autograder.olympics.ledger import Judgement
from autograder.olympics.teams import Team

MAX_DEPTH = 6  # of folders in folders that entries are looked for in
# What may go wrong with the reading of what somebody sent: it is no entry, the next one is read.
READ_FAULTS = (
    *(OlympicsError, OSError, ValueError, TypeError, AttributeError, LookupError),
    *(ArithmeticError, RuntimeError, MemoryError, EOFError),
)


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
    for outer, place in ((top, inner) for top in places for inner in _places(top)):
        try:
            entry = read_entry(place)
            _check_team(outer, place, entry, teams)
        except READ_FAULTS as fault:
            rejected.append(Rejected(place, _sentence(place, fault)))
            continue
        sha256 = entry_sha256(entry)
        entrants.setdefault(sha256, Entrant(place, entry, sha256))
    return list(entrants.values()), rejected


def _sentence(place: Path, fault: BaseException) -> str:
    if isinstance(fault, OlympicsError):
        return str(fault)
    return f"{place.name} cannot be read: {type(fault).__name__}: {str(fault)[:200]}."


def has_try(entrant: Entrant, judgements: Iterable[Judgement], day: str) -> bool:
    """Whether the entry may be judged as one of a day (YYYY-MM-DD, UTC): a team has five new
    entries a day in each event. Runs that were refused because of our machine, and further runs of
    an entry, cost nothing."""
    entry = entrant.entry
    first_day: dict[str, str] = {}
    for row in judgements:
        same_team = (row.team_id, row.event) == (entry.team_id, entry.event)
        if same_team and row.verdict != "refused":
            first_day.setdefault(row.entry_sha256, row.handed_in or row.judged_at[:10])
    return entrant.sha256 in first_day or [*first_day.values()].count(day) < TRIES_A_DAY


def _places(place: Path, depth: int = 0) -> Iterator[Path]:
    """The entries in a folder of entries; a folder with an entry.toml, or a file, is one itself,
    and so is one that cannot be looked into. A link below it is not followed: it could lead
    anywhere, and around."""
    try:
        is_one = depth == MAX_DEPTH or not place.is_dir() or (place / FACTS).is_file()
        inner = [] if is_one else [p for p in sorted(place.iterdir()) if p.is_dir() or _is_zip(p)]
    except OSError:
        inner = []
    for path in inner:
        yield from [path] if path.is_symlink() else _places(path, depth + 1)
    if not inner:
        yield place


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _check_team(outer: Path, place: Path, entry: Entry, teams: Mapping[str, Team]) -> None:
    if entry.team_id not in teams:
        raise OlympicsError(
            f"The team '{entry.team_id}' is not in the team table. The line team of {FACTS} has to "
            "be a team_id of that table: ask the team to change it, or add the team."
        )
    if entry.team_id != _owner(outer, place, teams):
        resolved = place.resolve()
        raise OlympicsError(
            f"The entry says that it is of team '{entry.team_id}', but it was handed in as "
            f"{resolved.parent.name}/{resolved.name}. Call it "
            f"{entry.team_id}{BETWEEN}{event(entry.event).id}, or lay it in a folder called "
            f"{entry.team_id}."
        )


def _owner(outer: Path, place: Path, teams: Mapping[str, Team]) -> str:
    """Whose a place in `outer` is. The outermost folder that is called like a team says it, for
    what lies in it is of that team, whatever it is called; else the name of what was handed in."""
    top = outer.resolve()
    resolved = top / place.relative_to(outer)
    folders = resolved.relative_to(top.parent).parts[:-1]
    named = [name for name in (top.parent.name, *folders) if name in teams]
    return named[0] if named else resolved.name.partition(BETWEEN)[0]
