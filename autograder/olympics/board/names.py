"""What the public may know of a team: a number that stays, and a name unless it is anonymous.

The number is the team's place among all that were ever judged, so it says nothing about the team
and stays the same when a name is shown or taken back. A team_id is never shown. Of an anonymous
team neither name nor university is shown, and its names are taken out of every text that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.olympics.ledger import Judgement
from autograder.olympics.teams import Team

TAKEN_OUT = "[name]"
ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True)
class PublicTeam:
    """A team as the board shows it. number: 0 for a team of another board. is_named: whether the
    name is its own."""

    number: int
    name: str
    university: str
    is_named: bool

    @property
    def slug(self) -> str:
        """The name of the team's folder of badges."""
        return f"team-{self.number}"


@dataclass(frozen=True)
class Names:
    """The public teams by team_id, and what must not stand in any text. unknown: how many teams of
    the ledger are not in the table of teams."""

    public: Mapping[str, PublicTeam]
    secrets: Mapping[str, tuple[str, ...]]
    hidden: tuple[str, ...]
    unknown: int

    def team(self, team_id: str) -> PublicTeam:
        return self.public[team_id]

    def university(self, team_id: str) -> str:
        """The university of a team, '' where it is not told."""
        return self.public[team_id].university

    def text(self, text: str, team_id: str = "", is_named: bool = True) -> str:
        """A text of a team as it may be shown: printable, without the names of anonymous teams.

        is_named: False where the text stands without the team's name, which is then taken out too.
        """
        secrets = self.hidden
        if team_id and not (is_named and self.public[team_id].is_named):
            secrets = (*secrets, *self.secrets.get(team_id, (team_id,)))
        return without(printable(text), secrets)


def public_names(judgements: Iterable[Judgement], teams: Mapping[str, Team]) -> Names:
    """The names of all teams in the ledger, numbered by their first row in it."""
    rows = sorted(judgements, key=lambda row: row.number)
    ids = list(dict.fromkeys(row.team_id for row in rows))
    public = {team_id: _public(number, teams.get(team_id)) for number, team_id in enumerate(ids, 1)}
    secrets = {team.team_id: _secrets(team) for team in teams.values()}
    unlisted = [team_id for team_id in ids if team_id not in teams]
    anonymous = [team for team in teams.values() if team.anonymous]
    hidden = [name for team in anonymous for name in secrets[team.team_id][:-1]] + unlisted
    return Names(public, secrets, tuple(hidden), len(unlisted))


def _public(number: int, team: Team | None) -> PublicTeam:
    if team is None or team.anonymous:
        return PublicTeam(number, f"Anonymous {number}", "", False)
    return PublicTeam(number, printable(team.public_name), printable(team.university), True)


def _secrets(team: Team) -> tuple[str, ...]:
    """What would say who a team is; its university, which others share, is the last."""
    return team.team_id, team.public_name, team.university


def printable(text: str) -> str:
    """The text without control characters, escape sequences and marks that turn its direction."""
    return UNPRINTABLE.sub("", ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n")))


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with each of the secrets, in any case, replaced; a short one as a whole word."""
    longest_first = sorted({printable(s).strip() for s in secrets} - {""}, key=len, reverse=True)
    patterns = [re.escape(s) if len(s) > 3 else rf"\b{re.escape(s)}\b" for s in longest_first]
    return re.sub("|".join(patterns), TAKEN_OUT, text, flags=re.I) if patterns else text
