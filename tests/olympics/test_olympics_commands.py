"""The command `olympics`, as a student calls it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from olympic_entries import CHEATS, HEAD, entry, write_entry
from olympics.commands import main
from olympics.heat import heat
from olympics.rule_sheets import FOLDER


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_events_are_listed_and_the_rules_of_one_are_told():
    listed = run("events")
    assert listed.exit_code == 0 and "framework_sprint" in listed.output
    rules = run("events", "featherweight").output
    assert rules.strip() == (FOLDER / "featherweight.md").read_text(encoding="utf-8").strip()
    assert "16 kB | 16,000" in rules and "2,000,000" in rules and "Varsity" in rules


@pytest.mark.slow
def test_a_local_heat_says_where_one_stands_and_that_it_is_not_judged(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    result = run("try", "framework_sprint", folder)
    assert "Framework Sprint: " in result.output
    assert "It is not a judged score." in result.output
    assert result.exit_code == ("refused" in result.output)


@pytest.mark.parametrize("name", ["results cached by shape", "NaN as a wildcard"])
def test_a_local_heat_finds_what_the_judge_finds(name):
    assert heat(entry(CHEATS[name])).verdict == "wrong"


def test_a_local_heat_uses_nothing_of_the_course_that_the_entry_lacks(tmp_path):
    alone = entry("from tinytorch.core.tensor import Tensor\n", division="open")
    outcome = heat(alone)
    assert outcome.verdict == "wrong"
    assert "tinytorch.core" in outcome.sentence


def test_a_heat_of_another_event_is_refused_with_a_sentence(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    result = run("try", "featherweight", folder)
    assert result.exit_code == 1
    assert "is an entry of framework_sprint, not of featherweight" in result.output


def test_pack_writes_a_zip_that_the_judge_reads(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    result = run("pack", folder, "--to", tmp_path)
    assert result.exit_code == 0
    assert (tmp_path / "abc--framework_sprint.zip").is_file()


def test_an_entry_that_is_packed_where_it_lies_is_packed_again_without_its_zip(
    tmp_path, monkeypatch
):
    folder = write_entry(entry(HEAD), tmp_path / "a b")
    monkeypatch.chdir(folder)
    assert run("pack", ".").exit_code == 0
    first = Path("abc--framework_sprint.zip").read_bytes()
    assert run("pack", ".").exit_code == 0
    assert Path("abc--framework_sprint.zip").read_bytes() == first
    packed = run("pack", ".", "--to", folder).output
    assert f"olympics try framework_sprint '{folder}/abc--framework_sprint.zip' says" in packed


def test_a_seed_is_no_negative_number(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    result = run("try", "framework_sprint", folder, "--seed", -1)
    assert result.exit_code == 2 and "--seed" in result.output


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("events", "chess"), "There is no event 'chess'"),
        (("try", "chess", "."), "has no entry.toml"),
        (("pack", "."), "has no entry.toml"),
        (("verify", __file__, "--key", "00"), "This is no receipt"),
    ],
)
def test_a_mistake_gets_a_sentence_and_exit_code_1(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert sentence in result.output and "Traceback" not in result.output


def test_a_wrong_command_line_is_exit_code_2():
    assert run("verify", "no-such-file", "--key", "00").exit_code == 2
    assert run("try").exit_code == 2
