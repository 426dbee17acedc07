"""What an answer changes in the values that a test gave it: the test sees it only where the
reference changes it too, or where the test asks whether it was changed."""

import pytest
from two_processes import NO_SCOPE, bench, bound, judged

PRODUCT = "def product(x, w):\n    return x @ w"
ZEROED = "def product(x, w):\n    x[...] = 0\n    w[...] = 0\n    return np.zeros((2, 2))"
FLOORED = "def floored(x):\n    x[x < 0] = 0\n    return x"
SHIFT = "def shift(x):\n    x += 1"
BOARD_CODE = """
from dataclasses import dataclass, field

@dataclass(frozen=True)
class Board:
    name: str
    memory: dict = field(default_factory=dict)

CATALOG = {"nano": Board("nano", {"ram": 256})}
"""


def needed(reference, test, given_code=""):
    """The profile of a test, from the reference that passes it."""
    verdict = judged(reference, test, given_code=given_code)
    assert verdict["passed"], verdict["outputs"]
    return verdict["profile"]


def result(answer, reference, test, given_code=""):
    """(passed, the last sentence) of an answer."""
    verdict = judged(answer, test, needed(reference, test, given_code), given_code=given_code)
    errors = [o["evalue"] for o in verdict["outputs"] if o["output_type"] == "error"]
    return verdict["passed"], errors[-1] if errors else ""


ARRAYS = "x, w = np.ones((2, 3)), np.arange(6.0).reshape(3, 2)\n"


@pytest.mark.parametrize(
    "test",
    [
        "np.testing.assert_allclose(product(x, w), x @ w)",
        "got = product(x, w)\nassert np.allclose(got, x @ w)",
        "for _ in range(2):\n    assert np.array_equal(product(x, w), x @ w)",
        "both = [x, w]\nassert np.allclose(product(*both), both[0] @ both[1])",
        "assert np.allclose(product(x[:], w[:]), x @ w)",
        "assert np.allclose(product(w.T, x.T), (x @ w).T)",
    ],
)
def test_zeros_in_the_arguments_earn_nothing(test):
    assert result(PRODUCT, PRODUCT, ARRAYS + test)[0]
    assert not result(ZEROED, PRODUCT, ARRAYS + test)[0]


def test_an_array_kept_from_an_earlier_call_cannot_be_changed_in_a_later_one():
    reference = "def keep(x):\n    return 0\ndef total():\n    return 6.0"
    cheat = "def keep(x):\n    global box\n    box = x\n    return 0\n" + (
        "def total():\n    box[...] = 0\n    return 0.0"
    )
    test = "x = np.array([1.0, 2.0, 3.0])\nkeep(x)\nassert total() == x.sum()"
    assert not result(cheat, reference, test)[0]


@pytest.mark.parametrize(
    ("values", "cheat"),
    [
        ("xs = [1, 2, 3]", "xs.clear()"),
        ("xs = {'a': 1, 'b': 2}", "xs.clear()"),
        ("xs = {1, 2, 3}", "xs.clear()"),
        ("xs = bytearray(b'abc')", "xs.clear()"),
        ("xs = [np.ones(3)]", "xs[0][...] = 0"),
    ],
)
def test_containers_are_the_testers_own_too(values, cheat):
    count = "int(np.sum(list(xs.values()) if isinstance(xs, dict) else list(xs)))"
    reference = f"def count(xs):\n    return {count}"
    test = f"{values}\ngot = count(xs)\nassert got == {count} != 0 or not xs"
    assert not result(f"def count(xs):\n    {cheat}\n    return -1", reference, test)[0]
    assert not result(f"def count(xs):\n    {cheat}\n    return 0", reference, test)[0]


