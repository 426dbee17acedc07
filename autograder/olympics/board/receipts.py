"""The receipts on the board: the judge's signed word on each ranked run, with the public team.

A receipt that the judge hands to a team names its team_id; the one on the board names the number
that the board gave it. Both are signed with the same key, whose public half is judge.pub.
"""

from __future__ import annotations

from dataclasses import replace

from olympics import receipt

from autograder.model import CourseError
from autograder.olympics.board.season import Season
from autograder.olympics.ledger import Judgement
from autograder.olympics.signing import PUBLIC_KEY, signed_receipt

FOLDER = "receipts"


def receipt_path(row: Judgement) -> str:
    """Where the receipt of a run is in the board."""
    return f"{FOLDER}/{row.entry_sha256[:16]}-{row.run}.json"


def receipts(season: Season, private_key: str) -> dict[str, bytes]:
    """The receipts of the season's ranked runs by their path, and the public key; none without a
    key. CourseError where nothing can be signed so that others can verify it."""
    if not private_key:
        return {}
    if not receipt.has_signatures():
        raise CourseError(f"Receipts on a board need the package cryptography: {receipt.INSTALL}")
    results = [result for event in season.events for result in season.results(event)]
    rows = [row for result in results for row in result.runs]
    files = {receipt_path(row): _receipt(row, season, private_key) for row in rows}
    return files | {PUBLIC_KEY: f"{receipt.public_key(private_key)}\n".encode()}


def _receipt(row: Judgement, season: Season, private_key: str) -> bytes:
    public = replace(row, team_id=season.names.team(row.team_id).slug)
    return receipt.to_text(signed_receipt(public, private_key)).encode()
