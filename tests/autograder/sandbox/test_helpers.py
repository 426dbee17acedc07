"""A given function that a test calls is the instructor's, whatever a submission has under its
name: in the tester, or, where it needs the submission's process, beside the submission's names."""

import pytest
from two_processes import NO_SCOPE, bench, bound

HELPER = "def doubled(x):\n    return answer(x) + answer(x)"
RIGHT = "def answer(x):\n    return x"
STUB = "def answer(x):\n    raise NotImplementedError"
CHEAT = f"{STUB}\ndef doubled(x):\n    return 2 * x"
PLACES = ["helpers", "helpers_of_submission"]


def verdicts(code, tests, place, helper=HELPER):
    names = sorted({*bound(code), *bound(helper)})
    with bench(sources=[f"import numpy as np\n{code}"]) as processes:
        scope = {**NO_SCOPE, "submission_names": names, place: helper}
        return [processes.test("q", test, scope, [])["passed"] for test in tests]


@pytest.mark.parametrize("place", PLACES)
def test_a_redefined_helper_earns_nothing(place):
    test = "assert doubled(3) == 6"
    assert verdicts(RIGHT, [test], place) == [True]
    assert verdicts(CHEAT, [test], place) == [False]
    assert verdicts(STUB, [test], place) == [False]


@pytest.mark.parametrize("place", PLACES)
def test_a_redefinition_stays_the_submissions_own_affair(place):
    code = f"{RIGHT}\ndef doubled(x):\n    return 'mine'\ndef own():\n    return doubled(1)"
    assert verdicts(code, ["assert doubled(3) == 6 and own() == 'mine'"] * 2, place) == [True] * 2


@pytest.mark.parametrize("place", PLACES)
def test_helpers_are_no_names_of_the_test(place):
    with bench(sources=[RIGHT]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["answer", "doubled"], place: HELPER}
        assert processes.test("first", "assert doubled(1) == 2", scope, [])["passed"]
        later = {**NO_SCOPE, "earlier_test_names": ["doubled"]}
        assert not processes.test("second", "doubled", later, [])["passed"]


def test_a_submission_that_cannot_take_a_helper_fails_with_a_sentence():
    with bench(sources=[RIGHT]) as processes:
        scope = {**NO_SCOPE, "submission_names": ["f"], "helpers_of_submission": "def f(:\n"}
        verdict = processes.test("q", "assert f", scope, [])
    assert not verdict["passed"]
    assert "SyntaxError" in verdict["outputs"][-1]["evalue"]
