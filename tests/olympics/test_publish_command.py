"""`autograder olympics publish`, as an organiser runs it."""

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_ledger import row, season_rows, sha, write_ledger, write_teams
from olympics import receipt
from test_closing import write_entry

from autograder.commands.cli import main
from autograder.olympics.board.publish import LIST, publish
from autograder.olympics.ledger import Ledger
from autograder.olympics.signing import read_key


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "olympics.db"
    write_ledger(path)
    return path


@pytest.fixture
def organiser(ledger, tmp_path, monkeypatch):
    """A folder with a ledger, teams and a key; returns what runs `publish` in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(ledger, tmp_path / "olympics.db")
    write_teams(tmp_path / "teams.csv")
    read_key(tmp_path / "judge.key")

    def run_publish(*words, teams="teams.csv"):
        command = ["olympics", "publish", "site", "--teams", teams, *words]
        return CliRunner().invoke(main, command)

    return run_publish


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_board_made_again_from_the_ledger_has_the_same_bytes(organiser, tmp_path):
    first = organiser("--key", "judge.key")
    assert (first.exit_code, first.stderr) == (0, "")
    before = contents(tmp_path / "site")
    (tmp_path / "site" / "index.html").unlink()
    assert organiser("--key", "judge.key").exit_code == 0
    assert contents(tmp_path / "site") == before


def test_the_receipts_on_the_board_are_signed_and_name_no_team_id(organiser, tmp_path):
    assert organiser("--key", "judge.key").exit_code == 0
    site = tmp_path / "site"
    public = (site / "judge.pub").read_text().strip()
    receipts = sorted((site / "receipts").iterdir())
    assert len(receipts) == 47
    for path in receipts:
        signed = receipt.from_text(path.read_text())
        assert receipt.verify(signed, public)
        assert signed.receipt.team_id.startswith("team-")
    forged = json.loads(receipts[0].read_text())
    forged["receipt"]["scores"]["score"] = 0.01
    assert not receipt.verify(receipt.from_text(json.dumps(forged)), public)


def test_a_name_that_is_taken_back_is_gone_from_the_folder(organiser, tmp_path):
    assert organiser().exit_code == 0
    assert "Cyclotron" in (tmp_path / "site" / "index.html").read_text()
    text = (tmp_path / "teams.csv").read_text().replace("Berkeley,1,no", "Berkeley,1,yes")
    (tmp_path / "teams.csv").write_text(text)
    assert organiser().exit_code == 0
    site_content = b"".join(contents(tmp_path / "site").values())
    assert b"Cyclotron" not in site_content and b"Anonymous 3" in site_content


def test_a_feed_that_cannot_be_read_costs_the_exit_code_and_not_the_board(organiser, tmp_path):
    result = organiser("--with", "nowhere.json")
    assert result.exit_code == 1
    assert "The feed nowhere.json cannot be read: No such file" in result.stderr
    assert (tmp_path / "site" / "index.html").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--season", "1896"], "The ledger has no season '1896'; it has 2027 spring."),
        (["--close-season", "anonymous"], "--close-season and --entries are given together."),
        (["--ledger", "sqlite:///typo.db"], "There is no ledger at sqlite:///typo.db."),
        (["--ledger", "mysql://x/y"], "A ledger is kept in SQLite or PostgreSQL"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(organiser, words, sentence):
    result = organiser(*words)
    assert result.exit_code == 1 and sentence in result.stderr
    assert result.stderr.startswith("autograder: ")
    assert not Path("typo.db").exists()


def test_a_folder_that_is_no_board_is_left_alone(organiser, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").write_text("mine")
    result = organiser()
    assert result.exit_code == 1 and "holds files and no board" in result.stderr
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["thesis.txt"]


def test_teams_that_are_in_no_table_are_counted_and_shown_anonymously(organiser, tmp_path):
    lines = (tmp_path / "teams.csv").read_text().splitlines()
    (tmp_path / "few.csv").write_text("\n".join(lines[:3]) + "\n")
    result = organiser(teams="few.csv")
    assert result.exit_code == 0
    assert (
        "note: teams of the ledger that are not in few.csv: 3. They are shown anonymously."
        in result.stdout
    )


def test_a_board_never_loses_its_receipts_unasked(organiser, tmp_path):
    assert organiser("--key", "judge.key").exit_code == 0
    before = contents(tmp_path / "site")
    result = organiser()
    assert result.exit_code == 1 and "has receipts, which would be taken away" in result.stderr
    assert contents(tmp_path / "site") == before


def test_last_rows_that_are_gone_from_the_ledger_are_noticed(organiser, tmp_path):
    assert organiser().exit_code == 0
    with sqlite3.connect(tmp_path / "olympics.db") as database:
        database.execute("DROP TRIGGER olympics_no_DELETE")
        database.execute(
            "DELETE FROM olympics_judgements WHERE number = "
            "(SELECT max(number) FROM olympics_judgements)"
        )
    database.close()
    result = organiser()
    assert result.exit_code == 1 and "does not begin with them" in result.stderr
    shutil.rmtree(tmp_path / "site")
    assert organiser().exit_code == 0


def test_a_closed_season_is_not_opened_again_by_forgetting_an_option(organiser, tmp_path):
    (tmp_path / "inbox").mkdir()
    closing = ("--close-season", "anonymous", "--entries", "inbox")
    assert organiser(*closing).exit_code == 0
    result = organiser()
    assert result.exit_code == 1 and "is closed on the board in site" in result.stderr
    assert organiser(*closing).exit_code == 0


def test_an_entry_is_withdrawn_by_a_row_and_leaves_the_board(organiser, tmp_path):
    assert organiser().exit_code == 0
    feed = json.loads((tmp_path / "site/feed/v1/judgements.json").read_text())["rows"]
    entry = next(row["entry_sha256"] for row in feed if row["event"] == "bench_and_board")
    words = [
        "olympics",
        "withdraw",
        entry[:12],
        "--reason",
        "Not theirs.",
        "--judge",
        "Aarhus judge",
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0 and "withdrawn Not theirs." in result.output
    assert organiser().exit_code == 0
    after = json.loads((tmp_path / "site/feed/v1/judgements.json").read_text())["rows"]
    assert entry not in {row["entry_sha256"] for row in after} and len(after) == len(feed) - 1
    page = (tmp_path / "site" / "entries" / f"{entry[:16]}.html").read_text()
    assert "withdrawn" in page and "Not theirs." in page
    assert CliRunner().invoke(main, words).exit_code == 1


def test_a_ledger_that_was_changed_is_not_published(organiser, tmp_path):
    with sqlite3.connect(tmp_path / "olympics.db") as database:
        database.execute("DROP TRIGGER olympics_no_UPDATE")
        database.execute("UPDATE olympics_judgements SET body = replace(body, '0.4', '0.1')")
    database.close()
    result = organiser()
    assert result.exit_code == 1 and "is not what was written" in result.stderr


def test_a_board_whose_writing_was_stopped_is_mended_by_the_next_one(tmp_path):
    site = tmp_path / "site"
    with pytest.raises(OSError):
        publish({"a": b"", "a/b": b"", LIST: b"[]"}, site)
    publish({"c": b"", LIST: b'["board.json", "c"]'}, site)
    assert sorted(path.name for path in site.iterdir()) == [LIST, "c"]


def begin_season(name, **facts):
    """Append a row of another season to the organiser's ledger."""
    with Ledger("sqlite:///olympics.db") as ledger:
        return ledger.append(row(season=name, entry_sha256=sha(900), team_id="t-ada", **facts))


