"""A value that an answer changes has one origin, the question and the argument in which it first
crossed: an answer may change what the reference changes in the same question, and no other value,
also where it comes back inside of others. An answer that is right keeps its points, however it is
written."""

import pytest
from two_processes import NO_SCOPE, bench, bound

NODE = """
from dataclasses import dataclass, field

@dataclass
class Node:
    name: str
    children: list = field(default_factory=list)
    visited: bool = False

@dataclass
class Point:
    x: float

@dataclass(slots=True)
class Slot:
    x: float

class Model:
    def __init__(self, w):
        self.w = w

class Full(Exception):
    pass
"""


def verdict(answer, test, profile=None):
    """Of an answer, by the profile of the reference; of the reference where there is none."""
    imports = "import io\nimport numpy as np"
    with bench(imports, NODE, [f"{imports}\n{NODE}\n{answer}"]) as processes:
        scope = {**NO_SCOPE, "submission_names": bound(answer)}
        return processes.test("question", test, scope, profile)


def passes(answer, reference, test):
    needed = verdict(reference, test)
    assert needed["passed"], needed["outputs"]
    return verdict(answer, test, needed["profile"])["passed"]


SORT = "def my_sort(xs):\n    return sorted(xs)"
FIT = """
def fit(w, X, y):
    w[:] = np.linalg.lstsq(X, y, rcond=None)[0]
"""
ZERO_TARGETS = "def fit(w, X, y):\n    w[:] = 0\n    y[:] = 0"
DATA = "X, w = np.random.default_rng(0).normal(size=(20, 2)), np.zeros(2)\ny = X @ [2.0, -1.0]\n"
FITS = "assert np.allclose(X @ w, y)"
LOSS = """
class T:
    def __init__(self, v):
        self.v = v
    def __sub__(self, o):
        return T(self.v - o)
class Zero:
    def __sub__(self, o):
        return 0.0
"""
UNEARNED = {
    "a list": (
        "def my_sort(xs):\n    xs[:] = [0] * len(xs)\n    return [0] * len(xs)",
        SORT,
        "xs = [3, 1, 2]\nassert my_sort(xs) == sorted(xs)",
    ),
    "a dictionary": (
        "def total(d):\n    for key in d:\n        d[key] = 0\n    return 0",
        "def total(d):\n    return sum(d.values())",
        "d = {'a': 1, 'b': 2}\nassert total(d) == d['a'] + d['b']",
    ),
    "a set": (
        "def size(s):\n    s.clear()\n    return 0",
        "def size(s):\n    return len(s)",
        "s = {1, 2}\nassert size(s) == len(s)",
    ),
    "an object of a given dataclass": (
        "def norm(p):\n    p.x = 0.0\n    return 0.0",
        "def norm(p):\n    return abs(p.x)",
        "p = Point(-3.0)\nassert norm(p) == abs(p.x)",
    ),
    "another keyword": (ZERO_TARGETS, FIT, f"{DATA}fit(w=w, X=X, y=y)\n{FITS}"),
    "another key of one dictionary": (
        "def fit(part):\n    part['w'][:] = 0\n    part['y'][:] = 0",
        "def fit(part):\n    part['w'][:] = np.linalg.lstsq(part['X'], part['y'], rcond=None)[0]",
        f"{DATA}fit({{'w': w, 'X': X, 'y': y}})\n{FITS}",
    ),
    "what an earlier call hid in an argument": (
        "def fit(p, X, y):\n    if 'y' in p:\n        p['y'][:] = 0\n"
        "    p['y'] = y\n    p['w'] = 0 * p['w']",
        "def fit(p, X, y):\n    p['w'] = np.linalg.lstsq(X, y, rcond=None)[0]",
        f"{DATA}p = {{'w': w}}\nfor _ in range(2):\n    fit(p, X, y)\n"
        "assert np.allclose(X @ p['w'], y)",
    ),
    "an array beside that of a given object": (
        "def score(m, X, y):\n    global box\n    box = y\n    return -1.0\n"
        "def fit(m, X, y):\n    m.w[:] = 0\n    box[:] = 0",
        "def score(m, X, y):\n    return float(-np.mean((X @ m.w - y) ** 2))\n"
        "def fit(m, X, y):\n    m.w[:] = np.linalg.lstsq(X, y, rcond=None)[0]",
        f"{DATA}m = Model(w)\nt = y.copy()\nscore(m, X, t)\nfit(m, X, y)\n"
        "assert np.allclose(X @ m.w, t)",
    ),
    "an array of the answer's own, later": (
        "box = np.zeros(4)\ndef predict(x):\n    return box\n"
        "def accuracy(p, y):\n    box[:] = y\n    return 1.0",
        "def predict(x):\n    return (x > 0) * 1.0\n"
        "def accuracy(p, y):\n    return float(np.mean(p == y))",
        "x = np.array([1.0, -1, 2, -2])\ny = (x > 0) * 1.0\np = predict(x)\n"
        "assert accuracy(p, y) == 1.0\nassert np.mean(p == y) > 0.9",
    ),
    "an object where the reference had one at another place": (
        LOSS + "def step(x):\n    return T(x), Zero()",
        LOSS + "def step(x):\n    return T(x), float(x + 1)",
        "t, loss = step(3)\nassert (t - 1).v == 2\nassert abs(loss - 4.0) < 1e-6",
    ),
    "an object at another place of a list": (
        LOSS + "def step(x):\n    return [T(x), Zero()]",
        LOSS + "def step(x):\n    return [T(x), float(x + 1)]",
        "t, loss = step(3)\nassert (t - 1).v == 2\nassert abs(loss - 4.0) < 1e-6",
    ),
    "an object at another key": (
        LOSS + "def step(x):\n    return {'t': T(x), 'loss': Zero()}",
        LOSS + "def step(x):\n    return {'t': T(x), 'loss': float(x + 1)}",
        "d = step(3)\nassert (d['t'] - 1).v == 2\nassert abs(d['loss'] - 4.0) < 1e-6",
    ),
    "a tuple beside what the reference sets": (
        "def fit(d):\n    d['w'] = (0.0, 0.0)\n    d['y'] = (0.0, 0.0)",
        "def fit(d):\n    d['w'] = d['y']",
        "d = {'w': (1.0, 1.0), 'y': (2.0, 3.0)}\nfit(d)\nassert d['w'] == d['y'] and d['y']",
    ),
    "an element that ends the loop": (
        "class Labels:\n    def __getitem__(self, i):\n        raise StopIteration\n"
        "def labels(x):\n    return Labels()",
        "class Labels:\n    def __init__(self, x):\n        self.x = x\n"
        "    def __getitem__(self, i):\n        return self.x[i]\n"
        "def labels(x):\n    return Labels(x)",
        "got = labels([1, 2])\nassert all(map(lambda i: got[i] == i + 1, range(2)))",
    ),
}


