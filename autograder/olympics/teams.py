"""The team table: a CSV with a stable id, a public name and a university for each team."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from olympics.entry import BETWEEN, MAX_TEAM_CHARACTERS, TEAM_ID

from autograder.model import CourseError
from autograder.olympics.look_alikes import skeletons

COLUMNS = ("team_id", "public_name", "university", "members", "anonymous")
MAX_MEMBERS = 4
LIKE_ANONYMOUS = re.compile(r"anonymous ?[0-9ol]*")  # of a skeleton, where 0 is o and 1 is l
MAX_CHARACTERS = {"team_id": MAX_TEAM_CHARACTERS, "public_name": 80, "university": 80}


@dataclass(frozen=True)
class Team:
    """anonymous: the board shows neither the name nor the university until the season's end."""

    team_id: str
    public_name: str
    university: str
    members: int
    anonymous: bool


class NamedLine(NamedTuple):
    """A name of the table, and the line where it stands first."""

    name: str
    line: int


def read_teams(path: Path) -> dict[str, Team]:
    """The teams by their id. CourseError with the line where a row is not as it has to be."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise CourseError(f"The team table {path} cannot be read: {fault}.") from fault
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if reader.fieldnames is None or set(reader.fieldnames) != set(COLUMNS):
        raise CourseError(f"{path} needs the columns {', '.join(COLUMNS)} in its first line.")
    teams: dict[str, Team] = {}
    names: dict[str, NamedLine] = {}
    universities: dict[str, NamedLine] = {}
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        team = _team(row, place)
        if team.team_id in teams:
            raise CourseError(f"{place}: '{team.team_id}' stands twice.")
        _check_public_name(team.public_name, place, names)
        _check_university(team.university, place, universities)
        _add_looks(team.public_name, reader.line_num, names)
        _add_looks(team.university, reader.line_num, universities)
        teams[team.team_id] = team
    return teams


def _check_public_name(name: str, place: str, names: Mapping[str, NamedLine]) -> None:
    if any(LIKE_ANONYMOUS.fullmatch(look) for look in skeletons(name)):
        raise CourseError(
            f"{place}: the board itself calls teams that are anonymous 'Anonymous 1' and so on, "
            f"and the public_name '{name}' came. Choose another one, and write yes under anonymous "
            "for a team that shall not be named."
        )
    if earlier := _look_alike(name, names):
        raise CourseError(
            f"{place}: the public_name '{name}' looks like '{earlier.name}' of line "
            f"{earlier.line}, which another team has. Give one of them another name."
        )


def _check_university(name: str, place: str, universities: Mapping[str, NamedLine]) -> None:
    earlier = _look_alike(name, universities)
    if earlier and earlier.name != name:
        raise CourseError(
            f"{place}: the university '{name}' looks like '{earlier.name}' of line "
            f"{earlier.line}. The medal table would count them as two: write one name in all lines."
        )


def _look_alike(name: str, names: Mapping[str, NamedLine]) -> NamedLine | None:
    """What of `names`, by their skeletons, a person takes for `name`."""
    return next((names[look] for look in sorted(skeletons(name)) if look in names), None)


def _add_looks(name: str, line: int, names: dict[str, NamedLine]) -> None:
    for look in skeletons(name):
        names.setdefault(look, NamedLine(name, line))


def _team(row: dict[str, str | None], place: str) -> Team:
    fields = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if None in row:
        raise CourseError(
            f"{place}: there are more fields than columns. Quote a name with a comma."
        )
    _check_texts(fields, place)
    members = fields["members"]
    if members not in map(str, range(1, MAX_MEMBERS + 1)):
        raise CourseError(f"{place}: members is a number from 1 to 4, and '{members}' came.")
    if fields["anonymous"] not in ("yes", "no"):
        raise CourseError(f"{place}: anonymous is yes or no, and '{fields['anonymous']}' came.")
    return Team(
        fields["team_id"],
        fields["public_name"],
        fields["university"],
        int(members),
        fields["anonymous"] == "yes",
    )


def _check_texts(fields: dict[str, str], place: str) -> None:
    for name, limit in MAX_CHARACTERS.items():
        if not fields[name] or len(fields[name]) > limit:
            raise CourseError(f"{place}: {name} needs 1 to {limit} characters.")
        if not fields[name].isprintable():
            raise CourseError(f"{place}: {name} holds a character that cannot be printed.")
    if not TEAM_ID.fullmatch(fields["team_id"]) or BETWEEN in fields["team_id"]:
        raise CourseError(
            f"{place}: files are called by team_id, so it has letters, digits, _, . and -, begins "
            f"with a letter or digit, and holds no {BETWEEN}; '{fields['team_id']}' came."
        )
