"""Values that a notebook gives (data, points) are the instructor's in a test, whatever a submission
binds under their names."""

import ast
import collections
import copy
import dataclasses
import functools
import io
import itertools
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from small_course import code, hand_in, notebook, save, write_course
from two_processes import NO_SCOPE, bench

from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.sandbox.inside.bridge.given_values import GivenValues
from autograder.sandbox.inside.bridge.value_digest import digest
from autograder.sandbox.limits import Limits
from autograder.sandbox.test_scope import read_scopes

IMPORTS = "import numpy as np"
DATA = "rng = np.random.default_rng(3)\nx = rng.normal(size=8)\ny = (x > 0).astype(int)"
STUB = "### BEGIN SOLUTION\ndef predict(x):\n    return (x > 0).astype(int)\n### END SOLUTION"
TEST = "assert np.mean(predict(x) == y) == 1.0"


def values_of(*given_texts, test="x", answer="def answer(): pass"):
    """The statements that bind what `test` reads, where it also asks the function of the answer."""
    cells = [code(f"given{n}", text) for n, text in enumerate(given_texts)]
    for cell in cells:
        cell["metadata"] = {}
    cells.insert(1, code("answer", answer, solution=True))
    test_cell = code("q", f"answer, {test}", grade=True, locked=True, points=1)
    return [text for text, _ in read_scopes(notebook(*cells, test_cell))["q"].values]


def test_the_values_that_a_test_reads_come_with_what_they_need():
    lines = DATA.split("\n")
    assert values_of(IMPORTS, DATA, "z = x + 1", test="z") == [*lines[:2], "z = x + 1"]
    assert values_of(IMPORTS, DATA, test="y") == lines


def test_several_names_and_a_file_are_values():
    text = "with open('digits.txt') as file:\n    lines, count = (file.readlines(), 3)"
    more = "with open('labels.txt') as file:\n    labels = file.readlines()"
    assert values_of(IMPORTS, text, more, test="count") == [text]
    assert values_of(IMPORTS, "size: int = len('abc')", test="size") == ["size: int = len('abc')"]
    assert values_of(IMPORTS, "[a, b] = {1}, {2}", test="a") == ["[a, b] = ({1}, {2})"]


@pytest.mark.parametrize(
    "text",
    [
        "x = answer()",
        "x = np.zeros(3)\nx[0] = answer()",
        "x = np.zeros(3)\nx += answer()",
        "for x in range(3):\n    answer()",
        "x = unknown + 1",
        "x = !ls",
    ],
)
def test_what_needs_the_answer_is_the_submissions(text):
    assert values_of(IMPORTS, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = np.zeros(3)\nx = x + 1",
        "x = np.zeros(3)\nx += 1",
        "for x in range(3):\n    pass",
        "x = {}\nfor k in range(3):\n    x[k] = k",
        "x = {}\nx.update(a=1)",
        "x = []\nx.append(3)",
        "x = np.arange(3)\nnp.random.default_rng(1).shuffle(x)",
        "rng = np.random.default_rng(1)\ny = rng.normal()\nx = rng.normal()",
        "x = [3, 1]\nif x[0] > 1:\n    x = [1]",
        "x = [3, 1]\ndef fill(t):\n    t[0] = 2\nfill(x)",
    ],
)
def test_all_statements_that_make_a_value_are_run(text):
    statements = [line for line in ast.parse(text).body if not isinstance(line, ast.FunctionDef)]
    assert values_of(IMPORTS, text) == [ast.unparse(statement) for statement in statements]


@pytest.mark.parametrize(
    "text",
    ["print(x)", "plt.plot(x, x.sum())", "y = x.mean()", "y = np.sort(x)", "ax = 3\nax.plot(x)"],
)
def test_what_only_looks_at_a_value_is_not_run(text):
    imports = f"{IMPORTS}\nimport matplotlib.pyplot as plt"
    assert values_of(imports, f"x = np.zeros(3)\n{text}") == ["x = np.zeros(3)"]


