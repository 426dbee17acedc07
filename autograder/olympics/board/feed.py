"""feed/v1/*.json: what other boards and programs can read of a season. schema.json describes it.

Only ranked rows that this board's judges measured are in it: each feed speaks for its own judges.
Rows stand in the order of the ledger, and keys in the order of the alphabet.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.olympics.board.names import Names
from autograder.olympics.board.season import CategoryTable, Season
from autograder.olympics.ledger import Judgement
from autograder.olympics.ranking import Row

SCHEMA_VERSION = 1
SCHEMA = Path(__file__).with_name("feed.schema.json")
FOLDER = "feed/v1"
JUDGEMENTS = f"{FOLDER}/judgements.json"
COPIED = (
    *("number", "event", "entry_sha256", "run", "division", "level", "weight_class", "machine"),
    *("judge", "judged_at", "harness", "seed_id"),
)


def files(season: Season) -> dict[str, bytes]:
    """The files of the feed by their path in the board."""
    return {
        JUDGEMENTS: _file(season, "judgements", "rows", _judgements(season)),
        f"{FOLDER}/ranking.json": _file(season, "ranking", "categories", _rankings(season)),
        f"{FOLDER}/medals.json": _file(season, "medals", "universities", _medals(season)),
        f"{FOLDER}/schema.json": SCHEMA.read_bytes(),
    }


def _file(season: Season, kind: str, name: str, rows: list[dict[str, Any]]) -> bytes:
    facts = {"schema_version": SCHEMA_VERSION, "kind": kind, "season": season.name, name: rows}
    text = json.dumps(facts, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _judgements(season: Season) -> list[dict[str, Any]]:
    season_results = [result for event in season.events for result in season.results(event)]
    rows = sorted(
        (run for result in season_results for run in result.runs), key=lambda row: row.number
    )
    return [_judgement(row, season.names) for row in rows]


def _judgement(row: Judgement, names: Names) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in COPIED}
    idea = names.text(row.idea, row.team_id)
    return {**facts, **_team(row.team_id, names), "scores": row.scores, "idea": idea}


def _team(team_id: str, names: Names) -> dict[str, str]:
    team = names.team(team_id)
    return {"team": team.slug, "team_name": team.name, "university": team.university}


def _rankings(season: Season) -> list[dict[str, Any]]:
    tables = [table for event in season.events for table in season.tables[event.id]]
    return [_category(table, season.names) for table in tables]


def _category(table: CategoryTable, names: Names) -> dict[str, Any]:
    category = table.category
    return {
        "event": category.event,
        "division": category.division,
        "level": category.level,
        "weight_class": category.weight_class,
        "machine": category.machine,
        "rows": [_row(row, names) for row in table.rows if row.result.judged_here],
    }


def _row(row: Row, names: Names) -> dict[str, Any]:
    middle = row.result.middle
    interval = {name: score for name, score in middle.scores.items() if name in ("low", "high")}
    return {
        **_team(row.result.team_id, names),
        "rank": row.rank,
        "shared": row.shared,
        "medal": row.medal,
        "provisional": row.provisional,
        "score": row.result.score,
        "runs": len(row.result.runs),
        "entry_sha256": row.result.entry_sha256,
        "judge": middle.judge,
        **interval,
    }


def _medals(season: Season) -> list[dict[str, Any]]:
    return [
        {
            "rank": row.rank,
            "university": row.university,
            "gold": row.gold,
            "silver": row.silver,
            "bronze": row.bronze,
        }
        for row in season.medals
    ]
