"""The feed of another university: hostile input that becomes rows, or sentences that say why not.

The one file that validates JSON by a schema. A feed is read up to a size and a time, checked as a
whole and then row by row; a bad row is refused and the others stay. A row speaks for the judge that
it names, and never for one of ours; nothing here proves who wrote it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from jsonschema import Draft202012Validator
from olympics.events import Event
from olympics.statistics import RATIO_LIMIT

from autograder.files import read_plain
from autograder.model import CourseError
from autograder.olympics.board.feed import JUDGEMENTS, SCHEMA
from autograder.olympics.board.names import PublicTeam, printable
from autograder.olympics.board.season import Season
from autograder.olympics.ledger import Judgement
from autograder.olympics.look_alikes import skeletons

MAX_BYTES = 8_000_000
TIMEOUT_S = 10.0
WHOLE_TIMEOUT_S = 30.0
WEB = ("http", "https")
PAGE = ".html"
MAX_MACHINES = 20  # in one feed: each makes a category, with a table of its own
SENTENCES = 5  # of refused rows of one feed; the others are counted


@dataclass(frozen=True)
class ForeignFeed:
    """The rows of a feed, the teams in them by the team_id that they have here, and a sentence for
    each row that was refused."""

    rows: tuple[Judgement, ...]
    teams: dict[str, PublicTeam]
    refused: tuple[str, ...]


def merge(season: Season, places: Iterable[str]) -> tuple[Season, list[str]]:
    """The season with the rows of these feeds, and a sentence for each feed that cannot be read."""
    faults = []
    for place in places:
        try:
            feed = read_feed(place, season)
        except CourseError as fault:
            faults.append(str(fault))
            continue
        teams = {team_id: _cleared(team, season) for team_id, team in feed.teams.items()}
        names = replace(season.names, public={**season.names.public, **teams})
        season = replace(
            season,
            names=names,
            elsewhere=(*season.elsewhere, *feed.rows),
            notes=(*season.notes, *_shortened(feed.refused, place)),
        )
    return season, faults


def read_feed(place: str, season: Season) -> ForeignFeed:
    """The feed at a URL, in a file, or in the folder of a board. CourseError where it is none."""
    facts = _parsed(_read(place), place)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    row_check = Draft202012Validator({"$ref": "#/$defs/judgement", "$defs": schema["$defs"]})
    _check_whole(facts, schema, place)
    if facts["season"] != season.name:
        raise CourseError(
            f"The feed {place} is of the season '{printable(facts['season'])}', and this board of "
            f"'{season.name}'. Ask for that season, or publish the other one: --season."
        )
    taken_judges = {
        look: "speaks through another feed"
        for judge in {row.judge for row in season.elsewhere}
        for look in skeletons(judge)
    }
    taken_judges |= {
        look: "is a judge of this board" for judge in season.judges for look in skeletons(judge)
    }
    rows, teams, refused = [], {}, []
    machines: set[str] = set()
    earlier_runs: set[tuple[str, str, int]] = set()
    for count, row in enumerate(facts["rows"], 1):
        fault = next(
            iter(_row_faults(row, row_check, season.events, taken_judges, earlier_runs)), ""
        )
        if not fault and row["machine"] not in machines and len(machines) == MAX_MACHINES:
            fault = f"the feed names over {MAX_MACHINES} machines."
        if fault:
            refused.append(f"Row {count}: {fault}")
            continue
        machines.add(row["machine"])
        judgement = _judgement(row, facts["season"])
        earlier_runs.add((judgement.entry_sha256, judgement.event, judgement.run))
        teams[judgement.team_id] = _team(row)
        rows.append(judgement)
    return ForeignFeed(tuple(rows), teams, tuple(refused))


def _read(place: str) -> bytes:
    scheme = urlsplit(place).scheme.lower() if "://" in place else ""
    if scheme in WEB:
        data = _download(place)
    elif scheme:
        raise CourseError(f"The feed {place} begins with {scheme}://; http or https is needed.")
    else:
        data = _read_file(Path(place))
    if len(data) > MAX_BYTES:
        raise CourseError(f"The feed {place} has over {MAX_BYTES:,} bytes; less is needed.")
    return data


def _read_file(path: Path) -> bytes:
    if path.suffix.lower() == PAGE:
        path = path.parent
    path = path / JUDGEMENTS if path.is_dir() else path
    try:
        return read_plain(path, MAX_BYTES + 1)
    except OSError as fault:
        raise CourseError(f"The feed {path} cannot be read: {fault.strerror or fault}.") from fault


def _download(url: str) -> bytes:
    """At most MAX_BYTES + 1 bytes from the web, or a CourseError within WHOLE_TIMEOUT_S."""
    url = _feed_url(url)
    answers: list[bytes | CourseError] = []
    thread = threading.Thread(target=lambda: answers.append(_answer(url)), daemon=True)
    thread.start()
    thread.join(WHOLE_TIMEOUT_S)
    if not answers:
        raise CourseError(f"The feed {url} takes over {WHOLE_TIMEOUT_S:g} s.")
    if isinstance(answers[0], CourseError):
        raise answers[0]
    return answers[0]


def _feed_url(url: str) -> str:
    """The address of the feed: itself, or in the folder of a board or of its first page."""
    parts = urlsplit(url)
    if parts.path.endswith(".json"):
        return url
    folder = parts.path.rpartition("/")[0] if parts.path.lower().endswith(PAGE) else parts.path
    return parts._replace(path=f"{folder.rstrip('/')}/{JUDGEMENTS}", fragment="").geturl()


def _answer(url: str) -> bytes | CourseError:
    """What a server sends, which may be a byte now and then without an end."""
    try:
        with build_opener(_WebOnly()).open(url, timeout=TIMEOUT_S) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
            return data
    except (OSError, HTTPException, ValueError) as fault:
        return CourseError(f"The feed {url} cannot be fetched: {fault}.")


class _WebOnly(HTTPRedirectHandler):
    """Follows an answer that names another place on the web, and no other."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).scheme.lower() not in WEB:
            raise ValueError(f"it leads to {printable(newurl)[:80]}, which is not on the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _parsed(data: bytes, place: str) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise CourseError(f"The feed {place} is no JSON that can be read: {fault}.") from fault


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _check_whole(facts: Any, schema: dict[str, Any], place: str) -> None:
    feed_schema = {**schema["$defs"]["judgements"], "$defs": schema["$defs"]}
    rows = {**feed_schema["properties"]["rows"], "items": {}}
    feed_schema["properties"] = {**feed_schema["properties"], "rows": rows}
    fault = next(Draft202012Validator(feed_schema).iter_errors(facts), None)
    if fault:
        raise CourseError(f"{place} is no feed of judgements, version 1: {_words(fault)}.")


def _words(fault: Any) -> str:
    where = ".".join(map(str, fault.absolute_path))
    return printable(f"{where + ': ' if where else ''}{fault.message}")[:160]


def _row_faults(
    row: Any,
    check: Draft202012Validator,
    events: Iterable[Event],
    taken_judges: Mapping[str, str],
    earlier_runs: set[tuple[str, str, int]],
) -> Iterator[str]:
    """Why a row is refused, the first reason first. taken_judges: those that are not the feed's."""
    fault = next(check.iter_errors(row), None)
    if fault:
        yield f"{_words(fault)}."
        return
    event = next((event for event in events if event.id == row["event"]), None)
    if event is None:
        yield f"there is no event '{row['event']}' here."
        return
    looks = skeletons(row["judge"])
    if reason := next((taken_judges[look] for look in looks if look in taken_judges), ""):
        yield (
            f"it says that '{printable(row['judge'])}' judged it, which {reason}, "
            "or looks like one."
        )
    if row["weight_class"] not in (tuple(event.weight_classes) or ("",)):
        yield f"{event.title} has no weight class '{printable(row['weight_class'])}'."
    if (row["entry_sha256"], row["event"], row["run"]) in earlier_runs:
        yield "the same run of the same entry stands in the feed twice."
    yield from _score_faults(row["scores"], event)


def _score_faults(scores: dict[str, float], event: Event) -> Iterator[str]:
    score = scores["score"]
    if event.kind == "time":
        low, high = scores.get("low", score), scores.get("high", score)
        if not 1 / RATIO_LIMIT <= low <= score <= high <= RATIO_LIMIT:
            yield "its times are no interval between 1/64 and 64 around the score."
    elif event.unit.startswith("of ") and score > 1:
        yield f"its score {score:g} is no share."


def _judgement(row: dict[str, Any], season: str) -> Judgement:
    copied = ("event", "entry_sha256", "division", "level", "weight_class")
    texts = ("machine", "judge", "judged_at", "harness", "seed_id", "idea")
    return Judgement(
        **{name: row[name] for name in copied},
        **{name: printable(row[name]) for name in texts},
        number=int(row["number"]),
        run=int(row["run"]),
        season=season,
        team_id=_team_id(row),
        verdict="ranked",
        sentence="",
        scores={name: float(value) for name, value in row["scores"].items()},
    )


def _team_id(row: dict[str, Any]) -> str:
    """A team_id that no team of ours can have: it holds a line break."""
    return f"{row['judge']}\n{row['team']}"


def _team(row: dict[str, Any]) -> PublicTeam:
    return PublicTeam(0, printable(row["team_name"]), printable(row["university"]), True)


def _cleared(team: PublicTeam, season: Season) -> PublicTeam:
    """A team of another board without the names of our anonymous teams."""
    name, university = (season.names.text(text) for text in (team.name, team.university))
    return replace(team, name=name, university=university)


def _shortened(refused: tuple[str, ...], place: str) -> Iterator[str]:
    for sentence in refused[:SENTENCES]:
        yield f"{place}: {sentence}"
    if len(refused) > SENTENCES:
        yield f"{place}: {len(refused) - SENTENCES} more rows were refused."
