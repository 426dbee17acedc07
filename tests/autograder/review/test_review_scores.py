"""Items and adjustments become points; answers stand in an order, and samples hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.rubrics import Item, Rubric
from autograder.model import CourseError
from autograder.review.order import sample_size, shuffled
from autograder.review.score import score

ITEMS = (Item("a", 2, "names it"), Item("b", 1, "says why"), Item("c", -0.5, "wrong unit"))
NUMBERS = st.floats(-20, 20)


@pytest.mark.parametrize(
    ("from_full", "items", "adjustment", "points"),
    [
        (False, "", 0, 0),
        (False, "ab", 0, 3),
        (False, "abc", 0.25, 2.75),
        (True, "", 0, 4),
        (True, "c", 0, 3.5),
        (True, "c", -1.5, 2),
    ],
)
def test_points_are_the_items_and_the_adjustment(from_full, items, adjustment, points):
    result = score(Rubric(ITEMS, from_full), items, adjustment, 4)
    assert (result.points, result.sentence) == (points, "")


def test_more_than_the_question_has_is_the_maximum_and_it_is_said():
    result = score(Rubric(ITEMS), "ab", 2.5, 4)
    assert result.points == 4
    assert result.sentence == "The items come to 5.5. The question has 4: 4."


def test_less_than_nothing_is_nothing_and_it_is_said():
    result = score(Rubric(ITEMS), "c", 0, 4)
    assert result.points == 0
    assert result.sentence == "The items come to -0.5. No answer has less than 0: 0."


@given(st.lists(NUMBERS), st.booleans(), NUMBERS, st.floats(0, 20))
def test_points_are_always_between_none_and_all(worths, from_full, adjustment, out_of):
    items = tuple(Item(str(n), worth, "x") for n, worth in enumerate(worths))
    rubric = Rubric(items, from_full)
    result = score(rubric, rubric.ids(), adjustment, out_of)
    total = (out_of if from_full else 0) + sum(worths) + adjustment
    assert 0 <= result.points <= out_of
    assert result.points == pytest.approx(min(max(total, 0), out_of), abs=1e-5)


@given(st.sets(st.text(max_size=5), min_size=1), st.integers())
def test_a_later_hand_in_moves_no_other(students, seed):
    newest, *earlier_students = sorted(students)
    without = shuffled(earlier_students, seed)
    assert [s for s in shuffled(students, seed) if s != newest] == without
    assert shuffled(reversed(earlier_students), seed) == without


def test_another_seed_is_another_order():
    students = [f"s{n}" for n in range(30)]
    assert len({tuple(shuffled(students, seed)) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    ("wish", "size"), [("20%", 3), ("12", 12), ("40", 13), ("0", 0), ("100 %", 13), ("0.1%", 1)]
)
def test_a_sample_is_a_number_or_a_share_rounded_up(wish, size):
    assert sample_size(wish, 13) == size


@pytest.mark.parametrize("wish", ["", "many", "-3", "120%", "2.5", "1e3", "nan%"])
def test_a_sample_that_is_neither_says_what_was_needed(wish):
    with pytest.raises(CourseError, match="--sample takes a number"):
        sample_size(wish, 13)
