"""What a lost mark says is the instructor's own sentence, and nothing of what a test expects."""

import time

import numpy as np
import pytest

from autograder.grading.messages import NO_MESSAGE, lost_mark_messages


def failed(test, value, kind="AssertionError", given_code="", answer="", solution=""):
    """The sentence on a failed test. given_code: what a cell of the instructor has; answer: what
    the student has in a cell; solution: what the instructor has there."""
    metadata = {"nbgrader": {"grade": True, "solution": False, "grade_id": "q", "points": 1}}
    outputs = [{"output_type": "error", "ename": kind, "evalue": value, "traceback": []}]

    def notebook(text):
        plain = {"cell_type": "code", "metadata": {}, "outputs": []}
        tested = {"cell_type": "code", "metadata": metadata, "source": test, "outputs": outputs}
        return {"cells": [{**plain, "source": given_code}, {**plain, "source": text}, tested]}

    return dict(lost_mark_messages(notebook(answer), notebook(solution)))["q"]


def raised(test, **names):
    with pytest.raises(AssertionError) as caught:
        exec(test, {"np": np, **names})
    return str(caught.value)


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        ('assert x == 5, "five is wanted here"', "five is wanted here"),
        ('assert x == 5, f"{x} is not what was asked"', "3 is not what was asked"),
        ('assert x == 5, "wanted more than %d" % x', "wanted more than 3"),
        ('assert x == 5, "wanted more than {}".format(x)', "wanted more than 3"),
        ("assert x == 5", NO_MESSAGE),
        ("assert x == 5, str(5)", NO_MESSAGE),
        ("np.testing.assert_allclose(x, 12345.5)", NO_MESSAGE),
        ('np.testing.assert_allclose(x, 12345.5, err_msg="rows first")', "rows first"),
        ('np.testing.assert_equal([x], [4], "in this order")', "in this order"),
        ("import unittest; unittest.TestCase().assertEqual(x, 12345)", NO_MESSAGE),
        (
            'import unittest; unittest.TestCase().assertEqual(x, 12345, "count again")',
            "count again",
        ),
    ],
)
def test_only_the_words_of_the_notebook_are_given(test, sentence):
    assert failed(test, raised(test, x=3)) == sentence


def test_a_given_function_may_say_it():
    given_code = 'def close(a, b):\n    assert a == b, f"{a} is not close enough"'
    assert (
        failed("close(f(1), 2)", "1 is not close enough", given_code=given_code)
        == "1 is not close enough"
    )


def test_a_text_of_the_submission_lets_nothing_through():
    test = "np.testing.assert_allclose(x, 12345.5)"
    printed = raised(test, x=3)
    bait = 'f"Not equal to tolerance{a}ACTUAL: {b}DESIRED: {c}"'
    assert failed(test, printed, answer=bait) == NO_MESSAGE
    assert "12345" not in failed(test, printed, answer=repr(printed))


def test_what_a_library_prints_of_an_answer_fills_no_gap_of_a_text():
    given_code = "print(f'the mean {x} of the numbers')"
    test = "np.testing.assert_equal(x, 'other')"
    sentence = failed(test, raised(test, x="the mean mdhpcf of the numbers"), given_code=given_code)
    assert sentence == "the mean ... of the numbers"


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("TimeLimit", "stopped after 5 s", "stopped after 5 s"),
        ("SubmissionLost", "the submission's process ended", "the submission's process ended"),
        ("EndOfTest", "quiet() hides an error", "quiet() hides an error"),
        ("NotImplementedError", "", "not written yet"),
        ("ValueError", "no such axis", "ValueError: no such axis"),
        ("KeyError", "", "KeyError"),
    ],
)
def test_other_errors(kind, value, sentence):
    assert failed("assert f(1) == 2", value, kind) == sentence


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("name 'total' is not defined", "NameError: name 'total' is not defined"),
        ("name 'len' is not defined", "NameError: name 'len' is not defined"),
        ("name 'arg_mdpf' is not defined", "NameError"),
        ("'total' object has no attribute 'arg_mdpf'", "NameError"),
        ("arg_mdpf() got an unexpected keyword argument 'total'", "NameError"),
        ("f() missing 1 required positional argument: 'arg_mdpf'", "NameError"),
        (
            "'numpy.ndarray' object is not callable",
            "NameError: 'numpy.ndarray' object is not callable",
        ),
        ("'numpy.mdpf' object is not callable", "NameError"),
    ],
)
def test_pythons_words_are_given_where_they_name_what_the_course_names(value, sentence):
    hidden = "assert f(1)\n### BEGIN HIDDEN TESTS\nassert f(2)\n### END HIDDEN TESTS"
    given_code = "def f(total): return total"
    assert (
        failed(hidden, value, "NameError", given_code=given_code, answer="arg_mdpf = 1") == sentence
    )


def test_a_long_value_is_looked_through_in_no_time():
    test = "\n".join(f'assert x, f"{{x}} and {{x}} of {n} {{x}} words {{x}}"' for n in range(200))
    start = time.process_time()
    assert failed(test, "and of words " * 100_000)
    assert time.process_time() - start < 5
