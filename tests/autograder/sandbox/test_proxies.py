"""Hidden tests run in a process the submission never enters, and mean the same there."""

import ast
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from small_course import code
from two_processes import NO_SCOPE, bench, bound, graded, judged

from autograder import proofs
from autograder.gradebook.points import automatic_points
from autograder.notebook import cells
from autograder.sandbox.inside.bridge import framing, tester
from autograder.sandbox.verdict_outputs import is_lost, verdict_outputs

ROOT = Path(__file__).parents[3]
IMPORTS = "from dataclasses import dataclass\nimport numpy as np\nimport math, copy"
DEFINITIONS = '''
@dataclass(frozen=True)
class Pair:
    left: object
    right: object = 0

@dataclass
class Counter_:
    value: int = 0

class Layer:
    """Something that a solution derives from."""

LIMIT = 3
'''
CODE = '''
class Trouble(ValueError):
    pass

class Worse(Trouble):
    pass

class Vector:
    """A vector."""
    def __init__(self, *parts):
        self.parts = list(parts)
        self.data = np.array(parts, dtype=np.float32)
    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self, Vector.of(other))))
    __radd__ = __add__
    def __mul__(self, k):
        return Vector(*(k * a for a in self))
    __rmul__ = __mul__
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))
    def __neg__(self):
        return self * -1
    def __abs__(self):
        return math.sqrt(self @ self)
    def __iter__(self):
        return iter(self.parts)
    def __len__(self):
        return len(self.parts)
    def __getitem__(self, k):
        return self.parts[k]
    def __setitem__(self, k, value):
        self.parts[k] = value
    def __float__(self):
        return float(abs(self))
    def __bool__(self):
        return any(self.parts)
    def __str__(self):
        return "<" + ", ".join(map(str, self.parts)) + ">"
    def __array__(self, dtype=None, copy=None):
        return np.array(self.parts, dtype=dtype)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.left_with = error[0].__name__ if error[0] else None
        return error[0] is KeyError
    @staticmethod
    def of(x):
        return x if isinstance(x, Vector) else Vector(*x)
    @property
    def norm(self):
        return abs(self)

class Dense(Layer):
    def call(self, x):
        return 2 * x

def same(x):
    return x

def append(xs, x):
    xs.append(x)
    return xs

def fill(array, value):
    array[...] = value

def fill_nested(d):
    d["rows"][0].append("new")
    d["set"].add(4)
    d["bytes"][0] = 255

def bump(counter):
    counter.value += 1

def count(n):
    for k in range(n):
        yield k

def apply(function, *args, **named):
    return function(*args, **named)

def fail(kind):
    raise {"trouble": Trouble, "worse": Worse}.get(kind, ValueError)(f"it is {kind}", 3)

def lookup(key):
    return {}[key]

def pair(a, b):
    return Pair(a, b)

def draw(rng):
    return rng.normal(size=2)

def use(thing):
    return [thing.name, thing(3), len(thing), list(thing), thing[1]]

def recurse(n):
    return recurse(n + 1)

def twice(f):
    return lambda x: f(f(x))

def first(box):
    return box[0]

def collect(box, into):
    into.append(box[0])
'''
SNIPPETS = """
same(3.5), same("x"), same([1, (2, {3: b"x"})]), same({1, 2}), same(None), same(10**400)
same(np.arange(6).reshape(2, 3).T).strides
Vector(1, 2).norm, len(Vector(1, 2)), list(Vector(3, 4)), Vector(1, 2)[-1]
str(Vector(1, 2)), f"{Vector(1):>6}", bool(Vector(0)), float(Vector(3, 4)), abs(Vector(3, 4))
list(Vector(1, 2) + Vector(3, 4)), list([1, 1] + Vector(3, 4)), list(2 * Vector(1, 2)), list(-Vector(1))
list(np.float32([1, 1]) + Vector(3, 4)), Vector(1, 2) @ Vector(3, 4), list(sum([Vector(1), Vector(2)], [0]))
np.allclose(Vector(1, 2), [1, 2]), np.asarray(Vector(1, 2)).dtype.kind, np.mean(Vector(1, 3).data)
(v := Vector(1, 2), v.__setitem__(0, 9), v[0], v.parts)[2:]
3 in Vector(1, 3), [] == Vector(), Vector(1) == Vector(1), Vector(1) != 3
isinstance(Vector(1), Vector), isinstance(3, Vector), isinstance(Dense(), Layer), isinstance(Dense(), Vector), issubclass(Dense, Dense)
Dense().call(4), Dense().call(np.ones(2)).tolist()
(xs := [1], append(xs, 2) is xs, xs)[1:]
(a := np.zeros(3), fill(a[1:], 7), a.tolist())[2]
(d := {"rows": [[1]], "set": {3}, "bytes": bytearray(2)}, fill_nested(d), d)[2]
(c := Counter_(), bump(c), bump(c), c)[3]
list(count(4)), next(count(1)), sum(count(5)), [k for k in count(3)]
apply(lambda x, y=1: x + y, 2, y=5), apply(max, [3, 9]), apply(int, "7"), apply(np.sin, 0.0)
apply(lambda xs: xs[0], Vector(5)), apply(same, Vector(1))[0]
twice(lambda x: x + 1)(3), twice(same)([4])
pair(1, 2) == Pair(1, 2), pair(1, Pair(2)).right, pair(np.ones(1), "x").left
draw(np.random.default_rng(1)).tolist() == np.random.default_rng(1).normal(size=2).tolist()
(rng := np.random.default_rng(5), draw(rng), rng.integers(100))[2]
same(Vector).__name__, Vector.__doc__, same.__name__
copy.copy(Vector(1))[0], copy.deepcopy(Vector(2))[0]
fail("plain")
fail("worse")
lookup("k")
same()
Vector(1).nothing
Vector(1)[5]
Vector(1) + 3
nothing_of_that_name
same(Vector(1)) < 3
sorted(count(3), reverse=True), dict(zip("ab", count(2)))
recurse(0)
apply(lambda: 1 / 0)
apply(fail, "worse")
""".strip().splitlines()  # noqa: E501
BOX = (
    "class Part:\n    size = 3\nclass Box:\n    def __getitem__(self, k):\n        return Part()\n"
)
BLOCKS = [
    "try:\n    fail('worse')\nexcept Trouble as fault:\n    said = str(fault), fault.args\nsaid",
    "try:\n    fail('x')\nexcept Trouble:\n    said = 1\nexcept ValueError:\n    said = 2\nsaid",
    "with Vector(1) as v:\n    {}['x']\nv.left_with",
    "with Vector(1) as v:\n    raise OSError('no')\n",
    "def total(*vs):\n    return sum((v.norm for v in vs), 0.0)\ntotal(Vector(3, 4), Vector(0, 2))",
    "class Toy:\n    name = 'toy'\n    def __call__(self, x):\n        return x + 1\n"
    "    def __len__(self):\n        return 2\n    def __iter__(self):\n        return iter('ab')\n"
    "    def __getitem__(self, k):\n        return k\nuse(Toy())",
    "def boom():\n    raise RuntimeError('ours')\napply(boom)",
    "x = 0\nfor k in range(3):\n    x += same(k)\nx",
    "Vector(1).parts.append(2)\nVector.tag = 5\nVector(1).tag",
    f"{BOX}first(Box()).size, first([Part()]).size",
    f"{BOX}parts = []\ncollect(Box(), parts)\nparts[0].size",
    "v = Vector(1, 2)\nv.parts = [7]\ndel v.data\nhasattr(v, 'data'), v.parts",
]


