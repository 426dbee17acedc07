"""What a student is told about a test that does not hold."""

import ast
import linecache

import numpy as np
import pytest
from coursekit.explain import explain
from coursekit.wording import error_sentence
from hypothesis import given
from hypothesis import strategies as st


def names_of(text: str) -> dict:
    """The names that a notebook's cell with this text leaves behind."""
    names: dict = {"np": np}
    linecache.cache["<cell>"] = (len(text), None, text.splitlines(keepends=True), "<cell>")
    exec(compile(text, "<cell>", "exec"), names)
    return names


def test_a_failing_assert_shows_what_was_tried_expected_and_came():
    report = explain("q", "assert f(2) == 4, 'f squares'", names_of("def f(x): return x"))
    (finding,) = report.findings
    assert not report.ok
    assert (finding.expression, finding.expected, finding.actual) == ("f(2)", "4", "2")
    assert finding.message == "f squares"
    assert report.summary == "0 of 1 visible asserts hold."


def test_asserts_after_a_failing_one_still_count():
    test = "assert f(2) == 4\nassert f(1) == 1\nassert f(0) == 0"
    report = explain("q", test, names_of("def f(x): return x"))
    assert (report.passed, report.asserts) == (2, 3)
    assert report.summary == "2 of 3 visible asserts hold."


def test_a_literal_on_the_left_is_what_was_expected():
    (finding,) = explain("q", "assert 4 == f(2)", names_of("def f(x): return x")).findings
    assert (finding.expression, finding.expected, finding.actual) == ("f(2)", "4", "2")


def test_the_inputs_behind_the_names_are_shown():
    (finding,) = explain("q", "a = [1, 2]\nassert sum(a) == 4", {}).findings
    assert finding.inputs == (("a", "[1, 2]"),)


def test_arrays_that_differ_say_where():
    test = "assert np.allclose(f(), [[1, 2], [3, 4]])"
    (finding,) = explain("q", test, names_of("f = lambda: np.array([[1, 2], [3, 9.]])")).findings
    assert "the largest difference is 5, at [1, 1]" in finding.actual
    assert "2x2 float64" in finding.actual


def test_arrays_of_other_shapes_say_both_shapes():
    test = "np.testing.assert_allclose(f(), np.zeros((2, 3)), err_msg='rows first')"
    (finding,) = explain("q", test, names_of("f = lambda: np.zeros((3, 2))")).findings
    assert "(3, 2) came, (2, 3) expected" in finding.actual
    assert finding.message == "rows first"


def test_a_wrong_number_of_another_type_differs_in_its_value_first():
    (finding,) = explain("q", "assert f() == 2.5", names_of("f = lambda: np.float32(1)")).findings
    assert finding.actual == (
        "np.float32(1.0)\n(the values differ: 1.0 came, 2.5 was expected; "
        "a float32 came where a float was expected)"
    )
    (finding,) = explain("q", "assert f() == 2", names_of("f = lambda: np.int64(1)")).findings
    assert "(the values differ: 1 came, 2 was expected; an int64" in finding.actual


def test_a_value_that_is_no_number_differs_in_its_type():
    (finding,) = explain("q", "assert f() == 2.5", names_of("f = lambda: None")).findings
    assert finding.actual == "None\n(a NoneType came where a float was expected)"


def test_isinstance_names_the_wanted_type():
    (finding,) = explain("q", "assert isinstance(x, (list))", {"x": 3}).findings
    assert finding.expected == "an instance of list"
    assert finding.actual.endswith("int")


def test_both_sides_of_an_and_are_explained():
    report = explain("q", "assert f(1) == 1 and f(2) == 4", names_of("def f(x): return x"))
    assert (report.passed, report.asserts) == (1, 2)
    assert report.findings[0].expression == "f(2)"


def test_an_elementwise_comparison_shows_its_sides():
    (finding,) = explain("q", "assert (np.arange(3) == x).all()", names_of("x = 1")).findings
    assert finding.expression == "np.arange(3)"


def test_a_stub_is_not_written_yet():
    report = explain("q", "assert f(2) == 4", names_of("def f(x): raise NotImplementedError"))
    assert not report.ok
    assert report.summary == "f is not written yet, it still raises NotImplementedError."


def test_an_exception_names_the_line_in_the_students_code():
    text = "def f(x):\n    y = x + 1\n    return y[0]"
    (finding,) = explain("q", "assert f(2) == 4", names_of(text)).findings
    assert finding.message == "TypeError: 'int' object is not subscriptable"
    assert finding.where == "f, line 3: return y[0]"