@pytest.mark.parametrize("cheat, reference, test", UNEARNED.values(), ids=UNEARNED)
def test_a_change_that_the_reference_does_not_make_earns_nothing(cheat, reference, test):
    assert passes(reference, reference, test)
    assert not passes(cheat, reference, test)


LAYERS = "params = [{'W': np.ones((2, 3))}, {'W': np.ones((3, 1))}]\nx = np.ones((4, 2))\n"
EARNED = {
    "sorts in place and returns the list": (
        "def my_sort(xs):\n    xs.sort()\n    return xs",
        SORT,
        "xs = [3, 1, 2]\nassert my_sort(xs) == [1, 2, 3]",
    ),
    "sorts in place what the reference gives back where there is nothing to do": (
        "def my_sort(xs):\n    xs.sort()\n    return xs",
        "def my_sort(xs):\n    return xs if len(xs) < 2 else sorted(xs)",
        "assert my_sort([1]) == [1]\nassert my_sort([3, 1, 2]) == [1, 2, 3]",
    ),
    "keeps something of its own in the dictionary": (
        "def fit(d):\n    d['cache'] = 1\n    d['w'] = 7.0",
        "def fit(d):\n    d['w'] = 7.0",
        "d = {'w': 0.0}\nfit(d)\nassert d['w'] == 7.0",
    ),
    "sets a field of an object with slots": (
        "def moved(s):\n    s.x += 1",
        "def moved(s):\n    s.x = s.x + 1",
        "s = Slot(1.0)\nmoved(s)\nassert s.x == 2.0",
    ),
    "moves a given object and returns it": (
        "def moved(p):\n    p.x += 1\n    return p",
        "def moved(p):\n    return Point(p.x + 1)",
        "assert moved(Point(1.0)) == Point(2.0)",
    ),
    "marks the nodes that it returns": (
        "def walk(n):\n    n.visited = True\n"
        "    return [n] + [m for c in n.children if not c.visited for m in walk(c)]",
        "def walk(n):\n    return [n] + [m for c in n.children for m in walk(c)]",
        "a, b = Node('a'), Node('b')\na.children = [b]\ngot = walk(a)\n"
        "assert got == [a, b] and got[1] is b",
    ),
    "gives the nodes an attribute of its own": (
        "def walk(n):\n    n.seen = 1\n    return [n]",
        "def walk(n):\n    return [n]",
        "a = Node('a')\nassert walk(a)[0] is a",
    ),
    "keeps arrays that are inside of lists": (
        "def forward(params, x):\n    global kept\n    kept = params\n"
        "    for p in params:\n        x = x @ p['W']\n    return x\n"
        "def count(params):\n    return sum(p['W'].size for p in params)",
        "def forward(params, x):\n    for p in params:\n        x = x @ p['W']\n    return x\n"
        "def count(params):\n    return sum(p['W'].size for p in params)",
        f"{LAYERS}assert forward(params, x).shape == (4, 1)\nassert count(params) == 9",
    ),
    "hands out an array that came inside of a list": (
        "class Net:\n    def __init__(self, ws):\n        self.ws = ws",
        "class Net:\n    def __init__(self, ws):\n        self.ws = [w.copy() for w in ws]",
        "X = np.arange(6.0)\nassert Net([X[:2], X[2:]]).ws[0].tolist() == [0, 1]",
    ),
    "derives its class from a list": (
        "class Stack(list):\n    def push(self, v):\n        self.append(v)",
        "class Stack:\n    def __init__(self):\n        self.items = []\n"
        "    def push(self, v):\n        self.items.append(v)\n"
        "    def pop(self):\n        return self.items.pop()",
        "s = Stack()\ns.push(1)\ns.push(2)\nassert s.pop() == 2",
    ),
    "closes the file": (
        "def total(f):\n    with f:\n        return sum(map(int, f))",
        "def total(f):\n    return sum(int(line) for line in f)",
        "assert total(io.StringIO('1\\n2\\n')) == 3",
    ),
    "works in place on what the test then protects": (
        "def centred(x):\n    x -= x.mean()\n    return x",
        "def centred(x):\n    return x - x.mean()",
        "x = np.array([1.0, 2, 3])\ngot = centred(x)\nx.setflags(write=False)\n"
        "assert got.tolist() == [-1, 0, 1]",
    ),
    "raises a given exception": (
        "def push(x):\n    raise Full(x)",
        "def push(x):\n    raise Full('no room')",
        "try:\n    push(1)\nexcept Full as fault:\n    kind = type(fault)\nassert kind is Full",
    ),
}


