"""How many points lateness costs, counted by hand and by property, and the sentence about it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.lateness import Lateness, Work, share_out
from autograder.roster.extensions import Extension
from autograder.roster.penalty import judge_lateness, points_off, started_days
from autograder.settings.late_policy import LatePolicy

DUE = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY, MINUTE, TICK = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)
TEN = LatePolicy(grace_minutes=15, percent_per_day=10, cap_percent=50)


def work(late: timedelta, points: float = 6, granted: timedelta | None = None) -> Work:
    return Work("ada", DUE + late, DUE, granted, points, maximum=8)


@pytest.mark.parametrize(
    ("late", "days"),
    [(-DAY, 0), (0 * DAY, 0), (TICK, 1), (DAY, 1), (DAY + TICK, 2), (2 * DAY, 2), (10 * DAY, 10)],
)
def test_a_started_day_counts_as_a_day(late, days):
    assert started_days(DUE + late, DUE) == days


@pytest.mark.parametrize(
    ("late", "points", "penalty"),
    [
        (15 * MINUTE, 6, 0),  # the last minute of grace
        (15 * MINUTE + TICK, 6, 0.8),  # 10 % of 8
        (DAY + 15 * MINUTE, 6, 0.8),
        (2 * DAY, 6, 1.6),
        (4 * DAY, 6, 3.2),
        (30 * DAY, 6, 4),  # the cap, 50 % of 8
        (30 * DAY, 2.5, 2.5),  # no more than there is
        (30 * DAY, 0, 0),
    ],
)
def test_percents_are_of_the_maximum_after_grace_up_to_the_cap(late, points, penalty):
    assert judge_lateness(work(late, points), TEN, None, UTC).penalty == pytest.approx(penalty)


def test_points_for_each_day():
    policy = LatePolicy(points_per_day=1.5)
    assert judge_lateness(work(2 * DAY), policy, None, UTC).penalty == 3
    assert judge_lateness(work(9 * DAY), policy, None, UTC).penalty == 6


def test_an_extension_moves_the_due_time_and_the_later_of_ours_and_nbgrader_s_counts():
    extension = Extension("functions", "ada", "", DUE + 2 * DAY)
    judged = judge_lateness(work(2 * DAY), TEN, extension, UTC)
    assert (judged.days, judged.penalty, judged.extension) == (0, 0, 2 * DAY)
    judged = judge_lateness(work(2 * DAY, granted=3 * DAY), TEN, extension, UTC)
    assert (judged.days, judged.extension) == (0, None)
    judged = judge_lateness(work(4 * DAY, granted=DAY), TEN, extension, UTC)
    assert (judged.days, judged.extension) == (2, 2 * DAY)
    earlier = Extension("functions", "ada", "", DUE - DAY)
    assert judge_lateness(work(0 * DAY), TEN, earlier, UTC) == Lateness(penalty=0)


def test_the_sentence_names_times_zone_days_policy_and_extension():
    of_section = Extension("functions", "", "Lab B", DUE + DAY)
    assert judge_lateness(work(0 * DAY), TEN, None, UTC).reason == ""
    assert judge_lateness(work(3 * DAY), TEN, of_section, UTC).reason == (
        "handed in 2027-02-04 12:00 UTC, due 2027-02-02 12:00 UTC by an extension (of section "
        "'Lab B'): 2 started days late; the policy takes 10 % for each started day, 50 % at most, "
        "15 minutes of grace"
    )
    assert judge_lateness(work(MINUTE), TEN, None, UTC).reason == (
        "handed in 2027-02-01 12:01 UTC, due 2027-02-01 12:00 UTC, within 15 minutes of grace: "
        "nothing is taken off"
    )
    assert judge_lateness(work(DAY), TEN, of_section, UTC).reason.endswith(
        "due 2027-02-02 12:00 UTC by an extension (of section 'Lab B'): nothing is taken off"
    )


@pytest.mark.parametrize("gap", ["due", "submitted_at"])
def test_without_a_due_time_or_a_time_of_the_hand_in_nothing_is_taken_off(gap):
    facts = {"due": DUE, "submitted_at": DUE + DAY, gap: None}
    judged = judge_lateness(Work("ada", granted=None, points=6, maximum=8, **facts), TEN, None, UTC)
    assert judged == Lateness(penalty=0)


def test_without_a_policy_the_penalty_is_left_alone_and_the_extension_written():
    extension = Extension("functions", "ada", "", DUE + DAY)
    assert judge_lateness(work(2 * DAY), None, extension, UTC) == Lateness(extension=DAY)
    assert judge_lateness(work(2 * DAY), None, None, UTC) == Lateness()


AMOUNTS = st.floats(0, 1000, allow_nan=False)
PERCENTS = st.floats(0, 100, allow_nan=False)


@given(st.integers(0, 400), PERCENTS, PERCENTS, AMOUNTS, AMOUNTS)
def test_a_penalty_is_never_negative_nor_above_the_points_and_never_falls_with_more_days(
    days, percent, cap, maximum, points
):
    policy = LatePolicy(percent_per_day=percent, cap_percent=cap)
    penalty = points_off(days, policy, maximum, points)
    assert 0 <= penalty <= points
    assert penalty <= cap / 100 * maximum + 1e-6
    assert points_off(days + 1, policy, maximum, points) >= penalty


@given(AMOUNTS, st.dictionaries(st.sampled_from("abcde"), AMOUNTS))
def test_notebooks_bear_their_part_of_a_penalty_and_none_more_than_its_points(penalty, scores):
    shares = share_out(penalty, scores)
    assert shares.keys() == scores.keys()
    assert all(0 <= shares[name] <= scores[name] for name in scores)
    assert sum(shares.values()) == pytest.approx(min(penalty, sum(scores.values())))
