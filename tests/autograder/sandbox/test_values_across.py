"""Values that cross between a test and an answer stay what they are in one process: one object at
two places is one object, and a member of a given enumeration is that member."""

import pytest
from two_processes import judged

from autograder.sandbox.inside.bridge.decoding import Decoder, decode
from autograder.sandbox.inside.bridge.framing import MessageError
from autograder.sandbox.inside.bridge.shared_arrays import SharedArrays
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses
from autograder.sandbox.inside.bridge.shared_values import SharedValues

CLASSES = """
import collections
import enum
import typing

class Colour(enum.Enum):
    RED = 1
    GREEN = 2

class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2

class Access(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()

class Point(typing.NamedTuple):
    x: float
    y: list
"""
BOARD = "b = board(3)\nb[0][0] = 1\nassert b == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]"
JOIN = "a = [1]\njoin(a, a)\nassert a == [1, 1]"


def passes(answer, test, given_code=""):
    """Whether the answer passes the test, by the profile of its own run."""
    verdict = judged(answer, test, given_code=given_code)
    again = judged(answer, test, verdict["profile"], given_code=given_code)
    assert again["passed"] == verdict["passed"]
    return verdict["passed"]


@pytest.mark.parametrize(
    ("answer", "test", "right"),
    [
        ("def board(n):\n    return [[0] * n for _ in range(n)]", BOARD, True),
        ("def board(n):\n    return [[0] * n] * n", BOARD, False),
        ("def join(a, b):\n    a.extend(list(b))", JOIN, True),
        ("def join(a, b):\n    a.extend(b)\n    b.pop()", JOIN, False),
        ("def join(a, b):\n    assert a is b\n    a += b", JOIN, True),
        ("def pair(x):\n    return x, x", "x, y = pair([1])\nassert x is y", True),
        ("def pair(x):\n    return list(x), x", "x, y = pair([1])\nassert x is y", False),
        (
            "def twice(x):\n    return {'a': x, 'b': x}",
            "d = twice(np.ones(2))\nd['a'][0] = 5\nassert d['a'] is d['b'] and d['b'][0] == 5",
            True,
        ),
        (
            "def ring():\n    x = [1]\n    x.append(x)\n    return x",
            "x = ring()\nassert x[1] is x",
            True,
        ),
    ],
)
def test_one_object_at_two_places_is_one_object(answer, test, right):
    assert passes(answer, test) is right


FRESH = "one, two = collect(1), collect(2)\nassert one == [1] and two == [2]"
STACK = """
class Stack:
    def __init__(self, items=()):
        self.inner = {kept}
    def items(self):
        return {shown}
    def push(self, x):
        self.inner.append(x)
"""
LEFT = "s = Stack([1])\ns.items().append(9)\nassert s.items() == [1]"
CALLERS = "mine = [1]\ns = Stack(mine)\nmine.append(2)\nassert s.items() == [1]"
ARGUMENT_STAYS = "mine = [1]\ns = Stack(mine)\nassert mine == [1]\ns.push(2)\nassert mine == [1]"
GROWS = "s = Stack([1])\nshown = s.items()\ns.push(2)\nassert shown == [1, 2]"
COPIES = {"kept": "list(items)", "shown": "list(self.inner)"}


@pytest.mark.parametrize(
    ("answer", "test", "right"),
    [
        ("def collect(x, to=None):\n    return [*(to or []), x]", FRESH, True),
        ("def collect(x, to=[]):\n    to.append(x)\n    return to", FRESH, False),
        (STACK.format(**COPIES), LEFT, True),
        (STACK.format(**{**COPIES, "shown": "self.inner"}), LEFT, False),
        (STACK.format(**COPIES), CALLERS, True),
        (STACK.format(**{**COPIES, "kept": "items"}), CALLERS, False),
        (STACK.format(**COPIES), ARGUMENT_STAYS, True),
        (STACK.format(**{**COPIES, "kept": "items"}), ARGUMENT_STAYS, False),
        (STACK.format(**{**COPIES, "shown": "self.inner"}), GROWS, True),
        (STACK.format(**COPIES), GROWS, False),
        (
            "def keep(x, to):\n    to['a'] = x\n    return to",
            "d, x = {}, [1]\nassert keep(x, d) is d and d['a'] is x\nx.append(2)\n"
            "assert d == {'a': [1, 2]}",
            True,
        ),
        (
            "class Noise:\n    def __init__(self, rng):\n        self.rng = rng\n"
            "    def draw(self):\n        return self.rng.random()",
            "rng, same = np.random.default_rng(3), np.random.default_rng(3)\nn = Noise(rng)\n"
            "assert n.draw() == same.random() and rng.random() == same.random()",
            True,
        ),
        (
            "rows = []\ndef note(x):\n    rows.append(x)\n    return rows",
            "a, b = note([1]), note([2])\nassert a is b and a == [[1], [2]]",
            True,
        ),
    ],
)
def test_an_object_is_the_same_one_from_call_to_call(answer, test, right):
    assert passes(answer, test) is right


