"""What may be told of a judgement while its season is open: the public half of hidden inputs.

An event whose private half decides would give that half away, a little with each try, if its score
were told at once. Until the season is closed the public half's score stands in its place. The
checksums in later rows, each of which depends on all rows before it, would tell it too: who knows
the rest of a row can try out all scores that it can have.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from olympics.events import events

from autograder.olympics.ledger import Judgement
from autograder.olympics.seeds import keeps_inputs


def public_rows(rows: Sequence[Judgement], closed: Collection[str] = ()) -> list[Judgement]:
    """The rows of a ledger, in its order, without what the private half says of open seasons.

    closed: the seasons that the organiser closed. Every other one is open: that a season of
    another name began later says nothing, since one wrong letter in a name begins a season.
    """
    hiding = {rules.id for rules in events() if keeps_inputs(rules)}
    hidden = {r.number for r in rows if r.event in hiding and r.season not in closed}
    first = min(hidden, default=len(rows) + 1)
    public = (_public(row) if row.number in hidden else row for row in rows)
    return [replace(row, previous_sha256="") if row.number > first else row for row in public]


def _public(row: Judgement) -> Judgement:
    scores = {name: value for name, value in row.scores.items() if name != "private"}
    if "score" in scores:
        scores["score"] = scores["public"]
    return replace(row, scores=scores)