def test_a_cell_that_has_not_run_is_a_sentence():
    (finding,) = explain("q", "x = g(2)\nassert x", {}).findings
    assert finding.message.startswith("g is not defined in this notebook yet: run the cell")


def test_a_setup_line_that_stops_ends_the_test():
    report = explain("q", "x = 1 / 0\nassert x == 1", {})
    assert report.findings[0].message == "ZeroDivisionError: division by zero"
    assert report.notes == ("The rest of the test was not tried.",)


def test_an_assertion_raised_by_the_test_itself_is_told():
    test = "try: f(-1)\nexcept ValueError: pass\nelse: raise AssertionError('refuse -1')"
    report = explain("q", test, names_of("def f(x): return x"))
    assert report.findings[0].message == "refuse -1"
    assert (report.passed, report.asserts) == (0, 1)


def test_an_assert_in_a_loop_shows_the_failing_turn():
    report = explain("q", "for n in range(5):\n    assert n * n < 9", {})
    (finding,) = report.findings
    assert (finding.expression, finding.actual, finding.expected) == ("n * n", "9", "less than 9")
    assert finding.inputs == (("n", "3"),)


def test_exit_in_the_students_code_is_explained_too():
    (finding,) = explain("q", "assert f() == 1", names_of("def f(): raise SystemExit(3)")).findings
    assert finding.message == "SystemExit: 3"


def test_a_repr_that_raises_does_not_stop_the_report():
    text = "class Odd:\n    def __repr__(self): raise ValueError('no')"
    (finding,) = explain("q", "assert Odd() == 1", names_of(text)).findings
    assert finding.actual.startswith("<Odd; its repr raises ValueError: no>")


def test_a_long_value_is_shortened():
    (finding,) = explain("q", "assert list(range(100000)) == []", {}).findings
    assert len(finding.actual) < 300


def test_the_names_of_a_test_do_not_leak():
    names = names_of("x = 1")
    before = set(names)
    assert explain("q", "y = x\nx = 5\nassert y == 1", names).ok
    assert set(names) == before
    assert names["x"] == 1


def test_each_side_is_evaluated_once():
    names = names_of("calls = []\ndef f():\n    calls.append(1)\n    return len(calls)")
    report = explain("q", "assert f() == 5", names)
    assert report.findings[0].actual == "1"
    assert names["calls"] == [1]


def test_a_passing_test_says_how_many_asserts_it_had():
    assert explain("q", "assert 1\nassert 2\nassert 3", {}).summary == "all 3 visible asserts hold."


def test_asserts_that_were_not_reached_are_not_counted_as_holding():
    report = explain("q", "assert 1\nif False:\n    assert 0", {})
    assert report.ok
    assert (report.passed, report.asserts) == (1, 2)
    assert "were not reached" in report.summary


def test_a_test_cell_that_is_not_python_is_a_sentence():
    report = explain("q", "assert (", {})
    assert "Line 1 of the test cell is not Python" in report.findings[0].message


OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
OPERANDS = st.sampled_from(["0", "1", "2.5", "'a'", "'ab'", "[1]", "None", "(1, 2)", "{}", "x"])


@given(left=OPERANDS, operator=OPERATORS, right=OPERANDS, join=st.sampled_from(["and", "or"]))
def test_the_verdict_is_that_of_the_plain_assert(left, operator, right, join):
    tests = [
        f"assert {left} {operator} {right}",
        f"assert not {left} {operator} {right}",
        f"assert ({left} {operator} {right}) {join} x == 2.5",
    ]
    assert [explain("q", text, {"x": 2.5}).ok for text in tests] == [
        plainly(text, {"x": 2.5}) for text in tests
    ]


def plainly(text: str, names: dict) -> bool:
    try:
        exec(compile(ast.parse(text), "<plain>", "exec"), names)
    except (AssertionError, TypeError):
        return False
    return True


@given(st.text(max_size=40))
def test_any_text_as_a_test_gives_a_report(text):
    source = "x = " + repr(text) + "\nassert x == 1"
    assert not explain("q", source, {}).ok


@pytest.mark.parametrize(
    ("name", "chapter"),
    [("tinytorch.core.layers", "03_layers"), ("tinytorch", "01_tensor"), ("torch", "")],
)
def test_a_module_that_is_missing_names_the_chapter_to_export(name, chapter):
    text = error_sentence(ModuleNotFoundError(f"No module named '{name}'", name=name))
    assert text.partition("course export ")[2].partition(" ")[0] == chapter
