"""What may be told of a judgement while its season is open: the public half of hidden inputs.

An event whose private half decides would give that half away, a little with each try, if its score
were told at once. Until the season is closed the public half's score stands in its place. The
checksums in later rows, each of which depends on all rows before it, would tell it too: who knows
the rest of a row can try out all scores that it can have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from olympics.events import events

from autograder.olympics.ledger import Judgement
from autograder.olympics.seeds import keeps_inputs


def public_rows(rows: Sequence[Judgement], season: str, is_closed: bool) -> list[Judgement]:
    """The rows of a ledger, in its order, without what the private half says of open seasons.

    Seasons that began before `season` are closed, those that began after it are open, and it is
    itself open unless `is_closed`. All are open where the ledger has no such season.
    """
    seasons = list(dict.fromkeys(row.season for row in rows))
    first_open = seasons.index(season) + is_closed if season in seasons else 0
    hiding = {rules.id for rules in events() if keeps_inputs(rules)}
    open_seasons = set(seasons[first_open:])
    hidden = {r.number for r in rows if r.event in hiding and r.season in open_seasons}
    first = min(hidden, default=len(rows) + 1)
    public = (_public(row) if row.number in hidden else row for row in rows)
    return [replace(row, previous_sha256="") if row.number > first else row for row in public]


def _public(row: Judgement) -> Judgement:
    scores = {name: value for name, value in row.scores.items() if name != "private"}
    if "score" in scores:
        scores["score"] = scores["public"]
    return replace(row, scores=scores)
