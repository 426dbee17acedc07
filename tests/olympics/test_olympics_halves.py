"""While a season is open, the private half of hidden inputs is told to nobody."""

from dataclasses import asdict, replace

from test_olympics_ledger import ROW

from autograder.olympics.halves import public_rows
from autograder.olympics.ledger import Ledger

PICTURES = replace(
    ROW,
    number=1,
    event="featherweight",
    scores={"score": 0.91, "private": 0.91, "public": 0.85, "bytes": 9000.0},
)
PUBLIC = {"score": 0.85, "public": 0.85, "bytes": 9000.0}


def test_the_public_half_stands_for_the_score_of_an_open_season():
    (row,) = public_rows([PICTURES])
    assert row.scores == PUBLIC
    assert 0.91 not in row.scores.values()


def test_a_closed_season_tells_the_private_half():
    assert public_rows([PICTURES], ["2027"]) == [PICTURES]


def test_a_season_is_told_once_it_is_closed_and_not_because_another_one_began():
    rows = [PICTURES, replace(PICTURES, number=2, season="2028")]
    scores = {
        closed: [row.scores for row in public_rows(rows, closed)]
        for closed in ((), ("2027",), ("2028",), ("2027", "2028"))
    }
    assert scores[()] == [PUBLIC, PUBLIC]
    assert scores[("2027",)] == [PICTURES.scores, PUBLIC]
    assert scores[("2028",)] == [PUBLIC, PICTURES.scores]
    assert scores[("2027", "2028")] == [PICTURES.scores, PICTURES.scores]


def test_a_season_that_the_ledger_does_not_have_tells_nothing():
    assert [row.scores for row in public_rows([PICTURES], ["2029"])] == [PUBLIC]


def test_a_time_has_nothing_to_hide_for_its_inputs_are_fresh_in_each_run():
    timed = replace(ROW, scores={"score": 0.9, "private": 0.9, "public": 0.95})
    assert public_rows([timed]) == [timed]


def test_a_wrong_row_stays_wrong_and_without_a_score():
    wrong = replace(PICTURES, verdict="wrong", scores={"private": 0.91, "public": 0.85})
    (row,) = public_rows([wrong])
    assert row.scores == {"public": 0.85}


def test_no_checksum_that_is_told_gives_the_private_half_to_who_tries_out_all_of_them(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        for row in (replace(ROW, run=8), PICTURES, replace(ROW, run=2), replace(ROW, run=3)):
            ledger.append(row)
        all_rows = ledger.judgements()
    rows = public_rows(all_rows)
    assert rows[1].previous_sha256 == all_rows[1].previous_sha256  # of the row before the pictures
    texts = {value for row in rows for value in asdict(row).values() if isinstance(value, str)}
    assert not texts & {row.previous_sha256 for row in all_rows[2:]}
    assert public_rows(all_rows, ["2027"]) == all_rows