@pytest.mark.parametrize(
    ("answer", "reference", "test"),
    [
        (
            "def collect(x, to=[]):\n    to.append(x)\n    return to",
            "def collect(x):\n    return [x]",
            FRESH,
        ),
        (STACK.format(**{**COPIES, "kept": "items"}), STACK.format(**COPIES), ARGUMENT_STAYS),
        (STACK.format(**{**COPIES, "kept": "items"}), STACK.format(**COPIES), CALLERS),
        (STACK.format(**{**COPIES, "shown": "self.inner"}), STACK.format(**COPIES), LEFT),
    ],
)
def test_a_change_that_the_reference_does_not_make_is_seen_where_a_test_asks(
    answer, reference, test
):
    profile = judged(reference, test)["profile"]
    assert judged(reference, test, profile)["passed"]
    assert not judged(answer, test, profile)["passed"]


def test_a_result_cannot_be_made_right_later():
    test = "got = f()\nwant = [v * 2 for v in (3, 4)]\nassert g(want) == 7\nassert got == want"
    reference = "def f():\n    return [6, 8]\ndef g(x):\n    return 7"
    cheat = "box = []\ndef f():\n    return box\ndef g(x):\n    box[:] = x\n    return 7"
    profile = judged(reference, test)["profile"]
    assert not judged(cheat, test, profile)["passed"]


def test_many_values_cross_and_few_are_kept():
    answer = "def rows(n):\n    return [[k] for k in range(n)]\ndef flip(g):\n"
    answer += "    for r in g:\n        r[0] = -r[0]"
    test = "g = rows(3000)\nflip(g)\nassert all(r == [-k] for k, r in enumerate(g))\n"
    test += "for _ in range(300):\n    rows(2)\nflip(g)\nassert g[2999] == [2999]"
    assert passes(answer, test)


DEEP = "deep = []\nfor _ in range(150):\n    deep = [deep]\n"


@pytest.mark.parametrize(
    "test",
    [
        "inner = [1]\ntry:\n    total([inner, deep])\nexcept ValueError:\n    pass\n"
        "assert total(inner) == 1",
        "inner, x = [1], [2]\nassert total(x) == 2\nx[:] = [3]\n"
        "try:\n    total([inner, deep])\nexcept ValueError:\n    pass\nassert total(x) == 3",
        "inner, x = [1], [2]\nassert total(x) == 2\nx.extend([inner, deep])\n"
        "assert total([4]) == 4 and total(inner) == 1",
    ],
)
def test_a_message_that_cannot_be_written_leaves_the_values_as_they_were(test):
    assert passes("def total(x):\n    return sum(x)", DEEP + test)