def alone(source):
    """(repr of the last expression, or '', error's name and text) in one process."""
    names = {"__name__": "__main__"}
    exec(f"{IMPORTS}\n{DEFINITIONS}\n{CODE}", names)
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, "<t>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<t>", "eval"), names) if last else None
    except Exception as error:  # noqa: BLE001  any error is the expected answer
        return "", type(error).__name__, str(error)
    return "" if value is None else repr(value), "", ""


def beside(processes, source):
    scope = {**NO_SCOPE, "submission_names": bound(CODE)}
    verdict = processes.test("q", source, scope)
    outputs = {output["output_type"]: output for output in verdict["outputs"]}
    error = outputs.get("error", {"ename": "", "evalue": ""})
    data = outputs.get("execute_result", {"data": {"text/plain": ""}})["data"]
    assert verdict["passed"] == (not error["ename"]), verdict
    return data["text/plain"], error["ename"], error["evalue"]


@pytest.fixture(scope="module")
def processes():
    with bench(IMPORTS, DEFINITIONS, [f"{IMPORTS}\n{DEFINITIONS}\n{CODE}"]) as benched:
        yield benched


@pytest.mark.parametrize("source", [*SNIPPETS, *BLOCKS])
def test_a_test_means_the_same_in_the_other_process(processes, source):
    text, name, words = beside(processes, source)
    same_text, same_name, same_words = alone(source)
    assert (text, name) == (same_text, same_name), words
    assert words == same_words or name in ("TypeError", "RecursionError")