def test_a_season_that_begins_tells_no_private_half_of_another_unless_it_is_closed(
    organiser, tmp_path
):
    begin_season("2028")
    assert "2028" in organiser().stdout
    bests = (tmp_path / "site" / "bests.html").read_text()
    assert "70.00 %" in bests and "90.00 %" not in bests
    assert organiser("--closed", "2027 spring").exit_code == 0
    assert "90.00 %" in (tmp_path / "site" / "bests.html").read_text()
    for season, sentence in (("2029", "has no season '2029'"), ("2028", "--closed names others")):
        result = organiser("--closed", season)
        assert result.exit_code == 1 and sentence in result.stderr


def test_a_withdrawal_of_an_earlier_season_leads_the_board_back_to_none(organiser, tmp_path):
    begin_season("2028")
    words = ["olympics", "withdraw", sha(300)[:12], "--reason", "Ours.", "--judge", "Aarhus judge"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert "index.html: 2028, " in organiser().stdout
    assert "index.html: 2027 spring, " in organiser("--season", "2027 spring").stdout


def test_published_entries_are_not_lost_by_a_wrong_folder_of_entries(organiser, tmp_path):
    (tmp_path / "empty").mkdir()
    shas = [write_entry(tmp_path / "inbox" / team, team, team) for team in ("t-ada", "t-bo")]
    with Ledger("sqlite:///olympics.db") as ledger:
        for team, entry in zip(("t-ada", "t-bo"), shas, strict=True):
            ledger.append(row(entry_sha256=entry, team_id=team))
    first = organiser("--close-season", "anonymous", "--entries", "inbox")
    assert first.exit_code == 0
    assert "note: 19 ranked entries are not in --entries" in first.stdout
    before = contents(tmp_path / "site")
    assert len([path for path in before if path.suffix == ".zip"]) == 2
    result = organiser("--close-season", "named", "--entries", "empty")
    assert result.exit_code == 1
    assert "has 2 published entries, and --entries holds 0 of the 21 ranked ones" in result.stderr
    assert contents(tmp_path / "site") == before
    assert organiser("--close-season", "named", "--entries", "inbox").exit_code == 0


def test_a_ledger_that_was_written_anew_with_other_scores_is_noticed_by_the_board(
    organiser, tmp_path
):
    assert organiser("--key", "judge.key").exit_code == 0
    before = contents(tmp_path / "site")
    (tmp_path / "olympics.db").unlink()
    rows = season_rows()
    rows[3] = replace(rows[3], scores={**rows[3].scores, "score": 0.05})
    write_ledger(tmp_path / "olympics.db", rows)
    result = organiser("--key", "judge.key")
    assert result.exit_code == 1 and "or has other scores in them" in result.stderr
    assert contents(tmp_path / "site") == before


def test_closing_a_season_changes_nothing_of_what_the_board_keeps_of_the_ledger(
    organiser, tmp_path
):
    (tmp_path / "inbox").mkdir()
    assert organiser().exit_code == 0
    opened = json.loads((tmp_path / "site" / "ledger.json").read_text())
    assert organiser("--close-season", "anonymous", "--entries", "inbox").exit_code == 0
    closed = json.loads((tmp_path / "site" / "ledger.json").read_text())
    assert closed == {**opened, "phase": "anonymous"} and opened["scores_sha256"]


def test_a_board_of_an_earlier_version_is_published_over(organiser, tmp_path):
    assert organiser().exit_code == 0
    head = tmp_path / "site" / "ledger.json"
    facts = json.loads(head.read_text())
    del facts["scores_sha256"]
    head.write_text(json.dumps(facts))
    assert organiser().exit_code == 0
