"""What makes two answers one for the comparison, and what keeps them two."""

from __future__ import annotations

import random

import pytest
from generated_answers import disguises, honest_answers
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.similarity.fingerprints import (
    STREAM_K,
    STREAM_WINDOW,
    WORDS_K,
    WORDS_WINDOW,
    code_prints,
    prose_prints,
    stream_prints,
)

SEEDS = st.integers(0, 10_000)


def kmeans(seed):
    return honest_answers.honest_answer(honest_answers.KMEANS, random.Random(seed))


def prints(text):
    fingerprints = code_prints(text)
    assert fingerprints.kind == "tree"
    return set(fingerprints.prints)


def common(one, other):
    """The share of the first one's fingerprints that the other has too."""
    return len(one & other) / len(one)


@pytest.mark.parametrize("name", ["renamed", "reformatted", "comments changed"])
@settings(max_examples=15)
@given(seed=SEEDS)
def test_names_format_and_comments_change_no_fingerprint(name, seed):
    text = kmeans(seed)
    disguised = disguises.DISGUISES[name](text, random.Random(seed))
    assert disguised != text and prints(disguised) == prints(text)


@settings(max_examples=15)
@given(seed=SEEDS)
def test_dead_statements_and_named_constants_leave_nearly_all_fingerprints(seed):
    text = kmeans(seed)
    for name in ("dead statements added", "constants moved"):
        disguised = disguises.DISGUISES[name](text, random.Random(seed))
        assert common(prints(text), prints(disguised)) > 0.8


def test_functions_may_stand_in_any_order():
    one = "def f(x):\n    y = x + 1\n    return y * 3"
    other = "def g(a):\n    b = a - 2\n    return [b, a]"
    assert prints(f"{one}\n{other}") == prints(f"{other}\n{one}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("y = 2 * x", "y = x * 2"),
        ("if not a == b:\n    c(1)\nelse:\n    c(2)", "if a != b:\n    c(1)\nelse:\n    c(2)"),
        ("if a > b:\n    c(1)", "if b < a:\n    c(1)"),
        ("def f(t):\n    t = t + g(1)\n    return t", "def f(t):\n    t += g(1)\n    return t"),
        ("import numpy as np\ny = np.exp(z)", "import numpy as n\ny = n.exp(z)"),
        ("f = lambda x: g(x) + 1", "def f(x):\n    return g(x) + 1"),
        ("a, b = c[0], d[1]", "a = c[0]\nb = d[1]"),
        ("y: float = f(2.0)", "y = f(2)"),
        ("LIMIT = 1e-6\ny = x < LIMIT", "y = x < 1e-6"),
        (
            "def f(n):\n    i = 0\n    while i < n:\n        g(i)\n        i += 1",
            "def f(n):\n    i = 0\n    for i in range(n):\n        g(i)",
        ),
        (
            "ys = [f(x) for x in xs if x]",
            "ys = []\nfor x in xs:\n    if x:\n        ys.append(f(x))",
        ),
        ("d = {}\nfor k in ks:\n    d[k] = f(k)", "d = {}\nfor q in ks:\n    d[q] = f(q)"),
        (
            'def f(x):\n    """Twice x."""\n    print(x)\n    return g(x)',
            "def f(x):\n    return g(x)",
        ),
    ],
)
def test_two_ways_to_write_the_same_have_the_same_statements(one, other):
    shared = prints(one) & prints(other)
    assert len(shared) >= 0.6 * max(len(prints(one)), len(prints(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("y = a - b", "y = b - c * a"),
        ("y = np.exp(x)", "y = np.log(x)"),
        ("y = x[1:]", "y = x[:1]"),
        ("y = x ** 2", "y = x ** 3"),
        ("y = not x", "y = -x"),
        ("y = f(x)(1)", "y = f(x, 1)"),
    ],
)
def test_what_is_computed_differently_has_other_fingerprints(one, other):
    assert not prints(one) & prints(other)


def test_a_value_is_followed_within_its_function_only():
    text = "def f(x):\n    y = a(x)\n    return b(y)\ndef g(x):\n    return c(y)"
    renamed = text.replace("c(y)", "c(z)").replace("b(y)", "b(u)").replace("y = a", "u = a")
    lines = set(code_prints(text).prints.values())
    assert frozenset({(2, 2), (3, 3)}) in lines and frozenset({(2, 2), (5, 5)}) not in lines
    assert common(prints(text), prints(renamed)) > 0.6


@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=WORDS_K + WORDS_WINDOW - 1, max_size=30),
    st.text("xyz ", max_size=60),
    st.text("xyz ", max_size=60),
)
def test_a_long_enough_run_of_words_is_never_missed(run, before, after):
    shared = " ".join(run)
    one, other = prose_prints(f"{before} {shared}"), prose_prints(f"{shared} {after}")
    assert set(one.prints) & set(other.prints)


@given(
    st.lists(st.sampled_from("+-*/%<>"), min_size=STREAM_K + STREAM_WINDOW - 1, max_size=40),
    st.text("()[]", max_size=30),
)
def test_a_long_enough_run_of_signs_is_never_missed(run, before):
    shared = " ".join(run)
    assert set(stream_prints(f"{before} {shared}")) & set(stream_prints(f"{shared} {before}"))


def test_what_is_no_python_is_a_stream_and_its_names_do_not_count():
    one, other = code_prints("def f(x:\n  return x+1 # so"), code_prints("def g(y:\n  return y+1")
    assert one.kind == other.kind == "stream" and one.prints == other.prints


@pytest.mark.parametrize("text", ["(" * 3000, "x = " + "-" * 20_000 + "1", "\0", "a" * 200_000])
def test_hostile_text_is_read_in_time(text):
    assert code_prints(text).kind in ("tree", "stream")


@given(st.text(max_size=200))
def test_any_text_has_fingerprints_in_lines_that_it_has(text):
    for fingerprints in (code_prints(text), prose_prints(text)):
        assert all(1 <= a <= b for spans in fingerprints.prints.values() for a, b in spans)
