"""What an answer may do with objects and functions of a test, and in which forms it may return its
own: what passes in one process passes here."""

import pytest
from two_processes import judged

IMPORTS = "import copy, enum, functools, heapq, multiprocessing, operator, numpy as np\n" + (
    "from collections import namedtuple\nfrom concurrent.futures import ThreadPoolExecutor"
)
VECTOR = """@functools.total_ordering
class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __imul__(self, k):
        self.x, self.y = self.x * k, self.y * k
        return self
    def __neg__(self):
        return -1 * self
    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
    def __lt__(self, other):
        return abs(self) < abs(other)
    def __hash__(self):
        return hash((self.x, self.y))
    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5
    def __repr__(self):
        return f'Vector({self.x}, {self.y})'"""


def passes(answer, test, profile=()):
    return judged(answer, test, profile, IMPORTS, VECTOR)["passed"]


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("(a + b) * 0.5", "(r.x, r.y) == (2, 3)"),
        ("2 * a + b * 2", "(r.x, r.y) == (8, 12)"),
        ("-a", "r.x == -1"),
        ("max([a, b], key=abs)", "r.x == 3"),
        ("max(a, b)", "r.x == 3"),
        ("sorted([b, a])[0]", "r.x == 1"),
        ("heapq.nsmallest(1, [b, a])[0]", "r.x == 1"),
        ("a == b", "r is False"),
        ("a == Vector(1, 2)", "r is True"),
        ("len({a, Vector(1, 2), copy.copy(a), b})", "r == 2"),
        ("repr(a) + str(b) + f'{a}'", "r == 'Vector(1, 2)Vector(3, 4)Vector(1, 2)'"),
        ("setattr(c := copy.copy(a), 'x', 7) or c", "r.x == 7 and a.x == 1"),
        ("setattr(c := copy.deepcopy(a), 'x', 7) or c", "r.x == 7 and a.x == 1"),
        (
            "setattr(c := copy.deepcopy(a), 'y', 7) or operator.imul(c, 2)",
            "(r.x, r.y, a.x) == (2, 14, 1)",
        ),
        ("operator.iadd(a, b)", "(r.x, a.x) == (4, 1)"),
        ("a != b", "r is True"),
        ("hasattr(a, 'z') or getattr(a, '_norm', 5)", "r == 5"),
    ],
)
def test_an_answer_computes_with_objects_of_given_classes(answer, test):
    test = f"a, b = Vector(1, 2), Vector(3, 4)\nr = f(a, b)\nassert {test}"
    assert passes(f"def f(a, b):\n    return {answer}", test)


@pytest.mark.parametrize("change", ["v.x = v.y = 0", "v *= 0"])
def test_an_answer_cannot_change_what_the_test_reckons_with(change):
    cheat = f"def f(v):\n    {change}\n    return 0"
    assert not passes(cheat, "v = Vector(3, 4)\nassert f(v) == abs(v)")


BAG = """class Bag:
    def __init__(self, parts):
        self.parts = list(parts)
    def __setitem__(self, k, value):
        self.parts[k] = value
    def __iadd__(self, other):
        self.parts += other
        return self
    first = property(lambda self: self.parts[0], lambda self, value: self.parts.insert(0, value))"""


@pytest.mark.parametrize("change", ["c[0] = 7", "c += [7]", "c.first = 7"])
@pytest.mark.parametrize(("way", "allowed"), [("copy", False), ("deepcopy", True)])
def test_a_shallow_copy_leads_to_no_part_of_the_tests_object(change, way, allowed):
    answer = f"def f(bag):\n    c = copy.{way}(bag)\n    {change}\n    return 7 in c.parts"
    test = "bag = Bag([1, 2])\nassert f(bag) and bag.parts == [1, 2]"
    assert judged(answer, test, (), IMPORTS, BAG)["passed"] is allowed
    refused = "try:\n    f(bag)\nexcept PermissionError:\n    pass"
    test = f"bag = Bag([1, 2])\n{refused}\nassert bag.parts == [1, 2]"
    assert judged(answer, test, (), IMPORTS, BAG)["passed"]


