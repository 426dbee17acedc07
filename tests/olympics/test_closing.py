"""The entries of a closed season: anonymous first, with names later, and some never named."""

import zipfile
from io import BytesIO

import pytest
from made_ledger import TEAMS, row, season
from olympics.entry import entry_sha256, read_entry

from autograder.olympics.board.closing import published_entries
from autograder.olympics.board.publish import board

CODE = "/* {who}: unrolled by four */\nvoid network(void) {{}}\n"


def write_entry(folder, team_id, text):
    """A folder with an entry of Bench & Board; returns its sha256."""
    folder.mkdir(parents=True)
    facts = {"team": team_id, "event": "bench_and_board", "division": "closed", "level": "novice"}
    lines = [f'{name} = "{value}"' for name, value in facts.items()]
    (folder / "entry.toml").write_text("\n".join([*lines, 'idea = "unroll"']))
    (folder / "dense.c").write_text(text)
    return entry_sha256(read_entry(folder))


@pytest.fixture
def entries(tmp_path):
    """Three entries of a season, one that was never judged, and a file that is none."""
    who = {"t-ada": "Ada's Engines", "t-di": "Dark Horse Stable", "t-cy": "Cyclotron"}
    rows = [
        row(
            team_id=team,
            entry_sha256=write_entry(tmp_path / team, team, CODE.format(who=name)),
            scores={"score": 1000.0 + number},
        )
        for number, (team, name) in enumerate(who.items())
    ]
    write_entry(tmp_path / "t-bo", "t-bo", CODE.format(who="Bohr Effect"))
    (tmp_path / "notes.txt").write_text("no entry")
    return season(rows), [tmp_path]


def zipped(entry):
    with zipfile.ZipFile(BytesIO(entry.archive)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_at_first_nobody_says_whose_an_entry_is(entries):
    closed, places = entries
    published = published_entries(closed, places, "anonymous", TEAMS)
    assert [entry.code for entry in published] == [f"bench_and_board-{n}" for n in (1, 2, 3)]
    files = board(closed, published, "anonymous")
    texts = files["published.html"].decode() + str([zipped(entry) for entry in published])
    for team in TEAMS.values():
        assert team.public_name not in texts.replace("&#39;", "'") and team.team_id not in texts
    assert texts.count("[name]: unrolled by four") == 6


def test_later_an_entry_stands_under_its_team_and_the_anonymous_stay_so(entries):
    closed, places = entries
    published = published_entries(closed, places, "named", TEAMS)
    by_team = {entry.team: zipped(entry)["dense.c"] for entry in published}
    assert set(by_team) == {"Ada's Engines", "Cyclotron", ""}
    assert by_team["Ada's Engines"] == CODE.format(who="Ada's Engines")
    assert "Dark Horse" not in by_team[""]


def test_only_ranked_entries_of_the_season_are_published(entries):
    closed, places = entries
    published = published_entries(closed, places, "named", TEAMS)
    assert len(published) == 3
    assert "Bohr" not in str([zipped(entry) for entry in published])


def test_the_same_entries_give_the_same_bytes(entries):
    closed, places = entries
    once = board(closed, published_entries(closed, places, "anonymous", TEAMS), "anonymous")
    again = board(
        closed, published_entries(closed, [*places, *places], "anonymous", TEAMS), "anonymous"
    )
    assert once == again


def test_the_page_of_entries_is_there_only_once_the_season_is_closed(entries):
    closed, places = entries
    assert "published.html" not in board(closed)
    files = board(closed, published_entries(closed, places, "anonymous", TEAMS), "anonymous")
    assert "published.html" in files["index.html"].decode()


def test_a_file_that_is_no_text_is_in_the_zip_alone(tmp_path):
    sha = write_entry(tmp_path / "t-ada", "t-ada", "x")
    (tmp_path / "t-ada" / "dense.c").write_bytes(b"\xff\x00\xfe")
    sha = entry_sha256(read_entry(tmp_path / "t-ada"))
    closed = season([row(entry_sha256=sha)])
    (entry,) = published_entries(closed, [tmp_path / "t-ada"], "named", TEAMS)
    assert entry.files[0].text == ""
    assert (
        "No text; it is in the zip." in board(closed, [entry], "named")["published.html"].decode()
    )