MAGIC = """
class Magic:
    def __init__(self, *a, **k): pass
    def yes(self, *a, **k): return True
    def zero(self, *a, **k): return 0
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = yes
    __sub__ = __rsub__ = __add__ = __radd__ = __truediv__ = __rtruediv__ = zero
    __mod__ = __abs__ = __float__ = __int__ = __index__ = __len__ = zero
    __isub__ = __neg__ = __round__ = __hash__ = zero
    def __getattr__(self, name): return Magic()
    def __call__(self, *a, **k): return Magic()
    def __getitem__(self, k):
        if k == 2: raise IndexError
        return Magic()
    def __instancecheck__(self, x): return True
    __class__ = float
class MagicFloat(float): __eq__ = __le__ = __lt__ = Magic.yes; __sub__ = __rsub__ = Magic.zero
class MagicInt(int): __eq__ = __le__ = __lt__ = Magic.yes; __sub__ = __rsub__ = Magic.zero
class MagicText(str): __eq__ = Magic.yes; __hash__ = str.__hash__
class MagicList(list): __eq__ = Magic.yes; __len__ = lambda self: 2
class MagicArray(np.ndarray):
    __eq__ = Magic.yes
    __array_ufunc__ = lambda self, *a, **k: True
    __array_function__ = lambda self, *a, **k: True
    __sub__ = __rsub__ = Magic.zero
class Moody:
    n = 0
    def __array__(self, dtype=None, copy=None):
        Moody.n += 1
        return np.ones(Moody.n)
class Meta(type):
    __eq__ = Magic.yes
    __instancecheck__ = __subclasscheck__ = Magic.yes
    __hash__ = type.__hash__
class Class(metaclass=Meta): pass
"""
MAGICIANS = [
    *("Magic()", "Magic", "MagicFloat(9)", "MagicInt(9)", "MagicText('x')", "MagicList([9])"),
    *("np.zeros(2).view(MagicArray)", "Moody()", "Class", "lambda *a: True"),
]
TESTS_OF_F = [
    "assert f(2) == 4",
    "assert 4 == f(2)",
    "assert np.float64(4) == f(2)",
    "assert (np.array([4.0, 5.0]) == f(2)).all()",
    "assert np.all(np.equal(f(2), 4))",
    "assert np.isclose(4.0, f(2))",
    "assert f(2) in (4, 5)",
    "assert f(2) in {4: 1}",
    "assert abs(f(2) - 4) < 1e-6",
    "assert abs(4 - f(2)) < 1e-6",
    "assert f(2) <= 4 <= f(2)",
    "assert np.allclose(f(2), [4.0, 5.0])",
    "assert np.array_equal(f(2), [4.0, 5.0])",
    "assert np.abs(np.asarray([4.0, 5.0]) - f(2)).max() < 1e-6",
    "np.testing.assert_allclose(f(2), [4.0, 5.0])",
    "np.testing.assert_equal(f(2), [4.0, 5.0])",
    "assert math.isclose(f(2), 4)",
    "assert list(f(2)) == [4, 5]",
    "assert f(2)['a'] == 4",
    "assert isinstance(f(2), float) and f(2) == 4",
    "assert f(2).shape == (2, 2)",
    "assert str(f(2)) == '4'",
    "assert int(f(2)) == 4",
    "assert sorted([f(2), 3]) == [3, 4]",
    "assert not f(2) != 4",
    "r = f(2)\nr -= 4\nassert r == 0",
    "assert {f(2)} == {4}",
    "assert (f(2), 1) == (4, 1)",
    "assert dataclasses.astuple(f(2)) == (4,)",
]


