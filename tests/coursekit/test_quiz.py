"""Checks of the book, judged: right, wrong with the sentence that helps, as a widget, and by the
script of a page as in Python."""

import json
import shutil
import subprocess
from itertools import permutations
from pathlib import Path

import ipywidgets
import pytest
from coursekit.quiz import SIGNS, judge, read_check
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
    ("typed", "sentence"),
    [
        ("20", "You divided by ten."),
        ("0.02 s", "You divided by ten."),
        ("300", "300 is too large."),
        ("2 ms", "2 is too small."),
        ("2 MB", "The answer is asked for in ms, but 'MB' came."),
        ("", "Type a number first."),
        ("1.777", "1.777 is too small."),
        ("long", "A number was needed, such as 12.5 or 3e4, but 'long' came."),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(typed, sentence):
    assert judge(NUMBER, typed) == (False, (sentence,))


def test_all_right_choices_and_no_other_are_right():
    assert judge(CHOOSE, [0, 2]).right
    assert not judge(CHOOSE, [0, 1, 2]).right


@pytest.mark.parametrize(
    ("unit", "typed", "is_right"),
    [
        ("d", "1777 days", True),
        ("d", "1777 Day", True),
        ("s", "1777 sec", True),
        ("s", "1777 seconds", True),
        ("s", "1777 秒", True),
        ("min", "1777 minutes", True),
        ("%", "1777 percent", True),
        ("days", "1777 days", True),
        ("d", "1777 dogs", False),
    ],
)
def test_a_unit_may_be_spelled_out(unit, typed, is_right):
    assert judge({**NUMBER, "unit": unit, "value": 1777.0}, typed).right == is_right


def test_a_share_without_the_sign_of_percent_is_asked_back():
    share = {**NUMBER, "unit": "%", "value": 8.8}
    assert judge(share, "0.088").say == ("0.088 is too small.", "Do you mean 8.8 %?")
    assert judge(share, "0.088 %").say == ("0.088 is too small.",)
    assert judge(share, "88").say == ("88 is too large.",)


def test_a_mark_of_thousands_that_was_read_as_one_of_decimals_is_told_before_a_trap():
    days = {**NUMBER, "unit": "d", "value": 1777.0, "traps": [{"value": 1.777, "say": "For one."}]}
    sentence = "'1.777' is read as 1.777. If you mean 1777, type 1777."
    assert judge(days, "1.777 days") == (False, (sentence,))
    assert judge(days, "1.7770") == (False, ("For one.",))
    small = {**days, "value": 1.777, "traps": []}
    assert judge(small, "1,777").say == ("'1,777' is read as 1777. If you mean 1.777, type 1.777.",)


def test_the_first_wrong_try_says_how_many_are_missing_and_quotes_what_is_wrong():
    assert judge(CHOOSE, [0]) == (False, ("One right choice is missing.",))
    wrong = ("'two' is not right.", "Two is even.")
    assert judge(CHOOSE, [0, 1, 2]) == (False, wrong)
    assert judge(CHOOSE, [1]) == (False, (*wrong, "2 right choices are missing."))


def test_from_the_second_try_on_each_choice_that_was_left_out_says_why_it_is_right():
    left_out = ("You left out 'three'.", "Three is right.")
    wrong = ("'two' is not right.", "Two is even.")
    assert judge(CHOOSE, [0], 1) == (False, left_out)
    assert judge(CHOOSE, [0, 1], 2) == (False, (*wrong, *left_out))
    assert judge(CHOOSE, [1], 1).say[2:] == ("You left out 'one'.", "One is right.", *left_out)


def test_a_wrong_prediction_is_told_which_one_is_right_and_why():
    revealed = ("The right one is 'one'.", "So it is.")
    assert judge(PREDICT, [1]) == (False, ("Two is even.", *revealed))
    assert judge(PREDICT, [0]) == (True, ("So it is.",))


def in_javascript(answers):
    """What the page's script says to each answer."""
    if shutil.which("node") is None:
        pytest.skip("needs node to run the page's script. Install it: apt-get install nodejs")
    program = (
        f"const c = require({json.dumps(str(SCRIPT))});"
        f"console.log(JSON.stringify({json.dumps(answers)}.map(([k, a, n]) => c.judge(k, a, n))))"
    )
    completed = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    return [(row["right"], tuple(row["say"])) for row in json.loads(completed.stdout)]


def test_the_script_of_the_page_judges_as_python_does():
    subsets = [[i for i in range(3) if bits >> i & 1] for bits in range(8)]
    typed = ["200", "20", "0.02 s", "300", "2 MB", "long", "<img src=x onerror=ran()> & 5"]
    typed += ["", " ", "0.2 seconds", "200 dogs", "0.002 min"]
    days = {**NUMBER, "unit": "d", "value": 1777.0}
    small = {**NUMBER, "unit": "", "value": 1.777}
    share = {**NUMBER, "unit": "%", "value": 8.8}
    marked = ["1.777", "1,777", "1777 days", "1.777 d", "1.777 Days", "1.777e3", "1.777 x"]
    marked += ["1.7770"]
    units = [*SIGNS, "dogs"]
    cases = [
        *((NUMBER, text, 0) for text in typed),
        *((check, text, 0) for check in (days, small) for text in marked),
        *((share, text, 0) for text in ("0.088", "0.088 %", "8.8", "0.5", "88", "-0.1", "0")),
        *(({**NUMBER, "unit": SIGNS.get(unit, "d")}, f"200 {unit}", 0) for unit in units),
        *((CHOOSE, chosen, tries) for chosen in subsets for tries in (0, 1, 2)),
        *((PREDICT, [place], 0) for place in (0, 1)),
        *((ORDER, list(order), 0) for order in permutations(range(3))),
    ]
    assert in_javascript(cases) == [judge(*row) for row in cases]


def test_what_was_typed_is_text_and_no_html():
    (sentence,) = judge(NUMBER, "<img src=x onerror=ran()>").say
    assert "&lt;img" in sentence and "<" not in sentence


def test_equal_places_of_an_order_may_swap():
    assert judge(ORDER, [1, 2, 0]).right and judge(ORDER, [2, 1, 0]).right
    assert judge(ORDER, [1, 0, 2]).say == (
        "'large' does not belong in place 2.",
        "It is the largest.",
    )


def press(widget, fill):
    field, button, message = widget.children[1:]
    fill(field)
    button.click()
    return message.value


def test_the_widget_of_a_number_answers():
    assert "Right." in press(show_check(NUMBER), lambda field: setattr(field, "value", "0.2 s"))
    assert "divided" in press(show_check(NUMBER), lambda field: setattr(field, "value", "20"))


def test_the_widget_of_choices_answers():
    def tick(field):
        field.children[0].value = field.children[2].value = True

    assert "Right." in press(show_check(CHOOSE), tick)
    message = press(show_check(CHOOSE), lambda field: setattr(field.children[0], "value", True))
    assert "Not yet. One right choice is missing." in message and "three" not in message


def test_the_widget_names_what_was_left_out_at_the_second_wrong_try():
    widget = show_check(CHOOSE)
    press(widget, lambda field: setattr(field.children[0], "value", True))
    message = press(widget, lambda field: None)
    assert "Not yet. You left out 'three'. Three is right." in message


def test_the_widget_asks_for_a_number_where_its_field_is_empty():
    message = press(show_check(NUMBER), lambda field: setattr(field, "value", " "))
    assert message == "<p>Type a number first.</p>"


def test_a_check_is_read_from_the_file_beside_its_notebook(tmp_path):
    path = tmp_path / "checks.json"
    with pytest.raises(FileNotFoundError, match="is needed beside this notebook"):
        read_check("n", str(path))
    path.write_text(json.dumps({"n": NUMBER, "c": CHOOSE}), encoding="utf-8")
    assert read_check("c", str(path)) == CHOOSE


@pytest.mark.parametrize("check", [CHOOSE, PREDICT], ids=["choose", "predict"])
def test_a_widget_judges_nothing_before_something_is_chosen(check):
    widget = show_check(check)
    assert press(widget, lambda _: None) == "<p>Choose one first.</p>"
    assert not getattr(widget.children[1], "disabled", False)


def test_the_widget_of_a_prediction_reveals_everything_and_is_locked():
    widget = show_check(PREDICT)
    assert widget.children[2].description == "Reveal"
    message = press(widget, lambda field: setattr(field, "value", 1))
    assert "It comes out differently. Two is even." in message and "So it is." in message
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
