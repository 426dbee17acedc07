"""A function that nothing calls does not hide a copy; one that something calls stays."""

from __future__ import annotations

import ast
import random

import pytest
from generated_answers import disguises, honest_answers
from test_similar_pairs import answer

from autograder.similarity.fingerprints import code_prints
from autograder.similarity.pairs import ranking
from autograder.similarity.uncalled import names_of, without_uncalled

ASKED_NAMES = frozenset({"softmax"})


def called_code(text, asked_names=ASKED_NAMES):
    return ast.unparse(without_uncalled(ast.parse(text), asked_names))


@pytest.mark.parametrize(
    "uncalled",
    [
        "def checker(x):\n    return x + 1",
        "def checker(x):\n    return checker(x - 1)",  # itself alone
        "def checker(x):\n    return other(x)\ndef other(x):\n    return checker(x)",
        "class Checker:\n    def run(self):\n        return 1",
        "if True:\n    def checker(x):\n        return x",
        "def checker(x):\n    return x\ndef softmax(checker):\n    return checker",
        "def checker(x):\n    return x\ndef softmax(x):\n    return x.checker",
        "def checker(x):\n    return x\ndef softmax(x):\n    return [checker for checker in x]",
        "def checker(x):\n    return x\ndef softmax(x):\n    return lambda checker: checker",
        "def checker(x):\n    return x\ndef softmax(checker):\n"
        "    def inner():\n        return checker\n    return inner()",
        "def __checker__(x):\n    return x",
        "class Checker:\n    def __init__(self):\n        checker()\ndef checker():\n    pass",
    ],
)
def test_what_nothing_calls_is_left_out(uncalled):
    code = called_code(f"def softmax(x):\n    return x / 2\n{uncalled}")
    assert "def softmax" in code and "checker(" not in code and "Checker" not in code


@pytest.mark.parametrize(
    "called",
    [
        "def helper(x):\n    return x\ndef softmax(x):\n    return helper(x)",
        "def helper(x):\n    return x\ndef softmax(x):\n    return list(map(helper, x))",
        "def helper(f):\n    return f\n@helper\ndef softmax(x):\n    return x",
        "def helper(x):\n    return x\ndef softmax(x, how=helper):\n    return how(x)",
        "class Base:\n    def helper(self):\n        pass\n"
        "class softmax(Base):\n    def __call__(self):\n        return self.helper()",
        "def helper(x):\n    return x\ndef softmax(x):\n    return x\nprint(helper(2))",
        "def softmax(x):\n    def helper(y):\n        return y\n    return helper(x)",
        "def helper(x):\n    return x\ndef softmax(x, helper=helper):\n    return helper(x)",
        "def helper(x):\n    return x\ndef softmax(x):\n    f = lambda helper: helper\n"
        "    return f(helper(x))",
        "def helper(x):\n    return x\ndef softmax(x):\n"
        "    return [helper(y) for y in x] + [y for helper in x for y in helper]",
        "def helper(x):\n    return x\nclass softmax:\n    def __call__(self):\n"
        "        return helper(self)",
        "def helper(x):\n    return x\ndef softmax(x):\n    def inner(helper):\n"
        "        return helper\n    return inner(helper(x))",
    ],
)
def test_what_is_called_stays(called):
    assert "def helper" in called_code(called)
    assert called_code(called) == ast.unparse(ast.parse(called))


def test_of_two_functions_of_one_name_the_last_counts():
    first, last = "def softmax(x):\n    return x + 1", "def softmax(x):\n    return x / 2"
    assert called_code(f"{first}\n{last}") == called_code(last)
    setter = "class softmax:\n    @property\n    def a(self):\n        return 1\n\n"
    setter += "    @a.setter\n    def a(self, value):\n        self.b = value\nprint(softmax().a)"
    assert called_code(setter) == ast.unparse(ast.parse(setter))


@pytest.mark.parametrize(
    "keeps",
    [
        "_f = softmax",
        "_f, _g = 1, [softmax]",
        "if True:\n    _f = softmax",
        "class Box:\n    f = softmax",
        "def box(f=softmax):\n    return f",
        "def box(x: (_f := softmax)):\n    return x",
        "def grab():\n    return softmax\n_f = grab()",
        "_f = grab()",  # where a lambda above reads it
    ],
)
def test_a_function_that_is_kept_before_another_replaces_it_stays(keeps):
    above = "grab = lambda: softmax"
    copy, last = "def softmax(x):\n    return x + 1", "def softmax(*a):\n    return _f(*a)"
    assert "return x + 1" in called_code(f"{above}\n{copy}\n{keeps}\n{last}")
    harmless = "import numpy as np\nLIMIT = np.e\n\ndef other(x):\n    return softmax(x)"
    assert "return x + 1" not in called_code(f"{above}\n{copy}\n{harmless}\n{last}")


def test_the_last_function_may_keep_the_first_as_a_default():
    text = "def softmax(x):\n    return x + 1\ndef softmax(*a, f=softmax):\n    return f(*a)"
    assert called_code(text) == ast.unparse(ast.parse(text))
    text = "def softmax(x):\n    return x + 1\nclass softmax:\n    f = softmax"
    assert called_code(text) == ast.unparse(ast.parse(text))


def test_where_nothing_asked_for_is_defined_all_stays():
    text = "def checker(x):\n    return x"
    assert called_code(text) == called_code(text, frozenset()) == ast.unparse(ast.parse(text))


def test_methods_that_a_test_of_the_notebook_uses_stay():
    push, spare = "    def push(self):\n        return 1", "    def spare(self):\n        return 2"
    text = f"class Stack:\n{push}\n{spare}"
    names = names_of(ast.parse("stack = Stack()\nassert stack.push() == 1"))
    assert "push" in called_code(text, names) and "spare" not in called_code(text, names)


def test_a_copy_beside_several_uncalled_functions_stands_out():
    rng = random.Random(8)
    texts = {f"s{n}": honest_answers.honest_answer(honest_answers.KMEANS, rng) for n in range(60)}
    text = disguises.renamed(texts["s7"], rng)
    for _ in range(4):
        text = disguises.with_uncalled(text, rng)
    names = names_of(ast.parse(honest_answers.KMEANS.released_code))
    answers = [answer(n, t, read=lambda text: code_prints(text, names)) for n, t in texts.items()]
    copy = answer("copy", text, read=lambda text: code_prints(text, names))
    marked = ranking([*answers, copy], {}).marked
    assert [{pair.one.student, pair.other.student} for pair in marked] == [{"s7", "copy"}]
    blind = ranking([*(answer(n, t) for n, t in texts.items()), answer("copy", text)], {})
    assert "copy" not in {p.other.student for p in blind.marked}