PAIR = "Pair = namedtuple('Pair', 'q r')\ndef f(a, b):\n    return Pair(a // b, a % b)"
GRID = "class Grid(np.ndarray):\n    pass\ndef f():\n    "
INTS = "class Step(enum.IntEnum):\n    ONE = 1\n    THREE = 3\n"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (PAIR, "f(7, 2) == (3, 1)"),
        (PAIR, "[f(7, 2)] == [(3, 1)] and isinstance(f(7, 2), tuple)"),
        (f"{INTS}def f():\n    return Step(3), Step(1)", "f() == (3, 1)"),
        ("class Rate(float):\n    pass\ndef f():\n    return Rate(0.5)", "f() == 0.5"),
        ("class Words(list):\n    pass\ndef f():\n    return Words('ab')", "f() == ['a', 'b']"),
        ("class Bag(dict):\n    pass\ndef f():\n    return Bag(a=1)", "f() == {'a': 1}"),
        ("class C(str, enum.Enum):\n    RED = 'red'\ndef f():\n    return C.RED", "f() == 'red'"),
        (f"{GRID}return np.eye(2).view(Grid)", "np.array_equal(f(), np.eye(2))"),
        (f"{GRID}return np.eye(2).view(Grid)", "(f() == np.eye(2)).all()"),
    ],
)
def test_an_answer_may_return_a_subclass_of_a_plain_type(answer, test):
    assert passes(answer, f"assert {test}")


def test_a_reference_that_returns_a_subclass_is_compared_by_its_plain_value():
    reference = judged(PAIR, "assert f(7, 2) == (3, 1)", None, IMPORTS)
    assert (reference["passed"], reference["profile"]) == (True, ["f is an object"])


def test_an_object_takes_an_error_of_the_test_only_where_the_references_does():
    test = "with quiet():\n    assert square(3) == 9"
    taking = "class Quiet:\n    def __enter__(self):\n        return self\n" + (
        "    def __exit__(self, *error):\n        return {}\ndef quiet():\n    return Quiet()\n"
    )
    square = "def square(x):\n    return {}"
    reference = judged(taking.format(False) + square.format("x * x"), test, None)
    assert reference["passed"]
    cheat = taking.format(True) + square.format(0)
    assert not judged(cheat, test, reference["profile"])["passed"]
    needed = "with quiet():\n    raise KeyError\nassert square(3) == 9"
    profile = judged(taking.format(True) + square.format("x * x"), needed, None)["profile"]
    assert judged(taking.format(True) + square.format("x * x"), needed, profile)["passed"]


HIDES = "class Quiet:\n    def __enter__(self):\n        return self\n" + (
    "    def __exit__(self, *error):\n        return {}\ndef quiet():\n    return Quiet()\n"
)
RAISES = "\ndef f():\n    raise ValueError\n"
LETS_PASS = """\
passed = True
try:
    with quiet():
        raise KeyError
    passed = False
except KeyError:
    pass
assert passed, "an error passes through"
"""


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        (LETS_PASS, ""),
        ("with quiet():\n    assert f() == 9", RAISES),
        (
            "try:\n    with quiet():\n        assert f() == 9\nexcept BaseException:\n    pass",
            RAISES,
        ),
    ],
)
def test_an_object_that_hides_an_error_which_the_references_lets_pass_fails(test, answer):
    right = "\ndef f():\n    return 9\n"
    reference = judged(HIDES.format(False) + right, test, None)
    assert reference["passed"]
    verdict = judged(HIDES.format(True) + (answer or right), test, reference["profile"])
    assert not verdict["passed"]
    assert "quiet() hides an error of its with block" in verdict["outputs"][-1]["evalue"]
    assert passes(HIDES.format(None) + right, test, reference["profile"])


def test_the_object_comes_where_the_reference_has_one_too():
    test = "assert f(7, 2).r == 1"
    reference = judged(PAIR, test, None, IMPORTS)
    assert reference["passed"]
    assert passes(PAIR, test, reference["profile"])
    equal = "class Sly(int):\n    __eq__ = lambda self, other: True\n    __hash__ = int.__hash__\n"
    assert not passes(
        f"{equal}def f():\n    return Sly(3)", "assert f() == 4", reference["profile"]
    )