def test_a_name_that_is_bound_anew_has_the_value_of_its_place():
    def ask(name):
        return code(name, "answer(), x", grade=True, locked=True, points=1)

    parts = [code("one", "x = 1"), ask("q1"), code("two", "x = 2"), ask("q2")]
    for part in (parts[0], parts[2]):
        part["metadata"] = {}
    answer = code("answer", "def answer(): pass", solution=True)
    again = code("again", "x = 3", solution=True)
    scopes = read_scopes(notebook(answer, *parts, again, ask("q3")))
    assert scopes["q1"].values == (("x = 1", ("x",)),)
    assert scopes["q2"].values == (("x = 2", ("x",)),)
    assert scopes["q3"].values == ()


@pytest.mark.parametrize(
    "bound",
    ["try:\n    answer()\nexcept ValueError as x:\n    print(x)", "for x in 'ab':\n    print(x)"],
)
def test_a_name_that_the_test_binds_itself_is_not_read(bound):
    assert values_of("x = 1", test=f"1\n{bound}") == []


def test_a_value_is_given_beside_what_the_notebook_computed_from_it_or_an_answer_that_is_one():
    lines = DATA.split("\n")
    assert values_of(IMPORTS, DATA, "z = answer(x)", test="(y, z)") == lines
    assert values_of(IMPORTS, DATA, answer="answer = [1, 2]", test="y") == lines


LINES = DATA.split("\n")
VALUES = [(LINES[0], []), (LINES[1], ["x"]), (LINES[2], ["y"])]
SCOPE = {**NO_SCOPE, "submission_names": ["predict", "x", "y"], "values": VALUES}
CHEAT = "def predict(x):\n    return np.zeros(8)\ny = np.zeros(8)"


def verdicts(answer, *tests):
    with bench(IMPORTS, sources=[f"{IMPORTS}\n{DATA}\n{answer}"]) as processes:
        return [processes.test(f"q{n}", text, SCOPE, [])["passed"] for n, text in enumerate(tests)]


def test_labels_that_a_submission_binds_anew_earn_nothing():
    assert verdicts("def predict(x):\n    return (x > 0).astype(int)", TEST) == [True]
    assert verdicts(CHEAT, TEST) == [False]


def test_each_test_has_values_of_its_own():
    honest = "def predict(x):\n    return (x > 0).astype(int)"
    assert verdicts(honest, "y[:] = 7", "assert y.max() == 1") == [True, True]


def test_an_input_that_the_answer_changes_in_place_is_seen():
    changing = "def predict(x):\n    x[:] = x > 0\n    return x.astype(int)\npredict(x)"
    keeping = "def predict(x):\n    return (x > 0).astype(int)\npredict(x)"
    test = "assert predict(np.ones(3)).sum() == 3 and len(set(x)) == 8, 'x was changed'"
    assert verdicts(keeping, test) == [True]
    assert verdicts(changing, test) == [False]


def test_labels_that_are_changed_in_place_earn_nothing():
    cheat = "def predict(x):\n    return np.zeros(8)\ny[:] = 0"
    assert verdicts(cheat, TEST) == [False]