def test_what_is_given_stays_while_the_answer_asks_back():
    answer = "def flip(g, sign):\n    for r in g:\n        r[0] = sign(r[0])"
    test = (
        "g = [[k] for k in range(1500)]\nflip(g, lambda x: [-x][0])\nassert g[0:2] == [[0], [-1]]"
    )
    assert passes(answer, f"{test}\nassert g[-1] == [-1499]")


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (
            "def other(c):\n    return Colour.GREEN if c is Colour.RED else Colour.RED",
            "assert other(Colour.RED) is Colour.GREEN and other(Colour.GREEN) is Colour.RED",
        ),
        (
            "def name(c):\n    match c:\n        case Colour.RED:\n            return 'r'\n"
            "    return c.name",
            "assert [name(c) for c in Colour] == ['r', 'GREEN']",
        ),
        (
            "def count(cs):\n    return {c: cs.count(c) for c in Colour}",
            "assert count([Colour.RED] * 2) == {Colour.RED: 2, Colour.GREEN: 0}",
        ),
        ("def above(v):\n    return v > Level.LOW, v", "assert above(Level.HIGH) == (True, 2)"),
        (
            "def above(v):\n    return Level(v)",
            "assert above(2) is Level.HIGH and above(1) == 1",
        ),
        (
            "def both():\n    return Access.READ | Access.WRITE",
            "assert both() is not None and Access.READ",
        ),
        (
            "def moved(p):\n    return p._replace(x=p.x + 1)",
            "p = moved(Point(1.0, [2]))\nassert type(p) is Point and p == (2.0, [2])",
        ),
        (
            "def is_point(p):\n    return type(p) is Point and p._asdict() == {'x': 1, 'y': [2]}",
            "assert is_point(Point(1, [2]))",
        ),
    ],
)
def test_objects_of_given_enumerations_and_named_tuples_are_their_own(answer, test):
    assert passes(answer, test, CLASSES)


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (
            "def tally(d, words):\n    for w in words:\n        d[w] += 1",
            "d = collections.defaultdict(int)\ntally(d, 'aba')\nassert d == {'a': 2, 'b': 1}\n"
            "assert d['new'] == 0",
        ),
        (
            "def group(pairs):\n    d = collections.defaultdict(list)\n"
            "    for k, v in pairs:\n        d[k].append(v)\n    return d",
            "d = group([('a', 1), ('a', 2)])\nassert d == {'a': [1, 2]} and d['b'] == []",
        ),
        (
            "def fill(d):\n    return d['x'] + 1",
            "d = collections.defaultdict(lambda: 7)\nassert fill(d) == 8 and dict(d) == {'x': 7}",
        ),
        (
            "def turn(q):\n    q.rotate(1)\n    q.append(9)",
            "q = collections.deque([1, 2, 3], maxlen=3)\nturn(q)\nassert list(q) == [1, 2, 9]",
        ),
        (
            "def count(c, text):\n    c.update(text)",
            "c = collections.Counter('ab')\ncount(c, 'a')\nassert c.most_common(1) == [('a', 2)]",
        ),
        (
            "def last(d):\n    d.move_to_end('a')",
            "d = collections.OrderedDict(a=1, b=2)\nlast(d)\nassert list(d) == ['b', 'a']",
        ),
    ],
)
def test_what_an_answer_does_to_containers_of_collections_arrives(answer, test):
    assert passes(answer, test, CLASSES)


BAG = """
class Bag:
    def __init__(self, *items):
        self.items = list(items)
{}
"""
LENGTH = "    def __len__(self):\n        return len(self.items)\n"
CONTAINS = "    def __contains__(self, x):\n        return {}\n"


@pytest.mark.parametrize(
    ("methods", "test", "right"),
    [
        (LENGTH, "assert hasattr(Bag(), '__len__') and len(Bag(1)) == 1", True),
        ("", "assert hasattr(Bag(), '__len__')", False),
        ("", "assert not hasattr(Bag(), '__len__') and not callable(Bag())", True),
        (LENGTH, "assert isinstance(Bag(), collections.abc.Sized)", True),
        ("", "assert isinstance(Bag(), collections.abc.Sized)", False),
        (
            "    def __iter__(self):\n        return iter(self.items)\n",
            "b = Bag(1, 2)\nassert 2 in b and 3 not in b and not hasattr(b, '__contains__')",
            True,
        ),
        (CONTAINS.format("x in self.items"), "assert 2 in Bag(2) and 2 not in Bag()", True),
        (CONTAINS.format("True"), "assert 2 in Bag(2) and 2 not in Bag()", False),
        ("    __hash__ = None\n", "assert len({Bag(), Bag()}) == 2", False),
        ("", "assert len({Bag(), Bag()}) == 2 and Bag() != Bag()", True),
        (
            "    def __call__(self):\n        return 1\n",
            "assert callable(Bag()) and Bag()() == 1",
            True,
        ),
    ],
)
def test_an_object_of_an_answer_has_the_methods_that_its_class_has(methods, test, right):
    assert passes(BAG.format(methods), test, "import collections.abc") is right


