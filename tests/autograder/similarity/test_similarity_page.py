"""`autograder similarity`: from submitted notebooks to the page and the table, on odd hand-ins."""

from __future__ import annotations

import csv
import random
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, opened
from click.testing import CliRunner
from generated_answers import disguises, honest_answers
from small_course import code, markdown, notebook, save

from autograder.commands.cli import main
from autograder.model import CourseError
from autograder.settings.open_course import open_course
from autograder.similarity.answers import class_answers
from autograder.similarity.compare import read_code, similarity
from autograder.similarity.page import page
from autograder.similarity.pairs_file import pairs_csv

HOSTILE = "</pre><script>ran(1)</script><img src=x onerror=ran(2)>"
TEST = {"grade": True, "locked": True, "points": 2}
WRITTEN_ANSWER = {"grade": True, "solution": True, "points": 3}


def source():
    solution = honest_answers.honest_answer(honest_answers.KMEANS, random.Random(1))
    return notebook(
        code("kmeans-solution", f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION", solution=True),
        code(
            "kmeans",
            "assert kmeans\n### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS",
            **TEST,
        ),
        markdown("why", "Why does it stop?", **WRITTEN_ANSWER),
    )


def handed_in(answer, why):
    document = source()
    document["cells"][0]["source"] = answer
    document["cells"][1]["source"] = "assert kmeans"
    document["cells"][2]["source"] = why
    return document


@pytest.fixture(scope="module")
def answers():
    """Thirty students: =cmd copied ada with new names, zed with a syntax error in the copy."""
    rng = random.Random(4)
    texts = {
        f"s{n:02}": honest_answers.honest_answer(honest_answers.KMEANS, rng) for n in range(27)
    }
    texts["ada"] = f"{honest_answers.honest_answer(honest_answers.KMEANS, rng)}\n# {HOSTILE}"
    texts["=cmd"] = disguises.renamed(texts["ada"], rng)
    texts["zed"] = texts["ada"] + "\nreturn ("
    return texts


@pytest.fixture(scope="module")
def course(tmp_path_factory, answers):
    root = tmp_path_factory.mktemp("course")
    save(root / "source" / "hw1" / "hw1.ipynb", source())
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    course = open_course(root)
    for student, text in answers.items():
        document = handed_in(text, f"{student} says: it stops. {HOSTILE}")
        if student == "ada":  # as Colab may leave it: no metadata, no ids, another order
            for cell in document["cells"]:
                cell["metadata"], cell["id"] = {}, f"x{cell['id']}"
        save(course.submitted / student / "hw1" / "hw1.ipynb", document)
    (course.submitted / "broken" / "hw1").mkdir(parents=True)
    (course.submitted / "broken" / "hw1" / "hw1.ipynb").write_text("{")
    (course.submitted / "empty" / "hw1").mkdir(parents=True)
    return course


@pytest.fixture(scope="module")
def result(course):
    return similarity(course, course.assignment("hw1"))


def pairs(comparison):
    return [{p.one.student, p.other.student} for p in comparison.marked]


def test_the_renamed_copy_stands_out_and_the_one_that_does_not_parse_is_compared_as_text(result):
    kmeans, why = result.comparisons
    assert {"ada", "=cmd"} in pairs(kmeans)
    assert {frozenset(pair) for pair in pairs(kmeans)} <= {
        frozenset(pair) for pair in ({"ada", "=cmd"}, {"ada", "zed"}, {"=cmd", "zed"})
    }
    assert any({"ada", "zed"} == {p.one.student, p.other.student} for p in kmeans.as_text)
    assert why.ranking.too_short and not why.marked


def test_a_cell_without_metadata_is_found_by_the_names_it_defines(course, answers):
    (question,) = class_answers(course, course.assignment("hw1"), "kmeans").texts.items()
    assert question[0].cell == "kmeans-solution" and question[1]["ada"] == answers["ada"]


def test_what_cannot_be_read_is_named_and_loses_nobody(result):
    assert [line.split(":")[0] for line in result.unread] == ["broken", "empty"]
    assert result.comparisons[0].ranking.answers == 29  # and zed, who is no Python


@pytest.mark.parametrize(
    "line",
    [
        f"total = {'+'.join(['a'] * 900)}",
        "if a:\n    b\n" + "elif a:\n    b\n" * 900,
        f"a{'.b' * 2000}",
        f"total = a + 0x{'f' * 5000}",
        f"%matplotlib inline\ntotal = {'+'.join(['a'] * 900)}",
    ],
    ids=["sum", "elif", "attributes", "number", "magic"],
)
def test_code_too_deep_to_read_is_compared_as_text_and_its_author_is_named(tmp_path, answers, line):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", source())
    for student, text in {**answers, "mallory": f"{answers['ada']}\n{line}"}.items():
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", handed_in(text, "It stops."))
    course = open_course(tmp_path)
    findings = similarity(course, course.assignment("hw1"), "kmeans")
    assert [text.partition(" is nested")[0] for text in findings.unread] == [
        "mallory: the code of 'kmeans-solution'"
    ]
    assert {"ada", "=cmd"} in pairs(findings.comparisons[0])


def test_an_answer_that_finds_or_runs_code_by_a_text_is_named(tmp_path, answers):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", source())
    more = {
        "mallory": f"exec({answers['ada']!r})",
        "max": f"%matplotlib inline\n{answers['s02']}\ngetattr(np, 'ex' 'p' + '')\nvars()",
        "nina": f"{answers['s01']}\nmodel.eval(getattr(model, 'size', 0))  # exec(1)",
    }
    for student, text in {**answers, **more}.items():
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", handed_in(text, "It stops."))
    course = open_course(tmp_path)
    sentences = similarity(course, course.assignment("hw1")).unread
    assert [text.partition(", and may find or run code by a text.")[0] for text in sentences] == [
        "mallory: the code of 'kmeans-solution' uses exec",
        "max: the code of 'kmeans-solution' uses getattr, vars",
    ]


def test_a_copy_that_is_found_by_a_text_stands_out_and_its_author_is_named(tmp_path, answers):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", source())
    hidden = answers["ada"].replace("def kmeans", "def work")
    hidden += '\ndef kmeans(*a):\n    return globals()["wo" "rk"](*a)'
    for student, text in {**answers, "mallory": hidden}.items():
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", handed_in(text, "It stops."))
    course = open_course(tmp_path)
    findings = similarity(course, course.assignment("hw1"), "kmeans")
    assert {"ada", "mallory"} in pairs(findings.comparisons[0])
    assert [text.partition(",")[0] for text in findings.unread] == [
        "mallory: the code of 'kmeans-solution' uses globals"
    ]


def test_words_that_the_released_cell_uses_name_nobody_and_leave_functions_out():
    text = "def spare():\n    return kmeans(1) ** 7\ndef kmeans(a):\n    return vars(a)"
    asked_names = frozenset({"kmeans"})
    plain = read_code(text, asked_names, frozenset({"vars"}))
    without_released_words = read_code(text, asked_names)
    assert not plain.indirect and without_released_words.indirect == {"vars"}
    assert set(plain.prints) < set(without_released_words.prints)


def two_questions():
    """The first question's solution has a helper, which a cell below the second one reads."""
    helper = "def helper(x):\n    return x\ndef one(x):\n    return helper(x)"
    first = f"def one(x):\n    ### BEGIN SOLUTION\n    return x\n{helper}\n    ### END SOLUTION"
    return notebook(
        code("q1", first, solution=True),
        code(
            "t1", "assert one(1)\n### BEGIN HIDDEN TESTS\nhidden(1)\n### END HIDDEN TESTS", **TEST
        ),
        code("q2", "### BEGIN SOLUTION\ndef two(x):\n    pass\n### END SOLUTION", solution=True),
        code("t2", "assert two(1)", **TEST),
        code("last", "two(helper(2)).spare"),
    )


def test_a_question_asks_for_the_names_of_its_own_tests_and_for_helpers_of_later_cells(tmp_path):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", two_questions())
    course = open_course(tmp_path)
    asked_names = class_answers(course, course.assignment("hw1")).asked_names
    first, second = asked_names.values()
    assert {"one", "hidden", "helper"} <= first and not first & {"two", ".spare"}
    assert "two" in second and not second & {"one", "helper"}


def test_a_decoy_with_the_name_of_another_question_hides_no_copy(tmp_path, answers):
    document = source()
    more = [code("plot", "def draw(x):\n    pass", solution=True), code("drawn", "draw(1)", **TEST)]
    document["cells"] += more
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", document)
    decoys = [
        re.sub(r"\b(\w+)\(", rf"\g<1>{n}(", answers[f"s{n:02}"]).replace(f"kmeans{n}", "draw")
        for n in (3, 4, 5)
    ]
    hidden = "\n".join([answers["ada"], *decoys])
    for student, text in {**answers, "mallory": hidden}.items():
        submission = handed_in(text, "It stops.")
        submission["cells"] += more
        save(tmp_path / "submitted" / student / "hw1" / "hw1.ipynb", submission)
    course = open_course(tmp_path)
    findings = similarity(course, course.assignment("hw1"), "kmeans")
    assert {"ada", "mallory"} in pairs(findings.comparisons[0])


def test_members_of_one_group_are_no_pair(course):
    grouped = similarity(
        course, course.assignment("hw1"), "kmeans", lambda s: "a" if s in ("ada", "=cmd") else s
    )
    assert {"ada", "=cmd"} not in pairs(grouped.comparisons[0])


def test_an_unknown_question_is_named_with_those_there_are(course):
    with pytest.raises(CourseError, match=r"no question 'speed'. It has: kmeans-solution, why"):
        class_answers(course, course.assignment("hw1"), "speed")


def test_the_page_says_what_it_is_and_shows_both_answers_with_the_shared_lines(course, result):
    html = page(course, result)
    assert "Evidence, not a verdict." in html and "Too short to tell." in html
    assert html.count("<details") == len(result.comparisons[0].pairs)
    assert '<mark class="rare">' in html
    assert HOSTILE not in html and "&lt;script&gt;ran(1)" in html
    assert page(course, similarity(course, course.assignment("hw1"))) == html


def test_no_cell_of_the_table_is_a_formula(result):
    rows = list(csv.reader(pairs_csv(result).splitlines()))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert "'=cmd" in cells and not [c for c in cells if c.startswith(("=", "@", "+"))]


def test_the_command_writes_a_page_and_a_table(course, tmp_path):
    words = ["similarity", "hw1", "--question", "kmeans", "--course", str(course.root)]
    completed = CliRunner().invoke(main, [*words, "--output", str(tmp_path / "page.html")])
    assert completed.exit_code == 0, completed.output
    assert "not read: broken" in completed.output and "Evidence, not a verdict" in completed.output
    assert "kmeans-solution" in (tmp_path / "page.csv").read_text(encoding="utf-8")
    assert "=cmd" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_nothing_to_compare_is_a_sentence(tmp_path):
    save(tmp_path / "source" / "hw1" / "hw1.ipynb", source())
    completed = CliRunner().invoke(main, ["similarity", "hw1", "--course", str(tmp_path)])
    assert completed.exit_code == 1 and "autograder collect hw1 PATH" in completed.output


@pytest.mark.browser
def test_the_page_is_accessible_runs_nothing_and_fits_its_window(course, result):
    html = page(course, result)
    with chromium() as browser, opened(browser, html) as (open_page, visit):
        open_page.evaluate("document.querySelectorAll('details').forEach((d, i) => d.open = i < 3)")
        for scheme in ("light", "dark"):
            open_page.emulate_media(color_scheme=scheme)
            faults = Axe().run(open_page).response["violations"]
            assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults], scheme
        for width in (390, 1280):
            open_page.set_viewport_size({"width": width, "height": 900})
            assert open_page.evaluate("document.documentElement.scrollWidth") <= width
        open_page.locator("tr.marked a").first.focus()
        open_page.keyboard.press("Enter")
        assert "#pair-" in open_page.url
    assert (visit.requested_urls, visit.ran) == ([], 0)
