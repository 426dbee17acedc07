"""How far the ledger had come when a board was made, so that the next one notices what is missing.

The chain of checksums in a ledger cannot show that its last rows are gone. A board can: it keeps
the number of rows and a checksum over what of them is public and stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from olympics.events import events

from autograder.model import CourseError
from autograder.olympics.board.receipts import FOLDER as RECEIPTS
from autograder.olympics.board.season import Season
from autograder.olympics.ledger import Judgement
from autograder.olympics.seeds import keeps_inputs

HEAD = "ledger.json"
FIELDS = ("number", "season", "event", "entry_sha256", "run", "verdict", "judged_at")
JUDGED = ("division", "level", "weight_class", "machine", "judge", "harness", "seed_id")
HALVES = ("score", "private")  # of an event that keeps its inputs: told once the season is closed


def head(season: Season, phase: str) -> dict[str, bytes]:
    """The file of the board that says how far the ledger had come. phase: '' while the season is
    open."""
    rows = season.judgements
    sums = {"sha256": outline(rows), "scores_sha256": scores_outline(rows)}
    facts = {"season": season.name, "phase": phase, "rows": len(rows), **sums}
    return {HEAD: (json.dumps(facts, indent=1, sort_keys=True) + "\n").encode()}


def outline(rows: Iterable[Judgement]) -> str:
    """The sha256 of what every board tells of some rows, and never changes. It says nothing of
    their scores."""
    facts = [[getattr(row, name) for name in FIELDS] for row in rows]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def scores_outline(rows: Iterable[Judgement]) -> str:
    """The sha256 of the scores of some rows and of what they depend on, as every board tells them:
    of a private half it says nothing, so it stays the same when the season is closed."""
    hiding = {rules.id for rules in events() if keeps_inputs(rules)}
    facts = [
        [
            *(getattr(row, name) for name in JUDGED),
            {k: v for k, v in row.scores.items() if row.event not in hiding or k not in HALVES},
        ]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def check_earlier(season: Season, phase: str, has_receipts: bool, folder: Path) -> None:
    """CourseError where the board in `folder` would lose what it has: rows that the ledger no
    longer has, its receipts, or the entries of a season that was closed."""
    before = _earlier(folder)
    if before is None:
        return
    row_count = int(before["rows"])
    rows = season.judgements[:row_count]
    # A board of an earlier version has no sum of the scores.
    sums = outline(rows), scores_outline(rows) if before["scores_sha256"] else ""
    if len(rows) < row_count or sums != (before["sha256"], before["scores_sha256"]):
        raise CourseError(
            f"The board in {folder} was made from {row_count} rows of a ledger, and this ledger "
            f"does not begin with them, or has other scores in them (it has "
            f"{len(season.judgements)} rows). Bring the ledger back "
            "from a backup, or name an empty folder for the board of another ledger."
        )
    if not has_receipts and (folder / RECEIPTS).is_dir():
        raise CourseError(
            f"The board in {folder} has receipts, which would be taken away. Give the judge's key "
            "too: --key judge.key. For a board without receipts, name an empty folder."
        )
    if before["season"] == season.name and before["phase"] and not phase:
        raise CourseError(
            f"The season '{season.name}' is closed on the board in {folder}. Give --close-season "
            "and --entries again. To open the season again, name an empty folder."
        )


def is_board_of(season: Season, folder: Path) -> bool:
    """Whether `folder` has a board of the season of that name."""
    before = _earlier(folder)
    return before is not None and before["season"] == season.name


def _earlier(folder: Path) -> dict[str, Any] | None:
    """What the board in a folder says of its ledger, None where there is none that says it."""
    try:
        facts = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        return {
            "rows": int(facts["rows"]),
            **{k: str(facts[k]) for k in ("season", "phase", "sha256")},
            "scores_sha256": str(facts.get("scores_sha256", "")),
        }
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