@pytest.mark.parametrize("test", ["assert Bag(1) != Bag(2)", "assert len({Bag(1), Bag(2)}) == 2"])
def test_a_test_of_objects_that_say_what_they_equal_runs_beside_the_answer(test):
    equal = "    def __eq__(self, other):\n        return self.items == other.items\n"
    equal += "    def __hash__(self):\n        return len(self.items)\n"
    assert not judged(BAG.format(equal), test)["passed"]  # the reference: it runs in a copy then
    assert judged(BAG.format(""), test)["passed"]


def test_membership_is_asked_only_where_the_object_of_the_reference_was_asked():
    cheat = "class Yes:\n    def __contains__(self, x):\n        return True\ndef result():\n"
    cheat += "    return Yes()"
    test = "assert 5 in result()"
    profile = judged("def result():\n    return [5]", test)["profile"]
    assert not judged(cheat, test, profile)["passed"]


FILE = "f = io.StringIO('a,1\\nb,2\\n')\nassert total(f) == 3 and f.read() == ''"
PARSE = "def total(f):\n    return sum(int(line.split(',')[1]) for line in {})"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (PARSE.format("f"), FILE),
        (PARSE.format("f.read().splitlines()"), FILE),
        (PARSE.format("f.readlines()"), FILE),
        (
            "def write(f):\n    f.write('x')",
            "f = io.StringIO()\nwrite(f)\nassert f.getvalue() == 'x'",
        ),
        (
            "def head(f):\n    return f.read(2)",
            "f = io.BytesIO(b'abcd')\nassert head(f) + f.read() == b'abcd'",
        ),
        ("def made():\n    return io.StringIO('a')", "assert made().read() == 'a'"),
    ],
)
def test_a_file_in_memory_is_read_and_written_however_an_answer_likes(answer, test):
    assert passes(answer, test, "import io")


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (
            "def lengths(rows):\n    return np.array([len(row) for row in rows])",
            "rows = np.array([[1], [2, 3]], dtype=object)\nassert lengths(rows).tolist() == [1, 2]",
        ),
        (
            "def ragged():\n    return np.array([[1], 'b', None], dtype=object)",
            "r = ragged()\nassert r.shape == (3,) and r.tolist() == [[1], 'b', None]",
        ),
        (
            "def fill(rows):\n    rows[0, 1] = 'x'",
            "rows = np.full((1, 2), None)\nfill(rows)\nassert rows.tolist() == [[None, 'x']]",
        ),
    ],
)
def test_arrays_of_objects_cross_by_value(answer, test):
    assert passes(answer, test)


@pytest.mark.parametrize(
    "row",
    [
        ["#", 5],
        ["#", "0"],
        ["#"],
        ["#", 2, ["list", []]],
        ["#", "1", ["list", []]],
        ["#", 1, 5],
        ["#", 1, ["tuple", []]],
        ["list", [["#", 1, ["list", []]], ["#", 1, ["list", []]]]],
        ["member", "__main__", "Colour", "BLUE"],
        ["member", "__main__", "Point", "x"],
        ["member", "os", "Colour", "RED"],
        ["named", "__main__", "Point", [1]],
        ["named", "__main__", "Colour", [1, 2]],
        ["named", "builtins", "tuple", []],
        ["deque", [1], "many"],
        ["defaultdict", [["a"]], None],
        ["objects", [2, 2], [1]],
        ["objects", [-1, -1], [1]],
        ["objects", "no shape", []],
        ["file", "text", -1],
        ["file", 5, 0],
    ],
)
def test_a_row_that_means_nothing_is_refused(row):
    names = {}
    exec(f"__name__ = '__main__'\n{CLASSES}", names)
    classes = SharedClasses(names, ["Colour", "Point"], [])
    decoder = Decoder(SharedArrays(0), SharedValues(0), classes, _no_reference)
    with pytest.raises(MessageError):
        decode(row, decoder)


def _no_reference(row, nested):
    raise MessageError("no reference")