def test_a_catalogue_that_tests_share_keeps_its_facts():
    cheat = "def ram(board):\n    object.__setattr__(board, 'name', 'x')\n" + (
        "    board.memory['ram'] = 0\n    return 0"
    )
    with bench("import numpy as np", BOARD_CODE, [f"{BOARD_CODE}\n{cheat}"]) as processes:
        scope = {**NO_SCOPE, "submission_names": bound(cheat)}
        question = "assert ram(CATALOG['nano']) == CATALOG['nano'].memory['ram']"
        assert not processes.test("first", question, scope, [])["passed"]
        later = "b = CATALOG['nano']\nassert (b.name, b.memory) == ('nano', {'ram': 256})"
        assert processes.test("second", later, scope, [])["passed"]


def test_a_catalogue_is_whole_again_after_a_test_that_asks():
    answer = "def ram(board):\n    board.memory['seen'] = 1\n    return 256"
    with bench("import numpy as np", BOARD_CODE, [f"{BOARD_CODE}\n{answer}"]) as processes:
        scope = {**NO_SCOPE, "submission_names": bound(answer)}
        asks = "b = CATALOG['nano']\nassert ram(b) == 256\nassert b.memory == {'ram': 256}, 'kept'"
        verdict = processes.test("first", asks, scope, [])
        assert (verdict["passed"], verdict["outputs"][-1]["evalue"]) == (False, "kept")
        later = "assert CATALOG['nano'].memory == {'ram': 256}"
        assert processes.test("second", later, scope, [])["passed"]


def test_a_test_that_asks_whether_its_input_was_changed_is_answered():
    reference = "def floored(x):\n    return np.where(x < 0, 0, x)"
    test = """
x = np.array([-1.0, 2.0])
before = x.copy()
assert np.array_equal(floored(x), [0, 2])
assert np.array_equal(x, before), "the input must not change"
"""
    assert result(reference, reference, test) == (True, "")
    assert result(FLOORED, reference, test) == (False, "the input must not change")


def test_an_answer_in_place_keeps_its_points_where_no_test_asks():
    reference = "def floored(x):\n    return np.where(x < 0, 0, x)"
    test = "x = np.array([-1.0, 2.0])\nassert np.array_equal(floored(x), [0, 2])"
    assert result(FLOORED, reference, test) == (True, "")


def test_what_the_reference_changes_the_answer_may_change():
    test = "x, y = np.zeros(3), np.zeros(3)\nshift(x)\nassert x.tolist() == [1, 1, 1] != y.tolist()"
    assert result("def shift(x):\n    x[:] = x + 1", SHIFT, test) == (True, "")
    assert not result("def shift(x):\n    pass", SHIFT, test)[0]


@pytest.mark.parametrize("seed", ["3", "[1, 2]", "np.random.SeedSequence(3).spawn(2)[1]"])
def test_a_generator_spawns_the_same_ones_on_both_sides(seed):
    reference = "def draw(rng):\n    return [child.random() for child in rng.spawn(2)]"
    once = "def draw(rng):\n    return [child.random() for child in rng.spawn(1) * 2]"
    test = f"rng, same = np.random.default_rng({seed}), np.random.default_rng({seed})\n" + (
        "assert draw(rng) == [child.random() for child in same.spawn(2)]\n"
        "assert rng.spawn(1)[0].random() == same.spawn(1)[0].random(), 'the third child'"
    )
    assert result(reference, reference, test) == (True, "")
    assert not result(once, reference, test)[0]


def test_a_generator_has_spawned_none_where_the_reference_spawns_none():
    pure = "def seeded(rng):\n    return 3"
    spawns = "def seeded(rng):\n    rng.spawn(1)\n    return 3"
    test = (
        "rng, same = np.random.default_rng(3), np.random.default_rng(3)\nassert seeded(rng) == 3\n"
        + ("assert rng.spawn(1)[0].random() == same.spawn(1)[0].random(), 'the first child'")
    )
    assert result(pure, pure, test) == (True, "")
    assert result(spawns, pure, test) == (False, "the first child")


