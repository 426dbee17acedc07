"""Records, personal bests and steps back, read off the ledger in its order."""

from dataclasses import replace

from made_ledger import row, sha, timed
from olympics.events import event

from autograder.olympics.history import entries_of, personal_bests, records, steps_back
from autograder.olympics.ranking import categories
from autograder.olympics.results import results

BOARD, SPRINT = event("bench_and_board"), event("framework_sprint")
COUNTS = (("t-ada", 900.0), ("t-bo", 950.0), ("t-bo", 800.0), ("t-ada", 800.0), ("t-cy", 700.0))


def counted_rows(**facts):
    return [
        row(number=n, team_id=team, entry_sha256=sha(n), scores={"score": score}, **facts)
        for n, (team, score) in enumerate(COUNTS, 1)
    ]


def held_records(rows, rules):
    (category,) = categories(rows, rules)
    return [(record.team_id, record.score) for record in records(rows, rules, category)]


def test_a_record_of_counts_is_each_entry_that_was_better_than_all_before():
    rows = counted_rows()
    assert held_records(rows, BOARD) == [("t-ada", 900.0), ("t-bo", 800.0), ("t-cy", 700.0)]


def test_records_go_over_the_seasons():
    rows = counted_rows()
    rows = [replace(r, season="2026 autumn") if r.number < 3 else r for r in rows]
    (category,) = categories(rows, BOARD)
    seasons = [record.middle.season for record in records(rows, BOARD, category)]
    assert seasons == ["2026 autumn", "2027 spring", "2027 spring"]


def test_a_record_of_times_needs_five_runs_and_a_difference_that_is_shown():
    rows = timed("t-ada", 1, [0.60, 0.61, 0.62, 0.63, 0.64])
    rows += timed("t-bo", 2, [0.40, 0.41, 0.42, 0.43], start=6)
    assert held_records(rows, SPRINT) == [("t-ada", 0.62)]
    rows += [replace(rows[-1], run=5, number=10, scores={"score": 0.44})]
    assert held_records(rows, SPRINT) == [("t-ada", 0.62), ("t-bo", 0.42)]


def test_a_record_stays_what_it_was_when_more_runs_come():
    rows = timed("t-ada", 1, [0.60, 0.61, 0.62, 0.63, 0.64, 0.9, 0.9, 0.9, 0.9])
    assert held_records(rows, SPRINT) == [("t-ada", 0.62)]


def test_a_personal_best_knows_all_entries_of_the_team():
    bests = {place.best.team_id: place for place in personal_bests(counted_rows(), BOARD)}
    assert {team: place.best.score for team, place in bests.items()} == {
        "t-ada": 800.0,
        "t-bo": 800.0,
        "t-cy": 700.0,
    }
    assert [entry.score for entry in bests["t-bo"].entries] == [950.0, 800.0]


def test_the_entries_of_a_team_stand_in_the_order_of_the_ledger():
    counted_results = results(reversed(counted_rows()), BOARD)
    entries = entries_of(counted_results, "t-ada", counted_results[0].category)
    assert [entry.runs[0].number for entry in entries] == [1, 4]


def test_a_step_back_is_named_with_what_was_better_before():
    rows = counted_rows()
    rows.append(row(number=9, team_id="t-bo", entry_sha256=sha(9), scores={"score": 990.0}))
    pairs = steps_back(rows, BOARD)
    assert [(before.score, after.score) for before, after in pairs] == [(800.0, 990.0)]