@pytest.mark.parametrize("magician", MAGICIANS)
def test_a_magic_answer_is_right_for_nothing(magician):
    code = f"{MAGIC}\ndef f(x):\n    return {magician}\n"
    imports = "import dataclasses, math\nimport numpy as np"
    with bench(imports, "", [f"{imports}\n{code}"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f"]}
        won = [test for test in TESTS_OF_F if processes.test("q", test, scope, [])["passed"]]
    assert won == []


def test_the_same_questions_are_passed_by_a_right_answer():
    passing = [
        test for test in TESTS_OF_F[:3] if judged("def f(x):\n    return x * x", test)["passed"]
    ]
    assert len(passing) == 3


@pytest.mark.parametrize(
    "attack",
    [
        "import builtins; builtins.abs = lambda x: 0\ndef f(x): return 3",
        "import numpy; numpy.allclose = lambda *a: True; numpy.array_equal = numpy.allclose\n"
        "def f(x): return 3",
        "def allclose(*a): return True\nabs = int = float = len = lambda x: 4\ndef f(x): return 3",
        "import sys\nfor m in list(sys.modules.values()):\n"
        "    if hasattr(m, 'allclose'): m.allclose = lambda *a, **k: True\ndef f(x): return 3",
        "def f(x): raise SystemExit(0)",
        "def f(x): raise KeyboardInterrupt",
        "def f(x): raise GeneratorExit",
        "import os\ndef f(x): os._exit(0)",
        "class E(BaseException): pass\ndef f(x): raise E",
        "class E(Exception):\n    def __str__(self): raise KeyboardInterrupt\ndef f(x): raise E",
        "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGKILL)",
        "import os\ndef f(x): os.closerange(3, 99)",
        "import sys\ndef f(x): return sys._getframe(3)",
        "def f(x): return exec",
        "import numpy\ndef f(x): return numpy",
    ],
)
def test_an_attack_on_its_own_process_wins_nothing(attack):
    code = f"import numpy as np\n{attack}\n"
    tests = ["assert abs(f(2) - 4) < 1e-6", "assert np.allclose(f(2), 4)", "assert f(2) == 4",
             "try:\n    f(2)\nexcept ZeroDivisionError:\n    pass\nassert f(2) == 4",
             "try:\n    assert f(2) == 4\nexcept SystemExit:\n    pass"]  # fmt: skip
    for test in tests:
        assert not judged(code, test)["passed"], test


def test_a_submission_that_dies_fails_even_where_the_test_catches_everything():
    verdict = judged("import os\ndef f():\n    os._exit(0)\n", "try:\n    f()\nexcept:\n    pass")
    assert not verdict["passed"]
    assert "ended during the test" in verdict["outputs"][-1]["evalue"]


@pytest.mark.parametrize(
    "test",
    [
        "assert np.allclose(f(2), np.ones((2, 2)))",
        "assert np.isclose(f(2), np.ones((2, 2))).all()",
        "assert np.allclose(3 * np.ones(2), f(1), rtol=1e-3)",
        "assert np.allclose(f(1), 3)",
        "assert np.allclose([f(1)], [[1, 2]], 0, 1)",
    ],
)
def test_an_empty_array_is_not_close_to_a_full_one(test):
    empty = "def f(n):\n    return np.zeros((0,) + (n,) * n)"
    full = "def f(n):\n    return np.ones((n,) * n) * (3 if n == 1 else 1)"
    code = f"import numpy as np\n{empty}"
    assert eval(test.removeprefix("assert "), {"np": np, "f": lambda n: np.zeros((0, *[n] * n))})
    assert not judged(code, test)["passed"]
    assert judged(f"import numpy as np\n{full}", test.replace("[1, 2]", "[3]"))["passed"]


@pytest.mark.parametrize(
    "comparison", ["allclose", "equal", "array_equal", "almost_equal", "array_almost_equal"]
)
def test_an_empty_array_is_not_what_numpys_asserts_want(comparison):
    test = f"np.testing.assert_{comparison}(f(), 3.0)"
    assert judged("def f():\n    return 3.0", test)["passed"]
    assert not judged("import numpy as np\ndef f():\n    return np.array([])", test)["passed"]
    named = f"np.testing.assert_{comparison}(actual=f(), desired=np.zeros(0))"
    assert judged("import numpy as np\ndef f():\n    return np.array([])", named)["passed"]


@pytest.mark.parametrize(
    "test",
    [
        "for got, want in zip(map(f, [1, 2]), [2, 4]):\n    assert got == want",
        "assert all(map(lambda x: f(x) == 2 * x, [1, 2]))",
    ],
)
def test_an_answer_that_raises_stop_iteration_ends_no_loop_of_the_test(test):
    reference = "def f(x):\n    return 2 * x"
    profile = judged(reference, test)["profile"]
    assert judged(reference, test, profile)["passed"]
    assert not judged("def f(x):\n    raise StopIteration", test, profile)["passed"]


def test_stop_iteration_crosses_where_the_reference_raises_it():
    test = "try:\n    f()\nexcept StopIteration:\n    pass\nelse:\n    raise AssertionError"
    profile = judged("def f():\n    raise StopIteration", test)["profile"]
    assert judged("def f():\n    return next(iter(()))", test, profile)["passed"]


UNITTEST = """
class Twice(unittest.TestCase):
    def test_two(self):
        self.assertEqual(f(2), 4)

result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Twice))
assert result.wasSuccessful()
"""


@pytest.mark.parametrize("error", ["SkipTest", "case._ShouldStop"])
def test_an_error_that_a_test_runner_takes_for_no_failure_fails(error):
    given_code = "import unittest"
    reference = f"{given_code}\ndef f(x):\n    return 2 * x"
    profile = judged(reference, UNITTEST, given_code=given_code)["profile"]
    assert judged(reference, UNITTEST, profile, given_code=given_code)["passed"]
    cheat = f"{given_code}\ndef f(x):\n    raise unittest.{error}"
    assert not judged(cheat, UNITTEST, profile, given_code=given_code)["passed"]


def test_two_empty_arrays_are_close():
    code = "import numpy as np\ndef f():\n    return np.zeros((0, 2))"
    assert judged(code, "assert np.allclose(f(), np.zeros((0, 2))) and np.isclose(1, 1)")["passed"]


def test_a_value_of_a_test_that_failed_earns_no_points():
    test = "try:\n    f()\nexcept:\n    pass\n2.0"
    verdict = judged("import os\ndef f():\n    os._exit(0)\n", test)
    assert any(output["output_type"] == "execute_result" for output in verdict["outputs"])
    cell = code("q", test, grade=True, locked=True, points=5)
    assert automatic_points({**cell, "outputs": verdict_outputs(verdict)}) == (0, 5)


@pytest.mark.parametrize("words", ["assert f(1) == 4, f(1)", "{}[f(1)]"])
def test_words_that_the_submission_cannot_give_fail_the_test_and_the_next_one_runs(words):
    sulking = "def __str__(self): raise NotImplementedError\n    __repr__ = __str__"
    with bench(sources=[f"class T:\n    {sulking}\ndef f(x):\n    return T()"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f"]}
        assert not processes.test("words", words, scope)["passed"]
        assert processes.test("next", "assert f(1) is not None", scope)["passed"]


def test_a_submission_that_ends_while_given_values_are_compared_is_lost():
    ours, theirs = socket.socketpair()
    judge = tester.Tester()
    judge.begin({"imports": "", "definitions": ""})

    def end_at_first_question():
        framing.receive(theirs)
        framing.receive(theirs)
        theirs.close()

    peer = threading.Thread(target=end_at_first_question)
    peer.start()
    scope = {**NO_SCOPE, "values": [("x = 3", ["x"])]}
    verdict = judge.verdict({"test": "q", "source": "x", "scope": scope, "profile": []}, ours)
    peer.join()
    assert not verdict["passed"]
    assert is_lost(verdict)


def test_an_endless_answer_can_be_interrupted_and_the_next_one_comes():
    code = "import os\ndef pid(): return os.getpid()\ndef endless():\n    while True: pass"
    test = """
threading.Timer(0.2, os.kill, (pid(), signal.SIGINT)).start()
try:
    endless()
except Exception as fault:
    said = f"{type(fault).__name__}: {fault}"
assert said == "SubmissionError: KeyboardInterrupt: " and pid() > 0, said
"""
    assert judged(code, test, imports="import os, signal, threading")["passed"]


def test_an_operator_is_passed_on_only_where_the_reference_had_an_object():
    vector = "class V:\n    def __sub__(self, o): return 0\n    def __abs__(self): return 0\n"
    test = "v = V()\nassert (v - 3) == 0\nassert abs(f() - 7) < 1e-6"
    right = judged(f"{vector}\ndef f(): return 7", test)
    assert right["passed"] and "V()-." in right["profile"]
    assert not [use for use in right["profile"] if use.startswith("f() ")]
    forged = judged(f"{vector}\ndef f(): return V()", test, right["profile"])
    assert not forged["passed"]
    assert "f() gave an object of type V where a plain value" in forged["outputs"][-1]["evalue"]


def test_a_builtin_that_the_reference_defines_anew_is_the_submissions():
    test = "assert round(2.5) == 3"
    assert judged("def round(x): return int(x + 0.5)", test)["passed"]
    with bench() as processes:
        missing = processes.test(
            "q", "assert abs(-1) == 1", {**NO_SCOPE, "submission_names": ["abs"]}
        )
    assert missing["outputs"][-1]["ename"] == "NameError"


def test_only_names_the_reference_binds_are_asked_for():
    verdict = judged("secret = 1", "secret", None)
    assert verdict["passed"]
    with bench(sources=["isclose = lambda *a: True"]) as processes:
        assert not processes.test("q", "assert isclose(1, 2)")["passed"]


def test_names_of_one_test_hold_in_the_next_where_the_notebook_says_so():
    with bench(sources=["def f(x): return [x]"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f"]}
        processes.test("one", "v = f(1)\nw = 5", scope)
        assert processes.test(
            "two", "assert v == [1] and f(2) == [2]", {**scope, "earlier_test_names": ["v"]}
        )["passed"]
        assert not processes.test("three", "w", scope)["passed"]


def test_a_proxy_lives_from_one_test_to_the_next():
    with bench(sources=["class A:\n    n = 3\n    def up(self): self.n += 1"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["A"], "earlier_test_names": ["a"]}
        processes.test("one", "a = A()", scope)
        processes.test("two", "a.up()", scope)
        assert processes.test("three", "assert a.n == 4", scope)["passed"]


def test_a_name_is_fetched_anew_for_each_test():
    with bench(sources=["n = 1"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["n"]}
        assert processes.test("one", "assert n == 1", scope)["passed"]
        processes.run("n = 2")
        assert processes.test("two", "assert n == 2", scope)["passed"]


def test_partial_credit_prints_and_errors_are_outputs():
    with bench(sources=["def f(): print('theirs'); return 1"]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f"]}
        credit = processes.test("a", "print('hello')\nf() * 1.5", scope)
        assert [output["output_type"] for output in credit["outputs"]] == [
            "stream",
            "execute_result",
        ]
        assert credit["outputs"][1]["data"] == {"text/plain": "1.5"}
        failed = processes.test("b", "x = 1\nassert x == 2, 'one is not two'")["outputs"][-1]
        assert (failed["ename"], failed["evalue"]) == ("AssertionError", "one is not two")
        assert "---->   2 assert x == 2" in failed["traceback"][0]


def test_an_object_as_the_last_value_earns_no_points():
    code = "class A:\n    def __repr__(self): return '10.0'\ndef f(): return A()"
    verdict = judged(code, "f()")
    assert verdict["outputs"][0]["data"] == {"text/plain": "<A>"}


def test_the_traceback_shows_where_it_was_in_the_submission():
    traceback = judged("def f():\n    return 1 / 0\n", "f()")["outputs"][-1]["traceback"]
    assert "line 4, in f" in "\n".join(traceback)


def test_an_import_that_fails_is_said():
    verdict = judged("x = 1", "x", imports="import no_such_module")
    assert "no_such_module" in verdict["cannot"] and not verdict["passed"]


def test_a_test_that_derives_from_the_submissions_class_is_told_why_not():
    verdict = judged("class A: pass", "class B(A): pass")
    assert "cannot derive from A" in verdict["outputs"][-1]["evalue"]


class Peer:
    """A hostile submission: it answers each question of the tester with the next of its lines."""

    def __init__(self, lines):
        self.ours, self.theirs = socket.socketpair()
        self.heard = []
        self.thread = threading.Thread(target=self.talk, args=(list(lines),))
        self.thread.start()

    def talk(self, lines):
        with self.theirs:
            framing.receive(self.theirs)
            for line in lines:
                self.heard.append(framing.receive(self.theirs)[0])
                if isinstance(line, bytes):
                    self.theirs.sendall(line)
                else:
                    framing.send(self.theirs, line)

    def verdict(self, test, allowed=("f",)):
        one = tester.Tester()
        one.begin({"imports": IMPORTS, "definitions": DEFINITIONS})
        scope = {**NO_SCOPE, "submission_names": allowed}
        message = {"test": "q", "source": test, "scope": scope, "profile": []}
        verdict = one.verdict(message, self.ours)
        self.thread.join()
        return verdict


FUNCTION = {"value": ["ref", 7, "function", ["__call__"], []]}
CALL = {"do": "call", "to": 1, "arguments": ["tuple", []]}


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"value": ["ref", 1]},
        {"value": ["yours", 99]},
        {"value": ["class", "exec"]},
        {"value": ["fields", "subprocess", "Popen", []]},
        {"value": ["fields", "__main__", "Pair", [["__class__", 1]]]},
        {"value": 4, "contents": [[9, 9]]},
        {"value": 4, "contents": 3},
        {"value": 4, "contents": [[0]]},
        {"value": 4, "contents": [[0, ["dict", []]]]},
        {"value": 4, "contents": [[0, ["#", 0]]]},
        {"value": ["#", 8]},
        {"value": 4, "changed": [[0, 8, 0, 0]]},
        {"error": 3},
        {"error": {"kind": ["new", 1, "E", [["new", 1, "E", 1]]], "text": "x"}},
        {"error": {"kind": ["known", "builtins", "SystemExit"], "text": "x"}},
        {"do": "get", "arguments": ["tuple", ["f"]]},
        {"do": "call", "to": 99, "arguments": ["tuple", []]},
        {"do": ["call"], "to": 1, "arguments": ["tuple", []]},
        {"do": "call", "to": 1, "arguments": 3},
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00",
    ],
    ids=str,
)
def test_a_peer_that_lies_fails_the_test(line):
    test = "try:\n    assert f([1]) == 4\nexcept ZeroDivisionError:\n    pass"
    assert not Peer([FUNCTION, line]).verdict(test)["passed"]


@pytest.mark.parametrize(
    "name",
    ["__class__", "__dict__", "_secret", "gi_frame", "__globals__", "f_back", "__init__", "mro"],
)
def test_nothing_is_seen_behind_an_object_of_the_test(name):
    ask = {"do": "attr", "to": 1, "arguments": ["tuple", [name]]}
    peer = Peer([FUNCTION, ask, {"value": 4}])
    test = "class Toy:\n    _secret = 1\nassert f(Toy()) == 4"
    assert peer.verdict(test)["passed"]
    assert peer.heard[-1]["error"]["name"] == "AttributeError"


@pytest.mark.parametrize(
    ("expression", "ask"),
    [
        ("lambda: 0", ["attr", "__code__"]),
        ("lambda: 0", ["attr", "__globals__"]),
        ("(x for x in 'ab')", ["attr", "gi_frame"]),
        ("(x for x in 'ab')", ["attr", "send"]),
        ("np.random", ["attr", "bit_generator"]),
        ("math", ["attr", "sys"]),
        ("__import__", ["attr", "__self__"]),
        ("object()", ["call"]),
        ("object()", ["set attr", "x", 1]),
        ("lambda: 0", ["set attr", "x", 1]),
        ("Layer()", ["set attr", "x", 1]),
        ("Layer()", ["parameters"]),
        ("Layer()", ["deep copy", ["dict", []]]),
        ("Layer()", ["copy", 1]),
        ("object()", ["+", 1]),
        ("object()", ["deep copy"]),
    ],
)
def test_an_object_of_the_test_can_only_be_used(expression, ask):
    do, *arguments = ask
    question = {"do": do, "to": 1, "arguments": ["tuple", arguments]}
    peer = Peer([FUNCTION, question, {"value": 4}])
    peer.verdict(f"assert f({expression}) == 4")
    error = "AttributeError" if do == "attr" else "PermissionError"
    assert peer.heard[-1]["error"]["name"] == error


def test_a_peer_that_calls_back_for_ever_ends_in_an_error():
    peer = Peer([FUNCTION, *[{**CALL}] * 400])
    verdict = peer.verdict("def g():\n    return f(g)\nassert f(g) == 4")
    assert not verdict["passed"]


def needed_for_tensors(cell):
    """Imports, definitions and answers; not the cells that plot or measure."""
    if cell["cell_type"] != "code" or cells.is_test(cell) or cells.is_solution(cell):
        return cell["cell_type"] == "code"
    if "export" in cell["metadata"].get("tags", []):
        return True
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return all(isinstance(one, kinds) for one in ast.parse(cells.source(cell)).body)


@pytest.fixture(scope="module")
def tensors():
    notebook = cells.load(ROOT / "source" / "01_tensor" / "01_tensor.ipynb")
    code = [cell for cell in notebook["cells"] if needed_for_tensors(cell)]
    return {**notebook, "cells": code}


@pytest.fixture(scope="module")
def reference(tensors):
    return graded(tensors, needed_for_tensors)


def test_the_reference_passes_all_tests_of_the_tensor_chapter(reference):
    assert [verdict["passed"] for verdict in reference.values()] == [True] * 8


def answer_before(notebook, question):
    """The solution cell that the graded cell `question` is about."""
    names = [cells.grade_id(cell) for cell in notebook["cells"]]
    before = notebook["cells"][: names.index(question)]
    return [cell for cell in before if cells.is_solution(cell)][-1]


@pytest.mark.parametrize(
    "proof", proofs.read(ROOT / "tests" / "proofs" / "01_tensor.py"), ids=lambda p: p.thought
)
def test_proofs_are_judged_as_in_one_process(tensors, reference, proof):
    solution = answer_before(tensors, proof.question)
    replaced = {cells.grade_id(solution): proof.solution(cells.source(solution))}
    profiles = {name: verdict["profile"] for name, verdict in reference.items()}
    one = dict(tensors)
    one["cells"] = [
        cell
        for cell in tensors["cells"]
        if not cells.is_test(cell) or cells.grade_id(cell) == proof.question
    ]
    verdict = graded(one, needed_for_tensors, replaced, profiles)[proof.question]
    assert verdict["passed"] == proof.is_right


def test_an_array_is_its_own_type_on_the_way_back():
    verdict = judged(
        "def f(x): return x", "x = np.ones(2)\nassert f(x) is x and type(f(x[:1])) is np.ndarray"
    )
    assert verdict["passed"]


def test_an_error_of_the_test_takes_none_of_its_source_along():
    code = (
        "import traceback\n"
        "heard = []\n"
        "def use(f):\n"
        "    try:\n"
        "        f()\n"
        "    except Exception as error:\n"
        "        heard.append(''.join(traceback.format_exception(error)))\n"
        "        heard.extend(getattr(error, '__notes__', []))\n"
        "    return 1\n"
    )
    test = (
        "def callback():\n"
        "    secret_number = 4711\n"
        "    raise ValueError('a sentence')\n"
        "use(callback)\n"
        "assert 'a sentence' in heard[0]\n"
        "assert not [text for text in heard if 'secret_number' in text], heard"
    )
    verdict = judged(code, test)
    assert verdict["passed"], verdict["outputs"]


WALK = """
def ids(root):
    seen, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        seen.append(id(node))
        waiting.extend(node.inputs)
    return seen
"""
GRAPH = """
import weakref
class Node:
    def __init__(self, *inputs):
        self.inputs = inputs
leaf = Node()
root = Node(leaf, Node(leaf), *(Node() for _ in range(60)))
"""


def test_an_object_keeps_its_id_for_as_long_as_it_lives():
    twice = GRAPH + "assert len(set(ids(root) + ids(root))) == 63, 'the same objects twice'"
    assert judged(WALK, twice)["passed"]


def test_an_object_that_the_answer_has_seen_can_die():
    dies = "sizes = ids(root)\nwatched = weakref.ref(root)\nroot = None\nids(leaf)\n"
    assert judged(WALK, GRAPH + dies + "assert watched() is None")["passed"]


def test_an_object_that_the_answer_keeps_lives_on():
    keeps = (
        "kept = []\ndef keep(node):\n    kept.append(node)\ndef size(k):\n    return kept[k].value"
    )
    test = """
class Box:
    def __init__(self, value):
        self.value = value
for k in range(40):
    keep(Box(k))
assert [size(k) for k in range(40)] == list(range(40))
"""
    assert judged(keeps, test)["passed"]
