"""What two or three people handed in to the letter is shown, and nobody is marked for it."""

from __future__ import annotations

import random

import pytest
from click.testing import CliRunner
from generated_answers import honest_answers
from small_course import code, notebook, save
from test_similar_pairs import answer

from autograder.commands.cli import main
from autograder.settings.open_course import open_course
from autograder.similarity.compare import read_code, similarity
from autograder.similarity.fingerprints import prose_prints
from autograder.similarity.page import page
from autograder.similarity.pairs_file import pairs_csv
from autograder.similarity.same_text import same_texts

LONG = "\n".join(f"line{n} = values[{n}] * weight  # step {n}" for n in range(7))
STUB = 'def f(x):\n    """Says a lot.\n\n    One.\n    Two.\n    Three.\n    Four.\n    """\n'


def test_blank_lines_and_blanks_at_ends_make_no_other_text():
    spaced = LONG.replace("\n", "  \n\n")
    assert same_texts([answer("b", LONG), answer("a", spaced)], "") == ((("a",), ("b",)),)


@pytest.mark.parametrize(
    "texts",
    [
        {"a": LONG, "b": LONG.replace("step 3", "step three")},
        {"a": "x = 1\ny = 2\nz = 3", "b": "x = 1\ny = 2\nz = 3"},
        dict.fromkeys("abcd", LONG),
        {"a": f"{STUB}    return x", "b": f"{STUB}    return x"},
    ],
    ids=["another remark", "three lines", "four people", "what was released"],
)
def test_other_texts_short_ones_and_those_of_many_are_left_out(texts):
    assert same_texts([answer(s, t) for s, t in texts.items()], f"{STUB}    pass") == ()


@pytest.mark.parametrize(
    ("ending", "is_listed"),
    [
        ("    raise NotImplementedError()", False),
        ("    # YOUR CODE HERE\n    raise NotImplementedError", False),
        ("    pass\n\nclass Box:\n    def push(self):\n        ...", False),
        ("    return x", True),
        ("    raise ValueError('x')", True),
    ],
)
def test_a_stub_of_an_earlier_release_is_nobodys_text(ending, is_listed):
    text = f"%matplotlib inline\nimport numpy as np\n{STUB}{ending}"
    read = [answer(s, text, read=lambda t: read_code(t, frozenset())) for s in "ab"]
    assert bool(same_texts(read, "def g():\n    pass")) == is_listed


def test_one_group_has_one_text_and_prose_counts_words():
    shared = [answer("a", LONG, "G"), answer("b", LONG, "G")]
    assert same_texts(shared, "") == ()
    assert same_texts([*shared, answer("c", LONG)], "") == ((("a", "b"), ("c",)),)
    words = " ".join(f"word{n}" for n in range(20))
    essays = [answer(name, words, read=prose_prints) for name in "xy"]
    assert same_texts(essays, "") == ((("x",), ("y",)),)
    assert same_texts([answer(n, words[:60], read=prose_prints) for n in "xy"], "") == ()


def test_the_table_has_no_pair_of_people_who_handed_in_together(tmp_path):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", notebook(code("q", "x = 0", solution=True)))
    for student in "abc":
        answered = notebook(code("q", LONG, solution=True))
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", answered)
    course = open_course(tmp_path)
    group_of = {"a": "G", "b": "G", "c": "c"}
    result = similarity(course, course.assignment("hw1"), group_of=group_of.__getitem__)
    pairs = [row.split(",")[3:5] for row in pairs_csv(result).splitlines()[1:]]
    assert pairs == [["a", "c"], ["b", "c"]]
    assert "<li>a with b, c</li>" in page(course, result)


def test_a_copied_answer_of_eight_lines_is_named_on_page_and_table_and_marked_nowhere(tmp_path):
    question = honest_answers.QUESTIONS[1]
    rng = random.Random(3)
    texts = {f"s{n:02}": honest_answers.honest_answer(question, rng) for n in range(20)}
    texts["zoe"] = texts["s07"]
    document = notebook(code("q", question.released_code, solution=True))
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", document)
    for student, text in texts.items():
        answered = notebook(code("q", text, solution=True))
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", answered)
    course = open_course(tmp_path)
    (comparison,) = similarity(course, course.assignment("hw1")).comparisons
    assert (("s07",), ("zoe",)) in comparison.same_text and not comparison.marked
    words = ["similarity", "hw1", "--course", str(tmp_path), "--output", str(tmp_path / "p.html")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "the same text at q: s07, zoe (to look at, not marked)" in result.output
    assert "<li>s07, zoe</li>" in (tmp_path / "p.html").read_text()
    rows = pairs_csv(similarity(course, course.assignment("hw1"))).splitlines()
    assert any(row.startswith("hw1,hw1,q,s07,zoe") and row.endswith("no,yes") for row in rows)