def test_a_clock_that_the_notebook_stopped_is_the_submissions():
    clock = "from time import perf_counter, sleep\nstart = perf_counter()"
    values = [("start = perf_counter()", ["start"]), ("spent = perf_counter() - start", ["spent"])]
    slow = f"{clock}\nsleep(0.2)\nspent = perf_counter() - start\ndef f(): return 1"
    with bench("from time import perf_counter", sources=[slow]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f", "spent"], "values": values}
        assert processes.test("q", "assert f() == 1", scope, [])["passed"]
        assert not processes.test("q", "assert f() == 1 and spent < 0.1", scope, [])["passed"]


def test_a_table_that_is_emptied_earns_nothing():
    table = [("t = {}", []), ("for k in (1, 2):\n    t[k] = k", ["t"])]
    scope = {**NO_SCOPE, "submission_names": ["answer", "t"], "values": table}
    test = "assert all(answer[k] == v for k, v in t.items())"
    right, empty = "answer = {1: 1, 2: 2}\nt = {1: 1, 2: 2}", "answer = {}\nt = {}"
    for source, passes in ((right, True), (empty, False)):
        with bench(sources=[source]) as processes:
            verdict = processes.test("q", test, scope, [])
        assert verdict["passed"] == passes
    assert "values that your notebook binds anew" in verdict["outputs"][-1]["evalue"]


def test_a_test_that_cannot_run_twice_is_believed_the_first_time():
    once = "calls = []\ndef first():\n    calls.append(1)\n    return len(calls) == 1\nx = 4"
    scope = {**NO_SCOPE, "submission_names": ["first", "x"], "values": [("x = 3", ["x"])]}
    with bench(sources=[once]) as processes:
        assert processes.test("q", "assert first() and x", scope, [])["passed"]


def test_statements_run_once_for_all_tests_and_each_test_has_the_values_of_its_place():
    runs = []
    values = GivenValues({"runs": runs})
    first, second = ("runs.append(1)\nx = [0]", ["x"]), ("x.append(1)", ["x"])
    assert values.of([first]) == ({"x": [0]}, [])
    assert values.of([first, second]) == ({"x": [0, 1]}, [])
    assert values.of([first]) == ({"x": [0]}, [])
    assert runs == [1]


def test_a_value_that_refuses_to_be_copied_is_the_same_in_every_test():
    values = [("lock = __import__('threading').Lock()", ["lock"])]
    with bench(sources=["lock = 1"]) as processes:
        scope = {**NO_SCOPE, "values": values}
        tests = ("lock.acquire(blocking=False)", "assert lock.locked()")
        outputs = [processes.test(text, text, scope, [])["outputs"] for text in tests]
    assert "Lock" not in str(outputs[1])


def test_a_value_that_cannot_be_made_fails_the_test_with_its_error():
    with bench(sources=["x = 3"]) as processes:
        verdict = processes.test("q", "x", {**NO_SCOPE, "values": [("x = 1 / 0", ["x"])]}, [])
    assert not verdict["passed"] and "division" in verdict["outputs"][-1]["evalue"]


def test_a_value_stands_behind_the_name_of_an_earlier_test():
    scope = {**NO_SCOPE, "submission_names": ["x", "y"], "earlier_test_names": ["y"]}
    with bench(IMPORTS, sources=[f"{IMPORTS}\n{DATA}"]) as processes:
        assert processes.test("before", "y = 7", NO_SCOPE, [])["passed"]
        scope["values"] = VALUES
        assert processes.test("q", "assert y == 7 and len(x) == 8", scope, [])["passed"]


def reference():
    data, after = code("data", f"{IMPORTS}\n{DATA}"), code("after", "opened = open('log.txt', 'w')")
    data["metadata"] = after["metadata"] = {}
    write = code("write", "print(predict(x), file=opened, flush=True)")
    write["metadata"] = {}
    return notebook(
        data,
        code("predict", STUB, solution=True),
        code("test_predict", TEST, grade=True, locked=True, points=2),
        after,
        write,
        code("log", "assert opened.tell() > 0", grade=True, locked=True, points=1),
    )


def test_the_marks_of_a_course_rest_on_the_given_values_where_the_reference_can_do_so(tmp_path):
    course = write_course(tmp_path / "course")
    save(course.source / "functions" / "functions.ipynb", reference())
    honest, cheat = reference(), reference()
    cheat["cells"][1]["source"] = "def predict(x):\n    return 0 * x\ny = predict(x)"
    hand_in(course, "ada", honest)
    hand_in(course, "eve", cheat)
    assignment = course.assignment("functions")
    grade_class(course, assignment, Settings(Limits(cell_s=15.0)))
    points = {
        grade.student: {mark.cell: mark.points for mark in grade.marks}
        for grade in grades(course, assignment)
    }
    assert points == {
        "ada": {"test_predict": 2, "log": 1},
        "eve": {"test_predict": 0, "log": 1},
    }


def test_a_value_that_the_notebook_changes_after_it_is_made_is_the_notebooks(tmp_path):
    course = write_course(tmp_path / "course")
    made_cell, changed_cell = code("made", "p = [5, 3, 1]"), code("changed", "p.sort()")
    made_cell["metadata"] = changed_cell["metadata"] = {}
    solution = "### BEGIN SOLUTION\ndef holds(p, v):\n    return v in p\n### END SOLUTION"
    test = code("holds", "assert holds(p, 3)", grade=True, locked=True, points=2)
    document = notebook(made_cell, code("answer", solution, solution=True), changed_cell, test)
    save(course.source / "functions" / "functions.ipynb", document)
    document["cells"][1]["source"] = (
        "from bisect import bisect_left\n\n\ndef holds(p, v):\n    return p[bisect_left(p, v)] == v"
    )
    hand_in(course, "ada", document)
    grade_class(course, course.assignment("functions"), Settings(Limits(cell_s=15.0)))
    (grade,) = grades(course, course.assignment("functions"))
    assert grade.score == 2


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (
            "{'x': np.arange(3), 'y': [np.ones(2), 1.5]}",
            "{'x': np.arange(3), 'y': [np.ones(2), 2]}",
        ),
        ("(1, float('nan'))", "(1, 2.0)"),
        ("np.array([1, float('nan')])", "np.array([1, 0.0])"),
        ("np.array(['2027-02-01', 'NaT'], 'datetime64[D]')", "np.zeros(2, 'datetime64[D]')"),
        ("np.array([[1], 'a'], dtype=object)", "np.array([[2], 'a'], dtype=object)"),
        ("np.random.default_rng(3)", "np.random.default_rng(4)"),
        ("{1, 2}", "{1, 3}"),
        ("True", "1"),
        ("lambda x, y=1: x + y", "lambda x, y=2: x + y"),
        ("lambda x: x + 1", "lambda x: x + 2"),
        ("partial(np.add, 1)", "partial(np.add, 2)"),
        ("namedtuple('Pair', 'x y')(1, 2)", "namedtuple('Pair', 'x y')(1, 3)"),
        ("make_dataclass('Pair', 'xy')(np.ones(2), 1)", "make_dataclass('Pair', 'xy')(1, 1)"),
        ("type('A', (), {'x': property(len)})", "type('A', (), {'x': property(abs)})"),
        ("[x := [1], x.append(x)]", "[x := [2], x.append(x)]"),
    ],
)
def test_values_have_the_same_digest_where_all_their_parts_are_the_same(make, other):
    names = {"np": np, "partial": functools.partial, "namedtuple": collections.namedtuple}
    names |= {"make_dataclass": dataclasses.make_dataclass, "__name__": "__main__"}
    one, two, three = (eval(text, names) for text in (make, make, other))
    assert digest(one) == digest(two) is not None
    assert digest(one) != digest(three)


