"""Which pairs of a class stand out: disguised copies, and no two honest short answers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from generated_answers import honest_answers, similarity

from autograder.similarity.fingerprints import code_prints, prose_prints
from autograder.similarity.overlap import overlap
from autograder.similarity.pairs import Answer, ranking
from autograder.similarity.threshold import LEAST_SHARED, LOWEST, threshold

SHORT, EIGHT, LONG = honest_answers.QUESTIONS


@pytest.fixture(scope="module")
def long_class():
    return similarity.generated_class(LONG, 0, 200, 50)


def answer(student, text, group="", read=code_prints):
    fingerprints = read(text)
    return Answer(student, text, fingerprints.kind, fingerprints.prints, group or student)


def test_of_fifty_disguised_copies_among_two_hundred_answers_most_are_found(long_class):
    result = similarity.score([long_class])
    assert result.copies.total() == 50
    assert result.recall >= 0.9  # 0.98 over ten classes: course/book/guide/look-at-a-class.md
    assert result.precision >= 0.95  # 1.00 there


@pytest.mark.parametrize("seed", range(5))
def test_no_honest_pair_of_a_three_line_question_is_accused(seed):
    honest_class = similarity.generated_class(SHORT, seed, 200, 0)
    result = similarity.compared(honest_class)
    assert result.too_short and not result.marked


def test_no_honest_pair_of_an_eight_line_question_is_accused():
    honest_classes = [similarity.generated_class(EIGHT, seed, 200, 0) for seed in range(3)]
    assert not [pair for one in honest_classes for pair in similarity.compared(one).marked]


def test_what_was_released_is_nobodys(long_class):
    texts = list(long_class.answers.items())[:30]
    shared = "\n".join(f"given{i} = np.linalg.svd(TABLE[{i}:], {i}) @ ROWS" for i in range(120))
    answers = [answer(student, f"{text}\n{shared}") for student, text in texts[:2]]
    answers += [answer(student, text) for student, text in texts[2:]]
    pair = {answers[0].student, answers[1].student}
    marked = [{p.one.student, p.other.student} for p in ranking(answers, {}).marked]
    assert pair in marked
    released_prints = {"tree": code_prints(shared).prints}
    assert pair not in [
        {p.one.student, p.other.student} for p in ranking(answers, released_prints).marked
    ]


def test_members_of_one_group_are_no_pair(long_class):
    copy, (source, _) = next(iter(long_class.copies.items()))
    answers = [
        answer(s, t, "team" if s in (copy, source) else "") for s, t in long_class.answers.items()
    ]
    marked = [{p.one.student, p.other.student} for p in ranking(answers, {}).marked]
    assert {copy, source} not in marked and len(marked) > 20


def test_what_most_of_a_class_has_weighs_nothing():
    answers = [code_prints(f"total = np.sum(rows @ w) / {n % 3}").prints for n in range(30)]
    assert not overlap(answers).shared.any() or overlap(answers).similarity.max() <= 1
    equal_answers = [code_prints("total = np.sum(rows @ w)").prints for _ in range(30)]
    assert not overlap(equal_answers).weights and not overlap(equal_answers).shared.any()


def test_similarity_is_symmetric_within_its_bounds_and_one_for_equal_answers(long_class):
    texts = list(long_class.answers.values())[:40]
    between = overlap([code_prints(text).prints for text in (*texts, texts[0])])
    assert np.allclose(between.similarity, between.similarity.T)
    assert between.similarity.min() >= 0 and between.similarity.max() <= 1 + 1e-9
    assert between.similarity[0, -1] == pytest.approx(1)


def test_the_order_of_students_changes_nothing(long_class):
    answers = [answer(s, t) for s, t in list(long_class.answers.items())[150:]]
    marked_pairs = Counter((p.one.student, p.other.student) for p in ranking(answers, {}).marked)
    turned = ranking(answers[::-1], {}).marked
    assert Counter((p.other.student, p.one.student) for p in turned) == marked_pairs


def test_copied_prose_stands_out_among_essays():
    rng = np.random.default_rng(3)
    words = [f"word{n}" for n in range(400)]
    essays = [" ".join(rng.choice(words, 90)) + "." for _ in range(40)]
    middle = essays[5].split()[10:80]
    essays[17] = " ".join([*rng.choice(words, 12), *middle, *rng.choice(words, 8)])
    answers = [answer(f"s{n:02}", text, read=prose_prints) for n, text in enumerate(essays)]
    marked = ranking(answers, {}).marked
    assert [(p.one.student, p.other.student) for p in marked] == [("s05", "s17")]


def test_the_threshold_is_that_of_a_normal_distribution_over_the_pairs():
    values = np.clip(np.random.default_rng(1).normal(0.3, 0.1, 20_000), 0, 1)
    limit = threshold(values)
    assert limit.similarity == pytest.approx(0.3 + 0.1 * 4.89, abs=0.03)  # one in two million
    assert sum(limit.bins) == limit.pairs == 20_000
    assert threshold(np.zeros(50)).similarity == LOWEST


def test_a_class_that_answers_alike_marks_nothing():
    honest_class = similarity.generated_class(SHORT, 1, 30, 0)
    texts = [f"{text}\n" * 8 for text in honest_class.answers.values()]
    answers = [answer(f"s{n}", text) for n, text in enumerate(texts)]
    assert not ranking(answers, {}).marked


def test_an_empty_class_and_one_answer_have_no_pairs():
    assert ranking([], {}).too_short
    only = ranking([answer("ada", "x = 1")], {})
    assert only.too_short and only.pairs == () and LEAST_SHARED > 1
