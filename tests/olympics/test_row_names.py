"""The names of seasons and judges: none is empty, and none is taken for another one."""

from datetime import UTC, datetime

import pytest
from test_olympics_ledger import ROW

from autograder.model import CourseError
from autograder.olympics.judge import Court, judge
from autograder.olympics.ledger import Ledger
from autograder.olympics.row_names import check_name
from autograder.olympics.withdrawal import withdraw
from autograder.sandbox.levels import NONE

LEDGER_NAMES = ("2027 spring", "2026 autumn")


@pytest.mark.parametrize("name", ["2027 spring", "2027 autumn", "2027", "春 2028"])
def test_a_name_of_the_ledger_and_a_new_one_are_taken(name):
    check_name("--season", name, LEDGER_NAMES)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "--season needs a name of 1 to 120 characters in one line, and '' came"),
        ("  ", "needs a name of 1 to 120"),
        ("a\nb", "in one line"),
        ("n" * 121, "needs a name of 1 to 120"),
        ("2027 Spring", "--season '2027 Spring' looks like '2027 spring', which the ledger has"),
        ("2027 spring ", "looks like '2027 spring'"),
        ("2027  spring", "looks like '2027 spring'"),
        ("2027 sрring", "looks like '2027 spring'"),
        (" 2028", "' 2028' has a blank at an end. Write '2028'"),
    ],
)
def test_a_name_that_is_empty_or_taken_for_another_is_refused(name, sentence):
    with pytest.raises(CourseError) as fault:
        check_name("--season", name, LEDGER_NAMES)
    assert sentence in str(fault.value)


def test_a_name_that_stands_in_the_ledger_is_taken_however_it_is_written():
    check_name("--season", "2027 spring ", ["2027 spring", "2027 spring "])


def test_the_judge_and_a_withdrawal_ask_before_they_add_a_row(tmp_path, machine):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.append(ROW)
        for season, name, words in (
            (ROW.season + " ", ROW.judge, "--season '2027 ' looks like '2027'"),
            ("", ROW.judge, "--season needs a name"),
            (ROW.season, ROW.judge.upper() + "\u200b", "--judge needs a name"),
            (ROW.season, f" {ROW.judge}", "--judge ' "),
            (ROW.season, "", "--judge needs a name"),
        ):
            with pytest.raises(CourseError, match=words):
                judge([], ledger, Court(season, name, machine, b"s" * 32, {}, NONE))
        with pytest.raises(CourseError, match="--judge needs a name"):
            withdraw(ledger, ROW.entry_sha256, "Ours.", "", datetime.now(UTC))
        assert [row.number for row in ledger.judgements()] == [1]
