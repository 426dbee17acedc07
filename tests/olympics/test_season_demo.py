"""The season of `make olympics`: real entries, and no score but the judge's."""

import json

import pytest
from olympics.entry import read_entry

from autograder.demo import olympics as demo
from autograder.olympics.example_season import ELSEWHERE, HERE, write_season
from autograder.olympics.ledger import Ledger
from autograder.olympics.teams import read_teams


def test_each_entry_of_the_season_is_one_and_each_team_is_in_the_table(tmp_path):
    write_season(tmp_path)
    teams = read_teams(tmp_path / "teams.csv")
    assert len({team.university for team in teams.values()}) == 3
    folders = [*(tmp_path / "entries").iterdir(), *(tmp_path / "entries-elsewhere").iterdir()]
    entries = [read_entry(folder) for folder in folders]
    assert len(entries) == len(HERE) + len(ELSEWHERE)
    assert {entry.team_id for entry in entries} == set(teams)
    assert len({entry.event for entry in entries}) == 3


@pytest.mark.slow
def test_the_season_is_judged_published_merged_and_closed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert demo.main() == 0
    folder = tmp_path / demo.FOLDER
    with Ledger(f"sqlite:///{folder}/harbour/olympics.db") as ledger:
        rows = ledger.judgements()
    measured = {row.scores["score"] for row in rows if row.verdict == "ranked"}
    ranking = json.loads((folder / "board-closed" / "feed/v1/ranking.json").read_text())
    board_scores = {row["score"] for category in ranking["categories"] for row in category["rows"]}
    assert board_scores and board_scores <= measured
    assert "judged elsewhere" in (folder / "board" / "events/bench_and_board.html").read_text()
    assert "leave it out" in (folder / "board" / "shelf.html").read_text()
    assert (folder / "board-closed" / "published.html").exists()
