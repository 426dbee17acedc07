"""The text of a check: read, computed for several seeds, and rendered in four ways."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest
from book.chapter import run
from book.checks.compute import computed, variants
from book.checks.entries import read_check
from book.checks.gift import _ranged, escaped, gift
from book.checks.page import block
from book.checks.paper import answer, question
from book.contents import BOOK
from book.errors import BookError
from book.translatable import texts
from chromium import chromium
from coursekit.quiz import judge
from hypothesis import given
from hypothesis import strategies as st

NUMBER = """\
kind: number
given: n = int(rng.choice([100, 200, 400]))
ask: How long do {num}`n` calls of {num}`call_ms` ms take,
  one after the other?
answer: n * call_ms
unit: ms
within: 1 %
trap: n / call_ms
  say: You divided; there are {num}`n` *calls*.
why: They add up to {num}`n * call_ms | ,` ms.
"""
CHOOSE = """\
kind: choose
ask: Which are larger than `ten`?
choice: {num}`2 * six`
  right: 2 * six > 10
  say: It is twelve.
choice: five
  right: 5 > 10
  say: Five is less.
choice: eleven
  right: 11 > 10
  say: One more than ten.
why: Count.
"""
ORDER = """\
kind: order
ask: From short to long.
choice: a day
  place: 24
  say: A day has 24 hours.
choice: an hour
  place: 1
  say: An hour is short.
choice: a week
  place: 168
  say: Seven days.
