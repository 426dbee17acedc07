"""Every cheat that anyone found: none gains rank."""

from collections.abc import Iterable

import pytest
from olympic_entries import CHEATS, TRICKS, entry


def _every_third_fast(names: Iterable[str]) -> list:
    """Each takes seconds of judging, so two of three wait for `make test-all`."""
    return [
        pytest.param(name, marks=[pytest.mark.slow] if number % 3 else [])
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("name", _every_third_fast(CHEATS))
def test_a_cheat_is_not_ranked(name, judged):
    outcome = judged(entry(CHEATS[name]))
    assert outcome.verdict != "ranked", outcome.scores
    assert "score" not in outcome.scores
    assert outcome.sentence


@pytest.mark.slow
@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_beside_the_work_gains_nothing(name, judged):
    outcome = judged(entry(TRICKS[name]))
    assert outcome.verdict in ("ranked", "refused"), outcome.sentence
    assert outcome.scores.get("high", 1.0) > 0.9, outcome.log


def test_there_are_at_least_twenty_cheating_entries():
    assert len(CHEATS) + len(TRICKS) >= 20
