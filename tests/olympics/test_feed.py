"""Feeds: what is published follows its schema, and what others publish is hostile until checked."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_ledger import TEAMS, row, season, season_rows, sha
from olympics.events import event

from autograder.model import CourseError
from autograder.olympics.board import foreign_feed
from autograder.olympics.board.feed import SCHEMA, files
from autograder.olympics.board.foreign_feed import merge, read_feed
from autograder.olympics.board.publish import board
from autograder.olympics.teams import Team

KINDS = ("judgements", "ranking", "medals")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


def other_season():
    """A season of another university, whose judge has another name."""
    team = Team("z-1", "Zeta", "Zagreb", 2, False)
    rows = [
        row(
            team_id="z-1", entry_sha256=sha(900), judge="Zagreb judge", scores={"score": 400_000.0}
        ),
        row(
            team_id="z-2",
            entry_sha256=sha(901),
            judge="Zagreb judge",
            event="featherweight",
            weight_class="64 kB",
            scores={"score": 0.95, "bytes": 60_000.0},
        ),
    ]
    return season(rows, {"z-1": team, "z-2": Team("z-2", "Zorro", "Zagreb", 1, True)})


def feed_facts():
    return json.loads(files(other_season())["feed/v1/judgements.json"])


def write_feed(folder, facts):
    path = folder / "judgements.json"
    path.write_text(json.dumps(facts))
    return str(path)


def with_rows(*changes):
    """The other feed with one row for each of these changes of its first row."""
    facts = feed_facts()
    return {**facts, "rows": [{**facts["rows"][0], **change} for change in changes]}


def refused(tmp_path, **change):
    """The only sentence about a row with this change."""
    feed = read_feed(write_feed(tmp_path, with_rows(change)), season())
    assert feed.rows == ()
    (sentence,) = feed.refused
    return sentence


@contextmanager
def served(answer):
    """The URL of a server on this machine that answers each request by `answer(handler)`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def send(handler, data, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def test_each_file_of_the_feed_follows_the_schema_and_has_a_stable_order():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    board_files = files(season())
    for kind in KINDS:
        data = board_files[f"feed/v1/{kind}.json"]
        facts = json.loads(data)
        Draft202012Validator(schema).validate(facts)
        assert facts["kind"] == kind and facts["schema_version"] == 1
        text = json.dumps(facts, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
        assert data.decode() == text
    numbers = [r["number"] for r in json.loads(board_files["feed/v1/judgements.json"])["rows"]]
    assert numbers == sorted(numbers) and len(numbers) == 47
    assert board_files["feed/v1/schema.json"] == SCHEMA.read_bytes()


def test_the_feed_has_no_refused_and_no_wrong_row():
    rows = json.loads(files(season())["feed/v1/judgements.json"])["rows"]
    assert not {sha(400), sha(401)} & {r["entry_sha256"] for r in rows}


@pytest.mark.parametrize("place", ["folder", "page", "file"])
def test_rows_of_another_board_are_listed_with_their_judge_and_hold_nothing(tmp_path, place):
    for path, data in board(other_season()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    places = {"folder": "", "page": "index.html", "file": "feed/v1/judgements.json"}
    feed = tmp_path / places[place]
    merged, faults = merge(season(), [str(feed)])
    assert (faults, merged.notes) == ([], ())
    page = board(merged)["events/bench_and_board.html"].decode()
    assert "Zeta" in page and "Zagreb judge" in page and "judged elsewhere" in page
    assert merged.medals == season().medals
    assert "Zorro" not in str(board(merged)) and "Anonymous 2" in str(board(merged))
    assert board(merged)["feed/v1/judgements.json"] == board(season())["feed/v1/judgements.json"]


def test_a_row_of_another_board_that_was_run_again_here_holds_its_medal(tmp_path):
    again = row(entry_sha256=sha(900), team_id="t-cy", scores={"score": 400_000.0})
    here = season([*season_rows(), again])
    assert len({row.team_id for row in here.rows if row.event == "bench_and_board"}) > 1
    merged, _ = merge(here, [write_feed(tmp_path, feed_facts())])
    (table,) = merged.tables["bench_and_board"]
    assert [line.result.entry_sha256 for line in table.rows].count(sha(900)) == 1
    assert (table.rows[0].medal, table.rows[0].result.judged_here) == ("gold", True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"judge": "Aarhus judge"}, "which is a judge of this board"),
        ({"judge": "ＡARHUS\u200b judge "}, "which is a judge of this board"),
        ({"judge": "Aar\u00adhus judge"}, "which is a judge of this board"),
        ({"judge": "Aarhus\u034f ju\u200ddge\ufe0f"}, "which is a judge of this board"),
        ({"judge": "\u0410\u0430rhus judg\u0435"}, "which is a judge of this board"),
        ({"judge": "Aarh\u00fas judge"}, "which is a judge of this board"),
        ({"event": "chess"}, "there is no event 'chess' here"),
        ({"division": "royal"}, "division: 'royal' is not one of"),
        ({"weight_class": "16 kB"}, "Bench & Board has no weight class '16 kB'"),
        ({"entry_sha256": "../../etc/passwd"}, "entry_sha256: '../../etc/passwd' does not match"),
        ({"team": "../x"}, "team: '../x' does not match"),
        ({"scores": {}}, "scores: 'score' is a required property"),
        ({"scores": {"score": -1}}, "scores.score: -1 is less than the minimum"),
        ({"scores": {"score": 1e30}}, "is greater than the maximum"),
        ({"scores": {"score": True}}, "is not of type 'number'"),
        ({"scores": {"score": "best"}}, "is not of type 'number'"),
        ({"team_name": "x" * 121}, "is too long"),
        ({"team_name": "a\nb"}, "does not match"),
        ({"run": 0}, "run: 0 is less than the minimum"),
        ({"judged_at": "yesterday"}, "judged_at: 'yesterday' does not match"),
        ({"event": "featherweight", "weight_class": "64 kB", "scores": {"score": 2}}, "no share"),
        ({"event": "framework_sprint", "scores": {"score": 1e-9}}, "between 1/64 and 64"),
        (
            {"event": "framework_sprint", "scores": {"score": 0.5, "low": 0.6, "high": 0.7}},
            "around the score",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_a_sentence(tmp_path, change, sentence):
    assert sentence in refused(tmp_path, **change)


def test_a_bad_row_does_not_stop_the_others_and_is_told_on_the_board(tmp_path):
    facts = with_rows({}, {"run": -1}, {"run": 2}, {"run": 2})
    merged, _ = merge(season(), [write_feed(tmp_path, facts)])
    assert len(merged.elsewhere) == 2
    assert len(merged.notes) == 2 and "Row 4: the same run" in merged.notes[1]
    assert "Row 2: run: -1 is less than" in board(merged)["feeds.html"].decode()


def test_of_many_bad_rows_five_are_told_and_the_rest_counted(tmp_path):
    facts = with_rows(*[{"run": -1}] * 50)
    merged, _ = merge(season(), [write_feed(tmp_path, facts)])
    assert len(merged.notes) == 6 and "45 more rows were refused" in merged.notes[-1]


def test_a_feed_cannot_make_a_table_for_each_of_a_thousand_machines(tmp_path):
    changes = [
        {"event": "framework_sprint", "machine": f"m{k}", "run": k + 1, "scores": {"score": 0.5}}
        for k in range(1000)
    ]
    start = time.perf_counter()
    merged, faults = merge(season(), [write_feed(tmp_path, with_rows(*changes))])
    assert faults == [] and len({row.machine for row in merged.elsewhere}) == 20
    assert "the feed names over 20 machines" in merged.notes[0]
    assert "975 more rows were refused" in merged.notes[-1]
    assert len(merged.tables["framework_sprint"]) >= 20
    assert time.perf_counter() - start < 60


def test_two_feeds_cannot_speak_for_one_judge(tmp_path):
    (tmp_path / "b").mkdir()
    places = [write_feed(tmp_path, feed_facts()), write_feed(tmp_path / "b", with_rows({"run": 7}))]
    merged, _ = merge(season(), places)
    assert len(merged.elsewhere) == 2
    assert "which speaks through another feed" in merged.notes[0]


def test_markup_of_another_board_is_text(tmp_path):
    hostile = "<script>alert(1)</script>"
    facts = with_rows(
        dict.fromkeys(("team_name", "university", "judge", "machine", "idea", "harness"), hostile)
    )
    merged, faults = merge(season(), [write_feed(tmp_path, facts)])
    html = b"".join(data for path, data in board(merged).items() if path.endswith(".html"))
    assert faults == [] and b"<script" not in html and b"&lt;script&gt;" in html


def test_another_board_cannot_say_the_name_of_an_anonymous_team(tmp_path):
    secret = TEAMS["t-di"].public_name
    facts = with_rows({"idea": f"We know who {secret} is", "team_name": secret})
    merged, _ = merge(season(), [write_feed(tmp_path, facts)])
    assert secret not in str(board(merged))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no JSON that can be read"),
        ("{", "is no JSON that can be read"),
        ("[" * 100_000, "is no JSON that can be read"),
        ('{"a": NaN}', "NaN is no number"),
        ("9" * 10_000, "is no JSON that can be read"),
        ("[]", "is no feed of judgements, version 1"),
        ('{"schema_version": 2}', "is no feed of judgements, version 1"),
        ('{"schema_version": 1, "kind": "medals"}', "is no feed of judgements, version 1"),
    ],
)
def test_what_is_no_feed_is_refused_as_a_whole(tmp_path, text, sentence):
    path = tmp_path / "judgements.json"
    path.write_text(text)
    _, faults = merge(season(), [str(path)])
    assert len(faults) == 1 and sentence in faults[0]


@settings(max_examples=150)
@given(facts=JUNK, rows=st.lists(JUNK, max_size=3), field=st.text(max_size=5))
def test_whatever_a_feed_holds_the_answer_is_a_sentence(tmp_path_factory, facts, rows, field):
    path = tmp_path_factory.mktemp("feed") / "f.json"
    first = feed_facts()["rows"][0]
    mixed = [{**first, "scores": r, field: r} for r in rows]
    for content in (facts, {**feed_facts(), "rows": [*rows, *mixed]}):
        path.write_text(json.dumps(content))
        merged, faults = merge(season(), [str(path)])
        assert all(isinstance(sentence, str) for sentence in faults)
        assert len(merged.elsewhere) <= len(rows)


def test_a_feed_of_another_season_is_refused(tmp_path):
    facts = {**feed_facts(), "season": "2019"}
    with pytest.raises(CourseError, match="is of the season '2019', and this board of"):
        read_feed(write_feed(tmp_path, facts), season())


def test_a_link_a_pipe_and_a_missing_file_are_refused(tmp_path):
    real = write_feed(tmp_path, feed_facts())
    (tmp_path / "link.json").symlink_to(real)
    for name in ("link.json", "none.json"):
        _, faults = merge(season(), [str(tmp_path / name)])
        assert "cannot be read" in faults[0]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x.example/f", "gopher://x/"])
def test_only_the_web_and_files_are_read(place):
    with pytest.raises(CourseError, match="http or https is needed"):
        read_feed(place, season())


def test_a_feed_comes_over_the_web():
    data = json.dumps(feed_facts()).encode()
    paths = []

    def answer(handler):
        paths.append(handler.path)
        send(handler, data)

    with served(answer) as url:
        merged, faults = merge(season(), [url])
        for address in (url[:-1], f"{url}index.html#medals", f"{url}feed/v1/judgements.json"):
            assert merge(season(), [address])[1] == []
    assert faults == [] and len(merged.elsewhere) == 2
    assert paths == ["/feed/v1/judgements.json"] * 4


def test_a_server_that_sends_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(foreign_feed, "MAX_BYTES", 100_000)

    def answer(handler):
        send(handler, b"[" + b" " * 1_000_000)

    with served(answer) as url, pytest.raises(CourseError, match="has over 100,000 bytes"):
        read_feed(url, season())


def test_a_server_that_trickles_is_given_up(monkeypatch):
    monkeypatch.setattr(foreign_feed, "WHOLE_TIMEOUT_S", 0.6)

    def answer(handler):
        for _ in range(40):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    start = time.monotonic()
    with served(answer) as url, pytest.raises(CourseError, match=r"takes over 0\.6 s"):
        read_feed(url, season())
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x.example/feed"])
def test_a_server_that_leads_off_the_web_is_not_followed(place):
    def answer(handler):
        send(handler, b"", 302, Location=place)

    with served(answer) as url, pytest.raises(CourseError, match=rf"{place}'?,? (which )?is not"):
        read_feed(url, season())


@pytest.mark.parametrize("status", [404, 500])
def test_an_answer_that_is_an_error_is_a_sentence(status):
    with served(lambda handler: send(handler, b"", status)) as url:
        _, faults = merge(season(), [url])
    assert "cannot be fetched" in faults[0]


def test_times_of_another_machine_stand_in_a_table_of_their_own(tmp_path):
    change = {
        "event": "framework_sprint",
        "machine": "64-core server",
        "scores": {"score": 0.1, "low": 0.09, "high": 0.11},
    }
    merged, _ = merge(season(), [write_feed(tmp_path, with_rows(change))])
    (table,) = [
        table
        for table in merged.tables["framework_sprint"]
        if table.category.machine == "64-core server"
    ]
    assert [line.rank for line in table.rows] == [0] and table.records == []
    assert event("framework_sprint").kind == "time"
    assert replace(merged, elsewhere=()).medals == merged.medals