why: Count hours.
"""
PREDICT = CHOOSE.replace("kind: choose", "kind: predict").replace("11 > 10", "9 > 10")
NAMES = {"call_ms": 5, "six": 6}
TEXTS = {"number": NUMBER, "choose": CHOOSE, "order": ORDER, "predict": PREDICT}


def sample_check(kind, seed=0):
    return computed(read_check(kind, TEXTS[kind], 1), NAMES, seed)


def test_numbers_and_answers_are_computed_and_agree():
    for check in variants(read_check("number", NUMBER, 1), NAMES):
        n = int(re.search(r"do (\d+) calls", check["ask"])[1])
        assert check["value"] == 5 * n and check["traps"][0]["value"] == n / 5
        assert check["why"] == f"They add up to {5 * n:,}\u00a0ms."


def test_a_seed_gives_the_same_check_and_seeds_differ():
    assert sample_check("number", 3) == sample_check("number", 3)
    assert len(variants(read_check("number", NUMBER, 1), NAMES)) > 1
    assert len(variants(read_check("choose", CHOOSE, 1), NAMES)) == 1


def test_an_order_is_never_shown_as_it_is_to_be():
    for seed in range(20):
        places = [choice["place"] for choice in sample_check("order", seed)["choices"]]
        assert places != sorted(places)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: choose", "kind: guess", "is of kind 'guess'"),
        ("  say: Five is less.\n", "", "'five' needs a line 'say:'"),
        ("5 > 10", "5 > 1", "some choices .* right and some wrong"),
        ("5 > 10", "five > 10", "'five > 10' has no value: NameError"),
        ("why: Count.", "", "needs an entry 'why:'"),
        ("ask: Which", "Which", "has the line 'Which are larger than `ten`\\?', which is no entry"),
        ("why: Count.", "why: Count.\nwhy: Again.", "has 'why:' twice"),
    ],
)
def test_a_fault_of_the_author_is_a_sentence(old, new, message):
    with pytest.raises(BookError, match=message):
        computed(read_check("c", CHOOSE.replace(old, new), 1), NAMES)


def test_one_choice_of_a_prediction_is_right():
    with pytest.raises(BookError, match=r"one choice .* is to be right, but 2 are"):
        computed(read_check("p", CHOOSE.replace("choose", "predict"), 1), NAMES)


def test_a_trap_that_meets_the_answer_is_no_trap():
    with pytest.raises(BookError, match="needs a trap apart from the answer"):
        computed(read_check("n", NUMBER.replace("trap: n / call_ms", "trap: n * 5"), 1), NAMES)


@pytest.mark.parametrize("kind", TEXTS)
def test_the_block_of_a_page_carries_all_that_its_script_needs(kind):
    text = block([sample_check(kind)], "1")
    data = json.loads(unescape(re.search(r'data-check="([^"]*)"', text)[1]))
    assert data[0]["kind"] == kind and data[0]["id"] == kind
    assert "<noscript><p>" in text and "{num}" not in text


def test_markdown_becomes_html_and_html_is_shown_as_text():
    text = CHOOSE.replace("five\n", "<b>*five*</b>\n")
    data = block([computed(read_check("c", text, 1), NAMES)], "1")
    page_check = json.loads(unescape(re.search(r'data-check="([^"]*)"', data)[1]))[0]
    assert page_check["choices"][1]["text"] == "&lt;b&gt;<em>five</em>&lt;/b&gt;"
    assert page_check["ask"] == "Which are larger than <code>ten</code>?"


def test_paper_has_the_question_and_the_answer_apart():
    question_text, answer_text = (
        question(sample_check("choose"), 4),
        answer(sample_check("choose"), 4),
    )
    assert question_text.startswith("**Check 4. Which are right?** Which are larger")
    assert "(a) 12" in question_text and "Five is less" not in question_text
    feedback = "(a) It is twelve. (b) Five is less. (c) One more than ten."
    assert answer_text == f"**Check 4.** (a), (c). Count. {feedback}"
    assert answer(sample_check("order"), 1).startswith("**Check 1.** (")


def test_the_order_on_paper_is_the_right_one():
    check = sample_check("order")
    letters = re.findall(r"\((\w)\)", answer(check, 1).partition(". Count")[0])
    chosen = [ord(letter) - ord("a") for letter in letters]
    assert judge(check, chosen).right


SPECIAL = set("~=#{}:\\")


def unescaped(text):
    return re.sub(r"\\(n|.)", lambda match: "\n" if match[1] == "n" else match[1], text)


@given(st.text())
def test_gift_escapes_what_is_its_own_and_loses_nothing(text):
    out = escaped(text)
    assert unescaped(out) == text
    assert not SPECIAL & set(re.sub(r"\\.", "", out)) and "\n" not in out


def test_gift_of_a_number_has_tolerance_and_traps():
    check = sample_check("number")
    text = gift([[check]], "Test")
    value = check["value"]
    assert text.startswith("$CATEGORY: $course$/Test\n\n::Test\\: number::[markdown]How long do")
    assert f"=%100%{value:g}:{value / 100:g}#\n=%0%{check['traps'][0]['value']:g}:" in text
    assert "(in ms) {\n#\n" in text and text.rstrip().endswith("}")


@given(st.floats(-1e9, 1e9), st.sampled_from([0.0, 0.01, 0.05]))
def test_gift_writes_every_number_without_an_exponent(value, within):
    number, _, width = _ranged(value, within).partition(":")
    assert re.fullmatch(r"-?\d+(\.\d+)?", number) and re.fullmatch(r"\d+(\.\d+)?", width)
    assert float(number) == pytest.approx(value, rel=1e-9)
    assert float(width) == pytest.approx(abs(value) * within, rel=1e-9)


def test_gift_weights_of_choices_add_up():
    text = gift([[sample_check("choose")]], "c")
    weights = [float(w) for w in re.findall(r"(?m)^~%(-?[\d.]+)%", text)]
    assert weights == [50, -100, 50]


def test_gift_asks_for_places_where_it_has_no_order():
    lines = gift([[sample_check("order")]], "c").split("\n")
    assert [line for line in lines if " -> " in line] == [
        "=an hour -> 1",
        "=a day -> 2",
        "=a week -> 3",
    ]


def test_gift_of_a_prediction_has_one_right_answer():
    text = gift([[sample_check("predict")]], "c")
    assert re.findall(r"(?m)^=", text) == ["="] and text.count("\n~") == 2


def test_variants_of_a_check_have_a_category_of_their_own_and_names_that_say_the_chapter():
    group = variants(read_check("number", NUMBER, 1), NAMES)
    text = gift([group, [sample_check("choose")]], "Time", ["How long?", "Which?"])
    assert re.findall(r"(?m)^\$CATEGORY: (.*)$", text) == ["$course$/Time/number", "$course$/Time"]
    of = len(group)
    names = [f"Time\\: number {count}/{of}" for count in range(1, of + 1)]
    assert re.findall(r"(?m)^::(.*?)::\[", text) == [*names, "Time\\: choose"]
    assert text.count("]*Chapter Time, section 'How long?'.* How long do") == of > 1


def test_a_question_of_its_own_stands_alone_in_moodle_and_nowhere_else():
    text = NUMBER.replace("answer:", "alone: There are {num}`n` calls of 5 ms. How long?\nanswer:")
    check = computed(read_check("number", text, 1), NAMES)
    gift_text = gift([[check]], "Time", ["How long?"])
    assert re.search(r"\[markdown\]There are \d+ calls of 5 ms\. How long\? \(in ms\)", gift_text)
    assert "Chapter" not in gift_text and "There are" not in block([check], "1")
    assert "There are" not in question(check, 1)
    kinds = dict(texts(f"```{{check}} number\n{text}```\n"))
    assert "question without its chapter" in kinds["There are {num}`n` calls of 5 ms. How long?"]


@pytest.mark.parametrize("within", ["0 %", "900 %", "51 %", "five", "nan %", "-1 %", "1e400", ""])
def test_a_tolerance_is_a_share_up_to_half(within):
    text = NUMBER.replace("within: 1 %", f"within: {within}")
    with pytest.raises(BookError, match=r"needs a line such as 'within: 5 %', more than 0"):
        computed(read_check("n", text, 1), NAMES)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("number", "answer: n * call_ms", 'answer: float("nan")'),
        ("number", "answer: n * call_ms", 'answer: "five"'),
        ("number", "trap: n / call_ms", "trap: 1e308 * 10"),
        ("number", "trap: n / call_ms", "trap: 10 ** 400"),
        ("order", "place: 24", 'place: float("nan")'),
        ("order", "place: 24", 'place: float("inf")'),
    ],
)
def test_a_number_without_an_end_is_no_answer_no_trap_and_no_place(kind, old, new):
    with pytest.raises(BookError, match=r"in the check 'c', .* which is no number"):
        computed(read_check("c", TEXTS[kind].replace(old, new), 1), NAMES)


def test_the_block_of_a_page_holds_json_that_a_browser_reads():
    with pytest.raises(ValueError, match="not JSON compliant"):
        block([{**sample_check("number"), "value": float("nan")}], "1")


TWO_CHECKS = "# A title\n\n```{{check}} {}\n{}```\n\n```{{check}} {}\n{}```\n"


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("same", "same", r"in lines 3 and \d+ are both 'same'"),
        ("one", "", r"has the id ''; an id begins with a small letter"),
        ("one", 'x" onclick="alert(1)', "an id begins with a small letter"),
        ("One", "two", "has the id 'One'"),
    ],
)
def test_each_check_of_a_chapter_has_an_id_of_its_own(one, other, message, tmp_path):
    page = TWO_CHECKS.format(one, CHOOSE, other, ORDER).replace("{num}`2 * six`", "12")
    with pytest.raises(BookError, match=message):
        run("small", page, tmp_path)


def test_two_figures_of_a_chapter_have_two_ids_and_a_check_may_share_one(tmp_path):
    chart = "```{chart} same\n:alt: Bars.\n\nA caption.\n```\n\n"
    with pytest.raises(BookError, match=r"'{chart}' in lines 3 and 9 are both 'same'"):
        run("small", f"# A title\n\n{chart}{chart}", tmp_path)
    assert run("small", f"# A title\n\n{chart}```{{check}} same\n{ORDER}```\n", tmp_path).checks


SCRIPT = BOOK / "static" / "checks.js"
SMALL = {**NAMES, "tiny": 5e-13}
TYPED = ["0", "5e-13", "5.04e-13", "5.1e-13", "-5e-13", "1e-12", "constructor", "5e-13 toString"]


@pytest.mark.parametrize("answer", ["tiny", "tiny - tiny", "100", "0.1 + 0.2"])
@pytest.mark.parametrize("unit", ["", "s", "constructor"])
def test_the_script_of_a_page_is_as_near_as_python(answer, unit):
    if shutil.which("node") is None:
        pytest.skip("needs node, which runs the script of a page. Install it: apt install nodejs")
    text = NUMBER.replace("n * call_ms\nunit: ms", f"{answer}\nunit: {unit}")
    check = computed(read_check("n", text, 1), SMALL)
    typed = [*TYPED, "101", "99", "0.303", "0.2970001", "1 constructor"]
    ours = [[judge(check, reply).right, list(judge(check, reply).say)] for reply in typed]
    script = SCRIPT.read_text("utf-8")
    program = (
        f"{script}\nconst all = {json.dumps(typed)}.map((t) => judge({json.dumps(check)}, t));"
    )
    program += "console.log(JSON.stringify(all.map((a) => [a.right, a.say])));"
    completed = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(completed.stdout) == ours


def test_nothing_is_not_near_a_small_answer():
    text = NUMBER.replace("answer: n * call_ms", "answer: tiny")
    check = computed(read_check("n", text, 1), SMALL)
    assert not judge(check, "0").right and judge(check, "5.04e-13").right
    assert judge({**check, "value": 0.0}, "0").right


@pytest.mark.browser
def test_a_check_that_cannot_be_drawn_leaves_the_next_one_working(tmp_path):
    good = block([sample_check("order")], "2")
    bad = block([sample_check("choose")], "1").replace('data-check="[', 'data-check="[NaN,')
    page = tmp_path / "page.html"
    script = f"<script>{SCRIPT.read_text('utf-8')}</script>"
    page.write_text(f"<!doctype html><meta charset=utf-8>{bad}{good}{script}", "utf-8")
    with chromium() as browser:
        opened = browser.new_page()
        opened.goto(page.as_uri())
        assert opened.locator("#check-order button[type=submit]").count() == 1
        assert "Which are larger" in opened.locator("#check-choose").inner_text()
        assert opened.locator("#check-choose li").count() == 3
