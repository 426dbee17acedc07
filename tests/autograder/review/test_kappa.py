"""Agreement of two markers, against values computed by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.review.agreement import agreement, kappa

POINTS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0])
PAIRS = st.lists(st.tuples(POINTS, POINTS), min_size=1, max_size=40)


def test_fifty_answers_of_which_35_are_marked_alike():
    """Both yes 20, first alone 5, second alone 10, both no 15. Seen: 35/50 = 0.7. By chance: yes
    25/50 * 30/50 = 0.3, no 25/50 * 20/50 = 0.2, together 0.5. Kappa = 0.2 / 0.5 = 0.4."""
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    result = agreement(pairs)
    assert (result.n, result.equal) == (50, 35)
    assert result.kappa == pytest.approx(0.4)
    assert result.weighted == pytest.approx(0.4)  # two marks differ in one way only
    assert result.difference == pytest.approx(-0.1)


def test_four_answers_whose_disagreements_count_by_their_square():
    """Marks (0,0) (1,1) (2,2) (2,0). Plain: observed 3/4; chance (1*2 + 1*1 + 2*1) / 16 = 5/16;
    kappa (12/16 - 5/16) / (11/16) = 7/11. Squares: observed 4/4 = 1; chance, of 16: 0 with 0 0 1 2
    gives 0+0+1+4, 1 gives 1+1+0+1, each 2 gives 4+4+1+0, so 5+3+9+9 = 26, /16; 1 - 16/26."""
    result = agreement([(0, 0), (1, 1), (2, 2), (2, 0)])
    assert result.kappa == pytest.approx(7 / 11)
    assert result.weighted == pytest.approx(10 / 26)
    assert result.difference == pytest.approx(0.5)


def test_marks_that_always_differ_are_worse_than_chance():
    assert agreement([(0, 1), (1, 0)]).kappa == pytest.approx(-1)


def test_where_both_gave_everything_the_same_points_kappa_is_not_defined():
    result = agreement([(2.0, 2.0)] * 7)
    assert (result.kappa, result.weighted, result.equal) == (None, None, 7)


def test_without_answers_there_is_no_agreement():
    with pytest.raises(ValueError, match="no answer"):
        agreement([])


@given(PAIRS)
def test_kappa_by_its_textbook_form_is_the_same(pairs):
    """(observed - chance) / (1 - chance), with agreement instead of disagreement."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    values = {value for pair in pairs for value in pair}
    chance = sum(
        sum(a == value for a, _ in pairs) * sum(b == value for _, b in pairs) for value in values
    ) / (n * n)
    coefficient = agreement(pairs).kappa
    if math.isclose(chance, 1):
        assert coefficient is None
    else:
        assert coefficient == pytest.approx((observed - chance) / (1 - chance))


@given(PAIRS, st.floats(0.25, 8))
def test_markers_change_places_and_points_change_scale_and_kappa_stays(pairs, scale):
    result = agreement(pairs)
    turned = agreement([(b, a) for a, b in pairs])
    scaled = agreement([(a * scale, b * scale) for a, b in pairs])
    assert turned.kappa == pytest.approx(result.kappa)
    assert turned.difference == pytest.approx(-result.difference)
    assert scaled.weighted == pytest.approx(result.weighted)


@given(PAIRS)
def test_kappa_is_never_above_one_and_is_one_where_all_marks_are_equal(pairs):
    result = agreement(pairs)
    if result.kappa is not None:
        assert result.kappa <= 1
        assert (result.kappa == 1) == (result.equal == result.n)
    equal_pairs = [(a, a) for a, _ in pairs]
    assert kappa(equal_pairs, lambda a, b: float(a != b)) in (None, 1)