def test_only_the_argument_that_the_reference_changes():
    reference = "def add(into, x):\n    into += x"
    cheat = "def add(into, x):\n    x[...] = 0\n    into[...] = 0"
    test = "into, x = np.zeros(3), np.ones(3)\nadd(into, x)\nassert np.array_equal(into, x)"
    assert result(reference, reference, test) == (True, "")
    assert not result(cheat, reference, test)[0]


def test_a_generator_of_the_test_goes_on_only_where_that_of_the_reference_does():
    reference = "def draw(rng):\n    return rng.normal()"
    test = "rng = np.random.default_rng(1)\nassert draw(rng) != draw(rng)"
    assert result(reference, reference, test) == (True, "")
    restart = "rng.bit_generator.state = np.random.PCG64(2).state"
    reset = f"def draw(rng):\n    {restart}\n    return rng.normal()"
    pure = "def seeded(rng):\n    return 3"
    jump = f"def seeded(rng):\n    {restart}\n    return 3"
    keeps = "rng = np.random.default_rng(1)\nassert seeded(rng) == 3\n" + (
        "assert rng.normal() == np.random.default_rng(1).normal(), 'a generator of its own'"
    )
    assert not result(reset, reference, test)[0]
    assert result(jump, pure, keeps) == (False, "a generator of its own")


def test_an_object_that_works_on_the_array_it_was_given_goes_on_working():
    reference = "class P:\n    def __init__(self, w):\n        self.w = w.copy()\n" + (
        "    def step(self):\n        self.w -= 1"
    )
    alias = reference.replace("w.copy()", "w")
    test = "w = np.ones(3)\np = P(w)\np.step()\np.step()\nassert p.w.tolist() == [-1, -1, -1]"
    assert result(alias, reference, test) == (True, "")


def test_a_test_that_cannot_run_twice_is_believed_the_first_time():
    state = "calls = []\ndef once(x):\n    calls.append(1)\n    x[...] = 0\n    return len(calls)"
    reference = "calls = []\ndef once(x):\n    calls.append(1)\n    return len(calls)"
    assert result(state, reference, "assert once(np.ones(2)) == 1") == (True, "")


PARAMETER = """
class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, np.full_like(data, 2.0)
"""
STEP = "def step(parameters):\n    for p in parameters:\n        p.data[:] = p.data - p.grad / 2"


@pytest.mark.parametrize(
    "body",
    [
        "np.subtract(p.data, p.grad / 2, out=p.data)",
        "d = p.data\n        d -= p.grad / 2",
        "g = p.grad\n        p.data[:] = p.data - g / 2",
    ],
)
def test_what_is_written_into_an_array_of_an_object_arrives_however_it_is_written(body):
    test = "p = Parameter(np.ones(3))\nstep([p])\nassert np.allclose(p.data, 0)"
    answer = f"import numpy as np\ndef step(parameters):\n    for p in parameters:\n        {body}"
    assert result(answer, STEP, test, PARAMETER) == (True, "")


DICTIONARY = 'p = {"w": np.ones(2)}\nstep(p)\nassert np.allclose(p["w"], 0.5)'
ROWS = "g = [[0, 1], [1, 1]]\nflip(g)\nassert g == [[1, 0], [0, 0]]"


@pytest.mark.parametrize(
    ("answer", "reference", "test"),
    [
        ('p["w"] = p["w"] - 0.5', 'p["w"] -= 0.5', DICTIONARY),
        ('p["w"] -= 0.5', 'p["w"] = p["w"] - 0.5', DICTIONARY),
        (
            "g[:] = [[1 - v for v in row] for row in g]",
            "for r in g: r[:] = [1 - v for v in r]",
            ROWS,
        ),
        (
            "for r in g: r[:] = [1 - v for v in r]",
            "g[:] = [[1 - v for v in row] for row in g]",
            ROWS,
        ),
    ],
)
def test_an_argument_may_be_changed_at_another_depth_than_the_reference_changes_it(
    answer, reference, test
):
    head = "def step(p):\n    " if "step" in test else "def flip(g):\n    "
    assert result(head + answer, head + reference, test) == (True, "")
