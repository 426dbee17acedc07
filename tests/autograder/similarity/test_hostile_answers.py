"""One answer of sixty thousand characters neither takes the machine's memory nor its time."""

from __future__ import annotations

import random
import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.similarity.compare import read_code
from autograder.similarity.fingerprints import MAX_CHARACTERS, code_prints
from autograder.similarity.pairs import Answer, ranking
from autograder.similarity.plain_code import plain_tree
from autograder.similarity.spans import FreeLines, spans

MOST_S = 5  # of CPU, on a busy machine: some 1 s on a quiet one
MOST_MB = 50
HEAD = "def f(a):\n"
LINES = st.lists(st.integers(1, 30), max_size=20)


def many_lines(operations):
    """A statement of many small operations and some fifty thousand lines."""
    rng = random.Random(1)
    body = ",".join(f"{rng.randrange(10, 99)}{rng.choice('+-*/')}a" for _ in range(operations))
    return f"{HEAD} return [{body}" + "\n" * (59_000 - len(body)) + "]\n"


def nested(heads, line):
    """Blocks in blocks, with many statements in the innermost."""
    opened = "".join(f"{' ' * depth}{head}\n" for depth, head in enumerate(heads))
    return opened + " " * len(heads) + line * ((59_000 - len(opened)) // len(line)) + "pass"


HOSTILE = {
    "many lines": many_lines(2000),
    "a head that many read": f"{HEAD} b=(a+" + "\n" * 30_000 + "1)\n" + " c=b*7+b\n" * 3000,
    "a list in lines": f"{HEAD} x=[" + ",\n".join(["a"] * 15_000) + "]\n return x\n",
    "a chain": f"{HEAD} b0=a\n" + "".join(f" b{n}=b{n - 1}\n" for n in range(1, 4000)),
    "all read all": HEAD
    + "".join(f" v{n}=a()\n" for n in range(3400))
    + f" g([{','.join(f'v{n}' for n in range(3400))}])\n",
    "functions in functions": nested([f"def f{n}(a):" for n in range(90)], "b=a;"),
    "functions that call": "".join(f"def f{n}():f{n + 1}()\n" for n in range(2700)),
    "methods of one name": "class A:\n def r(s):s.r\n" * 2300,
    "a function again and again": "def f(a):0\n" * 5000,
    "lambdas": HEAD
    + " "
    + "".join(f"v{n}=" for n in range(5000))
    + f"1\n return [{'lambda x:x,' * 2500}]\n",
    "sums": HEAD + "".join(f" b={'+'.join(['a'] * 300)}\n" for _ in range(95)),
    "blank lines, no Python": "def f(:\n" + "\n" * 59_000,
    "blanks, no Python": "def f(:\n" + " " * 59_000 + "x",
}


SLOWEST = ("all read all", "functions in functions", "methods of one name", "sums")
TEXTS = [
    pytest.param(text, id=name, marks=[pytest.mark.slow] * (name in SLOWEST))
    for name, text in HOSTILE.items()
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_answer_takes_long(text):
    assert 40_000 < len(text) <= MAX_CHARACTERS
    begun = time.process_time()
    read_code(text, frozenset({"f"}))
    assert time.process_time() - begun < MOST_S


@pytest.mark.parametrize(
    "text",
    [
        many_lines(1000),
        f"{HEAD} b=(a+" + "\n" * 30_000 + "1)\n" + "".join(f" c=b*{n}+b\n" for n in range(500)),
    ],
    ids=["many lines", "a head that many read"],
)
def test_a_statement_of_many_lines_takes_little_memory(text):
    tracemalloc.start()
    try:
        prints = code_prints(text)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert prints.kind == "tree" and most < MOST_MB << 20


def test_two_answers_of_many_lines_are_ranked_and_every_line_of_them_is_shared():
    text = many_lines(800)
    texts = {"a": text, "b": text, **{f"s{n}": f"def g(x):\n return x ** {n}" for n in range(9)}}
    answers = [Answer(s, t, "tree", code_prints(t).prints, s) for s, t in texts.items()]
    begun = time.process_time()
    (pair,) = ranking(answers, {}).pairs
    assert time.process_time() - begun < MOST_S
    last = text.rstrip().count("\n") + 1
    assert set(pair.lines[0]) == set(pair.lines[1]) == set(range(2, last + 1))


def test_what_is_nested_beyond_measure_is_compared_as_text_and_said_to_be():
    for name in ("functions in functions", "sums"):
        prints = code_prints(HOSTILE[name])
        assert prints.kind == "stream" and prints.too_deep
    ordinary = nested([f"for i{n} in f({n}):" for n in range(19)], "g(i3); ")[:8000]
    assert code_prints(f"{ordinary}\n").kind == "tree"


@given(LINES)
def test_spans_are_the_lines_they_were_made_of(lines):
    line_spans = spans(lines)
    assert sorted(set(lines)) == [n for first, last in line_spans for n in range(first, last + 1)]
    assert all(b + 1 < c for (_, b), (c, _) in pairwise(line_spans))


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 9)), max_size=12))
def test_free_lines_are_taken_once_as_in_a_set(pieces):
    free, taken_lines = FreeLines(), set()
    for first, more in pieces:
        wanted_lines = set(range(first, first + more + 1))
        assert free.take([(first, first + more)]) == sorted(wanted_lines - taken_lines)
        taken_lines |= wanted_lines


def read_again_and_again(lines, result):
    """The assignments (name, name that it reads) that are left when nothing more is unread."""
    while True:
        read = {source for _, source in lines} | {result}
        remaining_lines = [line for line in lines if line[0] in read]
        if remaining_lines == lines:
            return remaining_lines
        lines = remaining_lines


@given(st.lists(st.tuples(*[st.sampled_from("abcdefgh")] * 2), max_size=14), st.sampled_from("ah"))
def test_unread_values_go_as_if_one_looked_again_and_again(lines, result):
    text = "\n".join(["def f(a):", *(f" {x} = {y}" for x, y in lines), f" return {result}"])
    (function,) = plain_tree(text).body
    remaining_lines = [(node.targets[0].id, node.value.id) for node in function.body[:-1]]
    assert remaining_lines == read_again_and_again(lines, result)
