"""The board: the same bytes from the same ledger, inert, and silent about who is anonymous."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_ledger import SECRETS, TEAMS, row, season, season_rows, sha, timed, write_ledger
from olympics.events import event, events

from autograder.model import CourseError
from autograder.olympics.board import drawings
from autograder.olympics.board.figures import (
    bytes_text,
    change_text,
    count_text,
    score_text,
    tick_text,
)
from autograder.olympics.board.names import printable, without
from autograder.olympics.board.publish import board, publish
from autograder.olympics.board.season import open_season
from autograder.olympics.ledger import Ledger
from autograder.olympics.teams import Team

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>&amp;{{ 7*1234567 }}'
SPRINT, FEATHER, INSTRUCTIONS = map(event, ("framework_sprint", "featherweight", "bench_and_board"))


@pytest.fixture(scope="module")
def files():
    return board(season())


def text_of(files):
    """All that the board says, in one text."""
    return "\n".join(data.decode("utf-8", "replace") for data in files.values())


class Tags(HTMLParser):
    """The tags and links of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.ids = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.tags.append(tag)
        self.ids += [facts["id"]] if "id" in facts else []
        self.links += [facts[name] for name in ("href", "src") if name in facts]


def pages(files):
    return {path: data.decode() for path, data in files.items() if path.endswith(".html")}


def test_the_same_ledger_gives_the_same_bytes(files, tmp_path):
    url = write_ledger(tmp_path / "season.db")
    with Ledger(url) as ledger:
        again = board(open_season(ledger.judgements(), TEAMS))
    links = re.compile(rb"after <code>\w+</code>")  # the ledger chains its rows; the list does not
    for path, data in files.items():
        assert links.sub(b"", again[path]) == links.sub(b"", data), path
    with Ledger(url) as ledger:
        assert board(open_season(ledger.judgements(), TEAMS)) == again


def test_every_link_of_every_page_leads_to_a_file_and_a_place_of_the_board(files):
    board_pages = pages(files)
    assert len(board_pages) >= 25
    for path, page in board_pages.items():
        depth = path.count("/")
        for link in Tags(page).links:
            target, _, place = link.partition("#")
            ups = target.count("../")
            assert ups <= depth
            full_path = target.replace("../", "") if ups or not depth else f"entries/{target}"
            assert not target or full_path in files, f"{path} links to {link}"
            if place:
                assert place in Tags(board_pages[full_path or path] if target else page).ids


def test_pages_hold_no_script_and_load_nothing(files):
    for path, page in pages(files).items():
        assert not {"script", "link", "img", "iframe", "object"} & set(Tags(page).tags), path
        assert "default-src 'none'" in page
        assert not re.search(r"url\(|@import|https?://(?!json-schema)", page), path


def test_markup_in_names_ideas_sentences_and_logs_is_text():
    teams = {**TEAMS, "t-ada": Team("t-ada", HOSTILE[:80], HOSTILE[:80], 2, False)}
    rows = [
        replace(r, idea=HOSTILE, log=HOSTILE, machine=HOSTILE, judge=HOSTILE, harness=HOSTILE)
        for r in season_rows()
    ]
    rows = [replace(r, sentence=HOSTILE) if r.verdict != "ranked" else r for r in rows]
    for path, data in board(season(rows, teams)).items():
        text = data.decode()
        assert path.endswith(".json") or not re.search(r"<(script|img)|8641969", text, re.I), path
        if path.endswith(".svg"):
            ElementTree.fromstring(text)


def test_an_anonymous_team_is_named_nowhere():
    rows = [
        replace(
            judgement,
            idea="An idea of the dark horse stable",
            log="/home/t-di/entry.py by DARK HORSE STABLE",
        )
        for judgement in season_rows()
    ]
    board_text = text_of(board(season(rows)))
    for secret in SECRETS:
        assert secret.lower() not in board_text.lower()
    assert "Anonymous 4" in board_text


@settings(max_examples=25)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=3, max_size=30)
    .map(lambda text: f"Zq{text}xj")
    .filter(lambda text: text.isprintable())
)
def test_no_name_of_an_anonymous_team_leaks_whatever_it_is(name):
    teams = {**TEAMS, "t-di": Team("t-di", name, "Delft", 4, True)}
    rows = [replace(judgement, idea=f"by {name}!", log=name) for judgement in season_rows()]
    board_text = text_of(board(season(rows, teams)))
    assert printable(name).lower() not in board_text.lower()


