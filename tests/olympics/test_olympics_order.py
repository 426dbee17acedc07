"""The order of honest entries on a machine that is not quiet, and a whole season by one command."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from olympic_entries import CHEATS, TRICKS, entry, honest, write_entry

from autograder.olympics.ledger import Ledger

LEVELS = (1, 2, 4, 8)  # forward passes: each level does clearly more work than the one before
RUNS = 20


@contextmanager
def busy_loop():
    """Another program that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def scores_of(judged, run):
    """The scores of the levels that were ranked, from the least work to the most."""
    outcomes = [judged(honest(passes), run) for passes in LEVELS]
    assert {outcome.verdict for outcome in outcomes} <= {"ranked", "refused"}
    return [outcome.scores["score"] for outcome in outcomes if outcome.verdict == "ranked"]


@pytest.mark.slow
def test_more_work_has_a_higher_ratio_while_another_program_runs_or_is_refused(judged):
    with busy_loop():
        scores = scores_of(judged, 1)
    assert scores == sorted(scores)


@pytest.mark.slow
def test_the_honest_order_is_right_in_20_of_20_runs_while_another_program_runs(judged):
    with busy_loop():
        series = [scores_of(judged, run) for run in range(1, RUNS + 1)]
    print([[round(score, 3) for score in scores] for scores in series])
    assert [scores for scores in series if scores != sorted(scores)] == []


@pytest.mark.slow
def test_one_command_ranks_thirty_entries_honestly_while_another_program_runs(
    tmp_path,
):
    folder = tmp_path / "in"
    entries = [entry(text, f"cheat{k}") for k, text in enumerate(CHEATS.values())]
    entries += [entry(text, f"trick{k}") for k, text in enumerate(TRICKS.values())]
    entries += [honest(passes, f"honest{passes}") for passes in LEVELS]
    assert len(entries) >= 30
    teams = ["team_id,public_name,university,members,anonymous"]
    for one in entries:
        write_entry(one, folder / one.team_id / "entry")
        teams.append(f"{one.team_id},{one.team_id},Uni,1,no")
    (tmp_path / "teams.csv").write_text("\n".join(teams) + "\n")
    (tmp_path / "secret").write_text("s" * 32)
    command = [sys.executable, "-m", "autograder.commands.cli", "olympics", "judge", str(folder)]
    options = ["--teams", "teams.csv", "--secret", "secret", "--season", "2027", "--judge", "J"]
    with busy_loop():
        completed = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True
        )
    assert completed.returncode in (0, 1), completed.stderr
    with Ledger(f"sqlite:///{tmp_path / 'olympics.db'}") as ledger:
        rows = ledger.judgements()
    assert {row.team_id for row in rows} == {one.team_id for one in entries}
    ranked = {row.team_id: row.scores for row in rows if row.verdict == "ranked"}
    print({team: round(scores["score"], 3) for team, scores in ranked.items()})
    assert not [team for team in ranked if team.startswith("cheat")]
    tricks = [scores for team, scores in ranked.items() if team.startswith("trick")]
    assert all(scores["high"] > 0.9 for scores in tricks)  # no faster than the reference
    levels = [
        ranked[f"honest{passes}"]["score"] for passes in LEVELS if f"honest{passes}" in ranked
    ]
    assert levels == sorted(levels)
