"""The order of honest entries on a machine that is not quiet, and a whole season by one command."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from olympic_entries import CHEATS, HEAD, TRICKS, entry, honest, write_entry

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
def test_thirty_entries_and_more_are_judged_by_one_command_and_no_cheat_is_ranked_before_the_honest(
    tmp_path,
):
    folder = tmp_path / "in"
    teams = ["team_id,public_name,university,members,anonymous"]
    entries = {f"cheat{k}": text for k, text in enumerate(CHEATS.values())}
    entries |= {f"trick{k}": text for k, text in enumerate(TRICKS.values())}
    entries |= {"honest0": HEAD}
    for team, text in entries.items():
        write_entry(entry(text, team), folder / team / "entry")
        teams.append(f"{team},{team},Uni,1,no")
    assert len(entries) >= 30
    (tmp_path / "teams.csv").write_text("\n".join(teams) + "\n")
    (tmp_path / "secret").write_text("s" * 32)
    command = [sys.executable, "-m", "autograder.commands.cli", "olympics", "judge", str(folder)]
    options = ["--teams", "teams.csv", "--secret", "secret", "--season", "2027", "--judge", "J"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    with Ledger(f"sqlite:///{tmp_path / 'olympics.db'}") as ledger:
        rows = ledger.judgements()
    assert {row.team_id for row in rows} == set(entries)
    ranked = {row.team_id: row.scores for row in rows if row.verdict == "ranked"}
    assert not [team for team in ranked if team.startswith("cheat")]
    assert not [team for team, scores in ranked.items() if scores["high"] < 0.9]
