"""While a season is open, the private half of hidden inputs is told to nobody."""

from dataclasses import replace

from test_olympics_ledger import ROW

from autograder.olympics.halves import told

PICTURES = replace(
    ROW,
    event="featherweight",
    scores={"score": 0.91, "private": 0.91, "public": 0.85, "bytes": 9000.0},
)


def test_the_public_half_stands_for_the_score_of_an_open_season():
    (row,) = told([PICTURES], "2027")
    assert row.scores == {"score": 0.85, "public": 0.85, "bytes": 9000.0}
    assert 0.91 not in row.scores.values()


def test_a_closed_season_tells_the_private_half():
    assert told([PICTURES], "") == [PICTURES]
    assert told([PICTURES], "2028") == [PICTURES]


def test_a_time_has_nothing_to_hide_for_its_inputs_are_fresh_in_each_run():
    timed = replace(ROW, scores={"score": 0.9, "private": 0.9, "public": 0.95})
    assert told([timed], "2027") == [timed]


def test_a_wrong_row_stays_wrong_and_without_a_score():
    wrong = replace(PICTURES, verdict="wrong", scores={"private": 0.91, "public": 0.85})
    (row,) = told([wrong], "2027")
    assert row.scores == {"public": 0.85}