def test_what_only_one_process_can_have_has_no_digest():
    with Path("/dev/null").open() as file:
        assert digest([file]) is None
    assert digest(letter for letter in "ab") is None
    assert digest(io.BytesIO(b"ab")) == digest(io.BytesIO(b"ab")) != digest(io.BytesIO(b"b"))


def test_a_value_that_owns_a_descriptor_is_not_copied():
    class Port(io.RawIOBase):
        pass

    values = GivenValues({"Port": Port, "Pipe": multiprocessing.Pipe})
    statements = [("port = [Port()]", ["port"]), ("sizes = [1]", ["sizes"])]
    statements.append(("ends = Pipe()", ["ends"]))
    (one, errors), (two, _) = values.of(statements), values.of(statements)
    assert errors == []
    assert one["port"] is two["port"]
    assert one["ends"] is two["ends"]
    assert one["sizes"] is not two["sizes"]


def test_what_a_function_remembers_is_made_anew_for_each_test():
    values = GivenValues({"count": itertools.count})
    statements = [("numbers = count()", []), ("draw = lambda: next(numbers)", ["draw"])]
    for _ in range(2):
        bindings, errors = values.of(statements)
        assert errors == []
        assert [bindings["draw"](), bindings["draw"]()] == [0, 1]


def test_the_digest_of_a_class_stays_the_same_when_objects_of_it_are_copied():
    names = {"__name__": "__main__"}
    exec("class Box:\n    pass\nbox = Box()", names)
    before = digest(names["Box"])
    copy.copy(names["box"])
    assert digest(names["box"]) is not None
    assert digest(names["Box"]) == before


