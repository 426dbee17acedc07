"""Difficulty and discrimination: by hand, beside NumPy, and no number where n is too small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import Grade, Mark
from autograder.reports.item_statistics import (
    FEWEST_FOR_CORRELATION,
    FEWEST_FOR_GROUPS,
    FEWEST_FOR_MEAN,
    fisher_interval,
    item_rest_correlation,
    item_statistics,
    upper_lower,
)

OUT_OF = (2.0, 4.0, 10.0)


def grade(number, points, waiting=()):
    marks = tuple(
        Mark("hw", f"q{i}", p, out_of, needs_review=i in waiting)
        for i, (p, out_of) in enumerate(zip(points, OUT_OF, strict=True))
    )
    return Grade("hw", f"s{number}", "graded", marks)


def class_of(n, seed=0):
    rng = np.random.default_rng(seed)
    shares = rng.random((n, len(OUT_OF)))
    return [grade(i, row * OUT_OF) for i, row in enumerate(shares)], shares


def test_difficulty_is_the_mean_share_and_full_the_share_of_full_marks():
    points = [(2, 4, 0), (1, 4, 5), (0, 4, 10), (1, 0, 5), (1, 0, 0)]
    items = item_statistics([grade(n, row) for n, row in enumerate(points)])
    assert [item.difficulty for item in items] == pytest.approx([0.5, 0.6, 0.4])
    assert [item.full for item in items] == pytest.approx([0.2, 0.6, 0.2])
    assert [item.n for item in items] == [5, 5, 5]


def test_discrimination_is_numpys_correlation_with_all_other_points():
    grades, shares = class_of(40)
    points = shares * OUT_OF
    for i, item in enumerate(item_statistics(grades)):
        other_shares = (points.sum(axis=1) - points[:, i]) / (sum(OUT_OF) - OUT_OF[i])
        assert item.correlation == pytest.approx(np.corrcoef(shares[:, i], other_shares)[0, 1])
        low, high = item.interval
        assert low < item.correlation < high


def test_the_interval_is_the_one_of_fishers_table():
    low, high = fisher_interval(0.5, 28)
    assert (low, high) == pytest.approx((0.156, 0.736), abs=0.001)
    assert fisher_interval(1.0, 28) == (1.0, 1.0)


def test_the_index_compares_the_best_and_the_weakest_27_per_cent():
    shares = [0.0] * 15 + [1.0] * 15
    assert upper_lower(shares, [float(n) for n in range(30)]) == 1.0
    assert upper_lower(shares, [float(-n) for n in range(30)]) == -1.0
    assert upper_lower(shares, [5.0] * 30) == pytest.approx(0.0)


def test_students_of_one_total_at_the_edge_count_in_part():
    totals = [0.0] * 4 + [1.0] * 22 + [2.0] * 4
    shares = [0.0] * 4 + [1.0] * 11 + [0.0] * 11 + [1.0] * 4
    # of the eight best four have 1, and four of the 22 in the middle have 0.5 on average
    assert upper_lower(shares, totals) == pytest.approx((4 + 2) / 8 - 2 / 8)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=30, max_size=60))
def test_both_measures_of_discrimination_stay_between_minus_one_and_one(pairs):
    shares, totals = map(list, zip(*pairs, strict=True))
    assert -1 - 1e-9 <= upper_lower(shares, totals) <= 1 + 1e-9
    correlation = item_rest_correlation(np.array(shares), np.array(totals))
    assert correlation is None or -1 <= correlation <= 1


@pytest.mark.parametrize(
    ("n", "numbers"),
    [
        (FEWEST_FOR_MEAN - 1, (False, False, False)),
        (FEWEST_FOR_MEAN, (True, False, False)),
        (FEWEST_FOR_CORRELATION, (True, True, False)),
        (FEWEST_FOR_GROUPS, (True, True, True)),
    ],
)
def test_where_a_class_is_too_small_there_is_no_number(n, numbers):
    item = item_statistics(class_of(n)[0])[0]
    measures = (item.difficulty, item.correlation, item.upper_lower)
    assert tuple(measure is not None for measure in measures) == numbers
    assert item.n == n and (item.interval is None) == (item.correlation is None)


def test_a_question_that_all_solved_has_no_discrimination():
    grades = [grade(n, (2.0, n % 5, n % 7)) for n in range(30)]
    assert item_statistics(grades)[0].correlation is None


def test_a_mark_that_waits_counts_neither_at_its_question_nor_in_the_rest():
    waiting = [grade(n, (n % 3, n % 5, 0), waiting=(2,)) for n in range(40)]
    items = item_statistics(waiting)
    assert [item.cell for item in items] == ["q0", "q1"]
    shares = np.array([[n % 3 / 2, n % 5 / 4] for n in range(40)])
    assert items[0].correlation == pytest.approx(np.corrcoef(shares.T)[0, 1])


def test_the_only_question_has_nothing_to_be_compared_with():
    grades = [Grade("hw", f"s{n}", "graded", (Mark("hw", "q", n % 2, 1),)) for n in range(40)]
    (item,) = item_statistics(grades)
    assert item.correlation is None and item.difficulty == 0.5
