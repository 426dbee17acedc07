"""The ranking: exact where counted, shared where times show no difference."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from made_ledger import row, sha, timed
from olympics.events import event

from autograder.olympics.medals import medal_table
from autograder.olympics.ranking import categories, is_shown_better, ranking
from autograder.olympics.results import best_of_each_team, results

BOARD, SPRINT, FEATHER = map(event, ("bench_and_board", "framework_sprint", "featherweight"))
TEAMS = ("t-ada", "t-bo", "t-cy", "t-di")


def counted(team, entry, score, **facts):
    return row(
        team_id=team, entry_sha256=sha(entry), scores={"score": score}, number=entry, **facts
    )


def ranked(rows, rules=BOARD):
    """(team, rank) in the only category of the rows."""
    (category,) = categories(rows, rules)
    return [(line.result.team_id, line.rank) for line in ranking(rows, rules, category)]


@st.composite
def ledgers(draw):
    """Rows of all kinds, numbered: three events, verdicts, teams, several runs of an entry."""
    rows = []
    for entry in range(1, draw(st.integers(1, 9))):
        rules = draw(st.sampled_from((BOARD, SPRINT, FEATHER)))
        facts = {
            "event": rules.id,
            "entry_sha256": sha(entry),
            "team_id": draw(st.sampled_from(TEAMS)),
            "division": draw(st.sampled_from(("closed", "open"))),
            "weight_class": "64 kB" if rules is FEATHER else "",
        }
        for run in range(1, draw(st.sampled_from((2, 3, 6, 7)))):
            verdict = draw(st.sampled_from(("ranked", "ranked", "ranked", "refused", "wrong")))
            score = draw(st.sampled_from((0.25, 0.5, 0.50001, 0.75)))
            scores = {"score": score} if verdict == "ranked" else {}
            rows.append(row(**facts, run=run, verdict=verdict, scores=scores))
    return [replace(judgement, number=number) for number, judgement in enumerate(rows, 1)]


def all_rankings(rows):
    return {
        category: ranking(rows, rules, category)
        for rules in (BOARD, SPRINT, FEATHER)
        for category in categories(rows, rules)
    }


def test_less_is_better_where_the_table_says_so():
    rows = [counted("t-ada", 1, 900.0), counted("t-bo", 2, 800.0)]
    assert ranked(rows) == [("t-bo", 1), ("t-ada", 2)]


def test_more_is_better_where_the_table_says_so():
    facts = {"event": "featherweight", "weight_class": "16 kB"}
    rows = [counted("t-ada", 1, 0.9, **facts), counted("t-bo", 2, 0.8, **facts)]
    assert ranked(rows, FEATHER) == [("t-ada", 1), ("t-bo", 2)]


def test_equal_counts_share_a_rank_and_the_next_one_is_left_out():
    rows = [
        counted(team, place, score)
        for place, (team, score) in enumerate(zip(TEAMS, (800.0, 800.0, 900.0, 950.0), strict=True))
    ]
    assert ranked(rows) == [("t-ada", 1), ("t-bo", 1), ("t-cy", 3), ("t-di", 4)]


def test_a_team_stands_there_once_with_its_best_entry():
    rows = [counted("t-ada", 1, 900.0), counted("t-ada", 2, 700.0), counted("t-ada", 3, 800.0)]
    (category,) = categories(rows, BOARD)
    (line,) = ranking(rows, BOARD, category)
    assert line.result.entry_sha256 == sha(2)


def test_a_clear_difference_of_five_runs_each_is_a_rank():
    rows = timed("t-ada", 1, [0.50, 0.51, 0.52, 0.53, 0.54])
    rows += timed("t-bo", 2, [0.60, 0.61, 0.62, 0.63, 0.64], start=6)
    assert ranked(rows, SPRINT) == [("t-ada", 1), ("t-bo", 2)]


def test_the_same_difference_of_four_runs_shares_the_rank():
    rows = timed("t-ada", 1, [0.50, 0.51, 0.52, 0.53])
    rows += timed("t-bo", 2, [0.60, 0.61, 0.62, 0.63, 0.64], start=6)
    assert ranked(rows, SPRINT) == [("t-ada", 1), ("t-bo", 1)]


def test_times_that_overlap_share_the_rank():
    rows = timed("t-ada", 1, [0.50, 0.58, 0.60, 0.61, 0.70])
    rows += timed("t-bo", 2, [0.52, 0.59, 0.61, 0.62, 0.69], start=6)
    assert [rank for _, rank in ranked(rows, SPRINT)] == [1, 1]


def test_one_lucky_run_does_not_lift_those_who_were_shown_to_be_worse():
    rows = timed("t-cy", 3, [0.40])
    rows += timed("t-ada", 1, [0.50, 0.51, 0.52, 0.53, 0.54], start=2)
    rows += timed("t-bo", 2, [0.60, 0.61, 0.62, 0.63, 0.64], start=7)
    assert ranked(rows, SPRINT) == [("t-cy", 1), ("t-ada", 1), ("t-bo", 3)]


def test_a_time_with_fewer_than_five_runs_holds_no_medal():
    rows = timed("t-cy", 3, [0.40]) + timed("t-ada", 1, [0.50, 0.51, 0.52, 0.53, 0.54], start=2)
    (category,) = categories(rows, SPRINT)
    assert [line.medal for line in ranking(rows, SPRINT, category)] == ["", ""]


def test_no_medal_is_held_below_a_better_time_that_lacks_its_runs():
    faster = timed("t-ada", 1, [0.50, 0.50, 0.51, 0.50, 0.50])
    slower = timed("t-bo", 2, [1.52, 1.53, 1.52, 1.51, 1.52], start=6)
    slowest = timed("t-cy", 3, [2.1, 2.2], start=11)
    (category,) = categories(faster, SPRINT)
    waiting = ranking(faster[:4] + slower, SPRINT, category)
    assert [(line.medal, line.provisional) for line in waiting] == [("", True), ("", True)]
    settled = ranking(faster + slower + slowest, SPRINT, category)
    assert [(line.medal, line.provisional) for line in settled] == [
        ("gold", False),
        ("silver", False),
        ("", True),
    ]


def test_a_settled_entry_of_a_team_goes_before_a_lucky_one():
    rows = timed("t-ada", 1, [0.50, 0.51, 0.52, 0.53, 0.54]) + timed("t-ada", 2, [0.4], start=6)
    (best,) = best_of_each_team(results(rows, SPRINT), SPRINT)
    assert best.entry_sha256 == sha(1)


def test_of_an_even_number_of_runs_the_worse_of_the_middle_two_counts():
    for scores, rules, expected in (((0.5, 0.7), SPRINT, 0.7), ((0.5, 0.7), FEATHER, 0.5)):
        rows = [
            row(event=rules.id, run=run, number=run, scores={"score": score}, weight_class="16 kB")
            for run, score in enumerate(scores, 1)
        ]
        (result,) = results(rows, rules)
        assert result.score == expected


def test_times_of_different_machines_are_never_compared():
    rows = timed("t-ada", 1, [0.5] * 5) + timed("t-bo", 2, [0.6] * 5, start=6, machine="desk")
    assert len(categories(rows, SPRINT)) == 2


def test_a_wrong_run_takes_the_whole_entry_out():
    rows = timed("t-ada", 1, [0.5] * 5)
    rows.append(replace(rows[0], run=6, number=6, verdict="wrong", scores={}))
    assert categories(rows, SPRINT) == ()


def test_what_was_judged_elsewhere_has_no_rank_and_no_medal():
    here = [counted("t-ada", 1, 900.0), counted("t-bo", 3, 950.0)]
    rows_elsewhere = [counted("x\nteam-1", 2, 100.0, judge="other")]
    (category,) = categories(here, BOARD)
    lines = ranking(here, BOARD, category, elsewhere=rows_elsewhere)
    assert [(line.rank, line.medal) for line in lines] == [(0, ""), (1, "gold"), (2, "silver")]
    assert not lines[0].result.judged_here


def test_who_is_alone_in_a_category_has_beaten_nobody_and_holds_no_medal():
    here = [counted("t-ada", 1, 900.0), counted("t-ada", 3, 950.0)]
    rows_elsewhere = [counted("x\nteam-1", 2, 1000.0, judge="other")]
    (category,) = categories(here, BOARD)
    lines = ranking(here, BOARD, category, elsewhere=rows_elsewhere)
    assert [(line.rank, line.medal) for line in lines] == [(1, ""), (0, "")]


def test_a_score_whose_private_half_is_not_told_yet_holds_no_medal():
    scores = [{"score": 0.8, "public": 0.8}, {"score": 0.9, "public": 0.9}]
    facts = {"event": "featherweight", "weight_class": "16 kB"}
    rows = [
        row(team_id=team, entry_sha256=sha(k), number=k, scores=scores[k], **facts)
        for k, team in enumerate(("t-ada", "t-bo"))
    ]
    (category,) = categories(rows, FEATHER)
    assert [line.medal for line in ranking(rows, FEATHER, category)] == ["", ""]
    final = [replace(one, scores={**one.scores, "private": 0.8}) for one in rows]
    assert [line.medal for line in ranking(final, FEATHER, category)] == ["gold", "silver"]


def test_a_withdrawn_entry_has_no_result():
    rows = [counted("t-ada", 1, 900.0), counted("t-bo", 2, 950.0)]
    rows.append(replace(rows[0], run=2, number=3, verdict="withdrawn", scores={}, sentence="Ours."))
    assert ranked(rows) == [("t-bo", 1)]


def test_an_entry_that_was_run_again_here_stands_there_once_and_holds_its_medal():
    here = [counted("t-ada", 2, 900.0)]
    rows_elsewhere = [counted("x\nteam-1", 2, 100.0, judge="other")]
    (category,) = categories(here, BOARD)
    (line,) = ranking(here, BOARD, category, elsewhere=rows_elsewhere)
    assert (line.rank, line.result.score) == (1, 900.0)


@settings(max_examples=60)
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(rows, rng):
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert str(all_rankings(rows)) == str(all_rankings(shuffled))


@settings(max_examples=60)
@given(ledgers())
def test_rows_of_other_events_change_nothing(rows):
    for rules in (BOARD, SPRINT, FEATHER):
        alone = [judgement for judgement in rows if judgement.event == rules.id]
        assert categories(alone, rules) == categories(rows, rules)
        for category in categories(rows, rules):
            assert str(ranking(alone, rules, category)) == str(ranking(rows, rules, category))


@settings(max_examples=60)
@given(ledgers())
def test_refused_and_wrong_rows_never_rank(rows):
    wrong = {judgement.entry_sha256 for judgement in rows if judgement.verdict == "wrong"}
    for lines in all_rankings(rows).values():
        for line in lines:
            assert line.result.entry_sha256 not in wrong
            assert {run.verdict for run in line.result.runs} == {"ranked"}


@settings(max_examples=60)
@given(ledgers())
def test_ranks_follow_every_difference_that_is_shown(rows):
    for lines in all_rankings(rows).values():
        assert [line.rank for line in lines] == sorted(line.rank for line in lines)
        assert lines[0].rank == 1
        for place, line in enumerate(lines):
            for after in lines[place + 1 :]:
                if is_shown_better(line.result, after.result):
                    assert line.rank < after.rank


@settings(max_examples=60)
@given(ledgers())
def test_a_shared_rank_says_so_and_leaves_out_the_next(rows):
    for lines in all_rankings(rows).values():
        ranks = [line.rank for line in lines]
        for place, line in enumerate(lines):
            assert line.shared == (ranks.count(line.rank) > 1)
            assert line.rank == place + 1 or line.rank == ranks[place - 1]


@settings(max_examples=60)
@given(ledgers())
def test_whoever_holds_a_medal_was_compared_with_all_who_are_better(rows):
    for lines in all_rankings(rows).values():
        for place, line in enumerate(lines):
            are_settled = all(above.result.is_settled for above in lines[: place + 1])
            assert line.provisional != are_settled
            assert are_settled or not line.medal


@settings(max_examples=60)
@given(ledgers())
def test_the_medal_table_holds_each_medal_once(rows):
    lines = list(all_rankings(rows).values())
    table = medal_table(lines, lambda team_id: team_id[2])
    total = sum(sum(university.medals) for university in table)
    assert total == sum(bool(line.medal) for group in lines for line in group)
    assert [row.medals for row in table] == sorted((r.medals for r in table), reverse=True)
    unknown = medal_table(lines, lambda team_id: "" if team_id == "t-ada" else team_id[2])
    assert [row.rank > 0 for row in unknown] == [row.university != "" for row in unknown]
    assert "" not in [row.university for row in unknown[:-1]]