def test_no_page_and_no_feed_says_a_team_id(files):
    board_text = text_of(files)
    assert not [team_id for team_id in TEAMS if team_id in board_text]


def test_a_team_that_is_in_no_table_is_anonymous():
    stranger = season(season_rows(), {k: v for k, v in TEAMS.items() if k != "t-cy"})
    assert stranger.names.unknown == 1
    board_text = text_of(board(stranger))
    assert "t-cy" not in board_text and "Anonymous 3" in board_text


def test_the_number_of_a_team_stays_when_its_name_is_taken_back():
    before, after = (
        season(),
        season(teams={**TEAMS, "t-ada": replace(TEAMS["t-ada"], anonymous=True)}),
    )
    assert before.names.team("t-cy").slug == after.names.team("t-cy").slug == "team-3"
    assert after.names.team("t-ada").name == "Anonymous 1"


def test_the_team_of_a_wrong_entry_is_not_named(files):
    page = files[f"entries/{sha(400)[:16]}.html"].decode()
    assert "The loss of batch 3 is 0.11" in page
    assert "Cyclotron" not in page and "Berkeley" not in page
    shelf = files["shelf.html"].decode()
    assert "Remember the inputs by their shape, by [name]" in shelf
    assert not [team for team in TEAMS.values() if team.public_name.split("'")[0] in shelf]


def test_the_shelf_tells_of_a_step_back_and_of_refused_runs(files):
    shelf = files["shelf.html"].decode()
    assert "Fuse the bias and ReLU, attempt 7" in shelf
    assert "1 run did not count" in shelf


def test_a_ranking_shows_rank_score_interval_trend_and_record(files):
    page = files["events/framework_sprint.html"].decode()
    for text in ("gold", "shared", "95 % interval", "Record history (3)", "Entries so far: 0.9"):
        assert text in page
    assert page.count('class="interval"') == page.count('<td class="interval">') + 5
    assert "<polyline" in page


def test_a_rank_that_waits_for_runs_is_said_to_be_provisional_on_pages_badges_and_in_the_feed():
    rows = timed("t-ada", 1, [0.50] * 4) + timed("t-bo", 2, [1.52] * 5)
    files = board(season(rows))
    for path in ("index.html", "events/framework_sprint.html"):
        assert files[path].decode().count('<span class="soft">provisional</span>') == 2
    assert "provisional rank 1 · 1.520" in files["badges/team-2/framework_sprint.svg"].decode()
    (category,) = json.loads(files["feed/v1/ranking.json"])["categories"]
    assert [line["provisional"] for line in category["rows"]] == [True, True]
    assert "Nobody holds a medal yet." in files["medals.html"].decode()


def test_while_the_season_is_open_a_page_says_that_the_private_half_is_still_to_come(files):
    sentence = "the public half stands here for the private half"
    assert sentence in files["events/featherweight.html"].decode()
    assert sentence not in files["events/bench_and_board.html"].decode()
    closed = board(season(), (), "anonymous")
    assert sentence not in closed["events/featherweight.html"].decode()


def test_figures_have_their_units():
    assert score_text(0.12345, SPRINT) == "0.123"
    assert score_text(0.861, FEATHER) == "86.10 %"
    assert score_text(1_234_567, INSTRUCTIONS) == "1,234,567"
    sizes = [bytes_text(n) for n in (812, 15_900, 999_999, 1_070_000, 61_000_000)]
    assert sizes == ["812 B", "15.9 kB", "1,000 kB", "1.07 MB", "61.0 MB"]
    assert count_text("private", 0.5) == "50.00 %"
    assert [tick_text("bytes", 4e6), tick_text("share", 0.85)] == ["4 MB", "85 %"]
    assert change_text(0.8, 0.9, FEATHER) == "+10.00 points"
    assert change_text(1.0, 0.75, SPRINT) == "-25 %"


def test_a_text_loses_what_cannot_be_printed_and_what_turns_its_direction():
    assert printable("a\x1b[31mb\u202ec\x00d\ud800\r\ne") == "abcd\ne"


