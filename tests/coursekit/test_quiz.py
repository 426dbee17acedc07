"""Checks of the book, judged: right, wrong with the sentence that helps, as a widget, and by the
script of a page as in Python."""

import json
import shutil
import subprocess
from itertools import permutations
from pathlib import Path

import ipywidgets
import pytest
from coursekit.quiz import judge
from coursekit.quiz_widget import show_check

SCRIPT = Path(__file__).parents[2] / "course" / "book" / "static" / "checks.js"

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
        {"text": "three.", "right": True, "say": "Three is right."},
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
    assert not judge(CHOOSE, [0, 1, 2]).right


def test_each_choice_that_was_left_out_says_why_it_is_right():
    left_out = ("You left out 'three'.", "Three is right.")
    assert judge(CHOOSE, [0]) == (False, left_out)
    assert judge(CHOOSE, [0, 1]) == (False, ("Two is even.", *left_out))
    assert judge(CHOOSE, [1]).say[1:] == ("You left out 'one'.", "One is right.", *left_out)


def test_a_wrong_prediction_is_told_which_one_is_right_and_why():
    revealed = ("The right one is 'one'.", "One is right.", "So it is.")
    assert judge(PREDICT, [1]) == (False, ("Two is even.", *revealed))
    assert judge(PREDICT, [0]) == (True, ("So it is.",))


def in_javascript(asked):
    """What the page's script says to each answer."""
    if shutil.which("node") is None:
        pytest.skip("needs node to run the page's script. Install it: apt-get install nodejs")
    program = (
        f"const c = require({json.dumps(str(SCRIPT))});"
        f"console.log(JSON.stringify({json.dumps(asked)}.map(([k, a]) => c.judge(k, a))))"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    return [(row["right"], tuple(row["say"])) for row in json.loads(done.stdout)]


def test_the_script_of_the_page_judges_as_python_does():
    subsets = [[i for i in range(3) if bits >> i & 1] for bits in range(8)]
    typed = ["200", "20", "0.02 s", "300", "2 MB", "long", "<img src=x onerror=ran()> & 5"]
    asked = [
        *((NUMBER, text) for text in typed),
        *((CHOOSE, chosen) for chosen in subsets),
        *((PREDICT, [place]) for place in (0, 1)),
        *((ORDER, list(order)) for order in permutations(range(3))),
    ]
    assert in_javascript(asked) == [judge(check, answer) for check, answer in asked]


def test_what_was_typed_is_text_and_no_html():
    (said,) = judge(NUMBER, "<img src=x onerror=ran()>").say
    assert "&lt;img" in said and "<" not in said


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
    said = press(show_check(CHOOSE), lambda field: setattr(field.children[0], "value", True))
    assert "Not yet. You left out 'three'. Three is right." in said


@pytest.mark.parametrize("check", [CHOOSE, PREDICT], ids=["choose", "predict"])
def test_a_widget_judges_nothing_before_something_is_chosen(check):
    widget = show_check(check)
    assert press(widget, lambda _: None) == "<p>Choose one first.</p>"
    assert not getattr(widget.children[1], "disabled", False)


def test_the_widget_of_a_prediction_reveals_everything_and_is_locked():
    widget = show_check(PREDICT)
    assert widget.children[2].description == "Reveal"
    said = press(widget, lambda field: setattr(field, "value", 1))
    assert "Not as it comes out. Two is even." in said and "So it is." in said
    assert widget.children[1].disabled and widget.children[2].disabled


def test_a_widget_shows_the_marks_of_a_text_or_leaves_them_out():
    marked = [{**choice, "text": "<code>a&lt;b</code>"} for choice in CHOOSE["choices"]]
    boxes = show_check({**CHOOSE, "choices": marked}).children[1].children
    radio = show_check({**PREDICT, "choices": marked[:2]}).children[1]
    assert boxes[0].description == "a<b" and radio.options[0][0] == "a<b"
    lines = [{**choice, "text": "<code>a&lt;b</code>"} for choice in ORDER["choices"]]
    line = show_check({**ORDER, "choices": lines}).children[1].children[0]
    assert line.children[1].value == "<code>a&lt;b</code>"


def test_the_widget_of_an_order_answers():
    def sort(field):
        for line, place in zip(field.children, (3, 1, 2), strict=True):
            line.children[0].value = place

    widget = show_check(ORDER)
    assert isinstance(widget, ipywidgets.VBox)
    assert "Not yet." in press(widget, lambda _: None)
    assert "Right." in press(widget, sort)