def test_objects_that_hold_one_another_have_a_digest_in_linear_time():
    class Node:
        def __init__(self):
            self.near = []

    nodes = [Node() for _ in range(60)]
    for one, other in itertools.combinations(nodes, 2):
        one.near.append(other)
        other.near.append(one)
    chain = None
    for _ in range(3000):
        chain = [chain]
    assert digest(nodes) is not None
    assert digest(chain) is not None
    assert digest(2**20_000) != digest(2**20_000 + 1)


def test_data_in_a_table_that_a_submission_binds_anew_earn_nothing():
    given_code = "data = {'x': np.arange(4), 'y': np.arange(4) % 2}"
    scope = {
        **NO_SCOPE,
        "submission_names": ["predict", "data"],
        "values": [(given_code, ["data"])],
    }
    right = "def predict(x):\n    return x % 2"
    forged = "def predict(x):\n    return x * 0\ndata = {'x': np.arange(4), 'y': np.zeros(4)}"
    test = "assert (predict(data['x']) == data['y']).all()"
    for code_of, passes in ((right, True), (forged, False)):
        with bench(IMPORTS, sources=[f"{IMPORTS}\n{given_code}\n{code_of}"]) as processes:
            assert processes.test("q", test, scope, [])["passed"] is passes


def test_what_is_drawn_behind_a_seed_is_made_and_what_is_drawn_without_one_is_not():
    seeded = "np.random.seed(3)\nx = np.random.normal(size=4)"
    assert values_of(IMPORTS, seeded) == seeded.split("\n")
    assert values_of(IMPORTS, "x = np.random.normal(size=4)") == []
    pythons = "random.seed(3)\nx = random.random()"
    assert values_of("import random", pythons) == pythons.split("\n")
    drawing = "np.random.normal()\ndef answer(): pass"
    seed, drawn = "import numpy as np\nnp.random.seed(3)", "x = np.random.normal()"
    assert values_of(seed, drawn, answer=drawing) == []


def test_each_value_is_drawn_from_the_seed_as_the_notebook_drew_it():
    seed, x, y = (
        ("np.random.seed(3)", []),
        ("x = np.random.normal()", ["x"]),
        ("y = np.random.normal()", ["y"]),
    )
    values = GivenValues({"np": np})
    np.random.seed(3)
    drawn = [np.random.normal(), np.random.normal()]
    np.random.seed(9)
    assert values.of([seed, x])[0] == {"x": drawn[0]}
    assert values.of([seed, x, y])[0] == {"x": drawn[0], "y": drawn[1]}
    after = np.random.normal()
    np.random.seed(9)
    assert np.random.normal() == after, "the draws of tests are their own"


def test_who_binds_a_given_value_anew_is_told_why_the_test_failed():
    scope = {**NO_SCOPE, "submission_names": ["f", "x"], "values": [("x = 3", ["x"])]}
    with bench(sources=["x = [1, 2]\ndef f(x):\n    return x * 2"]) as processes:
        verdict = processes.test("q", "assert f(x) == 6, 'twice as much'", scope, [])
    assert not verdict["passed"]
    assert "twice as much" in verdict["outputs"][0]["evalue"]
    assert "your notebook has under the same names (x)" in verdict["outputs"][-1]["evalue"]