def test_a_short_secret_is_taken_out_as_a_word_only():
    assert without("MIT emits summits", ["mit"]) == "[name] emits summits"


def test_a_season_before_this_one_has_a_board_of_its_own():
    rows = [
        replace(r, season="2026 autumn") if r.event == "featherweight" else r for r in season_rows()
    ]
    old = open_season(rows, TEAMS, "2026 autumn")
    assert old.medals and not old.tables["framework_sprint"]
    assert "Nothing is ranked yet." in board(old)["index.html"].decode()
    with pytest.raises(CourseError, match="no season 'x'; it has 2027 spring, 2026 autumn"):
        open_season(rows, TEAMS, "x")


def test_a_ledger_without_a_judgement_says_what_to_do():
    with pytest.raises(CourseError, match="First: autograder olympics judge"):
        open_season([], TEAMS)


def test_a_season_in_which_nothing_is_ranked_has_a_board():
    files = board(season([row(verdict="refused", scores={}, sentence="busy")]))
    assert "Nobody holds a medal yet." in files["index.html"].decode()


@pytest.mark.parametrize("event_id", ["bench_and_board", "framework_sprint"])
def test_an_event_in_which_nothing_is_ranked_says_so_and_has_no_filter(event_id):
    files = board(season([row(verdict="refused", scores={}, sentence="busy")]))
    page = files[f"events/{event_id}.html"].decode()
    assert "Nothing is ranked yet." in page
    assert "<fieldset>" not in page and "Nothing is ranked here yet." not in page


def test_a_withdrawal_is_no_judged_run_and_who_gave_it_no_judge_of_the_season():
    old = row(season="2026", entry_sha256=sha(2), judge="Berkeley judge")
    rows = [old, row(), row(run=2, verdict="withdrawn", scores={}, sentence="Ours.", judge="Ada")]
    page = board(season(rows))["index.html"].decode()
    assert "1 judged run." in page
    assert "Judged by Aarhus judge on" in page


def test_what_an_earlier_board_left_goes_and_the_rest_stays(files, tmp_path):
    publish(files, tmp_path / "site")
    fewer = {path: data for path, data in files.items() if not path.startswith("badges/")}
    listed = json.dumps(sorted(fewer)).encode()
    publish({**fewer, "board.json": listed}, tmp_path / "site")
    left = {p.relative_to(tmp_path / "site").as_posix() for p in (tmp_path / "site").rglob("*.*")}
    assert left == set(fewer)


def test_a_folder_of_somebody_elses_files_is_left_alone(files, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="holds files and no board"):
        publish(files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_list_that_leads_out_of_the_folder_removes_nothing(files, tmp_path):
    site, outside = tmp_path / "site", tmp_path / "outside.txt"
    publish(files, site)
    outside.write_text("mine")
    (site / "board.json").write_text('["../outside.txt", "index.html"]')
    publish(files, site)
    assert outside.read_text() == "mine"
    shutil.rmtree(site)


def test_each_team_has_a_badge_for_each_event_in_which_it_is_ranked(files):
    badges = {path: data for path, data in files.items() if path.startswith("badges/")}
    assert len(badges) == 15 and len(events()) == 3
    for data in badges.values():
        figure = ElementTree.fromstring(data)
        assert figure.get("aria-label", "").count("·") == 2
    best = badges["badges/team-4/bench_and_board.svg"].decode()
    assert "Bench &amp; Board 2027 spring: gold · 498,100 · closed, novice" in best


def test_counts_that_hardly_differ_are_not_drawn_as_far_apart():
    axis = drawings._axis([11_550_000, 11_600_000], 0, 100)
    assert axis(11_600_000) - axis(11_550_000) < 10
    wide = drawings._axis([9_000, 12_000], 0, 100)
    assert wide(12_000) - wide(9_000) > 60


def test_the_page_of_an_event_says_what_the_courses_own_entries_reach_and_how_to_enter(files):
    page = files["events/bench_and_board.html"].decode()
    assert "the reference 720,883" in page and "the entry to beat 574,217" in page
    assert "olympics events bench_and_board" in page and "Closed division, Novice" in page
