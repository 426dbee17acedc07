"""The judge: every entry at least once and counted once, whatever happens in between."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import made_ledger
import pytest
from olympic_entries import CHEATS, HEAD, entry, write_entry
from olympics.entry import entry_sha256
from olympics.events import TRIES_A_DAY

from autograder.model import CourseError
from autograder.olympics.entrants import read_entrants
from autograder.olympics.judge import Court, harness, judge, judging_files
from autograder.olympics.ledger import Ledger
from autograder.olympics.seeds import Schedule, read_secret
from autograder.olympics.teams import Team
from autograder.olympics.withdrawal import withdraw

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)
WRONG = CHEATS["an import that fails"]  # judged in a moment
TEAMS = {name: Team(name, name.upper(), "Uni", 2, False) for name in ("abc", "xyz")}
CSV = "team_id,public_name,university,members,anonymous\n" + "".join(
    f"{name},{name.upper()},Uni,2,no\n" for name in TEAMS
)


@pytest.fixture
def court(level, machine):
    return Court("2027", "Uni J", machine, b"s" * 32, TEAMS, level)


@pytest.fixture
def ledger(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


def wrong_entries(folder, count, team="abc"):
    for k in range(count):
        write_entry(entry(f"# {k}\n{WRONG}", team), folder / team / str(k))
    return folder


def at(moment):
    return lambda: moment


def test_an_honest_entry_is_ranked_or_our_machine_is_refused(tmp_path, ledger, court):
    write_entry(entry(HEAD, idea="the same"), tmp_path / "abc" / "one")
    session = judge([tmp_path / "abc" / "one"], ledger, court, at(NOON))
    row = session.judgements[-1]
    assert row.verdict in ("ranked", "refused"), row.sentence
    assert row.judged_at == "2027-02-01T12:00:00Z" and row.idea == "the same"
    assert row.harness == harness() and row.seed_id.startswith("2027/framework_sprint/")
    assert row.log.count("pair ") == 63
    assert row.scores["bytes"] < 1000 and row.scores["peak_bytes"] > 1e6
    assert ("score" in row.scores) == (row.verdict == "ranked")


def test_a_second_call_judges_nothing_again(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", 2)
    first = judge([folder], ledger, court, at(NOON))
    second = judge([folder], ledger, court, at(NOON))
    assert [row.verdict for row in first.judgements] == ["wrong", "wrong"]
    assert second.judgements == ()
    assert len(ledger.judgements()) == 2


def test_the_same_entry_handed_in_twice_is_judged_once(tmp_path, ledger, court):
    for name in ("one", "two"):
        write_entry(entry(WRONG), tmp_path / "abc" / name)
    assert len(judge([tmp_path / "abc"], ledger, court, at(NOON)).judgements) == 1


def test_more_runs_are_added_and_numbered_on(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", 1)
    judge([folder], ledger, court, at(NOON))
    judge([folder], ledger, replace(court, runs=3), at(NOON))
    assert [row.run for row in ledger.judgements()] == [1, 2, 3]


def test_one_entry_that_is_none_never_stops_the_others(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", 2)
    (folder / "abc" / "broken.zip").write_bytes(b"no zip")
    (folder / "abc" / "empty").mkdir()
    session = judge([folder], ledger, court, at(NOON))
    assert len(session.judgements) == 2
    sentences = {one.place.name: one.sentence for one in session.rejected}
    assert "no zip that can be read" in sentences["broken.zip"]
    assert "has no entry.toml" in sentences["empty"]


def test_an_entry_in_the_name_of_another_team_is_not_judged(tmp_path, ledger, court):
    write_entry(entry(WRONG, team="xyz"), tmp_path / "abc" / "one")
    write_entry(entry(WRONG, team="nobody"), tmp_path / "nobody" / "one")
    session = judge([tmp_path / "abc", tmp_path / "nobody"], ledger, court, at(NOON))
    assert session.judgements == ()
    assert "says that it is of team 'xyz', but it was handed in as abc/one" in (
        session.rejected[0].sentence
    )
    assert "'nobody' is not in the team table" in session.rejected[1].sentence


def test_a_team_has_five_tries_a_day_and_five_more_on_the_next(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", TRIES_A_DAY + 2)
    wrong_entries(folder, 1, team="xyz")
    today = judge([folder], ledger, court, at(NOON))
    assert len(today.judgements) == TRIES_A_DAY + 1
    assert len(today.deferred) == 2
    assert "has had its five tries in framework_sprint of 2027-02-01 (UTC)" in (
        today.deferred[0].sentence
    )
    tomorrow = judge([folder], ledger, court, at(NOON + timedelta(days=1)))
    assert len(tomorrow.judgements) == 2 and tomorrow.deferred == ()


@pytest.mark.slow
def test_entries_of_two_days_that_are_judged_on_one_use_the_tries_of_both(tmp_path, ledger, court):
    for day in ("2027-01-30", "2027-01-31"):
        folder = tmp_path / day
        for k in range(TRIES_A_DAY):
            write_entry(entry(f"# {day} {k}\n{WRONG}"), folder / "abc" / str(k))
        session = judge([folder], ledger, replace(court, handed_in=day), at(NOON))
        assert len(session.judgements) == TRIES_A_DAY and session.deferred == ()
        assert {row.handed_in for row in session.judgements} == {day}
    sixth = wrong_entries(tmp_path / "late", 1)
    late = judge([sixth], ledger, replace(court, handed_in="2027-01-31"), at(NOON))
    assert late.judgements == () and len(late.deferred) == 1


def test_another_secret_in_the_same_season_is_refused(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", 1)
    judge([folder], ledger, court, at(NOON))
    other = replace(court, secret=b"t" * 32)
    with pytest.raises(CourseError, match="was begun with another secret: row 1 of the ledger"):
        judge([folder], ledger, other, at(NOON))
    judge([folder], ledger, replace(other, season="2028"), at(NOON))
    assert len(ledger.judgements()) == 2


def test_a_withdrawn_entry_is_not_judged_again_and_its_rows_stay(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "in", 2)
    first, _ = judge([folder], ledger, court, at(NOON)).judgements
    row = withdraw(ledger, first.entry_sha256[:8], "The team asked for it.", "Uni J", NOON)
    assert (row.verdict, row.run, row.scores) == ("withdrawn", 2, {})
    again = judge([folder], ledger, replace(court, runs=2), at(NOON))
    assert [one.entry_sha256 == first.entry_sha256 for one in again.judgements] == [False]
    assert len(ledger.judgements()) == 4 and ledger.faults() == []


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    [("f" * 12, "x", "names 0 entries"), ("", "x", "names 1 entries"), ("f" * 12, " ", "1 to 300")],
)
def test_only_one_entry_that_is_there_can_be_withdrawn_and_with_a_reason(
    tmp_path, ledger, court, name, reason, words
):
    judge([wrong_entries(tmp_path / "in", 1)], ledger, court, at(NOON))
    with pytest.raises(CourseError, match=words):
        withdraw(ledger, name, reason, "Uni J")


@pytest.mark.slow
def test_further_runs_of_earlier_entries_cost_no_try_and_need_none(tmp_path, ledger, court):
    folder = wrong_entries(tmp_path / "old", TRIES_A_DAY)
    judge([folder], ledger, court, at(NOON))
    for k in range(TRIES_A_DAY):
        write_entry(entry(f"# new {k}\n{WRONG}", "abc"), tmp_path / "new" / "abc" / str(k))
    again, tomorrow = replace(court, runs=2), at(NOON + timedelta(days=1))
    assert len(judge([folder], ledger, again, tomorrow).judgements) == TRIES_A_DAY
    new = judge([tmp_path / "new"], ledger, court, tomorrow)
    assert len(new.judgements) == TRIES_A_DAY and new.deferred == ()
    third = judge([folder], ledger, replace(court, runs=3), tomorrow)
    assert len(third.judgements) == TRIES_A_DAY and third.deferred == ()


@pytest.mark.slow
def test_an_entry_is_judged_in_each_season_and_a_time_on_each_class_of_machines(
    tmp_path, ledger, court
):
    folder = wrong_entries(tmp_path / "in", 1)
    other = replace(court.machine, cores=court.machine.cores + 1)
    for one in (court, replace(court, season="2028"), replace(court, machine=other), court):
        judge([folder], ledger, one, at(NOON))
    assert [(row.run, row.season, row.machine) for row in ledger.judgements()] == [
        (1, "2027", court.machine_class),
        (2, "2028", court.machine_class),
        (3, "2027", f"{other.name}, {other.cores} cores"),
    ]


def test_what_lies_in_the_folder_of_a_team_is_of_no_other_team(tmp_path):
    inbox = tmp_path / "in"
    write_entry(entry(WRONG, team="xyz"), inbox / "abc" / "xyz--framework_sprint")
    write_entry(entry(WRONG, team="xyz"), inbox / "abc" / "sent" / "xyz" / "one")
    write_entry(entry(WRONG, team="xyz"), inbox / "xyz--framework_sprint")
    entrants, rejected = read_entrants([inbox], TEAMS)
    assert [one.place.parent for one in entrants] == [inbox]
    assert len(rejected) == 2 and all("of team 'xyz'" in one.sentence for one in rejected)


def hostile_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)


def test_nothing_that_somebody_hands_in_stops_the_reading_of_the_others(tmp_path):
    inbox = wrong_entries(tmp_path / "in", 1)
    deep = inbox / "abc" / "deep"
    deep.joinpath(*["d"] * 900).mkdir(parents=True)
    hostile_zip(inbox / "abc" / "nested.zip", [("entry.toml", b"team = " + b"[" * 5000)])
    hostile_zip(inbox / "abc" / "digits.zip", [("entry.toml", b"team = " + b"9" * 5000)])
    hostile_zip(inbox / "abc" / "many.zip", [(f"{k}/" * 300, b"") for k in range(900)])
    (inbox / "abc" / os.fsdecode(b"\xff\xfe")).mkdir()
    (inbox / "abc" / os.fsdecode(b"\xff.zip")).write_bytes(b"PK")
    data = bytearray((inbox / "abc" / "digits.zip").read_bytes())
    data[30] ^= 0xFF
    (inbox / "abc" / "damaged.zip").write_bytes(data)
    (inbox / "abc" / "pipe.zip").touch()
    (inbox / "abc" / "loop").symlink_to(".")
    entrants, rejected = read_entrants([inbox], TEAMS)
    assert len(entrants) == 1
    assert {one.place.name for one in rejected} >= {"nested.zip", "digits.zip", "damaged.zip"}
    assert all(one.sentence.endswith((".", "them.")) for one in rejected)


def test_a_folder_that_cannot_be_looked_into_is_one_rejection(tmp_path):
    inbox = wrong_entries(tmp_path / "in", 1)
    (inbox / "abc" / ("long" * 60)).mkdir()
    (inbox / "abc" / "shut").mkdir(mode=0)
    entrants, rejected = read_entrants([inbox], TEAMS)
    assert len(entrants) == 1 and len(rejected) == 2


def test_links_among_entries_are_not_followed(tmp_path):
    inbox = wrong_entries(tmp_path / "in", 1)
    for name in ("one", "two"):
        (inbox / "abc" / name).symlink_to(inbox)
    entrants, rejected = read_entrants([inbox], TEAMS)
    assert len(entrants) == 1
    assert [one.sentence[:13] for one in rejected] == ["one is a link", "two is a link"]


def test_seeds_are_fresh_in_every_run_and_nobody_can_tell_them():
    schedule = Schedule(b"a" * 32, "2027", "framework_sprint")
    seeds = {
        schedule.fresh_seed(sha256, run, number, phase)
        for sha256 in ("a", "b")
        for run in (1, 2)
        for number in range(60)
        for phase in ("public", "private")
    }
    assert len(seeds) == 2 * 2 * 60 * 2
    other = Schedule(b"b" * 32, "2027", "framework_sprint")
    assert schedule.fresh_seed("a", 1, 0, "public") != other.fresh_seed("a", 1, 0, "public")
    assert schedule.seed_id != other.seed_id
    assert schedule.hidden_seed() != other.hidden_seed()


def test_the_remainders_of_fresh_seeds_take_turns():
    schedule = Schedule(b"a" * 32, "2027", "framework_sprint")
    seeds = [schedule.fresh_seed("a", 1, number, "public") for number in range(24)]
    assert [seed % 12 for seed in seeds] == [*range(12)] * 2


def test_the_version_of_the_judge_covers_references_and_emulator_and_not_the_board():
    names = {"/".join(path.parts[-3:]) for path in judging_files()}
    assert {"tinytorch/core/tensor.py", "autograder/olympics/judge.py"} <= names
    assert {"firmware/c/dense.c", "course/olympics/events.toml"} <= names
    assert not [name for name in names if "olympics/board/" in name]


def test_a_secret_that_is_missing_or_short_gets_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="head -c 32 /dev/urandom"):
        read_secret(tmp_path / "none")
    (tmp_path / "short").write_text("abc\n")
    with pytest.raises(CourseError, match="has 3 bytes; at least 16"):
        read_secret(tmp_path / "short")


def command(folder, *more):
    return [
        *(sys.executable, "-m", "autograder.commands.cli", "olympics", "judge", "in"),
        *("--teams", "teams.csv", "--secret", "secret", "--season", "2027", "--judge", "Uni J"),
        *more,
    ]


@pytest.fixture
def season(tmp_path):
    """A folder with entries, a team table and a secret, as an organiser has it."""
    wrong_entries(tmp_path / "in", 3)
    wrong_entries(tmp_path / "in", 2, team="xyz")
    for k in range(2):
        write_entry(entry(f"{HEAD}# {k}\n", "xyz"), tmp_path / "in" / "xyz" / f"honest{k}")
    (tmp_path / "teams.csv").write_text(CSV)
    (tmp_path / "secret").write_text("s" * 32)
    return tmp_path


@pytest.mark.slow
def test_a_judge_that_is_killed_ten_times_loses_and_doubles_nothing(season):
    rng = random.Random(17)
    for _ in range(10):
        process = subprocess.Popen(
            command(season), cwd=season, stdout=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(rng.uniform(0.5, 8.0))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    for _ in range(5):  # a busy machine may refuse the two honest entries each time
        completed = subprocess.run(command(season), cwd=season, stdout=subprocess.DEVNULL)
        if completed.returncode == 0:
            break
    with Ledger(f"sqlite:///{season / 'olympics.db'}") as ledger:
        rows = ledger.judgements()
    keys = [(row.entry_sha256, row.run) for row in rows]
    assert len(set(keys)) == len(keys)
    final = [row.entry_sha256 for row in rows if row.verdict != "refused"]
    assert len(final) == len(set(final)) >= 5  # those that are wrong need no quiet machine
    assert completed.returncode == 1 or len(final) == 7  # a quiet machine refuses nobody
    assert len({row.entry_sha256 for row in rows}) == 7
    assert [row.number for row in rows] == [*range(1, len(rows) + 1)]
    assert not _frozen_leftovers()


def _frozen_leftovers():
    """The slots of judges that are gone whose processes still stand frozen."""
    return [
        state
        for state in Path("/sys/fs/cgroup/freezer").glob("slot-*-*/freezer.state")
        if not Path(f"/proc/{state.parent.name.split('-')[1]}").exists()
        and state.read_text().strip() == "FROZEN"
        and (state.parent / "cgroup.procs").read_text().strip()
    ]


def test_the_command_judges_writes_receipts_and_says_what_was_rejected(season):
    (season / "in" / "abc" / "broken.zip").write_bytes(b"no zip")
    completed = subprocess.run(
        command(season, "--receipts", "receipts", "--key", "judge.key"),
        cwd=season,
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 1
    assert "broken.zip: broken.zip is no zip that can be read" in completed.stderr
    assert "new judgements in sqlite:///olympics.db" in completed.stdout
    with Ledger(f"sqlite:///{season / 'olympics.db'}") as ledger:
        rows = ledger.judgements()
    receipts = sorted((season / "receipts").glob("*.json"))
    assert len(receipts) == len(rows)
    name = f"abc--framework_sprint-{entry_sha256(entry(f'# 0{chr(10)}{WRONG}'))[:16]}-1.json"
    assert name in [path.name for path in receipts]
    verified = subprocess.run(
        [
            *(sys.executable, "-m", "olympics.commands", "verify", f"receipts/{name}"),
            *("--key", "receipts/judge.pub"),
        ],
        cwd=season,
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stderr
    assert "The signature is right: Uni J judged run 1" in verified.stdout


def test_a_typing_error_in_the_season_signs_nothing_of_another_one(season):
    pictures = {"score": 0.91, "private": 0.91, "public": 0.85}
    with Ledger(f"sqlite:///{season / 'olympics.db'}") as ledger:
        ledger.append(made_ledger.row(season="2027 spring", event="featherweight", scores=pictures))
    shutil.rmtree(season / "in")
    (season / "in").mkdir()
    for name, words in (("2027 Spring", "looks like '2027 spring'"), ("2072 spring", "")):
        signing = ("--season", name, "--receipts", "receipts", "--key", "judge.key")
        completed = subprocess.run(
            command(season, *signing), cwd=season, capture_output=True, text=True
        )
        assert words in completed.stderr
        assert not list(season.glob("receipts/*.json"))


@pytest.mark.parametrize(
    "change, words",
    [
        (("--season", ""), "--season needs a name of 1 to 120 characters"),
        (("--judge", " "), "--judge needs a name of 1 to 120 characters"),
        (("--secret", "none"), "The organiser's secret none cannot be read"),
        (("--teams", "none"), "The team table none cannot be read"),
        (("--ledger", "x"), "no address of a ledger"),
        (("--isolation", "x"), "there is no isolation called 'x'"),
        (("--isolation", "none"), "there is no isolation called 'none'. There is: bubblewrap"),
        (("--secret", "in"), "The organiser's secret in cannot be read: it is a folder."),
        (("--key", "in", "--receipts", "r"), "--key needs a file, and in is a folder"),
        (
            ("--receipts", "teams.csv", "--key", "judge.key"),
            "--receipts needs a folder, and teams.csv cannot be one: File exists",
        ),
        (("--receipts", "r"), "--receipts and --key are given together"),
    ],
)
def test_a_command_line_that_is_wrong_gets_a_sentence_and_exit_code_1(season, change, words):
    completed = subprocess.run(command(season, *change), cwd=season, capture_output=True, text=True)
    assert completed.returncode == 1
    assert words in completed.stderr and "Traceback" not in completed.stderr
    assert "new judgements" not in completed.stdout


def test_what_an_entry_says_cannot_command_the_terminal(season):
    speaks = entry("raise ImportError('\\x1b]0;title\\x07\\x1b[2Jgone')", "abc")
    shutil.rmtree(season / "in")
    write_entry(speaks, season / "in" / "abc" / "one")
    completed = subprocess.run(command(season), cwd=season, capture_output=True, text=True)
    assert "ImportError" in completed.stdout and "gone" in completed.stdout
    assert "\x1b" not in completed.stdout and "\x07" not in completed.stdout