@pytest.mark.parametrize("answer, reference, test", EARNED.values(), ids=EARNED)
def test_a_right_answer_keeps_its_points_however_it_is_written(answer, reference, test):
    assert passes(answer, reference, test)


def test_a_file_that_the_reference_only_reads_keeps_its_text():
    cheat = "def size(f):\n    f.truncate(0)\n    return 0"
    reference = "def size(f):\n    return len(f.read())"
    assert not passes(
        cheat, reference, "f = io.StringIO('abc')\nassert size(f) == len(f.getvalue())"
    )


def test_many_nodes_stay_the_nodes_that_they_are():
    reference = "def last(nodes):\n    return nodes[-1]"
    test = "nodes = [Node(str(k)) for k in range(300)]\nassert last(nodes) is nodes[-1]"
    assert passes(reference, reference, test)


def test_a_test_that_runs_once_more_says_so_since_its_time_begins_anew():
    reference, in_place = "def f(x):\n    return x + 1", "def f(x):\n    x += 1\n    return x"
    test = "assert f(np.zeros(2)).tolist() == [1, 1]"
    profile = verdict(reference, test)["profile"]
    for answer, runs in ((reference, 1), (in_place, 2)):
        with bench(sources=[f"import numpy as np\n{answer}"]) as processes:
            scope = {**NO_SCOPE, "submission_names": ["f"]}
            assert processes.test("question", test, scope, profile)["passed"]
            assert processes.runs == runs
