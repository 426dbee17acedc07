"""Checks of the book, judged: right, wrong with the sentence that helps, and as a widget."""

import ipywidgets
import pytest
from coursekit.quiz import judge
from coursekit.quiz_widget import show_check

NUMBER = {
    "id": "n",
    "kind": "number",
    "ask": "How long?",
    "why": "Because.",
    "value": 200.0,
    "unit": "ms",
    "within": 0.01,
    "traps": [{"value": 20.0, "say": "You divided by ten."}],
}
CHOOSE = {
    "id": "c",
    "kind": "choose",
    "ask": "Which?",
    "why": "So it is.",
    "choices": [
        {"text": "one", "right": True, "say": "One is right."},
        {"text": "two", "right": False, "say": "Two is even."},
        {"text": "three", "right": True, "say": "Three is right."},
    ],
}
ORDER = {
    "id": "o",
    "kind": "order",
    "ask": "Sort.",
    "why": "By size.",
    "choices": [
        {"text": "large", "place": 3.0, "say": "It is the largest."},
        {"text": "small", "place": 1.0, "say": "Nothing is smaller."},
        {"text": "same", "place": 1.0, "say": "As small as small."},
    ],
}
PREDICT = {**CHOOSE, "kind": "predict", "choices": CHOOSE["choices"][:2]}


@pytest.mark.parametrize("typed", ["200", "0.2 s", "200,5 ms", "2e2", "199 ms"])
def test_a_number_is_right_in_any_unit_within_its_tolerance(typed):
    assert judge(NUMBER, typed) == (True, ("Because.",))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("20", "You divided by ten."),
        ("0.02 s", "You divided by ten."),
        ("300", "300 is too large."),
        ("2 ms", "2 is too small."),
        ("2 MB", "The answer is asked for in ms, but 'MB' came."),
        ("long", "A number was needed, such as 12.5 or 3e4, but 'long' came."),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(typed, said):
    assert judge(NUMBER, typed) == (False, (said,))


def test_all_right_choices_and_no_other_are_right():
    assert judge(CHOOSE, [0, 2]).right
    assert judge(CHOOSE, [0, 1]) == (False, ("Two is even.", "1 more of them is right."))
    assert judge(CHOOSE, []) == (False, ("2 more of them are right.",))
    assert not judge(CHOOSE, [0, 1, 2]).right


def test_equal_places_of_an_order_may_swap():
    assert judge(ORDER, [1, 2, 0]).right and judge(ORDER, [2, 1, 0]).right
    assert judge(ORDER, [1, 0, 2]).say == (
        "'large' does not belong in place 2.",
        "It is the largest.",
    )


def press(widget, fill):
    field, button, said = widget.children[1:]
    fill(field)
    button.click()
    return said.value


def test_the_widget_of_a_number_answers():
    assert "Right." in press(show_check(NUMBER), lambda field: setattr(field, "value", "0.2 s"))
    assert "divided" in press(show_check(NUMBER), lambda field: setattr(field, "value", "20"))


def test_the_widget_of_choices_answers():
    def tick(field):
        field.children[0].value = field.children[2].value = True

    assert "Right." in press(show_check(CHOOSE), tick)
    assert "Not yet." in press(show_check(CHOOSE), lambda _: None)
    assert "Not as it was measured." in press(
        show_check(PREDICT), lambda field: setattr(field, "value", 1)
    )


def test_the_widget_of_an_order_answers():
    def sort(field):
        for line, place in zip(field.children, (3, 1, 2), strict=True):
            line.children[0].value = place

    widget = show_check(ORDER)
    assert isinstance(widget, ipywidgets.VBox)
    assert "Not yet." in press(widget, lambda _: None)
    assert "Right." in press(widget, sort)