CALLS = "assert f(lambda x: x * x, range(300)) == [x * x for x in range(300)]"


def test_threads_of_an_answer_call_a_function_of_the_test_in_turns():
    pool = "def f(g, xs):\n    with ThreadPoolExecutor(8) as p:\n        return list(p.map(g, xs))"
    assert passes(pool, CALLS)


def test_threads_that_a_question_of_the_test_starts_do_not_wait_for_its_end():
    pool = "def f(g, xs):\n    with ThreadPoolExecutor(2) as p:\n        return list(p.map(g, xs))"
    nested = "def g(x):\n    return x if type(x) is int else sum(f(g, x))\n"
    assert passes(pool, f"{nested}assert f(g, [1, [2, [3, 4]], [5, 6]]) == [1, 9, 11]")


def test_a_thread_that_goes_on_after_the_answer_disturbs_no_other_question():
    after = """import threading, time
seen = []
def ask_on(g):
    try:
        while True:
            g(1)
    except RuntimeError as error:
        seen.append(str(error))
def f(g, xs):
    result = [g(x) for x in xs]
    threading.Thread(target=ask_on, args=(g,), daemon=True).start()
    return result
def count():
    return len(seen)"""
    again = "\n".join([CALLS] * 20)
    ended = "any(count() == 20 or time.sleep(0.1) for _ in range(100))"
    assert passes(after, f"import time\n{again}\nassert {ended}")


def test_a_process_of_an_answer_cannot_call_a_function_of_the_test():
    process = """def f(g, xs):
    def work():
        try:
            g(1)
        except RuntimeError:
            results.put('refused')
    context = multiprocessing.get_context('fork')
    results = context.SimpleQueue()
    process = context.Process(target=work)
    process.start()
    word = results.get()
    process.join()
    return word, g(3)"""
    assert passes(process, "assert f(lambda x: x * x, []) == ('refused', 9)")


def test_a_function_of_the_test_can_be_wrapped():
    wrap = """def f(g):
    @functools.wraps(g)
    def h(x):
        return g(x) + 1
    return h"""
    assert passes(wrap, "assert f(lambda x: x * x)(3) == 10")


NODE = """
class Node:
    def __init__(self, value):
        self.value, self.next = value, None
"""
RING = "a, b, c = map(Node, (1, 2, 3))\na.next, b.next, c.next = b, c, b\nassert f(a) is True"
MEETING = """def f(node):
    slow = fast = node
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            return True
    return False"""
REMEMBERING = """def f(node):
    seen = set()
    while node is not None:
        if id(node) in seen:
            return True
        seen.add(id(node))
        node = node.next
    return False"""


@pytest.mark.parametrize("answer", [MEETING, REMEMBERING])
def test_an_object_of_the_test_is_the_same_object_each_time_it_is_read(answer):
    assert judged(answer, RING, (), IMPORTS, NODE)["passed"]


TEMPLATES = "page = jinja2.Environment()\nassert f(page) == '4'"


@pytest.mark.parametrize(
    "cheat",
    [
        "page.from_string('{{ 2 + 2 }}').render()",
        "page.compile_expression('2 + 2')().__str__()",
        "page.getattr(page, 'block_start_string') and '4'",
    ],
)
def test_an_object_of_an_installed_package_is_not_asked_for_what_the_test_did_not_hand_over(cheat):
    imports = "import jinja2"
    honest = judged("def f(page):\n    return '4'", TEMPLATES, (), imports)
    assert honest["passed"], "it is handed over, and nobody asks it"
    assert not judged(f"def f(page):\n    return {cheat}", TEMPLATES, (), imports)["passed"]


def test_an_error_of_an_installed_package_crosses_as_itself():
    error = "jinja2.TemplateSyntaxError"
    test = f"try:\n    f('{{{{')\nexcept {error}:\n    pass\nelse:\n    raise AssertionError"
    answer = "import jinja2\ndef f(text):\n    return jinja2.Template(text)"
    assert judged(answer, test, (), "import jinja2")["passed"]
