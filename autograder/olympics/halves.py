"""What may be told of a judgement while its season is open: the public half of hidden inputs.

An event whose private half decides would give that half away, a little with each try, if its score
were told at once. Until the season is closed the public half's score stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from olympics.events import events

from autograder.olympics.ledger import Judgement


def told(rows: Iterable[Judgement], season: str) -> list[Judgement]:
    """The rows, those of the open season without what the private half says. season: its name, ""
    where none is open."""
    return [_public(row) if row.season == season else row for row in rows]


def _public(row: Judgement) -> Judgement:
    hidden = {rules.id for rules in events() if rules.decides == "private"}
    if row.event not in hidden:
        return row
    scores = {name: value for name, value in row.scores.items() if name != "private"}
    if "score" in scores:
        scores["score"] = scores["public"]
    return replace(row, scores=scores)
